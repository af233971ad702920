// What is refused too often to be kept one by one: counted by what it is and where it comes from, and written as one entry
// each about a minute later. Memory is bounded, whoever makes up addresses: what comes from further places is counted
// together. What an entry says is its caller's.

import type { Instant } from '../../policy/index.ts'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import type { Store, Tx } from '../store/store.ts'

/** Places remembered at a time, where nothing else is said; those beyond count together. */
export const mostPlaces = 10_000
export const elsewhere = 'elsewhere'
const minute = 60_000

export interface Counted<What extends string> {
  readonly what: What
  /** An address, a network, or `elsewhere`. */
  readonly place: string
  readonly count: number
  /** When the first and the last of them came. */
  readonly from: Instant
  readonly until: Instant
}

export interface Tally<What extends string> {
  note(what: What, place: string): void
  /**
   * Writes what was counted since the last time; happens by itself about a minute after the first.
   * @throws when it cannot be written; it is kept for the next time then.
   */
  settle(): Promise<void>
}

/** @param write one entry, in a transaction that all of them share. */
export function openTally<What extends string>(
  deps: { readonly store: Pick<Store, 'change'>; readonly clock: Clock; readonly log?: Log; readonly most?: number },
  write: (tx: Tx, counted: Counted<What>) => Promise<unknown>,
): Tally<What> {
  const { store, clock, log, most = mostPlaces } = deps
  const counted = new Map<string, Counted<What>>()
  let timer: NodeJS.Timeout | null = null

  function add(entry: Counted<What>): void {
    const own = `${entry.what} ${entry.place}`
    const name = counted.has(own) || counted.size < most ? own : `${entry.what} ${elsewhere}`
    const known = counted.get(name)
    const place = name === own ? entry.place : elsewhere
    counted.set(name, {
      what: entry.what,
      place,
      count: (known?.count ?? 0) + entry.count,
      from: Math.min(known?.from ?? entry.from, entry.from),
      until: Math.max(known?.until ?? entry.until, entry.until),
    })
    timer ??= setTimeout(() => {
      timer = null
      tally.settle().catch((err: unknown) => log?.error({ err }, 'What was refused is not kept yet; tried again'))
    }, minute).unref()
  }

  const tally: Tally<What> = {
    note(what, place) {
      const now = clock.now()
      add({ what, place, count: 1, from: now, until: now })
    },
    async settle() {
      if (timer) clearTimeout(timer)
      timer = null
      const due = [...counted.values()]
      counted.clear()
      if (due.length === 0) return
      try {
        await store.change(async (tx) => {
          for (const each of due) await write(tx, each)
        })
      } catch (error) {
        for (const each of due) add(each)
        throw error
      }
    },
  }
  return tally
}

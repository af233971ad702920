// Refused steps of one session as evidence: each path and step once, when it is first refused, and how often at the end.
// A client that tries without end writes no entry for each try, whatever channels it opens; the recording has every one.

import { createHash } from 'node:crypto'
import type { AssetId, Commitment, SessionId } from '../../policy/index.ts'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import type { Store } from '../store/store.ts'
import type { FileStep } from './airlock.ts'

/** Paths and steps of one session that have an entry of their own; of the others it is said how many. */
export const mostTold = 256
/** PATH_MAX of Linux: what is longer is no path, and is not kept whole. */
const longestPath = 4_096

interface Told {
  readonly program: FileStep['program']
  readonly step: FileStep['step']
  readonly path: Commitment
  readonly to: Commitment | null
}

export interface Refusals {
  /** Resolves when it is evidence: by an entry of its own, by that of the first such try, or by the count at the end. */
  add(step: FileStep, why: string): Promise<void>
  /** Writes what was refused more than once, and how much had no entry of its own. */
  close(): Promise<void>
}

export function openRefusals(
  { store, clock, log }: { readonly store: Store; readonly clock: Clock; readonly log: Log },
  { session, asset }: { readonly session: SessionId; readonly asset: AssetId },
): Refusals {
  const told = new Map<string, { times: number; readonly entry: Promise<Told> }>()
  let others = 0

  const write = ({ program, step, path, to }: FileStep, why: string): Promise<Told> =>
    store.change(async ({ ledger }) => {
      const named: Told = {
        program,
        step,
        path: await ledger.commit(path.slice(0, longestPath)),
        to: to === null ? null : await ledger.commit(to.slice(0, longestPath)),
      }
      const text = await ledger.commit(why.slice(0, longestPath))
      await ledger.append('file.step_refused', clock.now(), { session, asset, ...named, text })
      return named
    })

  return {
    async add(refused, why) {
      const { program, step, path, to } = refused
      const key = createHash('sha256')
        .update(JSON.stringify([program, step, path, to]))
        .digest('base64')
      const before = told.get(key)
      if (before === undefined && told.size >= mostTold) {
        others++
        return
      }
      const one = before ?? { times: 0, entry: write(refused, why) }
      told.set(key, one)
      one.times++
      try {
        await one.entry
      } catch (error) {
        // It was not written: the next try has to be.
        if (told.get(key) === one) told.delete(key)
        throw error
      }
    },

    async close() {
      const steps: (Told & { readonly times: number })[] = []
      for (const { times, entry } of told.values()) if (times > 1) steps.push({ ...(await entry), times })
      if (steps.length + others === 0) return
      log.info({ sessionId: session, paths: told.size, others }, 'File steps were refused again and again')
      await store.change(({ ledger }) =>
        ledger.append('file.refusals_counted', clock.now(), { session, asset, steps, others }),
      )
    },
  }
}

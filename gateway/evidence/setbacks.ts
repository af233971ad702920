// What is to be brought out of the gateway and fails: since when, and why. For longer than the configuration allows, it is
// evidence once, and told; so is that it works again. Kept in the store, so that a new start does not begin to count anew.

import type { DeliveryKind } from '../../policy/index.ts'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import type { StoredSetback } from '../store/setbacks.ts'
import type { Store } from '../store/store.ts'

export interface Setbacks {
  /** It failed, once more or for the first time. @param to its name in the configuration. */
  failed(what: DeliveryKind, to: string, reason: string): Promise<void>
  worked(what: DeliveryKind, to: string): Promise<void>
  /** What fails now. */
  list(): readonly StoredSetback[]
  /** Says what has failed for too long. */
  round(): Promise<void>
}

const hourMs = 3_600_000

export async function openSetbacks(deps: {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  /** So long may something fail before it is said. */
  readonly hours: number
}): Promise<Setbacks> {
  const { store, clock, log, hours } = deps
  const known = new Map((await store.setbacks.list()).map((each) => [keyOf(each.what, each.to), each]))
  let telling: Promise<void> | null = null

  async function tellOne(setback: StoredSetback): Promise<void> {
    const { what, to, since, reason } = setback
    const now = clock.now()
    await store.change(async (tx) => {
      await tx.setbacks.put({ ...setback, told: true })
      const data = { what, to, since, hours, reason: await tx.ledger.commit(reason) }
      await tx.ledger.append('evidence.delivery_failing', now, data)
    })
    const current = known.get(keyOf(what, to))
    if (current?.since === since) known.set(keyOf(what, to), { ...current, told: true })
    log.error({ what, to, since, reason }, 'Evidence not brought out for too long')
  }

  async function tellDue(): Promise<void> {
    const due = [...known.values()].filter(({ since, told }) => !told && clock.now() - since >= hours * hourMs)
    for (const each of due) await tellOne(each)
  }

  return {
    list: () => [...known.values()],
    async failed(what, to, reason) {
      const before = known.get(keyOf(what, to))
      const setback = { what, to, since: before?.since ?? clock.now(), reason, told: before?.told ?? false }
      known.set(keyOf(what, to), setback)
      if (before === undefined) await store.bookkeep((tx) => tx.setbacks.put(setback))
    },
    async worked(what, to) {
      const before = known.get(keyOf(what, to))
      if (before === undefined) return
      known.delete(keyOf(what, to))
      if (!before.told) return store.bookkeep((tx) => tx.setbacks.remove(what, to))
      const { since } = before
      await store.change(async (tx) => {
        await tx.setbacks.remove(what, to)
        await tx.ledger.append('evidence.delivery_resumed', clock.now(), { what, to, since })
      })
      log.info({ what, to, since }, 'Evidence brought out again')
    },
    round: () => (telling ??= tellDue().finally(() => (telling = null))),
  }
}

const keyOf = (what: DeliveryKind, to: string): string => `${what} ${to}`

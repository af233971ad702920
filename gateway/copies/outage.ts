// Whether the object store takes anything at the moment. After a failure nothing is tried for a while, longer each time;
// that it is gone, and that it is back, is evidence once.

import { waitAfter } from '../outbox/backoff.ts'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import type { Store } from '../store/store.ts'
import type { Setbacks } from '../evidence/setbacks.ts'
import type { StoreFault } from '../blobs/blobs.ts'

export interface Outage {
  readonly since: number
  /** A clause for people. */
  readonly reason: string
  readonly nextAt: number
}

export interface Reach {
  /** Null while it answers. */
  outage(): Outage | null
  /** Whether it may be tried now. */
  isOpen(): boolean
  failed(fault: StoreFault): Promise<void>
  worked(): Promise<void>
}

/** @param random from 0 (inclusive) to 1, so that several gateways do not come back together. */
export function openReach(deps: {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  readonly random: () => number
  readonly setbacks?: Pick<Setbacks, 'failed' | 'worked'>
}): Reach {
  const { store, clock, log, random, setbacks } = deps
  let outage: Outage | null = null
  let failures = 0
  return {
    outage: () => outage,
    isOpen: () => outage === null || clock.now() >= outage.nextAt,
    async failed({ reason }) {
      const now = clock.now()
      // Several files under way fail of one cause.
      if (outage !== null && now < outage.nextAt) return
      failures++
      const first = outage === null
      const since = outage?.since ?? now
      outage = { since, reason, nextAt: now + waitAfter(failures, random()) }
      await setbacks?.failed('recording-copy', 'object store', reason)
      if (!first) return
      log.warn({ reason }, 'Object store takes nothing; recordings stay on the local disk')
      await store.change((tx) => tx.ledger.append('recording.store_unreachable', now, { since, reason }))
    },
    async worked() {
      await setbacks?.worked('recording-copy', 'object store')
      if (outage === null) return
      const { since } = outage
      outage = null
      failures = 0
      log.info({ since }, 'Object store takes recordings again')
      await store.change((tx) => tx.ledger.append('recording.store_reached', clock.now(), { since }))
    },
  }
}

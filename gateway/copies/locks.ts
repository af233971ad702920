// How long the object store is told to let nobody remove a copy: a number of days, or as long as the recording's
// retention class keeps it.

import type { Bundle } from '../../policy/index.ts'
import type { Clock } from '../clock.ts'
import type { Config } from '../config.ts'
import { keptOf } from '../evidence/keeping.ts'
import type { StoredSession } from '../store/sessions.ts'
import type { Store } from '../store/store.ts'
import type { ObjectLock } from '../blobs/blobs.ts'

const day = 86_400_000

/** Null where nothing is to be locked, or its day has passed already. */
export function openLocks(deps: {
  readonly store: Pick<Store, 'people' | 'holds'>
  readonly bundle: () => Bundle
  readonly clock: Clock
  readonly s3: Pick<Config['recordings']['s3'], 'objectLock' | 'objectLockDays'>
}): (session: StoredSession) => Promise<ObjectLock | null> {
  const { store, bundle, clock, s3 } = deps
  const { objectLock: mode, objectLockDays: days } = s3
  return async (session) => {
    if (mode === 'none') return null
    if (days !== undefined) return { mode, until: clock.now() + days * day }
    const [kept] = await keptOf(store, bundle(), [session])
    const until = kept?.keptUntil ?? null
    return until === null || until <= clock.now() ? null : { mode, until }
  }
}

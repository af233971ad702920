// Looks once a day whether everything that has to be kept is there. What somebody took away behind the gateway's back
// stands in no proposal and no deletion, and would otherwise be missed only on the day it is needed.

import { lstat } from 'node:fs/promises'
import { join } from 'node:path'
import { recordingDir } from '../../recorder/index.ts'
import type { Bundle, SessionId } from '../../policy/index.ts'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import { systemCode } from '../start-problem.ts'
import type { Store } from '../store/store.ts'
import { keptOf, stayOf } from './keeping.ts'

/** At most so many are named; the count says how many there are. */
const mostNames = 20
const pageSize = 200
const everyMs = 24 * 3_600_000

async function isSealThere(root: string, session: SessionId): Promise<boolean> {
  try {
    await lstat(join(recordingDir(root, session), 'seal'))
    return true
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false
    throw error
  }
}

/** Looks when the last time is a day ago; writes what it found as evidence. */
export async function checkRetention(deps: {
  readonly store: Store
  readonly bundle: () => Bundle
  readonly root: string
  readonly clock: Clock
  readonly log: Log
}): Promise<void> {
  const { store, bundle, root, clock, log } = deps
  const now = clock.now()
  if (now - ((await store.storage.told())?.checkedAt ?? 0) < everyMs) return
  let recordings = 0
  let held = 0
  let due = 0
  let missing = 0
  const names: SessionId[] = []
  for (let after: string | null = null; ;) {
    const page = await store.sessions.keptBefore(now + 1, { limit: pageSize, after })
    for (const kept of await keptOf(store, bundle(), page)) {
      recordings++
      const { id } = kept.session
      if (kept.holds.length > 0) held++
      if (stayOf(kept, now) === null) due++
      if (await isSealThere(root, id)) continue
      // Taken away by two people while this ran.
      if ((await store.sessions.byId(id))?.recording === 'deleted') continue
      missing++
      if (names.length < mostNames) names.push(id)
    }
    after = page.at(-1)?.id ?? null
    if (page.length < pageSize) break
  }
  if (missing > 0) log.error({ missing, names }, 'Recordings that have to be kept are not there')
  await store.change(async (tx) => {
    await tx.storage.checked(now)
    await tx.ledger.append('evidence.retention_checked', now, { recordings, held, due, missing, names })
  })
}

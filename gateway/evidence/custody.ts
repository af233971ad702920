// The custody of evidence in one place: legal holds, deletions, erasures and the space there is, and the rounds that carry
// them on as time passes.

import type { Bundle } from '../../policy/index.ts'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import type { Store } from '../store/store.ts'
import { every } from '../tick.ts'
import { openDeletions, type Deletions } from './deletions.ts'
import { openErasures, type Erasures } from './erasures.ts'
import { openHolds, type LegalHolds } from './holds.ts'
import { openRemoval, type Removal, type RemoveElsewhere } from './removal.ts'
import { checkRetention } from './retention-check.ts'
import { openStorageWatch, type Space, type StorageWatch, type Thresholds } from './storage.ts'

export interface Custody {
  readonly holds: LegalHolds
  readonly deletions: Deletions
  readonly erasures: Erasures
  readonly storage: StorageWatch
  readonly removal: Removal
  /** Goes on with what was confirmed and not carried out, and begins the rounds; the function returned ends them. */
  start(): () => Promise<void>
}

const storageMs = 10_000
const minuteMs = 60_000

export async function openCustody(deps: {
  readonly store: Store
  readonly bundle: () => Bundle
  readonly clock: Clock
  readonly log: Log
  /** Folder of the recordings. */
  readonly root: string
  readonly thresholds: Thresholds
  /** What else keeps parts of a recording, and lets go of them when it is deleted. */
  readonly elsewhere: readonly RemoveElsewhere[]
  readonly space?: () => Promise<Space>
}): Promise<Custody> {
  const { log } = deps
  const removal = openRemoval(deps)
  const storage = await openStorageWatch(deps)
  return {
    holds: openHolds(deps),
    deletions: openDeletions({ ...deps, removal }),
    erasures: openErasures(deps),
    storage,
    removal,
    start() {
      removal.begin()
      const rounds = [
        every(storageMs, 'Free space', log, storage.round),
        every(minuteMs, 'Sizes of recordings', log, storage.measure),
        every(minuteMs, 'Deletions', log, removal.round),
        every(minuteMs, 'Retention', log, () => checkRetention(deps)),
      ]
      return async () => {
        for (const end of rounds) await end()
        // One that is under way is not cut in half where that can be helped.
        await removal.settle()
      }
    },
  }
}

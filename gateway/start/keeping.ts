// What is kept of sessions and who may see it: recordings with their copies, replays, search, custody, exports.

import { observeBlobs } from '../dependencies/observed.ts'
import { openMover } from '../blobs/mover.ts'
import { daysInMs, fetchedFolder, openCopies, type Copies } from '../copies/copies.ts'
import { openLocks } from '../copies/locks.ts'
import { openRegions } from '../copies/regions.ts'
import { openCustody, type Custody } from '../evidence/custody.ts'
import { openExports, type Exports } from '../evidence/exports.ts'
import { readKeyHistory } from '../evidence/ledger-keys.ts'
import { RecordingPlaces } from '../evidence/recording-places.ts'
import { openRecordings, type Recordings } from '../evidence/recordings.ts'
import { openReplayIndexes, type ReplayIndexes } from '../evidence/replay-indexes.ts'
import { openReplays, type Replays } from '../evidence/replays.ts'
import { openViewingGate, type ViewingGate } from '../evidence/viewing.ts'
import { openViewings, type ViewingRequests } from '../evidence/viewings.ts'
import { openEngine, removeEngine, type SearchEngine } from '../search/engine.ts'
import type { Ground } from './ground.ts'
import type { LedgerStep } from './ledger.ts'
import type { PeopleStep } from './people.ts'
import type { RulesStep } from './rules.ts'

export interface KeepingStep {
  readonly viewing: ViewingGate
  readonly recordingCopies: Copies
  readonly recordings: Recordings
  /** Where they are while they live. */
  readonly places: RecordingPlaces
  readonly replayIndexes: ReplayIndexes
  readonly replays: Replays
  readonly viewings: ViewingRequests
  /** Null: searching is switched off. */
  readonly engine: SearchEngine | null
  readonly custody: Custody
  readonly exports: Exports
}

export async function openKeeping(
  ground: Ground,
  { store, setbacks, uses, checkpoints }: LedgerStep,
  { bundle, world }: RulesStep,
  { registry }: Pick<PeopleStep, 'registry'>,
): Promise<KeepingStep> {
  const { config, clock, log, folders, vaultKey } = ground
  const { s3, signer, identities } = ground.material
  const viewing = openViewingGate({ store, bundle, clock })
  const recordingCopies = await openCopies({
    store,
    blobs: s3 === null ? null : observeBlobs(openMover(s3), s3.bucket, uses),
    root: folders.recordings,
    fetched: fetchedFolder(config.dataFolder),
    bucket: s3?.bucket ?? '',
    prefix: s3?.prefix ?? '',
    cacheBytes: config.recordings.s3.cacheMebibytes * 1024 * 1024,
    keepLocalMs: daysInMs(config.recordings.s3.keepLocalDays),
    keptFrom: openRegions(bundle, config.recordings.s3.region),
    lockFor: openLocks({ store, bundle, clock, s3: config.recordings.s3 }),
    clock,
    log,
    random: Math.random,
    setbacks,
  })
  const places = new RecordingPlaces(folders.recordings)
  const recordings = openRecordings({
    store,
    root: folders.recordings,
    places,
    identities,
    keys: () => readKeyHistory(store.evidence, signer.vkey),
    copies: recordingCopies,
    corrupt: { store, clock, log },
  })
  const replayIndexes = openReplayIndexes({ root: folders.replay, clock, log })
  const replays = openReplays({
    store,
    recordings,
    indexes: replayIndexes,
    gate: viewing,
    isLiving: (session) => registry.get(session) !== null,
    clock,
  })
  const viewings = openViewings({ store, gate: viewing, bundle, world: { now: world }, clock })
  const engine =
    config.evidence.search === 'on'
      ? await openEngine(config.dataFolder, vaultKey, { store, recordings, bundle, clock, log })
      : await removeEngine(config.dataFolder)
  const custody = await openCustody({
    store,
    bundle,
    clock,
    log,
    root: folders.recordings,
    thresholds: config.evidence.storage,
    elsewhere: [async (session) => engine?.upkeep.forget(session), replayIndexes.forget, recordingCopies.remove],
  })
  const exports = openExports({
    store,
    recordings,
    gate: viewing,
    checkpoints,
    bundle,
    signer,
    origin: config.evidence.origin,
    scratch: folders.scratch,
    clock,
    log,
  })
  return { viewing, recordingCopies, recordings, places, replayIndexes, replays, viewings, engine, custody, exports }
}

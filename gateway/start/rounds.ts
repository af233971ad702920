// The work that comes round in a running gateway, and in which order it is ended: what begins later ends earlier.

import type { Baseline } from '../access/baseline.ts'
import type { Airlocks } from '../airlock/airlocks.ts'
import type { Parts } from '../dependencies/parts.ts'
import type { Drills } from '../drills/drills.ts'
import type { DiskPace } from '../evidence/disk-pace.ts'
import { openPublisher } from '../evidence/publisher.ts'
import { openReplayMaker } from '../evidence/replay-maker.ts'
import type { Log } from '../log.ts'
import { openSeparations } from '../people/separations.ts'
import type { RecordingHeads } from '../sessions/heads.ts'
import type { SocketWatch } from '../sockets/watch.ts'
import type { Jump, SteadyClock } from '../steady-clock.ts'
import type { Store } from '../store/store.ts'
import { every } from '../tick.ts'
import type { Ground } from './ground.ts'
import type { KeepingStep } from './keeping.ts'
import type { LedgerStep } from './ledger.ts'
import type { PeopleStep } from './people.ts'
import type { RulesStep } from './rules.ts'

/** How often it is looked whether a recording is due a head in the ledger. */
const headsMs = 250
/** How often sessions are held against the kernel's sockets. */
const socketsMs = 5_000
/** Reads the bundle folder and what the store holds of the bundle in force: seldom, since both may be large. */
const baselineMs = 15 * 60_000
/** How often the gateway looks at its own parts. */
const partsMs = 10_000
/** How often it is looked whether there is a newer checkpoint to publish. */
const publishMs = 5_000
/** How often it is looked whether a time-stamping authority is due. */
const timestampsMs = 10_000
/** How often it is looked whether a recording is due to go to the object store. */
const copiesMs = 2_000

/** A wall clock that was moved is evidence, and somebody should look. One that could not be written is kept for later. */
function openJumpKeeper(store: Store, clock: SteadyClock, log: Log): () => Promise<void> {
  const pending: Jump[] = []
  return async () => {
    for (const jump of clock.jumps()) {
      const { wall, byMs } = jump
      log.warn({ wall, byMs }, 'Wall clock jumped; access is not lengthened by it: check the time source')
      pending.push(jump)
    }
    for (let jump = pending[0]; jump !== undefined; jump = pending[0]) {
      const { at, wall, byMs } = jump
      await store.change(({ ledger }) => ledger.append('time.drift', at, { wall, byMs }))
      pending.shift()
    }
  }
}

/** What is looked after besides the steps of the start. */
export interface Looked {
  readonly baseline: Baseline
  readonly drills: Drills
  readonly parts: Parts
  readonly sockets: SocketWatch
  readonly pace: DiskPace
  readonly heads: RecordingHeads
  readonly airlocks: Airlocks
}

/** Begins every round; each is ended by the undo of the ground. */
export async function beginRounds(
  ground: Ground,
  ledger: LedgerStep,
  rules: RulesStep,
  people: PeopleStep,
  keeping: KeepingStep,
  looked: Looked,
): Promise<void> {
  const { config, clock, log, undo } = ground
  const { store, setbacks, checkpoints, timestamping } = ledger
  const { bundle, inForce, scopeReview, standing, dependencies } = rules
  const { access, physical, registry } = people
  const { recordings, recordingCopies, replayIndexes, viewings, custody, engine } = keeping
  const { baseline, drills, parts, sockets, pace, heads, airlocks } = looked
  const round = (ms: number, what: string, work: () => Promise<void>): void => undo.push(every(ms, what, log, work))

  round(1_000, 'Expiry', async () => {
    await inForce.refresh()
    await scopeReview.refresh()
    await access.sweep()
  })
  // Apart from the others: what is late here must not hold up the end of a session.
  round(1_000, 'Standing facts', standing.sweep)
  round(1_000, 'Physical sources', physical.sweep)
  round(60_000, 'Drills', drills.sweep)
  // Once no round begins another look, those under way are ended: none holds up the stop.
  undo.push(() => dependencies.close())
  round(1_000, 'Dependencies', dependencies.round)
  await parts.round()
  round(partsMs, 'Parts', parts.round)
  round(5_000, 'Viewings', viewings.sweep)
  round(2_000, 'Separation of duties', openSeparations({ store, clock, bundle }).sweep)
  round(2_000, 'Replay indexes', openReplayMaker({ registry, recordings, indexes: replayIndexes, log }))
  // Before the round is waited for: it may be in the middle of a long recording.
  undo.push(() => replayIndexes.close())
  round(1_000, 'Living sessions', () => registry.sweep())
  round(socketsMs, 'Sockets', sockets.round)
  round(1_000, 'Pace of the disk', pace.round)
  round(60_000, 'Setbacks', setbacks.round)
  round(headsMs, 'Recording heads', heads.round)
  round(baselineMs, 'Baseline', baseline.look)
  const folder = config.evidence.publishFolder
  if (folder !== undefined) {
    const publisher = openPublisher({ evidence: store.evidence, checkpoints, folder, log, setbacks })
    round(publishMs, 'Ledger publication', publisher.round)
  }
  if (timestamping !== null) round(timestampsMs, 'Timestamps', timestamping.round)
  round(copiesMs, 'Recording copies', recordingCopies.round)
  // Before the round is waited for: an upload goes on with its parts at the next start.
  undo.push(() => recordingCopies.close())
  round(1_000, 'Wall clock', openJumpKeeper(store, clock, log))
  round(config.evidence.checkpointSeconds * 1_000, 'Checkpoint', async () => void (await checkpoints.cosigned()))
  round(3_600_000, 'Token pruning', () => store.bookkeep((tx) => tx.tokens.prune(clock.now())))
  undo.push(custody.start())
  undo.push(airlocks.start())
  if (engine !== null) undo.push(engine.start())
}

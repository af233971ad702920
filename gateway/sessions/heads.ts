// Heads of living recordings in the ledger (recorder/FORMAT.md section 2.3): while a session runs, what its recording holds so
// far is fixed every ten seconds, or with each MiB, whichever comes first, and at most once a second. A recording that was
// cut or written anew later no longer agrees with the ledger, whoever holds the signing key. Heads of several sessions that
// are due go into one transaction, because each costs a sync of the disk.

import type { Instant, SessionId } from '../../policy/index.ts'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import type { Store } from '../store/store.ts'
import type { RecordingControl } from './recorder.ts'
import { openTurns } from '../turns.ts'

export interface RecordingHeads {
  /** From now on its heads are taken, until it is forgotten. */
  watch(session: SessionId, recording: Watchable): void
  forget(session: SessionId): void
  /** Takes the heads that are due. One round at a time: a call during one gives that one. */
  round(): Promise<void>
}

type Watchable = Pick<RecordingControl, 'failure' | 'length' | 'syncedHeads'>

interface Watched {
  readonly recording: Watchable
  /** Length in bytes of each stream at its last head. */
  readonly known: Map<number, number>
  length: number
  at: Instant
}

const mostMs = 10_000
const mostBytes = 1 << 20
/** Bulk data brings a MiB in a few milliseconds, and each head costs as much as the recording of several. */
const leastMs = 1_000
/** Streams in one entry, which holds at most 65,535 bytes. */
const streamsPerEntry = 200
/** Sessions in one transaction: each entry holds the event loop for a fraction of a millisecond. */
const sessionsAtATime = 32

export function openRecordingHeads(deps: {
  readonly store: Pick<Store, 'change'>
  readonly clock: Clock
  readonly log: Log
}): RecordingHeads {
  const { store, clock, log } = deps
  const watched = new Map<SessionId, Watched>()
  let running: Promise<void> | null = null

  const isDue = ({ recording, length, at }: Watched, now: Instant): boolean => {
    if (recording.failure !== null) return false
    const [grown, passed] = [recording.length - length, now - at]
    // The first may come at once: there is none before it.
    if (grown >= mostBytes) return length === 0 || passed >= leastMs
    return grown > 0 && passed >= mostMs
  }

  async function take(): Promise<void> {
    const now = clock.now()
    const due = [...watched].filter(([, session]) => isDue(session, now))
    const giveWay = openTurns()
    for (let from = 0; from < due.length; from += sessionsAtATime) {
      await takeSome(due.slice(from, from + sessionsAtATime), now)
      await giveWay()
    }
  }

  async function takeSome(due: readonly (readonly [SessionId, Watched])[], now: Instant): Promise<void> {
    const taken = await Promise.all(
      due.map(async ([id, session]) => {
        const streams = await session.recording.syncedHeads(session.known).catch((err: unknown) => {
          // The session hears of it from its own sync, and ends.
          log.error({ err, sessionId: id }, 'Head of a recording not taken')
          return []
        })
        return { id, session, streams }
      }),
    )
    const some = taken.filter(({ streams }) => streams.length > 0)
    if (some.length === 0) return
    await store.change(async (tx) => {
      for (const { id, streams } of some)
        for (let from = 0; from < streams.length; from += streamsPerEntry)
          await tx.ledger.append('session.recording_head', now, {
            session: id,
            streams: streams.slice(from, from + streamsPerEntry),
          })
    })
    for (const { session, streams } of some) {
      for (const { channel, length } of streams) session.known.set(channel, length)
      session.length = [...session.known.values()].reduce((sum, length) => sum + length, 0)
      session.at = now
    }
  }

  return {
    watch(session, recording) {
      watched.set(session, { recording, known: new Map(), length: 0, at: clock.now() })
    },
    forget: (session) => void watched.delete(session),
    round() {
      running ??= take().finally(() => (running = null))
      return running
    },
  }
}

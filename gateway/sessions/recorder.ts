// Who writes the recording of a session: the process its bytes cross, which is this one or a worker. What the session
// itself asks of the recording is the same for both.

import { createRecording, type Disk, type Recording, type RecordingMeta, type Signer } from '../../recorder/index.ts'
import type { Instant } from '../../policy/index.ts'
import type { ChannelOpening, ChannelRecord, Visitor } from '../brokers/broker.ts'
import type { Clock } from '../clock.ts'
import { ChannelBook } from './channel-book.ts'
import type { SessionFacts } from './facts.ts'
import type { SessionCounts } from './sealing.ts'

/** What there is to ask of a recording as it grows. */
export type RecordingControl = Pick<
  Recording,
  'manifestDigest' | 'failure' | 'length' | 'sync' | 'syncedHeads' | 'onWaiting' | 'seal'
> & {
  /** Writes what waits for room on the disk, as far as there is some. Fails, at once or later, when it is over. */
  tryAgain(): unknown
}

/** The channels of one session: what they carried, and when somebody was last at work in them. */
export interface SessionBook {
  readonly counts: SessionCounts
  readonly hasTerminal: boolean
  /** Does its recording take another channel, as far as their number goes? */
  readonly takesChannels: boolean
  /** When somebody last typed on a terminal. */
  readonly typedAt: Instant
  /** When somebody last typed, or anything crossed a channel that has no terminal. */
  readonly movedAt: Instant
  /** Somebody has shown that they are there. */
  touch(): void
  /** Binds a record to a new channel; null where it gets none now. @throws RecorderError otherwise. */
  open(opening: ChannelOpening, through?: Visitor['through']): ChannelRecord | null
}

export interface SessionRecording {
  readonly control: RecordingControl
  /** @param onFailure told what the recorder threw, before whoever wrote is. */
  openBook(
    now: () => Instant,
    facts: Pick<SessionFacts, 'startedAt' | 'masksPrompts'>,
    onFailure: (error: unknown) => void,
  ): SessionBook
}

export interface Recorder {
  /**
   * Opens the recording of a session; its folder, manifest and wrapped key are on stable storage when it resolves.
   * @throws where it cannot be opened: there is no session then.
   */
  open(facts: SessionFacts): Promise<SessionRecording>
}

/** What is said of a session in the manifest of its recording. */
export function manifestMetaOf({ asset, plant, person, grant, protocol }: SessionFacts): RecordingMeta {
  return { asset, plant, person, grant, protocol }
}

/** A recording that this process writes. */
export function recordedHere(recording: Recording): SessionRecording {
  return {
    control: recording,
    openBook: (now, facts, onFailure) => new ChannelBook(recording, now, facts, onFailure),
  }
}

export interface RecorderDeps {
  readonly clock: Clock
  readonly signer: Signer
  /** Folder of the recordings. */
  readonly recordings: string
  /** What recordings are written with; left out, the disk as it is. */
  readonly disk?: Disk
  /** age recipients the session keys are wrapped to. */
  readonly recipients: readonly string[]
}

/** Records in this process. */
export function openRecorder({ clock, signer, recordings, disk, recipients }: RecorderDeps): Recorder {
  return {
    async open(facts) {
      const recording = await createRecording({
        root: recordings,
        sessionId: facts.id,
        meta: manifestMetaOf(facts),
        recipients,
        now: clock.now,
        monotonic: clock.monotonic,
        signer,
        ...(disk && { disk }),
        waitsForRoom: facts.recordingPauseMinutes > 0,
      })
      return recordedHere(recording)
    },
  }
}

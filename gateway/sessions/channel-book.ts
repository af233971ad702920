// The channels of one session: each bound to its record before a byte crosses it, what they have carried in all, and when
// somebody was last at work in them. What follows from resting is due.ts's.

import {
  type ChannelMeta,
  type ChannelWriter,
  PromptMask,
  RecorderError,
  type Recording,
} from '../../recorder/index.ts'
import type { Instant } from '../../policy/index.ts'
import type { ChannelOpening, ChannelRecord, Visitor } from '../brokers/broker.ts'
import type { SessionBook } from './recorder.ts'
import type { SessionCounts } from './sealing.ts'

export class ChannelBook implements SessionBook {
  readonly #recording: Recording
  readonly #now: () => Instant
  readonly #onFailure: (error: unknown) => void
  readonly #masksPrompts: boolean
  #channels = 0
  #terminals = 0
  #bytesIn = 0
  #bytesOut = 0
  #typedAt: Instant
  #movedAt: Instant

  /**
   * @param onFailure told what the recorder threw, before whoever wrote is.
   * @param masksPrompts is what is typed at a password prompt recorded only by how much it was?
   */
  constructor(
    recording: Recording,
    now: () => Instant,
    { startedAt, masksPrompts }: { readonly startedAt: Instant; readonly masksPrompts: boolean },
    onFailure: (error: unknown) => void,
  ) {
    this.#masksPrompts = masksPrompts
    this.#recording = recording
    this.#now = now
    this.#onFailure = onFailure
    this.#typedAt = this.#movedAt = startedAt
  }

  get counts(): SessionCounts {
    return { channels: this.#channels, bytesIn: this.#bytesIn, bytesOut: this.#bytesOut }
  }

  get hasTerminal(): boolean {
    return this.#terminals > 0
  }

  /** Does its recording take another channel, as far as their number goes? */
  get takesChannels(): boolean {
    return this.#recording.takesChannels
  }

  /** When somebody last typed on a terminal. */
  get typedAt(): Instant {
    return this.#typedAt
  }

  /** When somebody last typed, or anything crossed a channel that has no terminal. */
  get movedAt(): Instant {
    return this.#movedAt
  }

  /** Somebody has shown that they are there. */
  touch(): void {
    this.#typedAt = this.#movedAt = this.#now()
  }

  /** Binds a record to a new channel; null where it gets none now. @throws RecorderError otherwise. */
  open(
    { kind, command, terminal, environment, to }: ChannelOpening,
    through?: Visitor['through'],
  ): ChannelRecord | null {
    const guarded = <T>(write: () => T): T => {
      try {
        return write()
      } catch (error) {
        this.#onFailure(error)
        throw error
      }
    }
    const writer = guarded(() =>
      openOrNull(this.#recording, {
        kind,
        ...(command === null ? {} : { command }),
        ...(environment === undefined ? {} : { environment }),
        ...(to === undefined ? {} : { to }),
        ...(through === undefined ? {} : { through }),
        ...terminal,
      }),
    )
    if (writer === null) return null
    const hasTerminal = terminal !== null
    const write = hasTerminal && this.#masksPrompts ? masking(writer) : writer.data.bind(writer)
    let open = true
    this.#channels++
    if (hasTerminal) this.#terminals++
    this.touch()
    return {
      data: (direction, pieces, written) => {
        const bytes = pieces.reduce((sum, piece) => sum + piece.length, 0)
        guarded(() =>
          write(direction, pieces, () => {
            // What waits for room and never gets any has not crossed.
            if (direction === 'in') this.#bytesIn += bytes
            else this.#bytesOut += bytes
            written()
          }),
        )
        if (!hasTerminal) this.#movedAt = this.#now()
        // What a screen shows by itself is no sign of anybody being there.
        else if (direction === 'in') this.touch()
      },
      resize: (columns, lines, written) => guarded(() => writer.resize(columns, lines, written)),
      signal: (name, written) => guarded(() => writer.signal(name, written)),
      exit: (status, written) => guarded(() => writer.exit(status, written)),
      notice: (text) => guarded(() => writer.notice(text)),
      event: (event, written) => guarded(() => writer.event(event, written)),
      close: () => {
        if (open && hasTerminal) this.#terminals--
        open = false
        guarded(() => writer.close())
      },
    }
  }
}

/** Records a terminal, and of what is typed at a password prompt only how much it was. */
function masking(writer: ChannelWriter): ChannelRecord['data'] {
  const mask = new PromptMask()
  return (direction, pieces, written) => {
    if (direction !== 'in') {
      writer.data(direction, pieces, written)
      for (const piece of pieces) mask.heard(piece)
      return
    }
    const runs = pieces.flatMap((piece) => mask.typed(piece))
    if (runs.length === 0) written()
    for (const [i, run] of runs.entries()) {
      const then = i === runs.length - 1 ? written : undefined
      if (run.kind === 'masked') writer.masked(run.count, then)
      else writer.data('in', run.bytes, then)
    }
  }
}

function openOrNull(recording: Recording, meta: ChannelMeta): ChannelWriter | null {
  try {
    return recording.openChannel(meta)
  } catch (error) {
    if (error instanceof RecorderError && (error.code === 'full' || error.code === 'no-more-channels')) return null
    throw error
  }
}

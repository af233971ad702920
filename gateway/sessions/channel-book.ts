// The channels of one session: each bound to its record before a byte crosses it, what they have carried in all, and when
// somebody was last at work in them. What follows from resting is due.ts's.

import { type ChannelWriter, PromptMask, type Recording } from '../../recorder/index.ts'
import type { Instant } from '../../policy/index.ts'
import type { ChannelOpening, ChannelRecord } from '../brokers/broker.ts'
import type { SessionCounts } from './sealing.ts'

export class ChannelBook {
  readonly #recording: Recording
  readonly #now: () => Instant
  readonly #onFailure: (error: unknown) => void
  #channels = 0
  #terminals = 0
  #bytesIn = 0
  #bytesOut = 0
  #typedAt: Instant
  #movedAt: Instant

  /** @param onFailure told what the recorder threw, before whoever wrote is. */
  constructor(recording: Recording, now: () => Instant, startedAt: Instant, onFailure: (error: unknown) => void) {
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

  /** Binds a record to a new channel. @throws RecorderError when it cannot be written. */
  open({ kind, command, terminal }: ChannelOpening): ChannelRecord {
    const guarded = <T>(write: () => T): T => {
      try {
        return write()
      } catch (error) {
        this.#onFailure(error)
        throw error
      }
    }
    const writer = guarded(() =>
      this.#recording.openChannel({ kind, ...(command === null ? {} : { command }), ...terminal }),
    )
    const hasTerminal = terminal !== null
    const write = hasTerminal ? masking(writer) : writer.data.bind(writer)
    let open = true
    this.#channels++
    if (hasTerminal) this.#terminals++
    this.touch()
    return {
      data: (direction, pieces) => {
        guarded(() => write(direction, pieces))
        const bytes = pieces.reduce((sum, piece) => sum + piece.length, 0)
        if (direction === 'in') this.#bytesIn += bytes
        else this.#bytesOut += bytes
        if (!hasTerminal) this.#movedAt = this.#now()
        // What a screen shows by itself is no sign of anybody being there.
        else if (direction === 'in') this.touch()
      },
      resize: (columns, lines) => guarded(() => writer.resize(columns, lines)),
      signal: (name) => guarded(() => writer.signal(name)),
      exit: (status) => guarded(() => writer.exit(status)),
      notice: (text) => guarded(() => writer.notice(text)),
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
  return (direction, pieces) => {
    if (direction !== 'in') {
      writer.data(direction, pieces)
      for (const piece of pieces) mask.heard(piece)
      return
    }
    for (const piece of pieces)
      for (const run of mask.typed(piece))
        if (run.kind === 'masked') writer.masked(run.count)
        else writer.data('in', run.bytes)
  }
}

// The recording of a living session on its disk: what was written reaches it within a second, and where it has no room the
// session is held until there is some. When a session that is held ends is due.ts's.

import type { Instant } from '../../policy/index.ts'
import type { Log } from '../log.ts'
import type { SessionFacts } from './facts.ts'
import type { RecordingControl } from './recorder.ts'

const everyMs = 1000

export interface RecordingHoldDeps {
  readonly now: () => Instant
  readonly log: Log
  /** Is the session ending? It is neither held nor goes on any more. */
  readonly isOver: () => boolean
  /** It was held, and there is room again. */
  readonly paused: (from: Instant, until: Instant) => void
  /** Whether it is held has changed. */
  readonly onChange: () => void
  readonly onFailure: (error: unknown) => void
}

export class RecordingHold {
  readonly #facts: Pick<SessionFacts, 'id' | 'recordingPauseMinutes'>
  readonly #deps: RecordingHoldDeps
  readonly #timer: NodeJS.Timeout
  /** Since when it waits for room. */
  #since: Instant | null = null

  constructor(
    facts: Pick<SessionFacts, 'id' | 'recordingPauseMinutes'>,
    control: Pick<RecordingControl, 'sync' | 'tryAgain' | 'onWaiting'>,
    deps: RecordingHoldDeps,
  ) {
    this.#facts = facts
    this.#deps = deps
    // What the kernel holds reaches the disk within a second, also while nobody types.
    this.#timer = setInterval(() => {
      control.sync().catch(deps.onFailure)
      if (this.#since !== null) void this.#tryAgain(control)
    }, everyMs)
    control.onWaiting((waits) => (waits ? this.#hold() : this.#goOn()))
  }

  /** Until when it is held at most; null where it is not. */
  get until(): Instant | null {
    return this.#since === null ? null : this.#since + this.#facts.recordingPauseMinutes * 60_000
  }

  /** The recording is closed by its owner from here on. Gives since when it was held, or null. */
  stop(): Instant | null {
    clearInterval(this.#timer)
    return this.#since
  }

  /** The disk has no room: nothing moves until there is some, or the time for that is over. */
  #hold(): void {
    if (this.#since !== null || this.#deps.isOver()) return
    this.#since = this.#deps.now()
    this.#deps.log.error({ sessionId: this.#facts.id }, 'No room for a recording; its session is held')
    this.#deps.onChange()
  }

  #goOn(): void {
    const since = this.#since
    this.#since = null
    if (since === null || this.#deps.isOver()) return
    this.#deps.log.warn({ sessionId: this.#facts.id }, 'Room for a recording again; its session goes on')
    this.#deps.paused(since, this.#deps.now())
    this.#deps.onChange()
  }

  async #tryAgain(control: Pick<RecordingControl, 'tryAgain'>): Promise<void> {
    try {
      await control.tryAgain()
    } catch (error) {
      this.#deps.onFailure(error)
    }
  }
}

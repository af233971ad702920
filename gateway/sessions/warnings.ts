// What a session is warned of before its time is over, each warning once. The warnings themselves are expiry.ts's; saying
// them, and asking for an extension, is the session's.

import type { Instant } from '../../policy/index.ts'
import type { Stand } from './due.ts'
import { clockTime, dueWarning, idleWarning, nextWarning, warningsOf, type Warning } from './expiry.ts'

export interface DueWarning {
  readonly text: string
  /** Set on the first one before this end of the window, where the approver is asked whether it may be longer. */
  readonly offers?: Instant
}

type WarnedBy = Pick<Stand, 'windowUntil' | 'expiry' | 'idle'>

const restingOf = ({ idle }: WarnedBy): readonly Warning[] =>
  idle.endMs === null ? [] : [idleWarning(idle.movedAt + idle.endMs)]

export class Warnings {
  readonly #timeZone: string
  /** What was due by then has been said, or is nobody's to hear any more. */
  #looked: Instant
  #offeredFor: Instant | null = null

  constructor(since: Instant, timeZone: string) {
    this.#looked = since
    this.#timeZone = timeZone
  }

  /** Nothing that came due before is said. */
  skipTo(now: Instant): void {
    this.#looked = now
  }

  /** What has come due since the last look. */
  due(stand: WarnedBy, now: Instant): readonly DueWarning[] {
    const { windowUntil, expiry } = stand
    const due: DueWarning[] = []
    const ends = now < windowUntil ? dueWarning(warningsOf(windowUntil, expiry.kind), this.#looked, now) : null
    if (ends) {
      const at = clockTime(windowUntil, this.#timeZone)
      const text = `${ends.text}, at ${at}: ask the approver for an extension if you need longer`
      const isOffered = expiry.kind !== 'cut' && this.#offeredFor !== windowUntil
      if (isOffered) this.#offeredFor = windowUntil
      due.push(isOffered ? { text, offers: windowUntil } : { text })
    }
    const rests = dueWarning(restingOf(stand), this.#looked, now)
    if (rests) due.push({ text: rests.text })
    this.#looked = now
    return due
  }

  /** When the next ones come. */
  next(stand: WarnedBy, now: Instant): readonly (Instant | null)[] {
    return [nextWarning(warningsOf(stand.windowUntil, stand.expiry.kind), now), nextWarning(restingOf(stand), now)]
  }
}

// Of the rule of supervision: what is typed in a session that is held to the profile of what gets no updates reaches the
// target only while somebody who is with the session has let it through.

import type { EvidenceEvent, Instant } from '../model.ts'
import { RecentMap, textOf } from './evidence.ts'
import type { Tally } from './rule.ts'

/** That input is held again is an entry of its own, written right after its lifter has left. */
const heldWrittenMs = 10_000

interface Lifted {
  readonly by: string
  /** When the lifter left, where they did; from then on an entry has to say that input is held. */
  left: EvidenceEvent | null
}

export class WriteHolds {
  readonly #tally: Tally
  readonly #lifted = new RecentMap<string, Lifted>()

  constructor(tally: Tally) {
    this.#tally = tally
  }

  /** @param isThere is who lifts it with the session? */
  lift(event: EvidenceEvent, isThere: boolean): void {
    const [session, by] = [textOf(event, 'session'), textOf(event, 'by')]
    this.#tally.exercise(event)
    if (!isThere)
      this.#tally.offend(event, `input of session \`${session}\` was let through by somebody who was not with it`)
    this.#lifted.set(session, { by, left: null })
  }

  leave(event: EvidenceEvent): void {
    const lifted = this.#lifted.get(textOf(event, 'session'))
    if (lifted !== undefined && lifted.left === null && lifted.by === textOf(event, 'observer')) lifted.left = event
  }

  /** Input is stopped, for whatever reason: it holds for the hold too where that is among the reasons. */
  stop(event: EvidenceEvent, stops: readonly unknown[]): void {
    if (stops.includes('write-hold')) this.#lifted.delete(textOf(event, 'session'))
  }

  end(event: EvidenceEvent): void {
    this.#lifted.delete(textOf(event, 'session'))
  }

  settle(now: Instant): void {
    for (const [session, { left }] of this.#lifted.entries()) {
      if (left === null || now - left.at <= heldWrittenMs) continue
      this.#tally.offend(left, `session \`${session}\` took input after who had let it through had left`)
      this.#lifted.delete(session)
    }
  }
}

// What a session is to end for and does not yet, for safety's sake: who ends it for security is heard at once, its input stops,
// and it closes as its asset declares (policy's safeOutcomeOf). Written once for each wish; when it closes is expiry.ts's.

import { safeOutcomeOf, type EndReason, type Events, type Instant } from '../../policy/index.ts'
import type { Lapse } from './due.ts'
import type { SessionFacts } from './facts.ts'
import type { Kill } from './sealing.ts'

/** Why a session ends, and on whose order. */
export interface Ending {
  readonly reason: EndReason
  readonly detail: string | null
  readonly kill: Kill | null
}

type Block = Omit<Events['safety.block'], 'action' | 'session' | 'rules'>

export class SlowEnd {
  readonly #facts: SessionFacts
  readonly #write: (block: Block) => void
  #wanted: (Ending & { readonly at: Instant }) | null = null
  #isHeld = false

  /** @param write keeps `safety.block` as evidence. */
  constructor(facts: SessionFacts, write: (block: Block) => void) {
    this.#facts = facts
    this.#write = write
  }

  /** Is it let go the way its asset declares as safe? */
  get isHeld(): boolean {
    return this.#isHeld
  }

  /** Somebody wants it ended. False where somebody did before: the first wish stays. */
  want(ending: Ending, at: Instant): boolean {
    if (this.#wanted !== null) return false
    this.#wanted = { ...ending, at }
    return true
  }

  /** Safety has it end slowly. */
  hold(wanted: EndReason, hardUntil: Instant, kill: Kill | null): void {
    const outcome = safeOutcomeOf(this.#facts)
    if (this.#isHeld || outcome === 'cut') return
    this.#isHeld = true
    const { person, asset, plant, zone } = this.#facts
    const of = { person, asset, plant, zone, wanted, outcome, hardUntil }
    this.#write(kill === null ? of : { ...of, by: kill.by })
  }

  /** It is permitted again: what nobody ordered holds it no more. */
  permitted(): void {
    if (this.#wanted === null) this.#isHeld = false
  }

  /** What has it end slowly, the first of it. */
  lapseOf(lapse: Lapse | null): Lapse | null {
    if (this.#wanted === null || (lapse !== null && lapse.at <= this.#wanted.at)) return lapse
    const { at, reason, detail } = this.#wanted
    return { at, reason, rules: [], detail: detail ?? '' }
  }

  /** The order it ends by, where it ends for that reason. */
  orderedFor(reason: EndReason): Ending | null {
    return this.#wanted?.reason === reason ? this.#wanted : null
  }
}

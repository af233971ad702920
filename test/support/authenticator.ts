// The authenticators of the people in a test. Each code works once and a later one must follow it, as the gateway asks;
// a code one step ahead is good too, so three logins fit into one moment before the clock has to move on.

import type { Secret } from '../../gateway/secret.ts'
import { codeAt } from '../../gateway/identity/totp.ts'
import type { MovableClock } from './movable-clock.ts'

const stepMs = 30_000
/** How long a code handed out is still good at least: a login on a busy machine takes seconds. */
const marginMs = 15_000

export interface Authenticators {
  /** A code of this seed that was not handed out before and is good now. May move the clock on. */
  next(seed: Secret<string>): string
}

export function openAuthenticators(clock: MovableClock): Authenticators {
  const used = new Map<Secret<string>, number>()
  return {
    next(seed) {
      const now = Math.floor(clock.now() / stepMs)
      // A code is taken until the step after its own is over.
      const oldest = Math.ceil((clock.now() + marginMs) / stepMs) - 2
      const step = Math.max((used.get(seed) ?? 0) + 1, oldest)
      // One step is left as a margin: the code must still be good when it arrives.
      if (step > now) clock.advance((step - now) * stepMs)
      used.set(seed, step)
      return codeAt(seed, step * stepMs)
    },
  }
}

// Safety before security, said once (IEC 61511-1:2016 clause 11.2.4, IEC 62443-3-3 4.2 on essential functions): in a
// refusal what keeps people from harm is named before anything else, and what is done for security to a session on what
// is safety-related takes the way its asset declares as safe. Holding a session, and the evidence of it, are the
// gateway's.

import type { Asset, DecisionReason } from './model.ts'
import { safetyRules } from './rules.ts'

/** A plant's own rules of safety say so by the control they serve. */
const safetyControl = 'GW-SAF-01'

const byCode: ReadonlySet<string> = new Set(safetyRules)

/** Safety's invariants, then a plant's own rules of safety, then the rest; each in the order it came in. */
export function safetyFirst(reasons: readonly DecisionReason[]): readonly DecisionReason[] {
  const rank = ({ rule, controls }: DecisionReason): number =>
    byCode.has(rule) ? 0 : controls.includes(safetyControl) ? 1 : 2
  return reasons.toSorted((a, b) => rank(a) - rank(b))
}

/** A word by which a session's end for security is decided. */
export const safeOutcomes = ['cut', 'drain', 'confirm-safe-state'] as const
export type SafeOutcome = (typeof safeOutcomes)[number]

/** Does harm to people hang on what happens to the asset? */
export function touchesSafety({ safety }: Pick<Asset, 'safety'>): boolean {
  return safety !== 'none'
}

/**
 * What becomes of a session that somebody, or a rule, wants ended for security, wherever the wish comes from: a kill, a
 * suspension, a revocation, a disabled account, rules that changed. `cut`: it ends at once. `drain` and
 * `confirm-safe-state`: its input stops at once, so that nobody steers any more who must not, and it is closed at the
 * asset's hard limit; before that only a safety engineer closes it. What is not safety-related ends at once.
 */
export function safeOutcomeOf({ safety, expiry }: Pick<Asset, 'safety' | 'expiry'>): SafeOutcome {
  return touchesSafety({ safety }) ? expiry.kind : 'cut'
}

// Two bundles laid side by side without holding up the sessions: what is compared is policy's, and here it is done in
// short turns. With ten thousand assets it takes a tenth of a second, which is a stall where people type.

import {
  diffSteps,
  ruleTexts,
  safetySteps,
  type Bundle,
  type BundleDiff,
  type RuleText,
  type SafetyPath,
} from '../../policy/index.ts'
import { openTurns } from '../turns.ts'

/** As `diffBundles`. */
export const diffInTurns = (from: Bundle, to: Bundle): Promise<BundleDiff> => inTurns(diffSteps(from, to))

/** As `safetyPath`. */
export const safetyInTurns = (from: Bundle, to: Bundle): Promise<SafetyPath> => inTurns(safetySteps(from, to))

/** As `ruleTexts`: a long text takes some milliseconds, and hundreds may have changed. */
export async function ruleTextsInTurns({ changes }: Pick<BundleDiff, 'changes'>): Promise<readonly RuleText[]> {
  const giveWay = openTurns()
  const texts: RuleText[] = []
  for (const change of changes.items) {
    texts.push(...ruleTexts({ changes: { count: 1, items: [change] } }))
    await giveWay()
  }
  return texts
}

async function inTurns<T>(steps: Generator<void, T, void>): Promise<T> {
  const giveWay = openTurns()
  for (;;) {
    const { done, value } = steps.next()
    if (done === true) return value
    await giveWay()
  }
}

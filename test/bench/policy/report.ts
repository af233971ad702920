// The tables of the policy part.

import { tableLines } from '../../../gateway/cli/table.ts'
import { ratioText, sizeText, timeText } from '../figures.ts'
import type { Rate } from './decisions.ts'
import type { PolicyFindings } from './measure.ts'

const count = (n: number): string => Math.round(n).toLocaleString('en-GB')
const rate = (of: Rate): string[] => [count(of.perSecond), timeText(of.median), timeText(of.p99)]

export function policyText({ decisions, validations, reEvaluations, living }: PolicyFindings): string {
  const decided = tableLines(
    ['assets', 'policies', 'decisions/s', 'median', 'p99', 'cedar alone/s', 'median', 'p99', 'ratio'],
    decisions.map(({ size, decide, cedar }) => [
      count(size.assets),
      count(size.policies),
      ...rate(decide),
      ...rate(cedar),
      ratioText(decide.perSecond / cedar.perSecond),
    ]),
  )
  const checked = tableLines(
    ['check of a bundle', 'policies', 'inventory', 'time', 'peak memory', 'of it before', 'kept'],
    validations.map(({ size, inventory, characters, ms, peak, before, kept }) => [
      `${count(size.assets)} assets, ${inventory}`,
      count(size.policies),
      `${(characters / 1e6).toFixed(1)} MB`,
      timeText(ms),
      sizeText(peak),
      sizeText(before),
      sizeText(kept),
    ]),
  )
  const again = tableLines(
    ['re-evaluation after an activation', 'assets', 'policies', 'time', 'longest block'],
    reEvaluations.map(({ size, grants, ms, longestBlock }) => [
      `${count(grants)} open grants`,
      count(size.assets),
      count(size.policies),
      timeText(ms),
      timeText(longestBlock),
    ]),
  )
  const ours = tableLines(
    ['re-evaluation by the gateway itself', 'time', 'longest block'],
    [[`${count(living.sessions)} living sessions, store on disk`, timeText(living.ms), timeText(living.longestBlock)]],
  )
  const notes = [
    'cedar alone: the same questions put to the engine with every policy of the bundle, parsed before, without guards, scope, conduits, contracts and reasons',
    `${decisions.map(({ permits, denials }) => `${permits} permits and ${denials} denials`).at(-1) ?? 'nothing'} at the last size`,
  ]
  return [...decided, '', ...checked, '', ...again, '', ...ours, '', ...notes.map((note) => `- ${note}`)].join('\n')
}

// What a gateway refused, in words: the problem it answered becomes a failure with its reasons.

import type { DecisionView, ProblemView } from '../contract/views.ts'
import { Failure } from './failure.ts'
import { plain, shown } from './plain.ts'

/** One line for each reason of a decision: the rule in words, its id, the controls it serves. */
export function reasonLines(decision: Pick<DecisionView, 'reasons'>): string[] {
  return decision.reasons.map(({ rule, text, controls }) => {
    const serves = controls.length === 0 ? '' : `, control ${controls.join(', ')}`
    return shown`- ${text} (rule ${rule}${serves})`
  })
}

/** The reasons, and what would have to change where no reason has said it already. */
function refusalLines(decision: DecisionView): string[] {
  if (decision.remedies.length === 0)
    return [...reasonLines(decision), '  `sallyport explain --remote` says what the rules would permit']
  const unsaid = decision.remedies.filter(({ text }) => !decision.reasons.some((reason) => reason.text.includes(text)))
  return [...reasonLines(decision), ...unsaid.map(({ text }) => shown`  needed: ${text}`)]
}

/** The failure that a ProblemView stands for. `--json` prints the whole problem. */
export function refusalOf(problem: ProblemView, status: number): Failure {
  const { code, message, decision, refused = [], offered = [], problems = [] } = problem
  // With a decision the reasons follow line by line; the gateway's message would say them again in one breath.
  const text = decision === undefined ? message : 'policy refuses this'
  return new Failure(text, {
    details: { ...problem, code, status },
    lines: [
      ...(decision === undefined || refused.length > 0 ? [] : refusalLines(decision)),
      ...refused.flatMap(({ asset, decision: of }) => [`${plain(asset)}:`, ...refusalLines(of)]),
      ...(offered.length > 0 ? [shown`${offered.join(', ')} could be had: ask for them alone, or give --partial`] : []),
      ...problems.map((one) => `- ${plain(one)}`),
      ...(code === 'second-person-needed' ? ['ask for one: sallyport viewing ask SESSION --purpose TEXT'] : []),
    ],
  })
}

/** The failure for an answer that is no problem of ours: a proxy in between, another program. */
export function strangerOf(url: string, status: number, text: string): Failure {
  const begin = plain(text.slice(0, 80).replace(/\s+/g, ' ').trim())
  return new Failure(
    `\`${url}\`: answered ${status} with what is no answer of this version${begin === '' ? '' : ` (\`${begin}\`)`}: ` +
      'is this the address of a gateway, and its version that of this command',
    { details: { code: 'not-understood', status } },
  )
}

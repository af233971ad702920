// A decision in words, for people at a terminal or a page. Says only what the decision says.

import type { Decision, Obligation } from './model.ts'

const duties: Readonly<Record<Obligation, string>> = {
  record: 'The session is recorded.',
  'notify-approver': 'The approver is told when it is used.',
  mfa: 'A second factor is needed to use it.',
}

/** The decision as sentences, the answer first, then why, then under what it was decided. */
export function explain(decision: Decision): readonly string[] {
  const answer = decision.kind === 'permit' ? 'Permitted.' : 'Denied.'
  const reasons = decision.reasons.map(({ rule, text, controls }) => {
    const served = controls.length === 0 ? '' : `, for ${controls.join(', ')}`
    return `${sentence(text)} (rule ${rule}${served})`
  })
  const obligations = decision.kind === 'permit' ? decision.obligations.map((kind) => duties[kind]) : []
  return [
    answer,
    ...reasons,
    ...obligations,
    scopeOf(decision),
    `Decided under policy bundle ${decision.bundle.slice(0, 12)}.`,
  ]
}

function scopeOf({ scope, scopeVersion }: Decision): string {
  switch (scope.kind) {
    case 'in':
      return `In scope by rule ${scope.rule} of scope version ${scopeVersion}.`
    case 'out':
      return `Outside scope version ${scopeVersion} by rule ${scope.rule}.`
    case 'undetermined':
      return `Scope version ${scopeVersion} does not say whether it is in or out.`
  }
}

function sentence(text: string): string {
  const trimmed = text.trim()
  const first = `${trimmed.slice(0, 1).toUpperCase()}${trimmed.slice(1)}`
  return /[.!?]$/.test(first) ? first : `${first}.`
}

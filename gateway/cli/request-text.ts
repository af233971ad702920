// One access request as a person reads it before deciding: who, what, when, why, and what policy says.

import type { RequestView } from '../contract/views.ts'
import { showDuration, showInstant, showInZone } from './duration.ts'
import { plain, shown } from './plain.ts'
import { reasonLines } from './refusal.ts'
import { fieldsText } from './table.ts'

export function requestText(view: RequestView): string {
  const { by, window, decision, forMe, grant } = view
  const company = by.supplier === null ? '' : ` of ${by.supplier}`
  const fields: (readonly [string, string])[] = [
    ['request', view.id],
    ['state', view.state],
    ['by', `${by.displayName} (${by.login})${company}`],
    ['asset', `${view.asset}, ${view.assetName}, ${view.plant}`],
    ['access', `${view.protocol}, ${view.operationClass}`],
    ['from', showInZone(window.from, view.timeZone)],
    ['until', `${showInZone(window.until, view.timeZone)}, ${showDuration(window.until - window.from)}`],
    ['purpose', view.purpose],
    ['ticket', view.ticket === '' ? '-' : view.ticket],
    ['submitted', showInstant(view.submittedAt)],
    ['digest', view.digest],
  ]
  const lines = [
    fieldsText(fields),
    `policy: ${plain(decision.kind)} (scope ${plain(decision.scope)})`,
    ...reasonLines(decision),
  ]
  if (decision.obligations.length > 0) lines.push(shown`obligations: ${decision.obligations.join(', ')}`)
  for (const { by: who, verdict, at, comment } of view.approvals) {
    lines.push(shown`${verdict} by ${who.displayName} at ${showInstant(at)}${comment === '' ? '' : `: ${comment}`}`)
  }
  if (forMe !== null && forMe.kind === 'deny') lines.push('you may not approve it:', ...reasonLines(forMe))
  if (grant !== null) {
    lines.push(shown`grant ${grant.id}: ${grant.state} until ${showInstant(grant.window.until)}`)
    if (grant.connect !== null) lines.push(shown`connect with: ${grant.connect}`)
  }
  return lines.join('\n')
}

// One access request as a person reads it before deciding: who, what, when, why, and what policy says.

import type { ReachView, RequestView, TransferView } from '../contract/views.ts'
import { showDuration, showInstant, showInZone } from './duration.ts'
import { plain, shown } from './plain.ts'
import { reasonLines } from './refusal.ts'
import { fieldsText } from './table.ts'

export function requestText(view: RequestView): string {
  const { by, window, decision, forMe, grant } = view
  const company = by.supplierName === null ? '' : ` of ${by.supplierName}`
  const isFixed = view.schedule.kind === 'whole'
  const length = showDuration(window.until - window.from)
  const fields: (readonly [string, string])[] = [
    ['request', view.id],
    ['state', view.state],
    ['by', `${by.displayName} (${by.login})${company}`],
    ...(by.owner === undefined ? [] : [['machine', `a machine account; ${by.owner} answers for it`] as const]),
    ...(view.askedBy === undefined
      ? []
      : [['asked by', `${view.askedBy.displayName} (${view.askedBy.login})`] as const]),
    ['asset', `${view.asset}, ${view.assetName}, ${view.plant}`],
    ['access', `${view.protocol}, ${view.operationClass}`],
    ['tier', view.tier],
    ...(view.standardChange === null
      ? []
      : [['standard change', `${view.standardChange.title} (${view.standardChange.id})`] as const]),
    ...(isFixed ? [] : [['when', view.scheduleText] as const]),
    ['from', showInZone(window.from, view.timeZone)],
    ['until', `${showInZone(window.until, view.timeZone)}${isFixed ? `, ${length}` : ''}`],
    ['purpose', view.purpose],
    ...view.criteria.map(({ text }) => ['affirmed', text] as const),
    ['ticket', view.ticket === '' ? '-' : `${view.ticket} (${view.ticketState})`],
    ...(view.rollback === '' ? [] : [['rollback', view.rollback] as const]),
    ...view.files.map(({ name, sha256 }) => ['file', `${name}, SHA-256 ${sha256}`] as const),
    ...transferFields(view.transfer),
    ['submitted', showInstant(view.submittedAt)],
    ...(view.state === 'submitted' ? [['answer by', showInZone(view.expiresAt, view.timeZone)] as const] : []),
    ...(view.set === null ? [] : [['set', view.set] as const]),
    ...(view.baseline === null ? [] : [['baseline', view.baseline] as const]),
    ...(view.confirmation === null ? [] : [['walkdown', view.confirmation.text] as const]),
    ...(view.path.length === 0 ? [] : [['way', wayText(view.path)] as const]),
    ...(view.reach === null ? [] : [['reach', reachText(view.reach)] as const]),
    ...view.acceptedRisks.map(({ id, title, until }) => ['accepted risk', `${id} until ${until}: ${title}`] as const),
    ['digest', view.digest],
  ]
  const lines = [
    fieldsText(fields),
    `policy: ${plain(decision.kind)} (scope ${plain(decision.scope)})`,
    ...reasonLines(decision),
  ]
  for (const { text } of decision.obligations) lines.push(shown`- ${text}`)
  for (const { text } of decision.watched) lines.push(shown`- ${text}`)
  if (decision.unavailable.length > 0) lines.push(shown`- Does not work now: ${decision.unavailable.join(', ')}.`)
  if (decision.leansOn.length > 0) lines.push(shown`- It leans on shared services: ${decision.leansOn.join(', ')}.`)
  if (view.terms.changed) {
    const what = view.state === 'submitted' ? 'to be granted' : 'granted'
    lines.push(`less than was asked is ${what}: ${termsText(view)}`)
  }
  for (const { by: who, onBehalfOf, verdict, at, comment, lapsed } of view.approvals) {
    const name = onBehalfOf === null ? who.displayName : `${who.displayName} for ${onBehalfOf.displayName}`
    const gone = lapsed === null ? '' : ` (counts no longer: ${lapsed})`
    lines.push(shown`${verdict} by ${name} at ${showInstant(at)}${comment === '' ? '' : `: ${comment}`}${gone}`)
  }
  if (view.state === 'submitted') {
    for (const { text, onDuty, isOnDuty } of view.needs.filter(({ metBy: by }) => by === null)) {
      const who = onDuty.map((one) => one.displayName).join(', ') || (isOnDuty ? 'somebody' : 'nobody')
      const now = isOnDuty === null ? '' : `, now ${who}`
      lines.push(shown`waits for ${text}${now}`)
    }
  }
  if (forMe !== null && forMe.kind === 'deny') lines.push('you may not approve it:', ...reasonLines(forMe))
  else if (view.myYes !== null) lines.push(shown`you: ${view.myYes.text}`)
  if (grant !== null) {
    lines.push(shown`grant ${grant.id}: ${grant.state} until ${showInstant(grant.window.until)}`)
    if (grant.transfer !== null) lines.push(shown`files: ${grant.transfer.text}`)
    if (grant.conditions !== '') lines.push(shown`on the condition: ${grant.conditions}`)
    for (const hint of grant.hints) lines.push(shown`- ${hint}`)
    if (grant.connect !== null) lines.push(shown`connect with: ${grant.connect}`)
  }
  return lines.join('\n')
}

function wayText(path: RequestView['path']): string {
  return path
    .map(({ from, to, level, boundaries, conduit, spans }) => {
      const across = boundaries.length === 0 ? '' : ` across ${boundaries.join(' and ')}`
      const over = conduit === null ? '' : ` over ${conduit}`
      return `${from ?? 'outside'} to ${to} (level ${level})${across}${over}${spans === null ? '' : `: ${spans}`}`
    })
    .join('; ')
}

function reachText({ assets, critical, safety, zones, hops }: ReachView): string {
  return `${assets} other assets in ${zones} zones within ${hops} hops, ${critical} of high criticality, ${safety} that safety rests on`
}

/** What is to cross, and how the rules let it. */
function transferFields(transfer: TransferView | null): (readonly [string, string])[] {
  if (transfer === null) return []
  const crossings = transfer.crossings.map(({ path, way, crossing, declaredOnly }) => {
    const only = declaredOnly ? ', only files declared with their digest' : ''
    return [
      '',
      `${way} ${path}: ${crossing === null ? 'no rule lets it through' : crossingWords[crossing]}${only}`,
    ] as const
  })
  return [['files', transfer.text], ...crossings]
}

const crossingWords = {
  pass: 'passes as it comes',
  scan: 'scanned before it crosses',
  release: 'scanned, and a person lets it go',
} as const

function filesGranted({ terms: { transfer }, transfer: asked }: RequestView): string {
  if (asked === null) return ''
  return transfer === null ? 'without files' : `files: ${transfer.allow.join(', ')} in ${transfer.paths.join(', ')}`
}

function termsText(view: RequestView): string {
  const { window, operationClass, escort, conditions } = view.terms
  const { timeZone } = view
  const when = `${showInZone(window.from, timeZone)} to ${showInZone(window.until, timeZone)}`
  const more = [
    filesGranted(view),
    escort ? 'with an escort' : '',
    conditions === '' ? '' : `on the condition: ${conditions}`,
  ]
  return plain([operationClass, when, ...more.filter((part) => part !== '')].join(', '))
}

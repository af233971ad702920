// Incidents, custody and what the committee reads, as text: for a terminal, and as Markdown for a meeting.

import type { CommitteePackView, CustodyLogView, IncidentRow, IncidentView } from '../contract/views.ts'
import { showInstant } from './duration.ts'
import { shown } from './plain.ts'
import { fieldsText, tableText } from './table.ts'

const nameOf = (person: { readonly displayName: string } | null): string => person?.displayName ?? '-'

export function incidentRows(items: readonly IncidentRow[]): string {
  return tableText(
    ['INCIDENT', 'STATE', 'SEVERITY', 'OPENED', 'PLANTS', 'SEEN THROUGH BY', 'OVERDUE', 'TITLE'],
    items.map((row) => [
      row.id,
      row.state,
      row.severity,
      showInstant(row.at),
      row.plants.map(({ id }) => id).join(' '),
      nameOf(row.assignedTo),
      row.overdue.join(', '),
      row.title,
    ]),
    'No incident',
  )
}

function actionFields({ action }: IncidentView): readonly (readonly [string, string])[] {
  if (action === null) return []
  const { what, owner, dueAt, closed } = action
  return [
    ['corrective action', `${what}, by ${owner.displayName}, until ${showInstant(dueAt)}`],
    ...(closed === null ? [] : [['its effect', closed.effect] as const]),
  ]
}

export function incidentText(view: IncidentView): string {
  const head = fieldsText([
    ['incident', view.id],
    ['title', view.title],
    ['state', view.state],
    ['severity', view.severity],
    ['opened', `${showInstant(view.at)} by ${view.by.displayName}`],
    ['seen through by', nameOf(view.assignedTo)],
    ['plants', view.plants.map(({ id, baseline }) => `${id} (${baseline ?? 'no baseline'})`).join(', ')],
    ...(view.spansBaselines ? [['note', 'its plants stand under different baselines'] as const] : []),
    ['assets', view.assets.map(({ id }) => id).join(', ')],
    ['sessions', view.sessions.join(', ')],
    ['suppliers', view.suppliers.map(({ id }) => id).join(', ')],
    ...(view.containBy === null ? [] : [['contain by', showInstant(view.containBy)] as const]),
    ...(view.overdue.length === 0 ? [] : [['overdue', view.overdue.join(', ')] as const]),
    ['assessed', view.assessed.join(', ')],
    ['legal holds', view.holds.join(', ')],
    ['what', view.words],
    ...(view.closing === null
      ? []
      : [
          ['closed', `${showInstant(view.closing.at)} by ${view.closing.by.displayName}`] as const,
          ['root cause', view.closing.cause] as const,
          ['learned', view.closing.lessons] as const,
          ...(view.closing.decision === null ? [] : [['decision', view.closing.decision] as const]),
        ]),
    ...actionFields(view),
  ])
  const reports = view.reports.map(
    ({ id, title, basis, dueAt, made }) =>
      shown`  ${id}: ${title} (${basis}), ${made === null ? `due ${showInstant(dueAt)}` : `made ${showInstant(made.at)} as ${made.reference}`}`,
  )
  const requests = view.requests.map(
    ({ id, party, what, dueAt, ended, overdue }) =>
      shown`  ${id}: ${what}, of ${party}, ${ended === null ? `${overdue ? 'overdue since' : 'due'} ${showInstant(dueAt)}` : `${ended.outcome} ${showInstant(ended.at)}: ${ended.reason}`}`,
  )
  const exhibits = view.exhibits.map(
    ({ id, name, bytes, sha256, holder, place, gone }) =>
      shown`  ${id}: ${name}, ${bytes} B, sha256 ${sha256}, ${gone ?? `with ${holder}, ${place}`}`,
  )
  const timeline = view.timeline.map(
    ({ index, at, type, by, texts }) =>
      shown`  ${index} ${showInstant(at)} ${type} ${nameOf(by)}${texts.map(({ text }) => ` | ${text}`).join('')}`,
  )
  const part = (title: string, lines: readonly string[]): readonly string[] =>
    lines.length === 0 ? [] : ['', title, ...lines]
  return [
    head,
    ...part('to report', reports),
    ...part('asked of others', requests),
    ...part('evidence received', exhibits),
    ...part('what happened', timeline),
  ].join('\n')
}

export function custodyText({ steps }: CustodyLogView): string {
  return tableText(
    ['ENTRY', 'AT', 'STEP', 'WHAT', 'BY', 'FROM', 'TO', 'PLACE', 'PURPOSE', 'SHA-256'],
    steps.map(({ index, at, step, what, name, by, from, to, place, purpose, sha256 }) => [
      String(index),
      showInstant(at),
      step,
      name.includes(what) ? name : `${what} ${name}`,
      nameOf(by),
      from ?? '',
      to ?? '',
      place ?? '',
      purpose ?? '',
      sha256 ?? '',
    ]),
    'Nothing in custody',
  )
}

/** What would act in Markdown, acts no more. */
const plain = (text: string): string => text.replace(/[\\`*_{}[\]<>()#|]/g, (c) => `\\${c}`)

/** For a meeting: a section each, with the ledger entry behind each line. */
export function committeeMarkdown(pack: CommitteePackView): string {
  const lines = [
    `# For the risk committee: ${showInstant(pack.since)} to ${showInstant(pack.until)}`,
    '',
    shown`Scope ${plain(pack.scopeVersion)}: ${plain(pack.statement)}`,
    '',
    shown`Made ${showInstant(pack.madeAt)}. A number in square brackets is the entry of the evidence ledger it stands in.`,
  ]
  for (const { title, count, items } of pack.sections) {
    lines.push('', `## ${title} (${count})`, '')
    if (items.length === 0) lines.push('None.')
    for (const { text, at, index, decision } of items)
      lines.push(
        shown`- ${showInstant(at)}: ${plain(text)}${decision === null ? '' : `; decision ${plain(decision)}`}${index === null ? '' : ` [${index}]`}`,
      )
    if (count > items.length) lines.push(`- and ${count - items.length} more, earlier`)
  }
  return lines.join('\n')
}

// What happened in an incident, in words: the texts people wrote, as the ledger still discloses them, and beside them what
// an entry says in clear, as a rating, a suspension, or to whom it was assigned. Reading the entries is others' work.

import type { EvidenceEvent, PersonId } from '../../policy/index.ts'
import type { IncidentView } from '../contract/views.ts'

type Entry = IncidentView['timeline'][number]
type Texts = Entry['texts']

/** Fields that hold what somebody wrote, in the order in which people read them. */
const written = [
  'title',
  'words',
  'party',
  'what',
  'why',
  'name',
  'from',
  'to',
  'place',
  'purpose',
  'reference',
  'cause',
  'lessons',
  'decision',
  'action',
  'effect',
  'reason',
] as const

/** Fields that say something in clear. */
const clear = ['kind', 'report', 'hold', 'suspension', 'outcome', 'exhibit', 'sha256', 'step', 'code'] as const
const lists = ['plants', 'assets', 'sessions', 'suppliers'] as const

export const isCommitment = (value: unknown): value is string =>
  typeof value === 'string' && value.startsWith('sha256:')

const isPerson = (value: unknown): value is PersonId => typeof value === 'string' && value.startsWith('per_')

/** Everybody an entry names. */
export const peopleIn = ({ data }: EvidenceEvent): readonly PersonId[] =>
  [data['by'], data['person'], data['to'], data['owner']].filter(isPerson)

/**
 * @param values what the commitments of these entries stand for; one that is missing was erased.
 * @param ref how a person is shown.
 */
export function timelineOf(
  events: readonly EvidenceEvent[],
  values: ReadonlyMap<string, string>,
  ref: (id: string) => Entry['by'] & object,
): Entry[] {
  return events.map((event) => {
    const by = event.data['by'] ?? event.data['person']
    return {
      index: event.index,
      at: event.at,
      type: event.type,
      by: typeof by === 'string' ? ref(by) : null,
      texts: [...saidInClear(event, ref), ...saidInWords(event, values)],
    }
  })
}

const saidInWords = ({ data }: EvidenceEvent, values: ReadonlyMap<string, string>): Texts =>
  written.flatMap((name) => {
    const value = data[name]
    return isCommitment(value) ? [{ name, text: values.get(value) ?? 'erased' }] : []
  })

function saidInClear({ type, data }: EvidenceEvent, ref: (id: string) => { readonly displayName: string }): Texts {
  const text = (name: string): string => String(data[name])
  if (type === 'incident.rated') return [{ name: 'severity', text: `${text('from')} to ${text('to')}` }]
  const person = [data['to'], data['owner']].find(isPerson)
  return [
    ...(person === undefined ? [] : [{ name: 'person', text: `to ${ref(person).displayName}` }]),
    ...clear.flatMap((name) => {
      const value = data[name]
      return typeof value === 'string' && !isCommitment(value) ? [{ name, text: value }] : []
    }),
    // What it touched from the beginning stands above the timeline as well: only what was found later is said again.
    ...(type !== 'incident.touches' ? [] : lists).flatMap((name) => {
      const value: unknown = data[name]
      return Array.isArray(value) && value.length > 0 ? [{ name, text: `${name} ${value.join(', ')}` }] : []
    }),
  ]
}

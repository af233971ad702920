// What a risk committee reads at its meeting: what was decided and what happened since the last one, each with the ledger
// entry it stands in, and what is overdue now. It adds nothing of its own: whoever doubts a line looks the entry up.

import {
  changeNeedsDecision,
  type Bundle,
  type EvidenceEvent,
  type IncidentId,
  type Instant,
} from '../../policy/index.ts'
import type { Clock } from '../clock.ts'
import { GatewayError } from '../errors.ts'
import type { Store } from '../store/store.ts'
import { openSharedTurns } from '../turns.ts'

export interface PackItem {
  readonly text: string
  readonly at: Instant
  /** Ledger index; null for what is only so now. */
  readonly index: number | null
  readonly decision: string | null
}

export interface PackSection {
  readonly id: string
  readonly title: string
  readonly count: number
  /** The latest, newest first. */
  readonly items: readonly PackItem[]
}

export interface CommitteePack {
  readonly since: Instant
  readonly until: Instant
  readonly madeAt: Instant
  readonly sections: readonly PackSection[]
}

/** Enough for a meeting; the count says how many there are. */
const mostItems = 100
const pageSize = 200

interface Kind {
  readonly id: string
  readonly title: string
  readonly types: readonly string[]
}

const kinds: readonly Kind[] = [
  { id: 'incidents', title: 'Incidents', types: ['incident.raised', 'incident.closed', 'incident.report_overdue'] },
  { id: 'risks', title: 'Risks that are borne', types: ['risk.decision'] },
  { id: 'exceptions', title: 'Exceptions', types: ['exception.granted', 'exception.expired', 'exception.closed'] },
  { id: 'changes', title: 'Changes of what is in force', types: ['policy.changed'] },
  { id: 'corrective', title: 'Nonconformities', types: ['incident.capa_opened', 'incident.capa_closed'] },
  { id: 'concerns', title: 'Concerns', types: ['incident.near_miss', 'incident.near_miss_closed'] },
  { id: 'drills', title: 'Drills', types: ['drill.completed'] },
]

export interface PackDeps {
  readonly store: Store
  readonly bundle: () => Bundle
  readonly clock: Clock
}

/** @throws GatewayError `malformed-query` where the span ends before it begins. */
export async function committeePack(deps: PackDeps, since: Instant, until: Instant): Promise<CommitteePack> {
  if (since >= until) throw new GatewayError('malformed-query', 'since: expected a time before `until`')
  const sections: PackSection[] = []
  for (const kind of kinds) sections.push(await sectionOf(deps, kind, since, until))
  sections.push(await overdueNow(deps))
  return { since, until, madeAt: deps.clock.now(), sections }
}

async function sectionOf(
  deps: PackDeps,
  { id, title, types }: Kind,
  since: Instant,
  until: Instant,
): Promise<PackSection> {
  const giveWay = openSharedTurns()
  const latest: EvidenceEvent[] = []
  let count = 0
  for (let before: number | null = null; ;) {
    const page: readonly EvidenceEvent[] = await deps.store.evidence.list(
      { types, session: null },
      { limit: pageSize, before },
    )
    for (const event of page) {
      if (event.at < since || event.at >= until) continue
      count += 1
      if (latest.length < mostItems) latest.push(event)
    }
    await giveWay()
    const last = page.at(-1)
    if (page.length < pageSize || last === undefined || last.at < since) break
    before = last.index
  }
  const asked = latest.flatMap(({ data }) => Object.values(data)).filter((each) => typeof each === 'string')
  const values = await deps.store.evidence.disclosed(asked.filter((each) => each.startsWith('sha256:')))
  const items: PackItem[] = []
  for (const event of latest) {
    items.push({
      text: await lineOf(deps, event),
      at: event.at,
      index: event.index,
      decision: decisionIn(event, values),
    })
    await giveWay()
  }
  return { id, title, count, items }
}

/** `reference` is a decision in what is said of risks only: elsewhere it is another's number. */
function decisionIn({ type, data }: EvidenceEvent, values: ReadonlyMap<string, string>): string | null {
  const committed = data[type === 'risk.decision' ? 'reference' : 'decision']
  return typeof committed === 'string' && committed.startsWith('sha256:') ? (values.get(committed) ?? 'erased') : null
}

async function lineOf({ store, bundle }: PackDeps, { type, data }: EvidenceEvent): Promise<string> {
  const field = (name: string): string => {
    const value = data[name]
    return typeof value === 'string' ? value : ''
  }
  const { register } = bundle()
  const incident = async (): Promise<string> => {
    // INVARIANT: entries name an incident by its id.
    const stored = await store.incidents.byId(field('incident') as IncidentId)
    return `${field('incident')}${stored === null ? '' : ` (${stored.severity}): ${stored.title}`}`
  }
  switch (type) {
    case 'incident.raised':
      return `${await incident()}: opened${data['spansBaselines'] === true ? ', over plants with different baselines' : ''}`
    case 'incident.closed':
      return `${await incident()}: closed`
    case 'incident.report_overdue':
      return `${await incident()}: report \`${field('report')}\` was not made in time`
    case 'incident.capa_opened':
      return data['because'] === 'incident'
        ? `corrective action of ${await incident()}`
        : `break-glass access to \`${field('asset')}\`, to be reviewed as \`${field('review')}\``
    case 'incident.capa_closed':
      return `corrective action of ${await incident()}: found to work`
    case 'risk.decision': {
      const title = register.risks.find(({ id }) => id === data['risk'])?.title
      return `${field('risk')}${title === undefined ? '' : ` ${title}`}: ${field('decision')}, until ${field('until')}`
    }
    case 'exception.granted':
    case 'exception.expired':
    case 'exception.closed': {
      const title = register.exceptions.find(({ id }) => id === data['exception'])?.title
      return `${field('exception')}${title === undefined ? '' : ` ${title}`}: ${type.slice('exception.'.length)}, until ${field('until')}`
    }
    case 'policy.changed':
      return changeLine(bundle(), data)
    case 'incident.near_miss':
      return `${field('concern')}: told${data['asset'] === null ? '' : ` about \`${field('asset')}\``}`
    case 'incident.near_miss_closed':
      return `${field('concern')}: looked at, and learned from`
    default:
      return [type, field('name'), field('outcome')].filter((each) => each !== '').join(' ')
  }
}

function changeLine({ register }: Bundle, data: EvidenceEvent['data']): string {
  const what = `bundle ${String(data['to']).slice(0, 12)} (scope ${String(data['scopeVersion'])}): ${String(data['kind'])}`
  const counted = countsIn(data['effects'])
  if (counted === null) return what
  const major = changeNeedsDecision(register, counted) ? 'major: ' : ''
  return `${major}${what}, ${counted.assetsMoved} assets moved in or out of scope, ${counted.safetyTouches} declarations on the safety path`
}

function countsIn(effects: unknown): { readonly assetsMoved: number; readonly safetyTouches: number } | null {
  if (typeof effects !== 'object' || effects === null) return null
  const { assetsMoved, safety } = effects as { readonly assetsMoved?: unknown; readonly safety?: unknown }
  const touches = typeof safety === 'object' && safety !== null ? (safety as { readonly touches?: unknown }).touches : 0
  return { assetsMoved: Number(assetsMoved ?? 0), safetyTouches: Number(touches ?? 0) }
}

/** What is past its time at this moment, the longest overdue first. */
async function overdueNow({ store, clock }: PackDeps): Promise<PackSection> {
  const now = clock.now()
  const all = [
    ...(await store.incidents.overdue(now)).map(
      ({ incident, title, dueAt }) => [dueAt, `${incident}: ${title} is not made`] as const,
    ),
    ...(await store.evidenceRequests.overdue(now)).map(
      ({ id, incident, dueAt }) => [dueAt, `${incident}: evidence asked for as ${id} did not come`] as const,
    ),
    ...(await store.incidents.containmentOverdue(now)).map(
      ({ id, containBy }) => [containBy ?? now, `${id}: it goes on, and is not contained`] as const,
    ),
    ...(await store.incidents.actionsOverdue(now)).map(
      ({ id, action }) => [action?.dueAt ?? now, `${id}: the corrective action is not found to work yet`] as const,
    ),
    ...(await store.reviews.list(true))
      .filter(({ dueAt }) => dueAt <= now)
      .map(({ id, kind, asset, dueAt }) => [dueAt, `review ${id} of ${kind} access to \`${asset}\` is open`] as const),
    ...(await store.concerns.list({ open: true, person: null }))
      .filter(({ dueAt }) => dueAt <= now)
      .map(({ id, dueAt }) => [dueAt, `concern ${id} was not looked at`] as const),
  ].toSorted(([a], [b]) => a - b)
  const items = all.slice(0, mostItems).map(([at, text]) => ({ text, at, index: null, decision: null }))
  return { id: 'overdue', title: 'Overdue now, with its day', count: all.length, items }
}

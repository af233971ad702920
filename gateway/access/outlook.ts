// How a request stands, for people to read: what is still needed, whose yes counts, who is on duty, and whether the
// reader's own yes would count. Opens nothing, and is worked out anew when somebody decides.

import {
  approve,
  conflictBetween,
  lapseOf,
  onDuty,
  tally,
  type ApprovalNeed,
  type Decision,
  type Login,
  type PersonId,
  type Remedy,
} from '../../policy/index.ts'
import type { StoredRequest } from '../store/requests.ts'
import type { Actor } from './authorize.ts'
import { chooseRight, needsFor, yesOf } from './deciding.ts'
import type { AccessDeps } from './requests.ts'
import { acting, voicesOf } from './rights.ts'
import { readRequest } from './steps.ts'

export interface Outlook {
  readonly needs: readonly {
    readonly need: ApprovalNeed
    readonly metBy: PersonId | null
    /** Of a duty: who is on it now. */
    readonly onDuty: readonly Login[]
  }[]
  /** For each approval of the request, in order: why it counts no longer, or null. */
  readonly lapses: readonly (string | null)[]
  /** The policy's answer for the reader, with the right they would use; null for their own request and a decided one. */
  readonly forMe: Decision | null
  /** What policy would want otherwise of a denial in `forMe`. Takes long: for one request, not for a list. */
  readonly waysForMe: () => readonly Remedy[]
  /** Would the reader's yes count, in whose name, and if not, why not. */
  readonly myYes: {
    readonly counts: boolean
    readonly onBehalfOf: PersonId | null
    readonly text: string
    /** Their yes is given already, and they may make less of what would be granted: that is their yes given anew. */
    readonly narrows: boolean
  } | null
}

export async function outlookOf(deps: AccessDeps, actor: Actor, stored: StoredRequest): Promise<Outlook> {
  const { store, door, clock } = deps
  const { request, plant, ticketState: ticket } = stored
  const now = clock.now()
  if (request.kind !== 'submitted') return settled(stored)
  const { requester } = await readRequest(store, request.id)
  const voices = await voicesOf(store, door, { stored, requester, ticket, now })
  const lapses = voices.map((voice) => lapseOf(voice, requester))
  const mine = await judgeMine()
  const needs = needsFor(stored, mine?.decision ?? null)
  const { metBy } = tally(
    needs,
    voices.filter((_, at) => lapses[at] === null),
  )
  return {
    needs: needs.map((need, at) => ({
      need,
      metBy: metBy[at] ?? null,
      onDuty: need.kind === 'duty' ? onDuty(door.bundle(), plant, need.duty, now) : [],
    })),
    lapses,
    forMe: mine?.decision ?? null,
    waysForMe: mine?.ways ?? (() => []),
    myYes: mine?.yes ?? null,
  }

  async function judgeMine(): Promise<{
    decision: Decision
    ways?: () => readonly Remedy[]
    yes: Outlook['myYes']
  } | null> {
    if (actor.person.id === requester.id) return null
    const read = { stored, requester }
    const answer = { digest: stored.digest, comment: '' }
    const given = { actor, answer, voices, ticket, now }
    const { owner, question } = await chooseRight(deps, store, read, given)
    const onBehalfOf = owner.id === actor.person.id ? null : owner.id
    const decision = door.preview(acting(actor, owner), question, ticket)
    if (decision.kind === 'deny') {
      const text = conflictBetween(requester, actor.person)?.text ?? decision.reasons[0]?.text ?? 'policy refuses it'
      const ways = () => door.ways(acting(actor, owner), question, ticket)
      return { decision, ways, yes: { counts: false, onBehalfOf: null, text, narrows: false } }
    }
    const outcome = approve(yesOf(deps, read, { ...given, owner, decision }))
    if (outcome.kind === 'refused') {
      const narrows = outcome.code === 'already-approved'
      const text = narrows ? 'your yes is given; you may still grant less' : outcome.text
      return { decision, yes: { counts: false, onBehalfOf, text, narrows } }
    }
    const text = outcome.grant === null ? 'your yes counts, and others are needed beside it' : 'your yes grants it'
    return { decision, yes: { counts: true, onBehalfOf, text, narrows: false } }
  }
}

/** Once decided nothing is looked at again: who approved met what was needed then. */
function settled(stored: StoredRequest): Outlook {
  const { request } = stored
  const given = request.kind === 'approved' || request.kind === 'refused' ? request.approvals : []
  const isOpened = request.ask.tier === 'break-glass'
  const yeses = given.filter(({ verdict }) => verdict === 'approve')
  const needs = isOpened ? [] : needsFor(stored, null)
  return {
    needs: needs.map((need, at) => ({ need, metBy: yeses[at]?.by ?? null, onDuty: [] })),
    lapses: given.map(() => null),
    forMe: null,
    waysForMe: () => [],
    myYes: null,
  }
}

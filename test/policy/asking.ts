// A request as the tests of the state machine make it, and yeses to it.

import { approve, submit, type Approved, type SubmittedRequest, type Yes } from '../../policy/approval.ts'
import type { OpenGrant } from '../../policy/grant.ts'
import type { Outcome } from '../../policy/outcome.ts'
import type { AssetId, GrantId, PersonId, RequestId } from '../../policy/ids.ts'
import type { AccessAsk, Person } from '../../policy/model.ts'
import { leastNeeds, type Voice } from '../../policy/quorum.ts'
import { requestDigest } from '../../policy/request-digest.ts'
import { person } from './people.ts'

export const start = Date.parse('2026-03-02T09:00:00Z')
export const minute = 60_000
export const requester = person('supplier-engineer')
export const approver = person('approver')
export const grantId = 'gra_00000000000000000000000001' as GrantId
export const requestId = 'req_00000000000000000000000001' as RequestId
export const ask: AccessAsk = {
  asset: 'ews-1' as AssetId,
  protocol: 'ssh',
  operationClass: 'operate',
  window: { from: start, until: start + 120 * minute },
  schedule: { kind: 'whole' },
  tier: 'normal',
  criteria: [],
  purpose: 'drive 7 does not start',
  ticket: 'CHG-1',
  rollback: '',
  files: [],
}

export function ok<T>(outcome: Outcome<T>): { readonly kind: 'ok' } & T {
  if (outcome.kind === 'refused') throw new Error(`${outcome.code}: ${outcome.text}`)
  return outcome
}
export const codeOf = (outcome: Outcome<object>): string => (outcome.kind === 'refused' ? outcome.code : 'ok')

/** Somebody else with the same roles. */
export const another = (of: Person, n: number, over: Partial<Person> = {}): Person => ({
  ...of,
  id: `per_${String(9_000 + n).padStart(26, '0')}` as PersonId,
  ...over,
})

export const submitted = (change: Partial<AccessAsk> = {}): SubmittedRequest =>
  ok(submit({ id: requestId, set: null, by: requester.id, ask: { ...ask, ...change }, now: start })).request

/** A yes of the approver to a request as it stands, and what is different about it. */
export function yes(request: SubmittedRequest = submitted(), over: Partial<Yes> = {}): Yes {
  const by = over.approver ?? approver
  return {
    request,
    requester,
    approver: by,
    owner: by,
    digest: requestDigest(request),
    comment: 'line is down',
    now: start + minute,
    grant: grantId,
    needs: leastNeeds,
    duties: [],
    voices: [],
    ...over,
  }
}

/** Who stands behind the yeses of a request, as they are known here. */
export function voicesIn(request: SubmittedRequest, known: readonly Person[], over: Partial<Voice> = {}): Voice[] {
  const find = (id: PersonId): Person | null => known.find((one) => one.id === id) ?? null
  return request.approvals.map((approval) => ({
    approval,
    approver: find(approval.by),
    owner: find(approval.onBehalfOf),
    duties: [],
    objection: null,
    ...over,
  }))
}

export function waiting(outcome: Outcome<Approved>): SubmittedRequest {
  const { request } = ok(outcome)
  if (request.kind !== 'submitted') throw new Error('expected a request that waits for more')
  return request
}
export function opened(outcome: Outcome<Approved> = approve(yes())): OpenGrant {
  const { grant } = ok(outcome)
  if (grant === null) throw new Error('expected a grant')
  return grant
}

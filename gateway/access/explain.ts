// "Would it be permitted, and why?": a question put together from a person, an asset and a time, answered by `decide`
// with what the question leaves open supposed in its favour and said. Opens nothing and leaves no trace.

import {
  blastRadius,
  decide,
  explain,
  explainJson,
  remediesFor,
  type AccessAsk,
  type Asset,
  type Bundle,
  type DecisionRequest,
  type ExplainedDecision,
  type Grant,
  type GrantId,
  type OperationClass,
  type Person,
  type RequestId,
  type Tier,
  type World,
} from '../../policy/index.ts'

export interface Explained {
  readonly decision: ExplainedDecision
  /** Sentences for people. */
  readonly lines: readonly string[]
  /** What was supposed, because the question leaves it open. */
  readonly supposed: readonly string[]
}

export interface Question {
  readonly person: Person
  readonly asset: Asset
  readonly action: 'request' | 'approve' | 'connect'
  /** For `approve`: who would have asked. */
  readonly requester: Person | null
  readonly operationClass: OperationClass
  readonly tier: Tier
  readonly at: number
  readonly minutes: number
  readonly mfa: boolean
}

const minute = 60_000

/** @param told who learns how the plant's network hangs together: not a supplier's people. */
export function explainQuestion(
  question: Question,
  bundle: Bundle,
  world: World,
  told: { readonly reach: boolean } = { reach: true },
): Explained {
  const { person, asset, action, operationClass, tier, at, minutes, mfa } = question
  const supposed: string[] = []
  const window = { from: at, until: at + minutes * minute }
  const protocol = 'ssh'
  const rules = bundle.access.tiers[tier]
  const ask: AccessAsk = {
    asset: asset.id,
    protocol,
    operationClass,
    window,
    schedule: { kind: 'whole' },
    tier,
    criteria: rules.criteria.map(({ id }) => id),
    purpose: 'to be explained',
    ticket: 'supposed',
    rollback: 'supposed',
    files: [],
  }
  if (rules.criteria.length > 0) supposed.push(`the criteria of tier ${tier} are affirmed`)
  if (action !== 'connect') supposed.push('a ticket that is open', 'a rollback plan')
  let request: DecisionRequest
  switch (action) {
    case 'request':
      request = { action, ask }
      break
    case 'approve':
      request = { action, ask, requester: question.requester ?? person }
      break
    case 'connect': {
      const grant: Grant = {
        id: 'supposed' as GrantId,
        request: 'supposed' as RequestId,
        person: person.id,
        asset: asset.id,
        protocol,
        operationClass,
        window,
        schedule: { kind: 'whole' },
        tier,
        escort: false,
        conditions: '',
        kind: 'open',
      }
      supposed.push(`an open grant for ${minutes} minutes from then`)
      request = { action, asset: asset.id, protocol, grant }
    }
  }
  supposed.push(mfa ? 'logged in with password and one-time code' : 'logged in with one factor')
  const facts = { now: at, person, mfa: mfa ? (['totp'] as const) : [], source: null, ticket: 'open', world } as const
  const decision = decide(request, bundle, facts)
  const ways = remediesFor(request, bundle, facts)
  const beside = told.reach ? { reach: blastRadius(asset, bundle), ways } : { ways }
  return { decision: explainJson(decision, beside), lines: explain(decision, beside), supposed }
}

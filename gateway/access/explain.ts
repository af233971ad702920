// "Would it be permitted, and why?": a question put together from a person, an asset and a time, answered by `decide`
// with what the question leaves open supposed in its favour and said. Opens nothing and leaves no trace.

import {
  blastRadius,
  crossingsOf,
  decide,
  explain,
  explainJson,
  fileRulesFor,
  longestUse,
  remediesFor,
  sayCrossing,
  standardChangeFor,
  supposedLogin,
  withStandardRollback,
  type AccessAsk,
  type Asset,
  type Bundle,
  type DecisionRequest,
  type ExplainedDecision,
  type FileTerms,
  type Grant,
  type GrantId,
  type OperationClass,
  type Person,
  type RequestId,
  type Schedule,
  type TicketState,
  type Tier,
  type Window,
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
  /** When, where it is more than so many minutes from `at`: as asked on the clock of the asset's plant. */
  readonly when?: { readonly window: Window; readonly schedule: Schedule } | undefined
  /** What the change system says of the ticket; left out: a ticket that is open is supposed. */
  readonly ticket?: TicketState | undefined
  /** The rollback plan, empty for none; left out: one is supposed. */
  readonly rollback?: string | undefined
  /** How many files are declared to be brought; none where it is left out. */
  readonly files?: number | undefined
  /** Which files would cross; none where it is left out. */
  readonly transfer?: FileTerms | undefined
  /** Ids of the tier's criteria that are affirmed; left out: all of them are supposed. */
  readonly criteria?: readonly string[] | undefined
}

const minute = 60_000

/** @param told who learns how the plant's network hangs together: not a supplier's people. */
export function explainQuestion(
  question: Question,
  bundle: Bundle,
  world: World,
  told: { readonly reach: boolean } = { reach: true },
): Explained {
  const { person, asset, action, operationClass, tier, at, minutes, mfa, ticket = 'open', files = 0 } = question
  const { transfer } = question
  const supposed: string[] = []
  const { window, schedule } = question.when ?? {
    window: { from: at, until: at + minutes * minute },
    schedule: { kind: 'whole' } as const,
  }
  const protocol = 'ssh'
  const rules = bundle.access.tiers[tier]
  const asked: AccessAsk = {
    asset: asset.id,
    protocol,
    operationClass,
    window,
    schedule,
    tier,
    criteria: question.criteria ?? rules.criteria.map(({ id }) => id),
    purpose: 'to be explained',
    ticket: ticket === 'none' ? '' : 'supposed',
    rollback: question.rollback ?? 'supposed',
    files: Array.from({ length: files }, (_, at) => ({ name: `file ${at + 1}`, sha256: '0'.repeat(64) })),
    ...(transfer && { transfer }),
  }
  const ask = withStandardRollback(asked, asset, bundle)
  if (rules.criteria.length > 0 && question.criteria === undefined)
    supposed.push(`the criteria of tier ${tier} are affirmed`)
  if (action !== 'connect' && question.ticket === undefined) supposed.push('a ticket that is open')
  const standard = standardChangeFor(asset, { ...ask, minutes: longestUse(ask) }, bundle)
  if (standard !== null) supposed.push(`it is standard change ${standard.id}, with its rollback plan`)
  else if (action !== 'connect' && question.rollback === undefined) supposed.push('a rollback plan')
  let request: DecisionRequest
  switch (action) {
    case 'request':
      request = { action, ask }
      break
    case 'approve':
      request = { action, ask, requester: question.requester ?? person }
      break
    case 'connect': {
      // What counts from its approval was approved at that time, and is a window from then on.
      const granted = schedule.kind === 'from-approval' ? counted(window, schedule.minutes, at) : { window, schedule }
      const grant: Grant = {
        id: 'supposed' as GrantId,
        request: 'supposed' as RequestId,
        person: person.id,
        asset: asset.id,
        protocol,
        operationClass,
        ...granted,
        tier,
        escort: false,
        conditions: '',
        ...(transfer && { transfer }),
        kind: 'open',
      }
      supposed.push(
        question.when === undefined ? `an open grant for ${minutes} minutes from then` : 'an open grant for it',
      )
      request = { action, asset: asset.id, protocol, grant }
    }
  }
  supposed.push(mfa ? 'logged in with password and one-time code' : 'logged in with one factor')
  const facts = { now: at, person, ...supposedLogin(person), ...(mfa ? {} : { mfa: [] }), ticket, world } as const
  const decision = decide(request, bundle, facts)
  const ways = remediesFor(request, bundle, facts)
  const beside = told.reach ? { reach: blastRadius(asset, bundle), ways } : { ways }
  const carrier = question.requester ?? person
  const crossings = transfer === undefined ? [] : crossingsOf(transfer, fileRulesFor(asset, carrier, bundle))
  const lines = [...explain(decision, beside), ...crossings.map(sayCrossing)]
  return { decision: explainJson(decision, beside), lines, supposed }
}

function counted(window: Window, minutes: number, at: number): Pick<Grant, 'window' | 'schedule'> {
  const from = Math.max(window.from, at)
  return { window: { from, until: Math.min(from + minutes * minute, window.until) }, schedule: { kind: 'whole' } }
}

// A decision in words, for people at a terminal or a page, and as a document for programs. Says only what the decision
// says, and what reach and remedies are given with it.

import type { Decision, DecisionReason, Obligation, Remedy, WatchedRule } from './model.ts'
import { sayObligation } from './obligations.ts'
import { sayWatched } from './watched.ts'
import type { BlastRadius } from './reach.ts'
import type { Way } from './remedies.ts'

/** What may be told beside the decision. */
export interface Beside {
  /** How far one could get from the asset. */
  readonly reach?: BlastRadius
  /** What would have to be otherwise for the policies to permit. */
  readonly ways?: readonly Way[]
}

/** The decision as sentences: the answer, why, what it obliges to or what would have to change, and under what it was decided. */
export function explain(decision: Decision, { reach, ways = [] }: Beside = {}): readonly string[] {
  const reasons = decision.reasons.map(({ rule, text, controls }) => {
    const served = controls.length === 0 ? '' : `, for ${controls.join(', ')}`
    return `${sentence(text)} (rule ${rule}${served})`
  })
  const { exceptions, acceptedRisks, leansOn, unavailable } = decision
  return [
    decision.kind === 'permit' ? 'Permitted.' : 'Denied.',
    ...reasons,
    ...(decision.kind === 'permit' ? decision.obligations.map(sayObligation) : []),
    ...ways.map((way) => sentence(`the rules would permit it if ${way.map(({ text }) => text).join(', and ')}`)),
    ...decision.watched.map(sayWatched),
    ...(acceptedRisks.length === 0 ? [] : [`Risks accepted for it: ${acceptedRisks.join(', ')}.`]),
    ...(exceptions.length === 0 ? [] : [`Exceptions in force for it: ${exceptions.join(', ')}.`]),
    ...(leansOn.length === 0 ? [] : [`It leans on shared services: ${leansOn.join(', ')}.`]),
    ...(unavailable.length === 0 ? [] : [`Does not work now: ${unavailable.join(', ')}.`]),
    ...(reach === undefined ? [] : [sayReach(reach)]),
    scopeOf(decision),
    `Decided under policy bundle ${decision.bundle.slice(0, 12)}.`,
  ]
}

/**
 * A decision as a document. Keys keep their meaning from version to version; new ones may come. `needed` are changes
 * the invariants want, all of them; `ways` are alternatives for the policies, the changes of each together.
 */
export interface ExplainedDecision {
  readonly format: 'sallyport.decision.v1'
  readonly answer: Decision['kind']
  readonly reasons: readonly DecisionReason[]
  readonly obligations: readonly (Obligation & { readonly text: string })[]
  readonly needed: readonly Remedy[]
  readonly ways: readonly Way[]
  readonly exceptions: readonly string[]
  readonly acceptedRisks: readonly string[]
  readonly watched: readonly WatchedRule[]
  readonly leansOn: readonly string[]
  readonly unavailable: readonly string[]
  readonly scope: Decision['scope']
  readonly scopeVersion: string
  readonly bundle: string
  readonly reach: BlastRadius | null
}

/** The decision as JSON has it, with the texts people read. */
export function explainJson(decision: Decision, { reach, ways = [] }: Beside = {}): ExplainedDecision {
  const { kind, reasons, exceptions, acceptedRisks, watched, leansOn, unavailable, scope, scopeVersion, bundle } =
    decision
  return {
    format: 'sallyport.decision.v1',
    answer: kind,
    reasons,
    obligations:
      decision.kind === 'permit' ? decision.obligations.map((each) => ({ ...each, text: sayObligation(each) })) : [],
    needed: decision.kind === 'deny' ? decision.remedies : [],
    ways,
    exceptions,
    acceptedRisks,
    watched,
    leansOn,
    unavailable,
    scope,
    scopeVersion,
    bundle,
    reach: reach ?? null,
  }
}

function sayReach({ assets, zones, hops, critical, safety }: BlastRadius): string {
  if (assets === 0) return 'From it no other asset can be touched through declared conduits.'
  const across = zones.length === 1 ? 'in its own zone' : `in ${zones.length} zones, up to ${hops} hops away`
  const grave = [
    ...(critical === 0 ? [] : [`${critical} of high criticality`]),
    ...(safety === 0 ? [] : [`${safety} with a safety function`]),
  ]
  const of = grave.length === 0 ? '' : `, ${grave.join(' and ')}`
  return `From it ${assets} other ${assets === 1 ? 'asset' : 'assets'} can be touched ${across}${of}.`
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

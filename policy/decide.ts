// May this person do this, now, under this bundle? One pure function: what it needs to know of the world comes in as
// facts. Nothing permitted is denied, a forbid wins, what can't be evaluated denies and names itself, and the
// invariants in guards.ts hold whatever the policies say. Writing the decision down is the caller's.

import type { Bundle } from './bundle/bundle.ts'
import type { CedarAnswer } from './cedar/engine.ts'
import { questionOf, type Question } from './cedar/question.ts'
import { faultOfQuestion, unreckonable } from './faults.ts'
import { checkGuards, obligationsByCode } from './guards.ts'
import { absence } from './guards/place.ts'
import { quote } from './ids.ts'
import {
  endpointOf,
  type Asset,
  type Decision,
  type DecisionReason,
  type DecisionRequest,
  type Facts,
  type Obligation,
  type Remedy,
  type ScopeStatus,
} from './model.ts'
import { strictest } from './obligations.ts'
import { situationOf, type Situation } from './situation.ts'
import { safetyFirst } from './safety-first.ts'
import { leansOn, scopeOf } from './scope.ts'
import { heldScope } from './standing.ts'
import { acceptedOver } from './risk.ts'
import { profileOf } from './unsupported.ts'
import { strikesOf, watchedIn } from './watched.ts'

/**
 * Decide. Never throws on any request; a deny carries every reason that stands in the way, safety first, then the other
 * invariants, and what the invariants want changed. What the policies would have to see is `remediesFor`'s to work out.
 */
export function decide(request: DecisionRequest, bundle: Bundle, facts: Facts): Decision {
  const name = request.action === 'connect' ? request.asset : request.ask.asset
  const asset = bundle.assets.get(name)
  if (asset === undefined) return refuseUnknown(name, bundle)
  const malformed = unreckonable(request, facts.now)
  if (malformed !== null) return refuseMalformed(malformed, asset, bundle, facts)
  const situation = situationOf(request, asset, bundle, facts)
  return judge(situation, questionOf(situation, bundle), bundle, faultOfQuestion(request, facts.now))
}

/** The decision about a situation that can be reckoned with; `fault` is what is wrong with the question, if anything. */
function judge(situation: Situation, question: Question, bundle: Bundle, fault: string | null): Decision {
  const cited = {
    ...citing(bundle),
    scope: situation.scope,
    exceptions: situation.exceptions.map(({ id }) => id),
    acceptedRisks: acceptedOver(situation.asset, situation.plant.id, bundle, situation.facts.now),
    watched: strikesOf(situation, question, bundle),
    leansOn: leansOn(situation.asset, bundle),
    unavailable: situation.unavailable.map(({ id }) => id),
    ...profileOf(situation.asset, situation.exceptions),
  }
  const found = checkGuards(situation)
  const denials = [...(fault === null ? [] : [invalid(fault)]), ...found.map(({ reason }) => reason)]
  const remedies = [...(fault === null ? [] : [correction(fault)]), ...found.map(({ remedy }) => remedy)]
  const refuse = (reasons: readonly DecisionReason[], more: readonly Remedy[] = []): Decision => ({
    kind: 'deny',
    reasons: safetyFirst(distinct([...denials, ...reasons])),
    remedies: distinctRemedies([...remedies, ...more]),
    ...cited,
  })

  const answer = askAbout(situation, question, bundle)
  if (answer.kind === 'failed') return refuse([failure(null, answer.message, bundle)])
  const applied = inOrder(answer.determining, bundle)
  const errors = answer.errors
    .toSorted((a, b) => (a.policy < b.policy ? -1 : 1))
    .map(({ policy, message }) => failure(policy, message, bundle))
  if (!answer.allow && applied.length > 0) return refuse([...errors, ...applied.map((id) => reasonOf(id, bundle))])
  if (errors.length > 0) return refuse(errors)
  // A duty permits nothing by itself.
  if (!applied.some((id) => bundle.policies.get(id)?.effect === 'permit')) {
    return refuse(isGrantAmiss(denials) ? [] : [nothingPermits(situation, bundle, question)])
  }
  if (denials.length > 0) return refuse([])
  const obligations = obligationsOf(applied, situation, bundle)
  const absent = obligations.some(({ kind }) => kind === 'local-presence') ? absenceNow(situation) : null
  if (absent !== null) return refuse([absent.reason], [absent.remedy])
  return { kind: 'permit', reasons: applied.map((id) => reasonOf(id, bundle)), obligations, ...cited }
}

/** The engine names policies in no order; people read them in the bundle's, what permits before what obliges. */
function inOrder(determining: readonly string[], bundle: Bundle): readonly string[] {
  const named = new Set(determining)
  const known = [...bundle.policies.values()].filter(({ id }) => named.has(id))
  const duties = known.filter(({ effect }) => effect === 'duty')
  return [...known.filter(({ effect }) => effect !== 'duty'), ...duties].map(({ id }) => id)
}

/** Ask the engine the policies that hold and can apply to the situation's action and asset. */
export function askAbout(situation: Situation, question: Question, bundle: Bundle): CedarAnswer {
  const { action, asset, zone, plant, facts } = situation
  const place = { asset: asset.id, zone: zone.id, plant: plant.id }
  return bundle.cedar.slices.ask(action, place, question, watchedIn(plant, bundle, facts.now))
}

function citing(bundle: Bundle): Pick<Decision, 'bundle' | 'scopeVersion'> {
  return { bundle: bundle.digest, scopeVersion: bundle.scope.version }
}

function refuseUnknown(name: string, bundle: Bundle): Decision {
  const text = `asset ${quote(name)} is not declared in the bundle: nothing unregistered is reachable`
  return {
    kind: 'deny',
    reasons: [{ rule: 'unknown-asset', text, controls: ['GW-SCP-01'] }],
    remedies: [{ kind: 'asset', text: 'its owner has to declare it in the bundle, with zone, type and criticality' }],
    ...citing(bundle),
    scope: { kind: 'undetermined' },
    exceptions: [],
    acceptedRisks: [],
    watched: [],
    leansOn: [],
    unavailable: [],
  }
}

function refuseMalformed(fault: string, asset: Asset, bundle: Bundle, { world }: Facts): Decision {
  const scope: ScopeStatus = heldScope(scopeOf(asset, bundle), asset, world)
  return {
    kind: 'deny',
    reasons: [invalid(fault)],
    remedies: [correction(fault)],
    ...citing(bundle),
    scope,
    exceptions: [],
    acceptedRisks: [],
    watched: [],
    leansOn: leansOn(asset, bundle),
    unavailable: [],
  }
}

function invalid(text: string): DecisionReason {
  return { rule: 'invalid-ask', text, controls: ['GW-ACC-02'] }
}

function correction(fault: string): Remedy {
  return { kind: 'request', text: `correct the request: ${fault}` }
}

function reasonOf(id: string, bundle: Bundle): DecisionReason {
  const rule = bundle.policies.get(id)
  return { rule: id, text: rule?.text ?? '', controls: rule?.controls ?? [] }
}

function failure(policy: string | null, message: string, bundle: Bundle): DecisionReason {
  const what = policy === null ? 'the policies' : `policy ${quote(policy)}`
  const controls = policy === null ? undefined : bundle.policies.get(policy)?.controls
  return {
    rule: 'evaluation-error',
    text: `${what} could not be evaluated: ${message}`,
    controls: controls ?? ['GW-ACC-01'],
  }
}

/** What may all the same be run is what its owner vouches for. */
const looksOnly: ReadonlySet<Obligation['kind']> = new Set(['observe-only', 'write-hold'])

/**
 * The strictest of each kind of what the applying permits and duties ask for and what holds by code. Who may only look
 * may run what the asset's owner vouches for as only looking, whatever asked for it.
 */
function obligationsOf(applied: readonly string[], situation: Situation, bundle: Bundle): readonly Obligation[] {
  const { asset, protocol } = situation
  const commands = (protocol === 'ssh' && endpointOf(asset, protocol)?.observe) || []
  const asked = applied.flatMap((id) => bundle.policies.get(id)?.obligations ?? [])
  // The bundle has said that the key of this machine is enough, or it would have been refused.
  const isMachine = situation.action === 'connect' && situation.user.machine !== undefined
  return strictest([
    ...obligationsByCode(situation),
    ...(isMachine ? asked.filter(({ kind }) => kind !== 'mfa') : asked),
  ]).map((each) => (looksOnly.has(each.kind) && commands.length > 0 ? { ...each, commands } : each))
}

/** A policy obliges to local presence: at a connection it has to be there. */
function absenceNow(situation: Situation): { readonly reason: DecisionReason; readonly remedy: Remedy } | null {
  const found = situation.action === 'connect' ? absence(situation) : null
  if (found === null) return null
  const { holds, remedy } = found
  return { reason: { rule: 'local-presence', text: `${holds}: ${remedy.text}`, controls: ['GW-ACC-02'] }, remedy }
}

/** Default deny, saying of each permit for this action which of its conditions did not hold, the nearest permit first. */
function nothingPermits(situation: Situation, bundle: Bundle, question: Question): DecisionReason {
  const { action, asset, actor } = situation
  const text = `nothing permits ${quote(action)} on asset ${quote(asset.id)} for roles ${actor.roles.join(', ') || 'none'}`
  const missing = missingOf(bundle, question)
  return {
    rule: 'default-deny',
    text: missing.length === 0 ? text : `${text}: ${missing.join('; ')}`,
    controls: ['GW-ACC-01'],
  }
}

/** A grant that is missing or does not hold says by itself why nothing permits a connection. */
function isGrantAmiss(denials: readonly DecisionReason[]): boolean {
  return denials.some(({ rule }) => rule.startsWith('grant-'))
}

/** More would be a lecture. */
const mostPermitsNamed = 3

function missingOf(bundle: Bundle, question: Question): readonly string[] {
  const { parts, slices } = bundle.cedar
  if (parts === null) return []
  const answer = slices.askSet(parts.policySet, question)
  if (answer.kind === 'failed') return []
  const holds = new Set(answer.determining)
  const about = parts.all.filter((part) => part.kind === 'scope' && holds.has(part.id))
  return about
    .map(({ policy }) => ({
      policy,
      unmet: parts.all.filter((part) => part.policy === policy && !holds.has(part.id)).map((part) => quote(part.text)),
    }))
    .filter(({ unmet }) => unmet.length > 0)
    .toSorted((a, b) => a.unmet.length - b.unmet.length)
    .slice(0, mostPermitsNamed)
    .map(({ policy, unmet }) => `policy ${quote(policy)} would need ${unmet.join(' and ')}`)
}

/** One reason a rule, the first; a forbid that says an invariant again adds its controls. */
function distinct(reasons: readonly DecisionReason[]): readonly DecisionReason[] {
  const byRule = new Map<string, DecisionReason>()
  for (const reason of reasons) {
    const key = reason.rule === 'evaluation-error' ? reason.text : reason.rule
    const first = byRule.get(key)
    byRule.set(
      key,
      first === undefined ? reason : { ...first, controls: [...new Set([...first.controls, ...reason.controls])] },
    )
  }
  return [...byRule.values()]
}

function distinctRemedies(remedies: readonly Remedy[]): readonly Remedy[] {
  return [...new Map(remedies.map((remedy) => [`${remedy.kind} ${remedy.text}`, remedy])).values()]
}

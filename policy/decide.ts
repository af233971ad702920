// May this person do this, now, under this bundle? One pure function: what it needs to know of the world comes in as
// facts. Nothing permitted is denied, a forbid wins, what can't be evaluated denies and names itself, and the
// invariants in guards.ts hold whatever the policies say. Writing the decision down is the caller's.

import type { Bundle } from './bundle/bundle.ts'
import { ask, type CedarAnswer } from './cedar/engine.ts'
import { questionOf } from './cedar/question.ts'
import { checkGuards } from './guards.ts'
import { quote } from './ids.ts'
import type { Decision, DecisionReason, DecisionRequest, Facts, Obligation, ScopeStatus, Window } from './model.ts'
import { obligationKinds } from './model.ts'
import { situationOf, type Situation } from './situation.ts'
import { faultOf, hasFiniteEnds, isInstant, show, startGraceMs } from './window.ts'

/** Decide. Never throws on any request; a deny carries every reason that stands in the way, the invariants first. */
export function decide(request: DecisionRequest, bundle: Bundle, facts: Facts): Decision {
  const name = request.action === 'connect' ? request.asset : request.ask.asset
  const asset = bundle.assets.get(name)
  const cited = { bundle: bundle.digest, scopeVersion: bundle.scope.version }
  const refuse = (scope: ScopeStatus, reasons: readonly DecisionReason[]): Decision => ({
    kind: 'deny',
    reasons: distinct(reasons),
    ...cited,
    scope,
  })
  if (asset === undefined) {
    const text = `asset ${quote(name)} is not declared in the bundle: nothing unregistered is reachable`
    return refuse({ kind: 'undetermined' }, [{ rule: 'unknown-asset', text, controls: ['GW-SCP-01'] }])
  }
  const situation = situationOf(request, asset, bundle, facts)
  const { scope, use } = situation
  const faults = faultsOf(request, situation)
  if (!isInstant(facts.now) || (use !== null && !hasFiniteEnds(use.window))) return refuse(scope, faults)

  const denials = [...faults, ...checkGuards(situation)]
  const question = questionOf(situation, bundle)
  const answer = ask({ ...question, policySet: bundle.cedar.policySet })
  if (answer.kind === 'failed') return refuse(scope, [...denials, failure(null, answer.message, bundle)])
  // The engine names policies in no order; people read them in the bundle's.
  const determining = [...bundle.policies.keys()]
    .filter((id) => answer.determining.includes(id))
    .map((id) => reasonOf(id, bundle))
  if (!answer.allow || answer.errors.length > 0) {
    const errors = answer.errors.toSorted((a, b) => (a.policy < b.policy ? -1 : 1))
    denials.push(...errors.map(({ policy, message }) => failure(policy, message, bundle)))
    if (!answer.allow) denials.push(...determining)
    if (!answer.allow && determining.length === 0 && answer.errors.length === 0 && !isGrantAmiss(denials)) {
      denials.push(nothingPermits(situation, bundle, question))
    }
    return refuse(scope, denials)
  }
  if (denials.length > 0) return refuse(scope, denials)
  return { kind: 'permit', reasons: determining, obligations: obligationsOf(answer, bundle), ...cited, scope }
}

/** What is wrong with the question itself. */
function faultsOf(request: DecisionRequest, { use, facts: { now } }: Situation): DecisionReason[] {
  const invalid = (text: string): DecisionReason => ({ rule: 'invalid-ask', text, controls: ['GW-ACC-02'] })
  if (!isInstant(now)) return [invalid('expected the time of the decision in whole milliseconds')]
  if (use === null) return []
  const fault = faultOf(use.window)
  if (fault !== null) return [invalid(fault)]
  const past = request.action === 'connect' ? null : pastOf(request.action, use.window, now)
  return past === null ? [] : [invalid(past)]
}

function pastOf(action: 'request' | 'approve' | 'extend', window: Window, now: number): string | null {
  if (window.until <= now) {
    return `expected a window that ends in the future, got one that ended at ${show(window.until)}, and it is ${show(now)}`
  }
  // Only what is asked anew must begin now or later; what is approved may have begun while it waited.
  if (action === 'request' && window.from < now - startGraceMs) {
    return `expected a window that begins now or later, got ${show(window.from)}, and it is ${show(now)}`
  }
  return null
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

/** The strictest of each kind: what one determining permit asks for holds, and recording always does. */
function obligationsOf(answer: CedarAnswer & { readonly kind: 'answered' }, bundle: Bundle): readonly Obligation[] {
  const asked = answer.determining.flatMap((id) => bundle.policies.get(id)?.obligations ?? [])
  return obligationKinds.filter((kind) => kind === 'record' || asked.includes(kind))
}

/** Default deny, saying of each permit for this action which of its conditions did not hold, the nearest permit first. */
function nothingPermits(situation: Situation, bundle: Bundle, question: ReturnType<typeof questionOf>): DecisionReason {
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

function missingOf(bundle: Bundle, question: ReturnType<typeof questionOf>): readonly string[] {
  const parts = bundle.cedar.parts
  if (parts === null) return []
  const answer = ask({ ...question, policySet: parts.policySet })
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

// The invariants no bundle can switch off. They are checked before and beside the policies; a bundle whose policies
// permit everything still lets nobody approve their own request. Each says what holds, and what would have to.

import { conduitGuards } from './guards/conduits.ts'
import { dependencyGuards } from './guards/dependencies.ts'
import { grantGuards } from './guards/grants.ts'
import type { Finding, Guard } from './guards/guard.ts'
import { machineGuards } from './guards/machines.ts'
import { peopleGuards } from './guards/people.ts'
import { placeGuards } from './guards/place.ts'
import { transferGuards } from './guards/transfer.ts'
import { useGuards } from './guards/use.ts'
import { machineRulesOf } from './machine.ts'
import { opaqueProtocols, type DecisionReason, type Obligation, type Remedy } from './model.ts'
import { guardRules, type GuardRule } from './rules.ts'
import { safetyNeeds } from './sil.ts'
import type { Situation } from './situation.ts'

/** INVARIANT: an entry for every guard rule; the type says so. */
export const guards: Readonly<Record<GuardRule, Guard>> = {
  ...peopleGuards,
  ...machineGuards,
  ...placeGuards,
  ...conduitGuards,
  ...dependencyGuards,
  ...useGuards,
  ...transferGuards,
  ...grantGuards,
}

export interface GuardAnswer {
  readonly reason: DecisionReason
  readonly remedy: Remedy
}

/** Every invariant that stands in the way, in the order of `guardRules`: safety first. Empty when none does. */
export function checkGuards(situation: Situation): readonly GuardAnswer[] {
  return guardRules.flatMap((rule) => {
    const { controls, check } = guards[rule]
    const finding = check(situation)
    return finding === null ? [] : [{ reason: { rule, text: sentenceOf(finding), controls }, remedy: finding.remedy }]
  })
}

/** Minutes an escort that the gateway itself asks for may be gone: of a safety system, and where an approver asked. */
const sisGraceMinutes = 1
const askedGraceMinutes = 5

/** What holds whatever the policies oblige to. */
export function obligationsByCode({ user, asset, protocol, use, grant, access }: Situation): readonly Obligation[] {
  const obligations: Obligation[] = [{ kind: 'record' }]
  if (asset.safety === 'SIS') {
    obligations.push({ kind: 'escort', graceMinutes: sisGraceMinutes }, { kind: 'local-presence' })
  }
  const needs = safetyNeeds(asset, use?.operationClass ?? null)
  if (needs.length > 0) obligations.push({ kind: 'approvals', needs })
  // Who may only look must not be handed a shell.
  if (use?.operationClass === 'observe' && opaqueProtocols.has(protocol)) obligations.push({ kind: 'observe-only' })
  // Nothing mends what is found in it: what changes it is done under somebody's eyes.
  if (asset.unsupported) obligations.push({ kind: 'write-hold' })
  // One that the bundle does not name is refused; until then it may run nothing.
  if (user.machine !== undefined)
    obligations.push({ kind: 'declared-commands', commands: machineRulesOf(user.login, access)?.commands ?? [] })
  if (asset.localPresence || asset.localEnable !== null) obligations.push({ kind: 'local-presence' })
  if (grant?.escort === true) obligations.push({ kind: 'escort', graceMinutes: askedGraceMinutes })
  const reviewHours = use === null ? null : access.tiers[use.tier].reviewHours
  if (reviewHours !== null) obligations.push({ kind: 'review', withinHours: reviewHours })
  return obligations
}

function sentenceOf({ holds, remedy }: Finding): string {
  return `${holds}: ${remedy.text}`
}

// Invariants about machine accounts: somebody answers for each, it has an end, comes from where it is declared to, runs
// what the bundle names and nothing else, and decides on nothing.

import { quote } from '../ids.ts'
import { comesFrom, machineEndsAt, machineRulesOf } from '../machine.ts'
import type { GuardRule } from '../rules.ts'
import type { Situation } from '../situation.ts'
import { finding, type Finding, type Guard } from './guard.ts'

const controls = ['GW-PRV-03'] as const

export const machineGuards = {
  'machine-decides': {
    controls,
    check: ({ action, actor }) =>
      (action === 'approve' || action === 'extend') && actor.machine !== undefined
        ? finding('a machine account decides on nothing', 'approver', 'a person has to')
        : null,
  },
  'machine-ownerless': { controls, check: ownerless },
  'machine-ended': { controls, check: ended },
  'machine-source': {
    controls,
    // Only who connects is at the place that counts.
    check: ({ action, user: { machine, login }, facts }) =>
      action !== 'connect' || machine === undefined || comesFrom(machine, facts.source)
        ? null
        : finding(
            `machine account ${quote(login)} comes from none of the networks declared for it (${machine.sources.join(', ')})`,
            'machine',
            'connect from there, or have an administrator declare where it is',
          ),
  },
  'machine-undeclared': {
    controls,
    check: ({ user: { machine, login }, access }) =>
      machine === undefined || machineRulesOf(login, access) !== null
        ? null
        : finding(
            `the bundle does not say what machine account ${quote(login)} may run`,
            'machine',
            'have it declared under `machines` of access.yaml',
          ),
  },
  'machine-break-glass': {
    controls,
    check: ({ user: { machine }, use }) =>
      machine !== undefined && use?.tier === 'break-glass'
        ? finding('a machine account does not break glass', 'tier', 'ask in another tier, or a person does it')
        : null,
  },
} as const satisfies Partial<Record<GuardRule, Guard>>

/** Owned by nobody who could be asked: whoever left is asked in vain at three in the morning. */
function ownerless({ user: { machine, login }, plant }: Situation): Finding | null {
  if (machine === undefined) return null
  const { owner } = machine
  const next = 'an administrator hands it over to somebody who answers for it'
  if (owner.disabled) return finding(`the owner of machine account ${quote(login)} is disabled`, 'machine', next)
  return owner.plants.includes(plant.id)
    ? null
    : finding(`the owner of machine account ${quote(login)} does not act for plant ${quote(plant.id)}`, 'machine', next)
}

function ended({ user: { machine, login }, use, facts }: Situation): Finding | null {
  if (machine === undefined) return null
  const end = machineEndsAt(machine)
  const longer = 'have an administrator set a later end'
  if (facts.now >= end) return finding(`machine account ${quote(login)} ended on ${machine.until}`, 'machine', longer)
  return use !== null && use.window.until > end
    ? finding(
        `machine account ${quote(login)} ends on ${machine.until}, before the window does`,
        'window',
        `ask for a window that ends with it, or ${longer}`,
      )
    : null
}

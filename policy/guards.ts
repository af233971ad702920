// The invariants no bundle can switch off. They are checked before and beside the policies; a bundle whose policies
// permit everything still lets nobody approve their own request. Each says what holds, and what would have to.

import { quote } from './ids.ts'
import type { DecisionReason } from './model.ts'
import type { GuardRule } from './rules.ts'
import { doesGrantFit, type Situation } from './situation.ts'
import { isInside, minutesOf, show } from './window.ts'

/** What stands in the way, as a clause, or null. */
type Guard = (situation: Situation) => string | null

interface Checked {
  readonly controls: readonly string[]
  readonly check: Guard
}

// INVARIANT: an entry for every guard rule; the type says so. Order is the order in which reasons are given.
const guards: Readonly<Record<GuardRule, Checked>> = {
  'person-disabled': {
    controls: ['GW-ACC-01'],
    check: ({ actor, user }) =>
      actor.disabled
        ? 'your account is disabled'
        : user.disabled
          ? 'the account of the person who asked is disabled'
          : null,
  },
  'scope-out': {
    controls: ['GW-SCP-01'],
    check: ({ asset, scope }) =>
      scope.kind === 'out' ? `asset ${quote(asset.id)} is outside the scope: ${scope.reason}` : null,
  },
  'scope-undetermined': {
    controls: ['GW-SCP-01'],
    check: ({ asset, scope }) =>
      scope.kind === 'undetermined'
        ? `asset ${quote(asset.id)} is matched by no scope rule: nothing is reachable before the scope says in or out`
        : null,
  },
  'sis-unreachable': {
    controls: ['GW-ACC-01'],
    check: ({ asset }) =>
      asset.safety === 'SIS'
        ? `asset ${quote(asset.id)} is a safety instrumented system: it is not reachable through the gateway`
        : null,
  },
  'protocol-not-offered': {
    controls: ['GW-NET-04'],
    check: ({ asset, protocol }) =>
      asset.endpoints.some((endpoint) => endpoint.protocol === protocol)
        ? null
        : `asset ${quote(asset.id)} declares no endpoint for ${quote(protocol)}`,
  },
  'conduit-absent': {
    controls: ['GW-NET-04'],
    check: ({ conduit }) =>
      conduit.kind !== 'absent'
        ? null
        : conduit.from === null
          ? `the plant of zone ${quote(conduit.to)} has no gateway zone`
          : `no conduit is declared from zone ${quote(conduit.from)} to zone ${quote(conduit.to)}`,
  },
  'conduit-protocol': {
    controls: ['GW-NET-04'],
    check: ({ conduit, protocol }) =>
      conduit.kind === 'protocol-not-listed'
        ? `conduit ${quote(conduit.conduit.id)} does not list ${quote(protocol)}: it lists ${conduit.conduit.protocols.join(', ')}`
        : null,
  },
  'conduit-overdue': {
    controls: ['GW-NET-04'],
    check: ({ conduit }) =>
      conduit.kind === 'review-overdue'
        ? `conduit ${quote(conduit.conduit.id)} was to be reviewed by ${conduit.conduit.reviewBy} and is closed until its owner, ${conduit.conduit.owner}, has done so`
        : null,
  },
  'plant-membership': {
    controls: ['GW-ACC-01'],
    check: ({ actor, user, plant }) =>
      !actor.plants.includes(plant.id)
        ? `you do not act for plant ${quote(plant.id)}`
        : !user.plants.includes(plant.id)
          ? `the person who asked does not act for plant ${quote(plant.id)}`
          : null,
  },
  'supplier-contract': {
    controls: ['GW-ACC-01'],
    check: ({ contract, use }) => {
      switch (contract.kind) {
        case 'none':
        case 'active':
          return null
        case 'not-started':
          return `the contract of supplier ${quote(contract.supplier.id)} begins on ${contract.supplier.contract.from}`
        case 'expired':
          return `the contract of supplier ${quote(contract.supplier.id)} ended on ${contract.supplier.contract.until}`
        case 'ends-early':
          return `the contract of supplier ${quote(contract.supplier.id)} ends on ${contract.supplier.contract.until}, before the window does at ${show(use?.window.until ?? NaN)}`
        case 'unknown':
          return `supplier ${quote(contract.supplier)} is not declared: its people have no contract to come under`
      }
    },
  },
  'supplier-labels': {
    controls: ['GW-ACC-01'],
    check: ({ asset, user, labelsMatch }) =>
      labelsMatch
        ? null
        : `supplier ${quote(user.supplier)} may touch none of the labels of asset ${quote(asset.id)}: ${asset.labels.join(', ') || 'it has none'}`,
  },
  'window-too-long': {
    controls: ['GW-ACC-02'],
    check: ({ plant, use }) => {
      const minutes = use === null ? 0 : minutesOf(use.window)
      return minutes > plant.maxWindowMinutes
        ? `plant ${quote(plant.id)} grants windows of at most ${plant.maxWindowMinutes} minutes, got ${minutes}`
        : null
    },
  },
  'mfa-missing': {
    controls: ['GW-AUT-01'],
    // Asking is the one thing a single factor may do: it changes nothing at the plant.
    check: ({ action, facts }) =>
      action !== 'request' && facts.mfa.length === 0
        ? 'a second factor is needed: log in again with a one-time code'
        : null,
  },
  'own-request': {
    controls: ['GW-ACC-03'],
    check: ({ action, actor, user }) =>
      (action === 'approve' || action === 'extend') && actor.id === user.id
        ? 'nobody decides on their own request: another approver has to'
        : null,
  },
  'own-supplier': {
    controls: ['GW-ACC-03'],
    check: ({ action, actor, user }) =>
      (action === 'approve' || action === 'extend') && actor.supplier !== null && actor.supplier === user.supplier
        ? `nobody decides on a request of their own supplier ${quote(actor.supplier)}: an approver of the plant has to`
        : null,
  },
  'grant-missing': {
    controls: ['GW-ACC-02'],
    check: ({ action, asset, grant }) =>
      action === 'connect' && grant === null
        ? `you hold no open grant for asset ${quote(asset.id)}: request access and wait for the approval`
        : null,
  },
  'grant-mismatch': {
    controls: ['GW-ACC-02'],
    check: (situation) => {
      const { grant, asset, protocol } = situation
      return grant === null || doesGrantFit(grant, situation)
        ? null
        : `the grant is not for you, asset ${quote(asset.id)} and ${quote(protocol)} together`
    },
  },
  'grant-closed': {
    controls: ['GW-ACC-02'],
    check: ({ grant }) => {
      if (grant === null || grant.kind === 'open') return null
      return grant.kind === 'revoked'
        ? `the grant was revoked at ${show(grant.at)}`
        : `the grant expired at ${show(grant.at)}`
    },
  },
  'grant-outside-window': {
    controls: ['GW-ACC-02'],
    check: ({ grant, facts: { now } }) =>
      grant === null || isInside(grant.window, now)
        ? null
        : `the grant holds from ${show(grant.window.from)} to ${show(grant.window.until)}, and it is ${show(now)}`,
  },
}

/** Every invariant that stands in the way, in a fixed order. Empty when none does. */
export function checkGuards(situation: Situation): readonly DecisionReason[] {
  return Object.entries(guards).flatMap(([rule, { controls, check }]) => {
    const text = check(situation)
    return text === null ? [] : [{ rule, text, controls }]
  })
}

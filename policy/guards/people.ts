// Invariants about people: accounts, suspension, membership, suppliers, eligibility, and the separation of duties.

import { quote } from '../ids.ts'
import { concernedIn, machineRulesOf } from '../machine.ts'
import type { Instant, Role } from '../model.ts'
import type { GuardRule } from '../rules.ts'
import { sayBreach } from '../separation.ts'
import type { Situation } from '../situation.ts'
import { show } from '../window.ts'
import { finding, type Finding, type Guard } from './guard.ts'

export const peopleGuards = {
  'person-disabled': {
    controls: ['GW-ACC-01'],
    check: ({ actor, user }) =>
      actor.disabled
        ? finding('your account is disabled', 'account', 'ask an administrator of the gateway')
        : user.disabled
          ? finding('the account of the person who asked is disabled', 'account', 'somebody else has to ask')
          : null,
  },
  suspended: { controls: ['GW-RAC-04'], check: suspended },
  'plant-membership': {
    controls: ['GW-ACC-01'],
    check: ({ actor, user, plant }) => {
      const next = `an administrator adds plant ${quote(plant.id)} to the account`
      if (!actor.plants.includes(plant.id)) {
        return finding(`you do not act for plant ${quote(plant.id)}`, 'account', next)
      }
      return user.plants.includes(plant.id)
        ? null
        : finding(`the person who asked does not act for plant ${quote(plant.id)}`, 'account', next)
    },
  },
  'supplier-contract': { controls: ['GW-SUP-03'], check: contract },
  'supplier-labels': {
    controls: ['GW-ACC-01'],
    check: ({ asset, user, labelsMatch, ownLabels }) =>
      labelsMatch
        ? null
        : finding(
            `supplier ${quote(user.supplier)} may touch none of the labels of asset ${quote(asset.id)}: ${ownLabels.join(', ') || 'it has none'}`,
            'contract',
            'its sponsor has to agree on one of them with the supplier',
          ),
  },
  'attestation-missing': {
    controls: ['GW-ACC-01'],
    check: ({ asset, unattested, actor, user }) => {
      const [first] = unattested
      if (first === undefined) return null
      const labels = unattested.map(({ label }) => quote(label)).join(', ')
      const whose = actor.id === user.id ? 'your eligibility' : 'the eligibility of the person who asked'
      return finding(
        `asset ${quote(asset.id)} is controlled under ${labels}, and ${whose} is not attested`,
        'attestation',
        `an attestation for ${labels} has to be recorded: ${first.reason}`,
      )
    },
  },
  'supplier-expectation': {
    controls: ['GW-SUP-01'],
    check: ({ user, unmetExpectations }) =>
      unmetExpectations.length === 0
        ? null
        : finding(
            `what is expected of supplier ${quote(user.supplier)} is not attested: ${unmetExpectations.map(({ what, endedAt }) => `${quote(what.id)} (${what.text})${since(endedAt)}`).join(', ')}`,
            'attestation',
            'an isms-manager has to attest it anew, with a reference to the proof',
          ),
  },
  'training-missing': {
    controls: ['GW-AWR-01'],
    check: ({ actor, user, missingTrainings }) =>
      missingTrainings.length === 0
        ? null
        : finding(
            `training ${actor.id === user.id ? 'of yours' : 'of the person who asked'} is not attested: ${missingTrainings.map(({ what, endedAt }) => `${quote(what.id)} (${what.title})${since(endedAt)}`).join(', ')}`,
            'attestation',
            'do the training, and have an isms-manager attest it',
          ),
  },
  'mfa-missing': {
    controls: ['GW-AUT-01'],
    // Asking is the one thing a single factor may do, unless the asking opens by itself.
    check: ({ action, actor, use, facts, access }) => {
      if (facts.mfa.length > 0 || (action === 'request' && use?.tier !== 'break-glass')) return null
      if (actor.machine === undefined)
        return finding('a second factor is needed', 'mfa', 'log in again with a one-time code')
      const rules = machineRulesOf(actor.login, access)
      // Where the bundle names it not at all, that is the finding.
      return rules === null || rules.keyAlone
        ? null
        : finding(
            `a second factor is needed, and machine account ${quote(actor.login)} has none`,
            'mfa',
            'have the bundle say `keyAlone: true` of it under `machines` of access.yaml',
          )
    },
  },
  'own-request': {
    controls: ['GW-ACC-03'],
    check: ({ action, actor, user }) =>
      (action === 'approve' || action === 'extend') && concernedIn(user).includes(actor.id)
        ? finding('nobody decides on their own request', 'approver', 'another approver has to')
        : null,
  },
  'own-supplier': {
    controls: ['GW-ACC-03'],
    check: ({ action, actor, user }) =>
      (action === 'approve' || action === 'extend') && actor.supplier !== null && actor.supplier === user.supplier
        ? finding(
            `nobody decides on a request of their own supplier ${quote(actor.supplier)}`,
            'approver',
            'an approver of the plant has to',
          )
        : null,
  },
  'duties-separated': { controls: ['GW-ACC-03'], check: separated },
} as const satisfies Partial<Record<GuardRule, Guard>>

/** When the attestation before ended, where there was one. */
function since(endedAt: Instant | null): string {
  return endedAt === null ? '' : `, ended at ${show(endedAt)}`
}

function suspended({ suspension }: Situation): Finding | null {
  if (suspension === null) return null
  const { target, at } = suspension
  const what = target.kind === 'all' ? 'all access' : `${target.kind} ${quote(target.id)}`
  return finding(
    `${what} is suspended since ${show(at)}`,
    'suspension',
    'somebody other than who suspended it has to lift the suspension',
  )
}

const mayJudge = (roles: readonly Role[]): boolean =>
  roles.some((role) => role === 'approver' || role === 'safety-engineer')

/** Says why somebody who has the role to decide cannot: it is withheld, and nothing is left to decide by. */
function separated({ action, actor, breaches }: Situation): Finding | null {
  if ((action !== 'approve' && action !== 'extend') || mayJudge(actor.roles)) return null
  const breach = breaches.find(
    ({ isEnforced, withheld, duties }) => isEnforced && (mayJudge(withheld) || duties.length > 0),
  )
  if (breach === undefined) return null
  const { rule } = breach
  return finding(
    `you hold ${sayBreach(breach)} (${rule.text}): until that is mended none of them is of use to decide`,
    'approver',
    'another approver has to, and somebody else has to take one of the roles from you',
  )
}

function contract({ contract: state, use }: Situation): Finding | null {
  const renew = 'its sponsor has to see to the contract'
  switch (state.kind) {
    case 'none':
    case 'active':
      return null
    case 'not-started': {
      const { id, contract: days } = state.supplier
      return finding(
        `the contract of supplier ${quote(id)} begins on ${days.from}`,
        'contract',
        'wait, or have it begin sooner',
      )
    }
    case 'expired':
      return finding(
        `the contract of supplier ${quote(state.supplier.id)} ended on ${state.supplier.contract.until}`,
        'contract',
        renew,
      )
    case 'ends-early':
      return finding(
        `the contract of supplier ${quote(state.supplier.id)} ends on ${state.supplier.contract.until}, before the window does at ${show(use?.window.until ?? NaN)}`,
        'window',
        `ask for a window that ends with the contract, or ${renew}`,
      )
    case 'unknown':
      return finding(
        `supplier ${quote(state.supplier)} is not declared: its people have no contract to come under`,
        'contract',
        'the supplier has to be declared in the bundle with its contract',
      )
  }
}

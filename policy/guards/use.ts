// Invariants about what is asked for: how long, how often, in which tier, and what the tier wants said.

import { quote } from '../ids.ts'
import type { GuardRule } from '../rules.ts'
import type { Situation } from '../situation.ts'
import { minutesOf } from '../window.ts'
import { finding, type Finding, type Guard } from './guard.ts'

const dayMinutes = 24 * 60

export const useGuards = {
  'tier-not-offered': {
    controls: ['GW-CHG-02'],
    // Break-glass opens without a yes of anybody: only a bundle that says for what it is there has it.
    check: ({ ask, access }) =>
      ask?.tier === 'break-glass' && access.tiers['break-glass'].criteria.length === 0
        ? finding(
            'the bundle gives no criteria for break-glass, so it is not offered',
            'tier',
            'ask in another tier, or have criteria declared in access.yaml',
          )
        : null,
  },
  'tier-criteria': { controls: ['GW-ACC-02'], check: criteria },
  'rollback-missing': {
    controls: ['GW-CHG-01'],
    // A standard change brings its own.
    check: ({ ask, access, standardChange }) =>
      ask !== null && access.tiers[ask.tier].rollback && ask.rollback.trim() === '' && standardChange === null
        ? finding(`tier ${quote(ask.tier)} needs a rollback plan`, 'rollback', 'say how the change is undone')
        : null,
  },
  'not-a-standard-change': { controls: ['GW-CHG-01'], check: notStandard },
  'window-too-long': { controls: ['GW-ACC-02'], check: tooLong },
  'recurring-too-long': {
    controls: ['GW-ACC-02'],
    check: ({ use, access }) => {
      if (use === null || use.schedule.kind === 'whole') return null
      const days = Math.ceil(minutesOf(use.window) / dayMinutes)
      return days > access.maxRecurringDays
        ? finding(
            `access that is not used at a stretch is granted for at most ${access.maxRecurringDays} days, got ${days}`,
            'schedule',
            `ask for ${access.maxRecurringDays} days, and again after them`,
          )
        : null
    },
  },
  'seal-broken': {
    controls: ['GW-CHG-02'],
    check: ({ ask, asset, isSealBroken }) =>
      ask?.tier === 'break-glass' && isSealBroken
        ? finding(
            `the break-glass seal of asset ${quote(asset.id)} is broken since its last use`,
            'seal',
            'that use has to be reviewed first',
          )
        : null,
  },
  'ticket-unreachable': {
    controls: ['GW-CHG-01'],
    // The ledger keeps this text in clear, so it does not say what somebody typed as the ticket.
    // What is running is not cut off because another system is down.
    check: ({ action, facts, access }) =>
      (action === 'request' || action === 'approve') &&
      facts.ticket === 'unreachable' &&
      access.ticketUnreachable === 'deny'
        ? finding(
            'the ticket could not be checked, because the change system does not answer',
            'ticket',
            'ask again when it does, or without a ticket where the rules allow',
          )
        : null,
  },
} as const satisfies Partial<Record<GuardRule, Guard>>

function criteria({ ask, access }: Situation): Finding | null {
  if (ask === null) return null
  const missing = access.tiers[ask.tier].criteria.filter(({ id }) => !ask.criteria.includes(id))
  if (missing.length === 0) return null
  const texts = missing.map(({ id, text }) => `${quote(id)} (${text})`).join(', ')
  return finding(
    `tier ${quote(ask.tier)} is only for what meets its criteria`,
    'criteria',
    `affirm ${texts}, or ask in another tier`,
  )
}

/** Of a connection too: what is no standard change any more under a new bundle is not used on as one. */
function notStandard({ asset, use, access, standardChange, standardChanges }: Situation): Finding | null {
  if (use?.tier !== 'standard' || access.standardChanges.length === 0 || standardChange !== null) return null
  const about = standardChanges.map(
    ({ id, protocols, operationClass, maxWindowMinutes, until }) =>
      `${quote(id)} (${protocols.join(' or ')}, at most ${operationClass}, ${maxWindowMinutes} minutes at a stretch, over by ${until})`,
  )
  return about.length === 0
    ? finding(`no standard change is about asset ${quote(asset.id)}`, 'tier', 'ask in tier `normal`')
    : finding(
        'tier `standard` is only for changes approved beforehand, and this is none of them',
        'tier',
        `keep to ${about.join(' or ')}, or ask in tier \`normal\``,
      )
}

function tooLong({ plant, use, access }: Situation): Finding | null {
  if (use === null) return null
  const tierMost = access.tiers[use.tier].maxWindowMinutes
  if (tierMost !== null && use.minutes > tierMost && tierMost <= plant.maxWindowMinutes) {
    return finding(
      `tier ${quote(use.tier)} grants at most ${tierMost} minutes at a stretch, got ${use.minutes}`,
      'window',
      `ask for ${tierMost} minutes`,
    )
  }
  return use.minutes > plant.maxWindowMinutes
    ? finding(
        `plant ${quote(plant.id)} grants windows of at most ${plant.maxWindowMinutes} minutes, got ${use.minutes}`,
        'window',
        `ask for ${plant.maxWindowMinutes} minutes`,
      )
    : null
}

// The rules of the access controls: scope-bound decisions, default deny, approved and time-bound, segregation of duties.

import type { EvidenceEvent, Window } from '../model.ts'
import { isInside, isWithin, show } from '../window.ts'
import { instantOf, listOf, optionalTextOf, RecentMap, textOf, UnreadableEvent, windowOf } from './evidence.ts'
import { days, hours, type Rule } from './rule.ts'

export const scopeBound: Rule = {
  control: 'GW-SCP-01',
  freshMs: hours(24),
  start(tally) {
    const published = new RecentMap<string, true>(1_000)
    let lastPublished: number | null = null
    return {
      on: {
        'scope.version_published': (event) => {
          published.set(textOf(event, 'scopeVersion'), true)
          lastPublished = event.at
        },
        'policy.decision': (event) => {
          const scope = textOf(event, 'scope')
          const version = textOf(event, 'scopeVersion')
          if (textOf(event, 'outcome') !== 'permit') return
          tally.exercise(event)
          if (scope !== 'in') tally.offend(event, `a permit was given for an asset whose scope is \`${scope}\``)
          if (!published.has(version))
            tally.offend(event, `a permit cites scope version \`${version}\`, which was never published`)
        },
      },
      staleness: (now) =>
        lastPublished === null || now - lastPublished <= days(365)
          ? null
          : 'the scope version was published more than 12 months ago and has not been renewed',
    }
  },
}

export const defaultDeny: Rule = {
  control: 'GW-ACC-01',
  freshMs: hours(24),
  start(tally) {
    const permits = new RecentMap<string, { readonly person: string; readonly asset: string | null }>()
    return {
      on: {
        'policy.decision': (event) => {
          const action = textOf(event, 'action')
          const permit = { person: textOf(event, 'person'), asset: optionalTextOf(event, 'asset') }
          if (textOf(event, 'outcome') === 'deny') return tally.exercise(event)
          if (action === 'connect') permits.set(textOf(event, 'grant'), permit)
        },
        'policy.changed': (event) => void textOf(event, 'to'),
        'grant.revoked': (event) => permits.delete(textOf(event, 'grant')),
        'grant.expired': (event) => permits.delete(textOf(event, 'grant')),
        'session.started': (event) => {
          const session = textOf(event, 'session')
          const permit = permits.get(textOf(event, 'grant'))
          tally.exercise(event)
          if (permit === undefined)
            tally.offend(event, `session \`${session}\` started without a permit decision for its grant`)
          else if (permit.person !== textOf(event, 'person') || permit.asset !== textOf(event, 'asset')) {
            tally.offend(event, `session \`${session}\` started on a permit for another person or asset`)
          }
        },
      },
    }
  },
}

/** A session has a second to close after its window; the other second is for two clocks that are not quite one. */
const endToleranceMs = 2_000

export const timeBound: Rule = {
  control: 'GW-ACC-02',
  freshMs: hours(24),
  start(tally) {
    interface Approved {
      readonly person: string
      readonly asset: string
      window: Window
    }
    const approvals = new RecentMap<string, Approved>()
    const sessions = new RecentMap<string, Approved>()
    /** Sessions whose input was stopped: after their window they may only have observed. */
    const degraded = new RecentMap<string, true>()
    return {
      on: {
        'request.submitted': (event) => void windowOf(event, 'window'),
        'request.denied': (event) => void textOf(event, 'request'),
        'request.expired': (event) => void textOf(event, 'request'),
        'request.approved': (event) => {
          const person = textOf(event, 'requester')
          const request = textOf(event, 'request')
          if (person === textOf(event, 'approver'))
            tally.offend(event, `request \`${request}\` was approved by the person who made it`)
          approvals.set(textOf(event, 'grant'), {
            person,
            asset: textOf(event, 'asset'),
            window: windowOf(event, 'window'),
          })
        },
        // Nobody approves it, and policy lets it be so; what is asked of it afterwards is another control's.
        'request.break_glass': (event) => {
          const [person, asset] = [textOf(event, 'person'), textOf(event, 'asset')]
          approvals.set(textOf(event, 'grant'), { person, asset, window: windowOf(event, 'window') })
        },
        'grant.first_used': (event) => {
          const approval = approvals.get(textOf(event, 'grant'))
          const window = windowOf(event, 'window')
          if (approval === undefined) return
          if (!isWithin(window, approval.window))
            tally.offend(
              event,
              `grant \`${textOf(event, 'grant')}\` counts from its first use beyond what was approved`,
            )
          approval.window = window
        },
        'grant.extended': (event) => {
          const approval = approvals.get(textOf(event, 'grant'))
          const window = windowOf(event, 'to')
          if (approval === undefined) return
          // Sessions of the grant hold the same object, and so are extended with it. One occurrence that gets longer
          // leaves the others where they are.
          const { from, until } = approval.window
          const isOne = optionalTextOf(event, 'what') === 'occurrence'
          approval.window = isOne ? { from, until: Math.max(until, window.until) } : window
        },
        'grant.revoked': (event) => approvals.delete(textOf(event, 'grant')),
        'grant.expired': (event) => approvals.delete(textOf(event, 'grant')),
        'session.started': (event) => {
          const session = textOf(event, 'session')
          const approval = approvals.get(textOf(event, 'grant'))
          const window = windowOf(event, 'window')
          tally.exercise(event)
          if (approval === undefined) {
            tally.offend(event, `session \`${session}\` started without an open approval of its grant`)
            return
          }
          sessions.set(session, approval)
          if (approval.person !== textOf(event, 'person') || approval.asset !== textOf(event, 'asset')) {
            tally.offend(event, `session \`${session}\` is of another person or asset than its approval`)
          }
          if (!isInside(approval.window, event.at)) {
            tally.offend(
              event,
              `session \`${session}\` started at ${show(event.at)}, outside its window to ${show(approval.window.until)}`,
            )
          }
          if (!isWithin(window, approval.window)) {
            tally.offend(event, `session \`${session}\` has a longer window than the one approved`)
          }
        },
        'session.degraded': (event) => degraded.set(textOf(event, 'session'), true),
        'session.restored': (event) => degraded.delete(textOf(event, 'session')),
        'session.ended': (event) => {
          const session = textOf(event, 'session')
          const ended = instantOf(event, 'endedAt')
          const windowUntil = instantOf(event, 'windowUntil')
          const until = sessions.get(session)?.window.until ?? windowUntil
          // What the asset lets a session observe after its window.
          const hardUntil = until + Math.max(0, instantOf(event, 'hardUntil') - windowUntil)
          const observed = degraded.get(session) === true
          sessions.delete(session)
          degraded.delete(session)
          // A crash closed it; the time written is when the next start found it.
          if (textOf(event, 'reason') === 'interrupted' || ended <= until + endToleranceMs) return
          if (!observed)
            tally.offend(event, `session \`${session}\` ended at ${show(ended)}, after its window to ${show(until)}`)
          else if (ended > hardUntil + endToleranceMs)
            tally.offend(
              event,
              `session \`${session}\` observed to ${show(ended)}, past its hard limit ${show(hardUntil)}`,
            )
        },
      },
    }
  },
}

/** Everybody whose yes or whose right made a grant; before there were several, the one approver. */
function judgesOf(event: EvidenceEvent): readonly string[] {
  if (event.data['approvals'] === undefined) return [textOf(event, 'approver')]
  return listOf(event, 'approvals').map((one) => {
    if (typeof one === 'object' && one !== null && 'by' in one && typeof one.by === 'string') return one.by
    throw new UnreadableEvent('`approvals`: expected who gave each')
  })
}

export const segregation: Rule = {
  control: 'GW-ACC-03',
  freshMs: hours(24),
  start(tally) {
    const grants = new RecentMap<string, { readonly requester: string; readonly approver: string }>()
    return {
      on: {
        'request.approved': (event) => {
          const request = textOf(event, 'request')
          const roles = { requester: textOf(event, 'requester'), approver: textOf(event, 'approver') }
          grants.set(textOf(event, 'grant'), roles)
          tally.exercise(event)
          const judges = judgesOf(event)
          if (roles.requester === roles.approver || judges.includes(roles.requester)) {
            tally.offend(event, `request \`${request}\` was approved by the person who made it`)
          }
          const needed = event.data['needs'] === undefined ? 1 : listOf(event, 'needs').length
          if (new Set(judges).size < needed) {
            tally.offend(event, `request \`${request}\` needed ${needed} people and was approved by fewer`)
          }
        },
        'grant.extended': (event) => {
          const grant = textOf(event, 'grant')
          if (grants.get(grant)?.requester === textOf(event, 'by')) {
            tally.offend(event, `grant \`${grant}\` was extended by the person it is for`)
          }
        },
        'policy.changed': (event) => {
          // A rollback is one person's on purpose, and a folder is put in force by nobody the gateway knows.
          if (optionalTextOf(event, 'kind') !== 'activate') return
          tally.exercise(event)
          const [proposer, activator] = [optionalTextOf(event, 'proposer'), optionalTextOf(event, 'activator')]
          if (activator === null || proposer === activator)
            tally.offend(
              event,
              `bundle \`${textOf(event, 'to')}\` was activated by the person who proposed it, or by nobody`,
            )
        },
        // Refused is the rule at work; from its day on, whoever holds both still is a fault, however little of it is of use.
        'separation.refused': (event) => {
          void textOf(event, 'rule')
          tally.exercise(event)
        },
        'separation.enforced': (event) => {
          const held = [...listOf(event, 'roles'), ...listOf(event, 'duties')].join(' and ')
          const [person, rule] = [textOf(event, 'person'), textOf(event, 'rule')]
          tally.offend(event, `person \`${person}\` holds ${held}, which rule \`${rule}\` keeps apart`)
        },
        'session.started': (event) => {
          const session = textOf(event, 'session')
          if (grants.get(textOf(event, 'grant'))?.approver === textOf(event, 'person')) {
            tally.offend(event, `session \`${session}\` was opened by the person who approved it`)
          }
        },
      },
    }
  },
}

// The rules of limits: how long a session may rest and live, how many there may be at a time, and that a supplier's end
// with its contract.

import { quote } from '../ids.ts'
import type { EvidenceEvent } from '../model.ts'
import { show } from '../window.ts'
import { instantOf, listOf, optionalInstantOf, optionalTextOf, partOf, RecentMap, textOf } from './evidence.ts'
import { days, hours, type Rule } from './rule.ts'

/** A session has a second to close at its limit; the other second is for two clocks that are not quite one. */
const endToleranceMs = 2_000
const minuteMs = 60_000

const wasInterrupted = (event: EvidenceEvent): boolean => textOf(event, 'reason') === 'interrupted'

export const sessionLimits: Rule = {
  control: 'GW-RAC-05',
  freshMs: days(7),
  start(tally) {
    interface Live {
      readonly of: Readonly<Record<'person' | 'asset' | 'supplier', string | null>>
      readonly idleEndMinutes: number | null
    }
    const live = new RecentMap<string, Live>()
    /** The control was at work on a session. */
    const atWork = (event: EvidenceEvent): void => {
      void textOf(event, 'session')
      tally.exercise(event)
    }
    return {
      on: {
        'session.started': (event) => {
          const session = textOf(event, 'session')
          const of = {
            person: textOf(event, 'person'),
            asset: textOf(event, 'asset'),
            supplier: optionalTextOf(event, 'supplier'),
          }
          live.set(session, { of, idleEndMinutes: optionalInstantOf(event, 'idleEndMinutes') })
          if (event.data['most'] === undefined) return
          const most = partOf(event, 'most')
          for (const kind of ['person', 'asset', 'supplier'] as const) {
            const limit = optionalInstantOf(most, kind)
            const whose = of[kind]
            if (limit === null || whose === null) continue
            const open = [...live.entries()].filter(([, each]) => each.of[kind] === whose).length
            if (open > limit) {
              tally.offend(event, `${kind} ${quote(whose)} had ${open} sessions at a time: expected at most ${limit}`)
            }
          }
        },
        'session.idle_locked': atWork,
        'session.terminated_idle': atWork,
        'session.terminated_expiry': atWork,
        'session.refused_concurrency': (event) => {
          void textOf(event, 'limit')
          tally.exercise(event)
        },
        'session.ended': (event) => {
          const session = textOf(event, 'session')
          const limit = live.get(session)?.idleEndMinutes ?? null
          live.delete(session)
          if (wasInterrupted(event)) return
          const ended = instantOf(event, 'endedAt')
          const hardUntil = instantOf(event, 'hardUntil')
          if (ended > hardUntil + endToleranceMs) {
            tally.offend(event, `session \`${session}\` ended at ${show(ended)}, past its limit ${show(hardUntil)}`)
          }
          const idleSince = optionalInstantOf(event, 'idleSince')
          if (limit === null || idleSince === null) return
          if (ended > idleSince + limit * minuteMs + endToleranceMs) {
            tally.offend(
              event,
              `session \`${session}\` rested from ${show(idleSince)} to ${show(ended)}: expected an end after ${limit} minutes`,
            )
          }
        },
      },
    }
  },
}

export const contractEnds: Rule = {
  control: 'GW-SUP-03',
  freshMs: hours(24),
  start(tally) {
    // KNOWN GAP: held against the contract as the session began; one that was renewed while it ran is not seen.
    const contracts = new RecentMap<string, number>()
    return {
      on: {
        'policy.decision': (event) => {
          const rules = listOf(event, 'rules')
          if (textOf(event, 'outcome') === 'deny' && rules.includes('supplier-contract')) tally.exercise(event)
        },
        'session.started': (event) => {
          const session = textOf(event, 'session')
          const supplier = optionalTextOf(event, 'supplier')
          // An entry of before the contract's end was written with it says nothing either way.
          if (supplier === null || event.data['contractUntil'] === undefined) return
          tally.exercise(event)
          const until = optionalInstantOf(event, 'contractUntil')
          if (until === null) {
            tally.offend(event, `session \`${session}\` of supplier \`${supplier}\` started without a contract`)
            return
          }
          contracts.set(session, until)
          const window = instantOf(partOf(event, 'window'), 'until')
          if (event.at >= until) {
            tally.offend(
              event,
              `session \`${session}\` of supplier \`${supplier}\` started after its contract ended at ${show(until)}`,
            )
          } else if (window > until) {
            tally.offend(
              event,
              `session \`${session}\` of supplier \`${supplier}\` has a window to ${show(window)}, beyond its contract to ${show(until)}`,
            )
          }
        },
        'session.ended': (event) => {
          const session = textOf(event, 'session')
          const until = contracts.get(session)
          contracts.delete(session)
          if (until === undefined || wasInterrupted(event)) return
          // What the asset lets a session observe after its end, it lets it here.
          const observes = Math.max(0, instantOf(event, 'hardUntil') - instantOf(event, 'windowUntil'))
          const ended = instantOf(event, 'endedAt')
          if (ended > until + observes + endToleranceMs) {
            tally.offend(
              event,
              `session \`${session}\` went on to ${show(ended)}, after its supplier's contract ended at ${show(until)}`,
            )
          }
        },
      },
    }
  },
}

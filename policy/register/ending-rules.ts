// The rule of taking access away: a kill, a suspension or a revocation at one stroke is carried out at once, and what is
// suspended stays off until another person lifts it.

import { quote } from '../ids.ts'
import type { EvidenceEvent, Instant } from '../model.ts'
import { instantOf, optionalTextOf, partOf, RecentMap, textOf, textsOf } from './evidence.ts'
import { judgeSteps } from './drill-rules.ts'
import { days, type Rule } from './rule.ts'

/** From the order to the last closed socket. */
const killTargetMs = 10_000
/** How long after its hard limit the end of a held session may still be written. */
const heldWrittenMs = 60_000
/** From the order to the entry about its end, which is written when the recording has been read back and signed. */
const killWrittenMs = killTargetMs + 60_000

interface Suspended {
  readonly kind: string
  /** Null where everything is off. */
  readonly id: string | null
  readonly by: string
}

function suspendedOf(event: EvidenceEvent): Suspended {
  const target = partOf(event, 'target')
  const kind = textOf(target, 'kind')
  return { kind, id: kind === 'all' ? null : textOf(target, 'id'), by: textOf(event, 'by') }
}

/** Is the session of what is suspended? Its fields carry the names of the kinds. */
const covers = ({ kind, id }: Suspended, session: EvidenceEvent): boolean =>
  kind === 'all' || optionalTextOf(session, kind) === id

export const offAtOnce: Rule = {
  control: 'GW-RAC-04',
  freshMs: days(30),
  start(tally) {
    const revoked = new RecentMap<string, true>()
    const suspended = new RecentMap<string, Suspended>()
    const killed = new RecentMap<string, EvidenceEvent>()
    /** Sessions that a suspension or revocation named, with the entry that did. */
    const stopped = new RecentMap<string, EvidenceEvent>()
    const stop = (event: EvidenceEvent): void => {
      for (const session of textsOf(event, 'sessions')) if (!stopped.has(session)) stopped.set(session, event)
    }
    /** Sessions on what is safety-related that end slowly: until when, and the entry that says so. */
    const held = new RecentMap<string, { readonly until: Instant; readonly event: EvidenceEvent }>()
    const unwritten = (waiting: RecentMap<string, EvidenceEvent>, what: string, now: Instant): void => {
      for (const [session, event] of waiting.entries()) {
        if (now - event.at <= killWrittenMs) return
        tally.offend(event, `${what} of session \`${session}\` was ordered, and no end of it was written`)
        waiting.delete(session)
      }
    }
    return {
      on: {
        'drill.completed': (event) => judgeSteps(event, tally, ['kill', 'suspended-supplier']),
        'safety.block': (event) => {
          const session = optionalTextOf(event, 'session')
          if (session === null) return
          killed.delete(session)
          stopped.delete(session)
          held.set(session, { until: instantOf(event, 'hardUntil'), event })
        },
        // The order that follows is held to its time as any other.
        'safety.overridden': (event) => held.delete(textOf(event, 'session')),
        'session.kill_ordered': (event) => killed.set(textOf(event, 'session'), event),
        'session.terminated_kill': (event) => {
          const session = textOf(event, 'session')
          killed.delete(session)
          const took = instantOf(event, 'closedAt') - instantOf(event, 'orderedAt')
          tally.exercise(event)
          if (took > killTargetMs && !held.has(session)) {
            tally.offend(event, `the kill of session \`${session}\` took ${took} ms: expected at most ${killTargetMs}`)
          } else if (took < 0) {
            tally.offend(
              event,
              `session \`${session}\` was closed before its kill was ordered: one of the times is wrong`,
            )
          }
        },
        'suspension.created': (event) => {
          suspended.set(textOf(event, 'suspension'), suspendedOf(event))
          stop(event)
          tally.exercise(event)
        },
        'supplier.suspended': (event) => void textOf(event, 'supplier'),
        'suspension.lifted': (event) => {
          const suspension = textOf(event, 'suspension')
          const by = textOf(event, 'by')
          if (by === textOf(event, 'suspendedBy') || by === suspended.get(suspension)?.by) {
            tally.offend(event, `suspension \`${suspension}\` was lifted by the person who ordered it`)
          }
          suspended.delete(suspension)
        },
        'access.revoked': (event) => {
          stop(event)
          tally.exercise(event)
        },
        'session.reconnect_blocked': (event) => {
          void textOf(event, 'suspension')
          tally.exercise(event)
        },
        'grant.revoked': (event) => revoked.set(textOf(event, 'grant'), true),
        'session.started': (event) => {
          const session = textOf(event, 'session')
          const grant = textOf(event, 'grant')
          if (revoked.has(grant))
            tally.offend(event, `session \`${session}\` started on grant \`${grant}\`, which was revoked`)
          for (const [suspension, target] of suspended.entries()) {
            if (!covers(target, event)) continue
            const what = target.id === null ? 'everything' : `${target.kind} ${quote(target.id)}`
            tally.offend(
              event,
              `session \`${session}\` started while ${what} was suspended (suspension \`${suspension}\`)`,
            )
          }
        },
        'session.ended': (event) => {
          const session = textOf(event, 'session')
          // It may have ended for another reason in the instant of the order: then there is nothing left to kill.
          killed.delete(session)
          const order = stopped.get(session)
          stopped.delete(session)
          const slow = held.get(session)
          held.delete(session)
          if (slow !== undefined && textOf(event, 'reason') !== 'interrupted') {
            const late = instantOf(event, 'endedAt') - slow.until
            if (late > killTargetMs)
              tally.offend(event, `session \`${session}\` went on ${late} ms past the hard limit that safety gave it`)
          }
          // A crash closed it; the time written is when the next start found it.
          if (order === undefined || textOf(event, 'reason') === 'interrupted') return
          const took = instantOf(event, 'endedAt') - order.at
          if (took > killTargetMs) {
            tally.offend(
              event,
              `session \`${session}\` ended ${took} ms after its access was taken away: expected at most ${killTargetMs}`,
            )
          }
        },
      },
      settle(now) {
        unwritten(killed, 'the kill', now)
        unwritten(stopped, 'the end', now)
        for (const [session, { until, event }] of held.entries()) {
          if (now - until <= heldWrittenMs) continue
          tally.offend(
            event,
            `session \`${session}\` was held for safety, and no end of it was written at its hard limit`,
          )
          held.delete(session)
        }
      },
    }
  },
}

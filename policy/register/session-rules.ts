// The rules of the session controls: only needed protocols, every session recorded.

import { quote } from '../ids.ts'
import type { EvidenceEvent, Instant } from '../model.ts'
import { guardRules } from '../rules.ts'
import { instantOf, listOf, RecentMap, textOf } from './evidence.ts'
import { days, hours, type Rule } from './rule.ts'

const crossingRules = guardRules.filter((rule) => rule.startsWith('conduit-') || rule === 'protocol-not-offered')

export const neededProtocols: Rule = {
  control: 'GW-NET-04',
  freshMs: days(7),
  start(tally) {
    const asked = new RecentMap<string, string>()
    return {
      on: {
        'session.feature_refused': (event) => {
          void textOf(event, 'feature')
          tally.exercise(event)
        },
        'policy.decision': (event) => {
          const rules = listOf(event, 'rules')
          if (textOf(event, 'outcome') === 'deny' && crossingRules.some((rule) => rules.includes(rule)))
            tally.exercise(event)
        },
        'request.submitted': (event) => asked.set(textOf(event, 'request'), textOf(event, 'protocol')),
        'session.started': (event) => {
          const session = textOf(event, 'session')
          const protocol = textOf(event, 'protocol')
          const expected = asked.get(textOf(event, 'request'))
          if (expected !== undefined && expected !== protocol) {
            tally.offend(
              event,
              `session \`${session}\` speaks ${quote(protocol)}: expected ${quote(expected)}, as asked for`,
            )
          }
          if (textOf(event, 'conduit') === '') tally.offend(event, `session \`${session}\` crosses no declared conduit`)
        },
      },
    }
  },
}

/** The time a long recording may take to be read back, hashed and signed. */
const sealToleranceMs = 60_000

export const everySessionRecorded: Rule = {
  control: 'GW-LOG-02',
  freshMs: hours(24),
  start(tally) {
    interface Recorded {
      recording: boolean
      sealed: boolean
      /** The event that ended it. */
      ended: EvidenceEvent | null
    }
    const open = new RecentMap<string, Recorded>()
    const ended = new RecentMap<string, EvidenceEvent>()
    const entry = (session: string): Recorded => {
      const known = open.get(session)
      if (known !== undefined) return known
      const fresh: Recorded = { recording: false, sealed: false, ended: null }
      open.set(session, fresh)
      return fresh
    }
    const close = (session: string): void => {
      open.delete(session)
      ended.delete(session)
    }
    return {
      on: {
        'session.started': (event) => void entry(textOf(event, 'session')),
        'session.recording_started': (event) => {
          entry(textOf(event, 'session')).recording = true
        },
        'session.ended': (event) => {
          const session = textOf(event, 'session')
          const bytes = instantOf(event, 'bytesIn') + instantOf(event, 'bytesOut')
          const known = entry(session)
          if (!known.recording && bytes === 0) {
            // It never got as far as a first byte: there is nothing to record.
            close(session)
            return
          }
          tally.exercise(event)
          if (!known.recording) tally.offend(event, `session \`${session}\` moved ${bytes} bytes without a recording`)
          if (!known.recording || known.sealed) close(session)
          else ended.set(session, event)
        },
        'session.recording_sealed': (event) => {
          const session = textOf(event, 'session')
          const status = textOf(event, 'status')
          if (status !== 'complete')
            tally.offend(
              event,
              `the recording of session \`${session}\` is ${quote(status)}: what came after its end is not recorded`,
            )
          if (ended.has(session)) close(session)
          else entry(session).sealed = true
        },
        'session.recording_gap': (event) =>
          tally.offend(
            event,
            `the recording of session \`${textOf(event, 'session')}\` holds less than the ledger says it did`,
          ),
      },
      settle: (now: Instant) => {
        for (const [session, event] of ended.entries()) {
          if (now - event.at <= sealToleranceMs) return
          tally.offend(
            event,
            `the recording of session \`${session}\` was not sealed within ${sealToleranceMs / 1000} seconds of its end`,
          )
          close(session)
        }
      },
    }
  },
}

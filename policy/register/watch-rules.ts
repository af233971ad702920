// The rules of being there: a session that is to be escorted runs only while somebody of the plant is with it, and one on
// a safety instrumented system only with presence on site and a safety engineer's yes besides.

import type { EvidenceEvent, Instant } from '../model.ts'
import { flagOf, instantOf, listOf, optionalInstantOf, optionalTextOf, RecentMap, textOf } from './evidence.ts'
import { judgeRelease } from './release-rules.ts'
import { days, hours, type Rule } from './rule.ts'
import { WriteHolds } from './write-holds.ts'

/** Input is stopped in the moment somebody is gone; that it was is an entry of its own, written right after. */
const stopWrittenMs = 10_000
/** From the end to its entry, which is written when the recording has been read back and signed. */
const endWrittenMs = 60_000
const endToleranceMs = 2_000
const minuteMs = 60_000

/** Who is with each session. */
class Company {
  readonly #people = new RecentMap<string, Set<string>>()

  come(event: EvidenceEvent): string {
    const session = textOf(event, 'session')
    const people = this.#people.get(session) ?? new Set()
    people.add(textOf(event, 'observer'))
    this.#people.set(session, people)
    return session
  }

  leave(event: EvidenceEvent): string {
    const session = textOf(event, 'session')
    this.#people.get(session)?.delete(textOf(event, 'observer'))
    return session
  }

  isWith(session: string): boolean {
    return (this.#people.get(session)?.size ?? 0) > 0
  }

  /** Is this very person with it? */
  includes(session: string, person: string): boolean {
    return this.#people.get(session)?.has(person) ?? false
  }

  end(session: string): void {
    this.#people.delete(session)
  }
}

export const escorted: Rule = {
  control: 'GW-RAC-07',
  freshMs: hours(24),
  start(tally) {
    interface Escorted {
      readonly graceMs: number
      stopped: boolean
    }
    interface Alone {
      readonly since: EvidenceEvent
      /** A finding about it was noted. */
      found: boolean
    }
    // KNOWN GAP: held against what the session was obliged to as it began; a bundle that changes it meanwhile is not seen.
    const company = new Company()
    const holds = new WriteHolds(tally)
    const grants = new RecentMap<string, true>()
    const awaited = new RecentMap<string, true>()
    const escorts = new RecentMap<string, Escorted>()
    const alone = new RecentMap<string, Alone>()
    const find = (session: string, of: Alone, text: string): void => {
      if (!of.found) tally.offend(of.since, `session \`${session}\` ${text}`)
      of.found = true
    }
    const flows = (event: EvidenceEvent, stopped: boolean): void => {
      const session = textOf(event, 'session')
      const state = escorts.get(session)
      if (state === undefined) return
      state.stopped = stopped
      const left = alone.get(session)
      if (!stopped && left !== undefined) find(session, left, 'took input again with nobody there')
    }
    return {
      on: {
        'request.approved': (event) => {
          // Entries of before an approver could ask for an escort have no such field.
          if (event.data['escort'] === undefined) return void textOf(event, 'grant')
          if (flagOf(event, 'escort')) grants.set(textOf(event, 'grant'), true)
        },
        'session.escort_awaited': (event) => {
          awaited.set(textOf(event, 'session'), true)
          tally.exercise(event)
        },
        'session.attached_observer': (event) => alone.delete(company.come(event)),
        'session.started': (event) => {
          const session = textOf(event, 'session')
          const grace = optionalInstantOf(event, 'escortGraceMinutes')
          if (grace === null) {
            if (grants.has(textOf(event, 'grant')))
              tally.offend(event, `session \`${session}\` was approved with an escort and began without that duty`)
            return
          }
          if (!awaited.has(session)) tally.exercise(event)
          escorts.set(session, { graceMs: grace * minuteMs, stopped: false })
          if (!company.isWith(session))
            tally.offend(event, `session \`${session}\` began with nobody there to escort it`)
        },
        'session.observer_lost': (event) => {
          const session = company.leave(event)
          holds.leave(event)
          if (!escorts.has(session) || company.isWith(session) || alone.has(session)) return
          alone.set(session, { since: event, found: false })
        },
        'session.write_hold_lifted': (event) =>
          holds.lift(event, company.includes(textOf(event, 'session'), textOf(event, 'by'))),
        'session.degraded': (event) => {
          const stops = listOf(event, 'stops')
          holds.stop(event, stops)
          flows(event, stops.includes('escort'))
        },
        'session.restored': (event) => flows(event, false),
        'session.ended': (event) => {
          const session = textOf(event, 'session')
          const [state, left] = [escorts.get(session), alone.get(session)]
          for (const map of [escorts, alone, awaited]) map.delete(session)
          company.end(session)
          holds.end(event)
          if (!state || !left || textOf(event, 'reason') === 'interrupted') return
          if (instantOf(event, 'endedAt') > left.since.at + state.graceMs + endToleranceMs)
            find(session, left, 'went on without its escort past the time of grace')
        },
      },
      settle(now: Instant) {
        holds.settle(now)
        for (const [session, left] of alone.entries()) {
          const state = escorts.get(session)
          if (state === undefined) continue
          const passed = now - left.since.at
          if (!state.stopped && passed > stopWrittenMs)
            find(session, left, 'took input after its escort had left: no stop of it was written')
          if (passed > state.graceMs + endWrittenMs)
            find(session, left, 'went on without its escort past the time of grace')
        }
      },
    }
  },
}

export const safetySystems: Rule = {
  control: 'GW-SAF-01',
  freshMs: days(7),
  start(tally) {
    const company = new Company()
    /** Grants that a safety engineer had to say yes to, and did. */
    const approved = new RecentMap<string, true>()
    /** Presences that hold, with their zone. */
    const present = new RecentMap<string, string>()
    /** Living sessions on a safety system, with their zone. */
    const sessions = new RecentMap<string, string>()
    /** Sessions that rest on a presence which ended. */
    const unattended = new RecentMap<string, EvidenceEvent>()
    /** Sessions whose input is stopped already, such as after their window: they may look, whoever is on site. */
    const stopped = new RecentMap<string, true>()
    const isPresent = (zone: string): boolean => [...present.entries()].some(([, at]) => at === zone)
    return {
      on: {
        'request.approved': (event) => {
          const grant = textOf(event, 'grant')
          const needs = event.data['needs'] === undefined ? [] : listOf(event, 'needs')
          if (needs.some(isSafetyEngineer)) approved.set(grant, true)
        },
        'safety.block': (event) => {
          void textOf(event, 'asset')
          tally.exercise(event)
        },
        'safety.local_enable_on': (event) => {
          const zone = textOf(event, 'zone')
          present.set(textOf(event, 'presence'), zone)
          for (const [session, at] of sessions.entries()) if (at === zone) unattended.delete(session)
        },
        'safety.local_enable_off': (event) => {
          const zone = textOf(event, 'zone')
          present.delete(textOf(event, 'presence'))
          if (isPresent(zone)) return
          for (const [session, at] of sessions.entries())
            if (at === zone && !stopped.has(session)) unattended.set(session, event)
        },
        'policy.changed': (event) => judgeRelease(event, tally),
        'safety.review_approved': (event) => {
          void textOf(event, 'proposal')
          tally.exercise(event)
        },
        'session.attached_observer': (event) => void company.come(event),
        'session.started': (event) => {
          const session = textOf(event, 'session')
          if (optionalTextOf(event, 'safety') !== 'SIS') return
          tally.exercise(event)
          const zone = textOf(event, 'zone')
          sessions.set(session, zone)
          const missing = [
            ...(isPresent(zone) ? [] : ['presence on site']),
            ...(company.isWith(session) ? [] : ['an escort']),
            ...(approved.has(textOf(event, 'grant')) ? [] : ["a safety engineer's yes"]),
          ]
          if (missing.length > 0)
            tally.offend(event, `session \`${session}\` on a safety system began without ${missing.join(', ')}`)
        },
        'session.degraded': (event) => {
          const session = textOf(event, 'session')
          if (listOf(event, 'stops').length === 0) return
          unattended.delete(session)
          if (sessions.has(session)) stopped.set(session, true)
        },
        'session.restored': (event) => {
          const session = textOf(event, 'session')
          stopped.delete(session)
          const zone = sessions.get(session)
          if (zone !== undefined && !isPresent(zone)) unattended.set(session, event)
        },
        'session.ended': (event) => {
          const session = textOf(event, 'session')
          for (const map of [sessions, unattended, stopped]) map.delete(session)
          company.end(session)
        },
      },
      settle(now: Instant) {
        for (const [session, event] of unattended.entries()) {
          if (now - event.at <= endWrittenMs) return
          unattended.delete(session)
          tally.offend(event, `session \`${session}\` on a safety system went on after the last presence on site ended`)
        }
      },
    }
  },
}

const isSafetyEngineer = (need: unknown): boolean =>
  typeof need === 'object' && need !== null && 'role' in need && need.role === 'safety-engineer'

// The rule of looking at recordings afterwards: those that were drawn at random and those whose policy asks for it are
// looked at by their day, by somebody who did not use them, and what is found is followed up.

import type { EvidenceEvent, Instant } from '../model.ts'
import { instantOf, listOf, optionalTextOf, RecentMap, textOf } from './evidence.ts'
import { days, hours, type Rule } from './rule.ts'

/** Between saying what to draw from and what was drawn. */
const drawMs = hours(1)
/** What was found is followed up within. */
const followUpMs = days(7)

interface Review {
  readonly of: EvidenceEvent
  readonly kind: string
  readonly session: string
  readonly person: string
  readonly dueAt: number
}

export const recordingsReviewed: Rule = {
  control: 'GW-LOG-08',
  freshMs: days(15),
  start(tally) {
    /** Asked for, and nothing drawn yet. */
    const asked = new RecentMap<string, EvidenceEvent>()
    const reviews = new RecentMap<string, Review>()
    /** Who looked at what is to be reviewed, by session. */
    const lookers = new RecentMap<string, Set<string>>()
    /** Found not justified, by session. */
    const found = new RecentMap<string, EvidenceEvent>()
    /** Sessions an incident or a concern is about. */
    const followed = new RecentMap<string, true>()
    const follow = (session: unknown): void => {
      if (typeof session !== 'string') return
      found.delete(session)
      followed.set(session, true)
    }
    const followAll = (event: EvidenceEvent): void => listOf(event, 'sessions').forEach(follow)
    return {
      on: {
        'recording.sample_asked': (event) => asked.set(textOf(event, 'sample'), event),
        'recording.sampled': (event) => {
          const sample = textOf(event, 'sample')
          asked.delete(sample)
          tally.exercise(event)
          const owed = Math.min(instantOf(event, 'count'), instantOf(event, 'population'))
          const drawn = listOf(event, 'drawn').length
          if (drawn !== owed) tally.offend(event, `sample \`${sample}\` drew ${drawn} recordings: expected ${owed}`)
        },
        'review.opened': (event) => {
          const kind = textOf(event, 'kind')
          if (kind !== 'sample' && kind !== 'session') return
          const session = textOf(event, 'session')
          const [person, dueAt] = [textOf(event, 'person'), instantOf(event, 'dueAt')]
          reviews.set(textOf(event, 'review'), { of: event, kind, session, person, dueAt })
          if (!lookers.has(session)) lookers.set(session, new Set())
        },
        'review.due_moved': (event) => {
          const known = reviews.get(textOf(event, 'review'))
          if (known !== undefined) reviews.set(textOf(event, 'review'), { ...known, dueAt: instantOf(event, 'dueAt') })
        },
        'session.replayed': (event) => void lookers.get(textOf(event, 'session'))?.add(textOf(event, 'by')),
        'session.reviewed': (event) => {
          const [review, session, by] = [textOf(event, 'review'), textOf(event, 'session'), textOf(event, 'by')]
          const known = reviews.get(review)
          reviews.delete(review)
          tally.exercise(event)
          if (known?.person === by)
            tally.offend(event, `review \`${review}\` was closed by the person who used the session`)
          if (known?.kind === 'sample' && lookers.get(session)?.has(by) !== true)
            tally.offend(event, `review \`${review}\` was closed by somebody who had not looked at the recording`)
          if (known !== undefined && event.at > known.dueAt)
            tally.offend(event, `review \`${review}\` was closed after its day`)
          if (textOf(event, 'verdict') === 'not-justified' && !followed.has(session)) found.set(session, event)
        },
        'incident.raised': followAll,
        'incident.touches': followAll,
        'incident.near_miss': (event) => follow(optionalTextOf(event, 'session')),
      },
      settle(now: Instant) {
        for (const [sample, event] of asked.entries()) {
          if (now - event.at <= drawMs) break
          asked.delete(sample)
          tally.offend({ index: event.index, at: event.at + drawMs }, `what sample \`${sample}\` drew stands nowhere`)
        }
        for (const [review, { of, dueAt }] of reviews.entries()) {
          if (now <= dueAt) continue
          reviews.delete(review)
          tally.offend({ index: of.index, at: dueAt }, `review \`${review}\` was not closed by its day`)
        }
        for (const [session, event] of found.entries()) {
          if (now - event.at <= followUpMs) break
          found.delete(session)
          tally.offend(
            { index: event.index, at: event.at + followUpMs },
            `session \`${session}\` was found not justified, and no incident or concern is about it`,
          )
        }
      },
    }
  },
}

// The rules of what is looked at afterwards: emergencies and broken glass, and the standing eligibility of everybody.

import type { EvidenceEvent, Instant } from '../model.ts'
import { instantOf, isCommitted, listOf, optionalTextOf, RecentMap, textOf } from './evidence.ts'
import { days, hours, type Rule } from './rule.ts'

const emergencyMs = hours(2)
/** Entries of one step are written together. */
const togetherMs = 1_000
const minuteMs = 60_000

export const emergencies: Rule = {
  control: 'GW-CHG-02',
  freshMs: days(365),
  start(tally) {
    interface Review {
      readonly of: EvidenceEvent
      readonly person: string
      readonly dueAt: number
    }
    /** Declared, and nobody let in yet. */
    const waiting = new RecentMap<string, EvidenceEvent>()
    const requestOf = new RecentMap<string, string>()
    /** Access that has to be reviewed, and no review is opened yet. */
    const unopened = new RecentMap<string, EvidenceEvent>()
    const reviews = new RecentMap<string, Review>()
    const over = (event: EvidenceEvent): void => waiting.delete(textOf(event, 'request'))
    const grantOver = (event: EvidenceEvent): void => {
      const request = requestOf.get(textOf(event, 'grant'))
      if (request !== undefined) waiting.delete(request)
    }
    return {
      on: {
        'request.emergency_declared': (event) => {
          const request = textOf(event, 'request')
          waiting.set(request, event)
          if (!isCommitted(event, 'reason'))
            tally.offend(event, `emergency \`${request}\` was declared without a reason`)
        },
        'request.emergency_answered': (event) => {
          const request = textOf(event, 'request')
          const minutes = instantOf(event, 'minutes')
          waiting.delete(request)
          tally.exercise(event)
          if (minutes * minuteMs > emergencyMs)
            tally.offend(event, `emergency \`${request}\` took ${minutes} minutes to its first session: expected 120`)
        },
        'request.approved': (event) => {
          requestOf.set(textOf(event, 'grant'), textOf(event, 'request'))
          if (optionalTextOf(event, 'tier') === 'emergency') unopened.set(textOf(event, 'grant'), event)
        },
        'request.denied': over,
        'request.withdrawn': over,
        'request.expired': over,
        'request.break_glass': (event) => unopened.set(textOf(event, 'grant'), event),
        'grant.revoked': grantOver,
        'grant.expired': grantOver,
        'review.opened': (event) => {
          const review = textOf(event, 'review')
          if (textOf(event, 'kind') === 'session') return
          unopened.delete(textOf(event, 'grant'))
          reviews.set(review, { of: event, person: textOf(event, 'person'), dueAt: instantOf(event, 'dueAt') })
        },
        'review.due_moved': (event) => {
          const review = textOf(event, 'review')
          const known = reviews.get(review)
          if (known !== undefined) reviews.set(review, { ...known, dueAt: instantOf(event, 'dueAt') })
        },
        'request.retro_reviewed': (event) => {
          const review = textOf(event, 'review')
          const known = reviews.get(review)
          reviews.delete(review)
          tally.exercise(event)
          if (known === undefined) return
          if (known.person === textOf(event, 'by'))
            tally.offend(event, `review \`${review}\` was closed by the person who used the access`)
          if (event.at > known.dueAt) tally.offend(event, `review \`${review}\` was closed after its day`)
        },
      },
      settle(now: Instant) {
        for (const [request, event] of waiting.entries()) {
          if (now - event.at <= emergencyMs) break
          waiting.delete(request)
          const at = event.at + emergencyMs
          tally.offend({ index: event.index, at }, `emergency \`${request}\` led to no session within 120 minutes`)
        }
        for (const [grant, event] of unopened.entries()) {
          if (now - event.at <= togetherMs) break
          unopened.delete(grant)
          tally.offend(event, `nobody is to review grant \`${grant}\`, which was given in a hurry`)
        }
        for (const [review, { of, dueAt }] of reviews.entries()) {
          if (now <= dueAt) continue
          reviews.delete(review)
          tally.offend({ index: of.index, at: dueAt }, `review \`${review}\` was not closed by its day`)
        }
      },
    }
  },
}

export const accessReviews: Rule = {
  control: 'GW-ACC-06',
  freshMs: days(90),
  start(tally) {
    interface Campaign {
      readonly of: EvidenceEvent
      readonly dueAt: number
      late: boolean
    }
    const running = new RecentMap<string, Campaign>()
    /** People whose eligibility is to change or go, until it has. */
    const pending = new RecentMap<string, EvidenceEvent>()
    const carriedOut = (event: EvidenceEvent): void => pending.delete(textOf(event, 'person'))
    return {
      on: {
        'review.access_campaign_started': (event) => {
          running.set(textOf(event, 'campaign'), { of: event, dueAt: instantOf(event, 'dueAt'), late: false })
        },
        'review.item_decided': (event) => {
          const person = textOf(event, 'person')
          if (person === textOf(event, 'by'))
            tally.offend(event, `person \`${person}\` decided on their own eligibility`)
          if (textOf(event, 'verdict') !== 'keep') pending.set(person, event)
        },
        'identity.changed': carriedOut,
        'identity.disabled': carriedOut,
        // Of a review of one access, which is another control's, it says no campaign.
        'review.overdue': (event) => void (optionalTextOf(event, 'campaign') ?? textOf(event, 'review')),
        'review.closed': (event) => {
          const campaign = textOf(event, 'campaign')
          const known = running.get(campaign)
          const undecided = listOf(event, 'undecided').length
          running.delete(campaign)
          tally.exercise(event)
          if (undecided > 0)
            tally.offend(event, `campaign \`${campaign}\` was closed with ${undecided} people undecided`)
          if (known !== undefined && !known.late && event.at > known.dueAt)
            tally.offend(event, `campaign \`${campaign}\` was closed after its day`)
        },
      },
      settle(now: Instant) {
        for (const [person, event] of pending.entries()) {
          if (now - event.at <= togetherMs) break
          pending.delete(person)
          tally.offend(event, `what a review took away from person \`${person}\` is still there`)
        }
        for (const [campaign, known] of running.entries()) {
          if (known.late || now <= known.dueAt) continue
          known.late = true
          tally.offend({ index: known.of.index, at: known.dueAt }, `campaign \`${campaign}\` was not closed by its day`)
        }
      },
    }
  },
}

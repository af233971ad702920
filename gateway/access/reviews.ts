// Reviews afterwards: emergency and break-glass access is looked at by somebody who did not use it, before its day. An
// open review of a break-glass keeps the seal of its asset broken: it is not broken a second time.

import {
  oversees,
  type Extension,
  type Grant,
  type Instant,
  type Person,
  type ReviewId,
  type SessionId,
} from '../../policy/index.ts'
import { mint, type Clock } from '../clock.ts'
import { GatewayError } from '../errors.ts'
import { whoAnswered } from '../evidence/own-session.ts'
import { viewers } from '../evidence/viewing.ts'
import type { OpenReview, ReviewVerdict, StoredReview } from '../store/reviews.ts'
import type { Store, Tx } from '../store/store.ts'
import type { Actor } from './authorize.ts'
import { keepRefusal } from './refusal.ts'
import type { WorldSource } from './world.ts'

const hour = 3_600_000

export type ReviewOpening = Omit<OpenReview, 'id' | 'openedAt' | 'session'> & {
  readonly session?: OpenReview['session']
}

/** When a review is due: so many hours (`TierRules.reviewHours`, an obligation) after the access ends. */
export function reviewDueAt(ends: Instant, hours: number): Instant {
  return ends + hours * hour
}

/**
 * Opens a review in the caller's transaction, as evidence. After the transaction has committed the caller has to refresh
 * the world where the kind is `break-glass`: the seal is broken from then on.
 */
export async function openReview(tx: Tx, now: Instant, opening: ReviewOpening): Promise<ReviewId> {
  const id = mint.review(now)
  const { kind, request, grant, session = null, person, asset, plant, dueAt } = opening
  await tx.reviews.insert({ id, kind, request, grant, session, person, asset, plant, openedAt: now, dueAt })
  await tx.ledger.append('review.opened', now, {
    review: id,
    kind,
    request,
    grant,
    ...(session === null ? {} : { session }),
    person,
    asset,
    plant,
    dueAt,
  })
  return id
}

/**
 * Opens the review of one session that its policy asks for, in the transaction that starts it; none where the whole
 * access is reviewed already.
 */
export async function openSessionReview(
  tx: Tx,
  now: Instant,
  opening: Omit<ReviewOpening, 'kind'> & { readonly session: SessionId },
): Promise<void> {
  const known = await tx.reviews.ofGrant(opening.grant)
  if (known.some(({ session }) => session === null)) return
  await openReview(tx, now, { ...opening, kind: 'session' })
}

/**
 * The access ends later: in the caller's transaction its open reviews move with it, as evidence. The review of a session
 * moves with a session that still runs, for nothing became longer of one that has ended.
 */
export async function moveReviews(
  tx: Tx,
  now: Instant,
  { before, after, extension }: { readonly before: Grant; readonly after: Grant; readonly extension: Extension },
): Promise<void> {
  const isRunning = async (id: SessionId): Promise<boolean> => {
    const state = (await tx.sessions.byId(id))?.state
    return state === 'active' || state === 'ending'
  }
  for (const { id, session, dueAt: from } of await tx.reviews.ofGrant(before.id)) {
    const access = after.window.until - before.window.until
    const use = extension.to.until - extension.from.until
    const longer = session === null ? access : (await isRunning(session)) ? use : 0
    const dueAt = from + longer
    if (longer <= 0 || !(await tx.reviews.moveDue(id, dueAt))) continue
    await tx.ledger.append('review.due_moved', now, { review: id, grant: before.id, from, dueAt })
  }
}

export interface ReviewService {
  /** @throws GatewayError `policy-denied` for who used the access; `state-conflict` when it is closed. */
  close(actor: Actor, id: ReviewId, answer: { verdict: ReviewVerdict; comment: string }): Promise<StoredReview>
  /** Notices, once each, what was not done in time. */
  sweep(): Promise<void>
}

/**
 * Did they use it themselves, or a machine account they answer for? Also one they answered for at any time since the access
 * was asked for: who hands it over is no stranger to what it did.
 */
export async function isOwnAccess(
  tables: Pick<Store, 'people' | 'evidence' | 'requests'>,
  { person, request }: Pick<StoredReview, 'person' | 'request'>,
  by: Person['id'],
): Promise<boolean> {
  if (person === by) return true
  const asked = (await tables.requests.byId(request))?.request
  if (asked?.askedBy === by) return true
  return (await whoAnswered(tables, person, asked?.submittedAt ?? 0)).has(by)
}

/**
 * Who may judge: the plant's approvers and safety engineers, and those who answer for the whole; of a session that was
 * drawn at random, who looks at recordings.
 */
export function mayReview(person: Person, { plant, kind }: Pick<StoredReview, 'plant' | 'kind'>): boolean {
  if (person.disabled || person.supplier !== null) return false
  if (kind === 'sample') return oversees(person, plant, viewers)
  if (oversees(person, plant, ['isms-manager', 'admin'])) return true
  const judges = person.roles.some((role) => role === 'approver' || role === 'safety-engineer')
  return judges && person.plants.includes(plant)
}

export function openReviews(deps: {
  readonly store: Store
  readonly clock: Clock
  readonly world: WorldSource
}): ReviewService {
  const { store, clock, world } = deps

  return {
    async close(actor, id, { verdict, comment }) {
      const { person } = actor
      const review = await store.reviews.byId(id)
      if (!review) throw new GatewayError('not-found', `no review \`${id}\``)
      const refuse = (code: 'own-access' | 'role-missing', text: string): Promise<never> =>
        keepRefusal({ store, clock }, { person: person.id, step: 'review', code, subject: id }, text)
      if (await isOwnAccess(store, review, person.id))
        return refuse(
          'own-access',
          'nobody reviews access they used themselves, or a machine account of theirs did: another person has to',
        )
      if (!mayReview(person, review))
        return refuse(
          'role-missing',
          review.kind === 'sample'
            ? 'a recording that was drawn is reviewed by an auditor or an isms-manager of its plant'
            : `a review in plant \`${review.plant}\` needs an approver of that plant`,
        )
      const closing = { by: person.id, at: clock.now(), verdict, comment }
      await store.change(async (tx) => {
        if (!(await tx.reviews.close(id, closing)))
          throw new GatewayError('state-conflict', `review \`${id}\` is closed already`)
        const words = await tx.ledger.commit(comment)
        const { kind, request, grant, session } = review
        if (session === null)
          await tx.ledger.append('request.retro_reviewed', closing.at, {
            review: id,
            kind,
            request,
            grant,
            by: person.id,
            verdict,
            comment: words,
            inTime: closing.at < review.dueAt,
          })
        else
          await tx.ledger.append('session.reviewed', closing.at, {
            review: id,
            session,
            by: person.id,
            verdict,
            comment: words,
            inTime: closing.at < review.dueAt,
          })
      })
      if (review.kind === 'break-glass') await world.refresh()
      return { ...review, closed: closing }
    },

    async sweep() {
      const now = clock.now()
      for (const { id, kind, request, grant, session, dueAt } of await store.reviews.newlyOverdue(now))
        await store.change(async (tx) => {
          // The row is marked and the entry written, or neither.
          if (!(await tx.reviews.markOverdue(id, now))) throw new Error(`review \`${id}\` was noticed twice`)
          await tx.ledger.append('review.overdue', now, {
            review: id,
            kind,
            request,
            grant,
            ...(session === null ? {} : { session }),
            dueAt,
          })
        })
    },
  }
}

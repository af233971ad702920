// Requests that nobody answers: those who can are reminded, and others are told, at once where nobody on duty could
// answer. Each step happens once a request and is evidence; the message about it is the outbox's, the request's expiry
// and an emergency's alarm are access/requests.ts's. Nothing here opens anything.

import type { Bundle, Events, World } from '../../policy/index.ts'
import { withAsker } from '../access/steps.ts'
import type { Clock } from '../clock.ts'
import type { StoredRequest } from '../store/requests.ts'
import type { WaitingStep } from '../store/outbox.ts'
import type { Store } from '../store/store.ts'
import { answerersOf, escalationOf } from './audience.ts'
import { lookAt, type Look } from './look.ts'

export interface Waiting {
  /** Takes the steps whose time has come. Called every few seconds. */
  sweep(): Promise<void>
}

type Step =
  | { readonly step: 'reminded'; readonly type: 'request.reminded'; readonly data: Events['request.reminded'] }
  | { readonly step: 'escalated'; readonly type: 'request.escalated'; readonly data: Events['request.escalated'] }

/** The request was answered, or the step taken, between our look and our write; thrown to undo the transaction. */
class Overtaken extends Error {}

const minute = 60_000
/** Requests read at a time. */
const batch = 100

export function openWaiting(deps: {
  readonly store: Store
  readonly bundle: () => Bundle
  readonly world: () => World
  readonly clock: Clock
}): Waiting {
  const { store, bundle, world, clock } = deps

  /** Writes a step and its evidence together. */
  async function take({ request, version }: StoredRequest, { step, type, data }: Step): Promise<void> {
    try {
      await store.change(async (tx) => {
        const now = await tx.requests.byId(request.id)
        if (now?.request.kind !== 'submitted' || now.version !== version) throw new Overtaken()
        if (!(await tx.outbox.takeStep(request.id, step, clock.now()))) throw new Overtaken()
        await tx.ledger.append(type, clock.now(), data)
      })
    } catch (error) {
      if (!(error instanceof Overtaken)) throw error
    }
  }

  async function stepsFor(stored: StoredRequest, taken: readonly WaitingStep[], look: Look): Promise<readonly Step[]> {
    const user = await store.people.byId(stored.request.by)
    if (user === null) return []
    const requester = withAsker(user, stored.request.askedBy)
    const { id: request, submittedAt } = stored.request
    const { remindMinutes, escalateMinutes } = bundle().access.answers
    const waited = look.now - submittedAt
    const steps: Step[] = []
    const { all, gaps } = await answerersOf(stored, requester, look)
    if (!taken.includes('reminded') && waited >= remindMinutes * minute) {
      const data = { request, people: all.map(({ id }) => id) }
      steps.push({ step: 'reminded', type: 'request.reminded', data })
    }
    const isLate = waited >= escalateMinutes * minute
    // A gap in the roster will not answer however long one waits.
    if (!taken.includes('escalated') && (isLate || gaps.length > 0)) {
      const people = (await escalationOf(stored, requester, look)).map(({ id }) => id)
      const because = gaps.length > 0 ? 'nobody-on-duty' : 'unanswered'
      steps.push({ step: 'escalated', type: 'request.escalated', data: { request, because, duties: gaps, people } })
    }
    return steps
  }

  return {
    async sweep() {
      const look = lookAt(store, bundle(), world(), clock.now())
      for (let before: string | null = null; ;) {
        const waiting: readonly StoredRequest[] = await store.requests.list(
          { kind: 'submitted', person: null },
          { limit: batch, before },
        )
        for (const stored of waiting) {
          const taken = await store.outbox.steps(stored.request.id)
          // Both are done: there is nothing left to look up.
          if (taken.includes('reminded') && taken.includes('escalated')) continue
          for (const step of await stepsFor(stored, taken, look)) await take(stored, step)
        }
        const last = waiting.at(-1)
        if (waiting.length < batch || last === undefined) return
        before = last.request.id
      }
    },
  }
}

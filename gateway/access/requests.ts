// Access requests and grants: every step asks the door, moves the state machine of `policy`, and writes state and
// evidence in one transaction. A refusal is kept as evidence too, and changes nothing.

import {
  approve,
  deny,
  expireGrant,
  expireRequest,
  extend,
  parseAssetId,
  plantOf,
  requestDigest,
  revoke,
  submit,
  withdraw,
  type AccessAsk,
  type Decision,
  type Events,
  type Grant,
  type GrantId,
  type Outcome,
  type Person,
  type PlantId,
  type RefusalCode,
  type RequestId,
  type Window,
} from '../../policy/index.ts'
import type { Bus } from '../bus/bus.ts'
import { mint, type Clock } from '../clock.ts'
import { GatewayError, type ProblemCode } from '../errors.ts'
import type { StoredRequest } from '../store/requests.ts'
import type { Store, Tx } from '../store/store.ts'
import type { Actor, Door } from './authorize.ts'

export interface Access {
  /** @throws GatewayError `policy-denied` with the decision, when policy refuses. */
  submit(actor: Actor, named: string, ask: Omit<AccessAsk, 'asset'>): Promise<RequestId>
  approve(actor: Actor, id: RequestId, answer: { digest: string; comment: string; window?: Window }): Promise<GrantId>
  deny(actor: Actor, id: RequestId, answer: { digest: string; comment: string }): Promise<void>
  withdraw(actor: Actor, id: RequestId): Promise<void>
  /** Ends a grant and, within a second, every session that rests on it. */
  revoke(actor: Actor, id: GrantId, reason: string): Promise<void>
  extend(actor: Actor, id: GrantId, until: number, comment: string): Promise<void>
  /** Expires what is over. Called every second; does nothing when nothing is. */
  sweep(): Promise<void>
}

const codeOf: Record<RefusalCode, ProblemCode> = {
  'already-decided': 'state-conflict',
  'own-request': 'policy-denied',
  'own-supplier': 'policy-denied',
  'not-the-requester': 'not-found',
  'digest-mismatch': 'digest-mismatch',
  'window-malformed': 'invalid-window',
  'window-ended': 'invalid-window',
  'window-not-ended': 'invalid-window',
  'window-outside-ask': 'invalid-window',
  'window-not-longer': 'invalid-window',
  'window-too-long': 'invalid-window',
  'grant-not-open': 'state-conflict',
  'reason-missing': 'malformed-body',
}

/** May this person end other people's access to the plant? Ending is always easier than beginning. */
export function mayEnd(person: Person, plant: PlantId): boolean {
  if (person.disabled) return false
  if (person.roles.includes('admin') || person.roles.includes('isms-manager')) return true
  const here: readonly string[] = ['approver', 'escort', 'safety-engineer']
  return person.plants.includes(plant) && person.roles.some((role) => here.includes(role))
}

/** What a transaction decided; thrown only after it has committed, because the refusal is evidence. */
type Step<T> =
  | { readonly kind: 'done'; readonly value: T }
  | { readonly kind: 'denied'; readonly decision: Decision }
  | { readonly kind: 'refused'; readonly code: RefusalCode; readonly text: string }

/** What is attempted: the facts a refusal is kept with. */
type Attempt = Omit<Events['request.refused'], 'code'>

const done = <T>(value: T): Step<T> => ({ kind: 'done', value })
const refusedBy = (outcome: Outcome<object> & { kind: 'refused' }): Step<never> => ({
  kind: 'refused',
  code: outcome.code,
  text: outcome.text,
})

/** A row moved between our look and our write. */
class Overtaken extends GatewayError {
  constructor() {
    super('state-conflict', 'somebody else was faster: read it again')
  }
}

export function openAccess(deps: {
  readonly store: Store
  readonly door: Door
  readonly bus: Bus
  readonly clock: Clock
}): Access {
  const { store, door, bus, clock } = deps

  /** One transaction. A refusal by the state machine commits too, with its evidence; nothing else was written then. */
  async function step<T>(attempt: Attempt, work: (tx: Tx, now: number) => Promise<Step<T>>): Promise<T> {
    const keep = (tx: Tx, code: Events['request.refused']['code']): Promise<number> =>
      tx.ledger.append('request.refused', clock.now(), { ...attempt, code })
    let result: Step<T>
    try {
      result = await store.change(async (tx) => {
        const judged = await work(tx, clock.now())
        if (judged.kind === 'refused') await keep(tx, judged.code)
        return judged
      })
    } catch (error) {
      // The transaction of who came second is gone as a whole; that they tried is evidence all the same.
      if (error instanceof Overtaken) await store.change((tx) => keep(tx, 'state-conflict'))
      throw error
    }
    switch (result.kind) {
      case 'done':
        return result.value
      case 'denied': {
        const text = result.decision.reasons.map((reason) => reason.text).join('; ')
        throw new GatewayError('policy-denied', `policy refuses this: ${text}`, { decision: result.decision })
      }
      case 'refused':
        throw new GatewayError(codeOf[result.code], result.text)
    }
  }

  async function readRequest(id: RequestId): Promise<{ stored: StoredRequest; requester: Person }> {
    const stored = await store.requests.byId(id)
    const requester = stored ? await store.people.byId(stored.request.by) : null
    if (!stored || !requester) throw new GatewayError('not-found', `no request \`${id}\``)
    return { stored, requester }
  }

  async function readGrant(id: GrantId): Promise<{ grant: Grant; plant: PlantId }> {
    const stored = await store.grants.byId(id)
    if (!stored) throw new GatewayError('not-found', `no grant \`${id}\``)
    return stored
  }

  /** Ties a judgement to the state it was made on: a row that moved meanwhile is a conflict, and rolls back. */
  function stillSo(moved: boolean): void {
    if (!moved) throw new Overtaken()
  }

  return {
    submit(actor, named, given) {
      const id = mint.request(clock.now())
      return step({ request: id, person: actor.person.id, step: 'submit' }, async (tx, now) => {
        const parsed = parseAssetId(named)
        const asset = parsed.kind === 'ok' ? door.bundle().assets.get(parsed.id) : undefined
        if (!asset) return { kind: 'denied', decision: await door.refuseUnknown(tx, actor, 'request', named) }
        const ask: AccessAsk = { asset: asset.id, ...given }
        const decision = await door.authorize(tx, actor, { action: 'request', ask }, { request: id })
        if (decision.kind === 'deny') return { kind: 'denied', decision }
        const outcome = submit({ id, by: actor.person.id, ask, now })
        if (outcome.kind === 'refused') return refusedBy(outcome)
        const { request } = outcome
        const digest = requestDigest(request)
        const plant = plantOf(asset, door.bundle()).id
        await tx.requests.insert({ request, plant, digest, decision })
        await tx.ledger.append('request.submitted', now, {
          request: id,
          person: actor.person.id,
          supplier: actor.person.supplier,
          asset: asset.id,
          plant,
          protocol: ask.protocol,
          operationClass: ask.operationClass,
          window: ask.window,
          purpose: await tx.ledger.commit(ask.purpose),
          ticket: ask.ticket === '' ? null : await tx.ledger.commit(ask.ticket),
          digest,
        })
        return done(id)
      })
    },

    async approve(actor, id, { digest, comment, window }) {
      const { stored, requester } = await readRequest(id)
      return step({ request: id, person: actor.person.id, step: 'approve' }, async (tx, now) => {
        const { request } = stored
        const ask = window ? { ...request.ask, window } : request.ask
        const decision = await door.authorize(tx, actor, { action: 'approve', ask, requester }, { request: id })
        if (decision.kind === 'deny') return { kind: 'denied', decision }
        const outcome = approve({
          request,
          requester,
          approver: actor.person,
          digest,
          comment,
          now,
          grant: mint.grant(now),
          ...(window ? { window } : {}),
        })
        if (outcome.kind === 'refused') return refusedBy(outcome)
        const { grant } = outcome
        stillSo(await tx.requests.decide(outcome.request, now))
        await tx.grants.insert({ grant, plant: stored.plant })
        await tx.ledger.append('request.approved', now, {
          request: id,
          grant: grant.id,
          requester: requester.id,
          approver: actor.person.id,
          asset: grant.asset,
          window: grant.window,
          digest: stored.digest,
          comment: await tx.ledger.commit(comment),
        })
        return done(grant.id)
      })
    },

    async deny(actor, id, { digest, comment }) {
      const { stored, requester } = await readRequest(id)
      await step({ request: id, person: actor.person.id, step: 'deny' }, async (tx, now) => {
        const { request } = stored
        const question = { action: 'approve', ask: request.ask, requester } as const
        const decision = await door.authorize(tx, actor, question, { request: id })
        // Saying no needs the right to decide, not that yes would be right: who ends access may always refuse it.
        if (decision.kind === 'deny' && !mayEnd(actor.person, stored.plant)) return { kind: 'denied', decision }
        const outcome = deny({ request, requester, approver: actor.person, digest, comment, now })
        if (outcome.kind === 'refused') return refusedBy(outcome)
        stillSo(await tx.requests.decide(outcome.request, now))
        await tx.ledger.append('request.denied', now, {
          request: id,
          requester: requester.id,
          approver: actor.person.id,
          digest: stored.digest,
          comment: await tx.ledger.commit(comment),
        })
        return done(undefined)
      })
    },

    async withdraw(actor, id) {
      const { stored } = await readRequest(id)
      await step({ request: id, person: actor.person.id, step: 'withdraw' }, async (tx, now) => {
        const outcome = withdraw({ request: stored.request, by: actor.person.id, now })
        if (outcome.kind === 'refused') return refusedBy(outcome)
        stillSo(await tx.requests.decide(outcome.request, now))
        await tx.ledger.append('request.withdrawn', now, { request: id, person: actor.person.id })
        return done(undefined)
      })
    },

    async revoke(actor, id, reason) {
      const { grant, plant } = await readGrant(id)
      const own = grant.person === actor.person.id
      if (!own && !mayEnd(actor.person, plant))
        throw new GatewayError('role-missing', `ending access in plant \`${plant}\` needs an approver of that plant`)
      await step({ grant: id, person: actor.person.id, step: 'revoke' }, async (tx, now) => {
        const outcome = revoke({ grant, by: actor.person.id, reason, now })
        if (outcome.kind === 'refused') return refusedBy(outcome)
        stillSo(await tx.grants.update(outcome.grant))
        const entry = { grant: id, by: actor.person.id, reason: await tx.ledger.commit(reason) }
        await tx.ledger.append('grant.revoked', now, entry)
        return done(undefined)
      })
      bus.publish({ kind: 'grant-revoked', grant: id, reason })
    },

    async extend(actor, id, until, comment) {
      const { grant } = await readGrant(id)
      const { stored, requester } = await readRequest(grant.request)
      const plant = door.bundle().plants.get(stored.plant)
      if (!plant) throw new GatewayError('state-conflict', `plant \`${stored.plant}\` is no longer declared`)
      await step({ grant: id, person: actor.person.id, step: 'extend' }, async (tx, now) => {
        const window = { from: grant.window.from, until }
        const ask = { ...stored.request.ask, window }
        const question = { action: 'extend', ask, requester } as const
        const decision = await door.authorize(tx, actor, question, { grant: id, request: grant.request })
        if (decision.kind === 'deny') return { kind: 'denied', decision }
        const { maxWindowMinutes } = plant
        const outcome = extend({ grant, requester, approver: actor.person, until, maxWindowMinutes, now })
        if (outcome.kind === 'refused') return refusedBy(outcome)
        stillSo(await tx.grants.update(outcome.grant))
        await tx.ledger.append('grant.extended', now, {
          grant: id,
          by: actor.person.id,
          from: grant.window,
          to: outcome.grant.window,
          comment: await tx.ledger.commit(comment),
        })
        return done(undefined)
      })
      bus.publish({ kind: 'grant-extended', grant: id, until })
    },

    async sweep() {
      const now = clock.now()
      for (const { request } of await store.requests.overdue(now)) {
        const outcome = expireRequest({ request, now })
        if (outcome.kind === 'refused') continue
        await store.change(async (tx) => {
          stillSo(await tx.requests.decide(outcome.request, now))
          await tx.ledger.append('request.expired', now, { request: request.id })
        })
      }
      for (const { grant } of await store.grants.overdue(now)) {
        const outcome = expireGrant({ grant, now })
        if (outcome.kind === 'refused') continue
        await store.change(async (tx) => {
          stillSo(await tx.grants.update(outcome.grant))
          await tx.ledger.append('grant.expired', now, { grant: grant.id })
        })
      }
    },
  }
}

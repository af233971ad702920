// Ending access at one stroke: which open grants and living sessions a target stands for, who may end them, and the
// ending itself. Suspensions, revocations and access reviews all end through here.

import {
  parseAssetId,
  parseGrantId,
  parseLogin,
  parsePersonId,
  parsePlantId,
  parseSessionId,
  parseSupplierId,
  parseZoneId,
  plantOf,
  quote,
  revoke,
  type AssetId,
  type Bundle,
  type GrantId,
  type ParsedId,
  type Person,
  type PersonId,
  type PlantId,
  type RevocationTarget,
  oversees,
  overseesAll,
} from '../../policy/index.ts'
import type { Bus } from '../bus/bus.ts'
import { GatewayError } from '../errors.ts'
import type { StoredGrant } from '../store/grants.ts'
import type { StoredSession } from '../store/sessions.ts'
import type { Tables, Tx } from '../store/store.ts'
import { mayEnd } from './steps.ts'

/** What one call ended. Sessions of the grants, and those that outlived theirs. */
export interface Ended {
  readonly grants: readonly GrantId[]
  readonly sessions: readonly StoredSession[]
}

/** What a target stands for now. */
export interface Found {
  readonly grants: readonly StoredGrant[]
  readonly sessions: readonly StoredSession[]
  /** Every plant that is concerned, also where nothing is open there. */
  readonly plants: readonly PlantId[]
}

/** What somebody names: `kind` and id; a person by id or login. */
export interface NamedTarget {
  readonly kind: RevocationTarget['kind']
  readonly id: string
}

const pageSize = 500

function taken<T>(parsed: ParsedId<T>): T {
  if (parsed.kind === 'malformed') throw new GatewayError('malformed-body', parsed.reason)
  return parsed.id
}

function missing(what: string, id: string): GatewayError {
  return new GatewayError('not-found', `no ${what} ${quote(id)}`)
}

/**
 * The target that is named, if it is there.
 * @throws GatewayError `malformed-body`, `not-found`.
 */
export async function findTarget(tables: Tables, bundle: Bundle, { kind, id }: NamedTarget): Promise<RevocationTarget> {
  switch (kind) {
    case 'all':
      return { kind }
    case 'person': {
      const person = id.startsWith('per_')
        ? await tables.people.byId(taken(parsePersonId(id)))
        : await tables.people.byLogin(taken(parseLogin(id)))
      if (!person) throw missing('person', id)
      return { kind, id: person.id }
    }
    case 'supplier': {
      const supplier = taken(parseSupplierId(id))
      // One that the bundle no longer declares may still have people here, and they can be taken off.
      const isKnown =
        bundle.suppliers.has(supplier) || (await tables.people.list()).some((p) => p.supplier === supplier)
      if (!isKnown) throw missing('supplier', id)
      return { kind, id: supplier }
    }
    case 'asset': {
      const asset = taken(parseAssetId(id))
      if (!bundle.assets.has(asset)) throw missing('asset', id)
      return { kind, id: asset }
    }
    case 'zone': {
      const zone = taken(parseZoneId(id))
      if (!bundle.zones.has(zone)) throw missing('zone', id)
      return { kind, id: zone }
    }
    case 'plant': {
      const plant = taken(parsePlantId(id))
      if (!bundle.plants.has(plant)) throw missing('plant', id)
      return { kind, id: plant }
    }
    case 'session': {
      const session = await tables.sessions.byId(taken(parseSessionId(id)))
      if (!session) throw missing('session', id)
      return { kind, id: session.id }
    }
    case 'grant': {
      const grant = await tables.grants.byId(taken(parseGrantId(id)))
      if (!grant) throw missing('grant', id)
      return { kind, id: grant.grant.id }
    }
  }
}

/** Reads what the target stands for. In a transaction, nothing opens between the looking and the ending. */
export async function findAccess(tables: Tables, bundle: Bundle, target: RevocationTarget): Promise<Found> {
  const people = target.kind === 'supplier' ? await peopleOf(tables, target.id) : new Map<PersonId, Person>()
  const session = target.kind === 'session' ? await tables.sessions.byId(target.id) : null
  const covers = (of: { grant: GrantId; person: PersonId; asset: AssetId; plant: PlantId }): boolean => {
    switch (target.kind) {
      case 'all':
        return true
      case 'person':
        return of.person === target.id
      case 'supplier':
        return people.has(of.person)
      case 'asset':
        return of.asset === target.id
      case 'zone':
        return bundle.assets.get(of.asset)?.zone === target.id
      case 'plant':
        return of.plant === target.id
      case 'grant':
        return of.grant === target.id
      case 'session':
        return of.grant === session?.grant
    }
  }
  const grants: StoredGrant[] = []
  for (let before: string | null = null; ;) {
    const page: readonly StoredGrant[] = await tables.grants.list(
      { open: true, person: null },
      { limit: pageSize, before },
    )
    grants.push(
      ...page.filter(({ grant: { id, person, asset }, plant }) => covers({ grant: id, person, asset, plant })),
    )
    const last = page.at(-1)
    if (page.length < pageSize || !last) break
    before = last.grant.id
  }
  const sessions = (await tables.sessions.unsealed()).filter(({ state }) => state !== 'ended').filter(covers)
  return { grants, sessions, plants: await plantsOf() }

  async function plantsOf(): Promise<readonly PlantId[]> {
    const here = [...grants.map(({ plant }) => plant), ...sessions.map(({ plant }) => plant)]
    switch (target.kind) {
      case 'all':
        return [...bundle.plants.keys()]
      case 'person':
        return distinct([...((await tables.people.byId(target.id))?.plants ?? []), ...here])
      case 'supplier':
        return distinct([...[...people.values()].flatMap(({ plants }) => plants), ...here])
      case 'asset': {
        const asset = bundle.assets.get(target.id)
        return distinct([...(asset ? [plantOf(asset, bundle).id] : []), ...here])
      }
      case 'zone': {
        const zone = bundle.zones.get(target.id)
        return distinct([...(zone ? [zone.plant] : []), ...here])
      }
      case 'plant':
        return [target.id]
      case 'session':
        return session ? [session.plant] : here
      case 'grant': {
        const stored = await tables.grants.byId(target.id)
        return stored ? [stored.plant] : here
      }
    }
  }
}

function distinct<T>(list: readonly T[]): readonly T[] {
  return [...new Set(list)]
}

async function peopleOf(tables: Tables, supplier: string): Promise<ReadonlyMap<PersonId, Person>> {
  const people = (await tables.people.list()).filter((person) => person.supplier === supplier)
  return new Map(people.map((person) => [person.id, person]))
}

/**
 * May this person end what the target stands for? A grant, session, asset, zone or plant: who may end access there. A
 * person, a supplier or all reaches over plants: who answers for the whole, or an approver of every plant concerned.
 */
export function mayEndAll(person: Person, target: RevocationTarget, { plants }: Pick<Found, 'plants'>): boolean {
  if (person.disabled || person.supplier !== null) return false
  const answers = ['admin', 'isms-manager'] as const
  if (overseesAll(person, answers)) return true
  if (plants.length === 0) return false
  if (plants.every((plant) => oversees(person, plant, answers))) return true
  const isWide = target.kind === 'person' || target.kind === 'supplier' || target.kind === 'all'
  if (isWide) return person.roles.includes('approver') && plants.every((plant) => person.plants.includes(plant))
  return plants.every((plant) => mayEnd(person, plant))
}

/** Living sessions whose asset asks for a safe state of the process before they end. */
export function unsafeToEnd(bundle: Bundle, sessions: readonly StoredSession[]): readonly StoredSession[] {
  return sessions.filter(
    ({ asset, state }) => state === 'active' && bundle.assets.get(asset)?.expiry.kind === 'confirm-safe-state',
  )
}

export interface Order {
  readonly by: PersonId
  readonly reason: string
  readonly now: number
  /** Given although an asset asks for a safe state first. */
  readonly insisted: boolean
}

/** Revokes every grant given, in the caller's transaction and each with its evidence. By nobody: a feed of people. */
export async function revokeGrants(
  tx: Tx,
  grants: readonly StoredGrant[],
  { by, reason, now }: Pick<Order, 'reason' | 'now'> & { readonly by: PersonId | null },
): Promise<readonly GrantId[]> {
  const revoked: GrantId[] = []
  for (const { grant } of grants) {
    const outcome = revoke({ grant, by, reason, now })
    if (outcome.kind === 'refused' || !(await tx.grants.update(outcome.grant))) continue
    await tx.ledger.append('grant.revoked', now, { grant: grant.id, by, reason: await tx.ledger.commit(reason) })
    revoked.push(grant.id)
  }
  return revoked
}

/** Sessions that no grant's revocation reaches: theirs has ended already, and they were let run out. */
function withoutGrant({ grants, sessions }: Ended): readonly StoredSession[] {
  return sessions.filter(({ grant }) => !grants.includes(grant))
}

/**
 * Ends what was found, in the caller's transaction: grants are revoked, and the end of sessions that outlived theirs is
 * ordered. Living sessions learn of it by `announceEnd` in the gateway's own process, by `leaveOrders` from another.
 */
export async function endFound(tx: Tx, { grants, sessions }: Found, order: Order): Promise<Ended> {
  const ended = { grants: await revokeGrants(tx, grants, order), sessions }
  for (const { id } of withoutGrant(ended)) {
    const entry = { session: id, by: order.by, reason: await tx.ledger.commit(order.reason), insisted: order.insisted }
    await tx.ledger.append('session.kill_ordered', order.now, entry)
  }
  return ended
}

/** Tells the living sessions of this node, once the transaction has committed. */
export function announceEnd(bus: Bus, ended: Ended, { by, reason, now: at }: Omit<Order, 'insisted'>): void {
  for (const grant of ended.grants) bus.publish({ kind: 'grant-revoked', grant, reason })
  for (const { id } of withoutGrant(ended)) bus.publish({ kind: 'session-kill', session: id, by, reason, at })
}

/** Leaves word for the gateway, which looks every second. Revoked grants it sees by itself. */
export async function leaveOrders(tx: Tx, ended: Ended, { by, reason, now: at }: Order): Promise<void> {
  for (const { id: session } of withoutGrant(ended)) await tx.suspensions.order({ session, by, reason, at })
}

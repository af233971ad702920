// Requests and grants in memory: a bundle, people with their parts, a world the test changes, and a change system that
// answers as told.

import { join } from 'node:path'
import { openDoor, type Actor, type Door } from '../../gateway/access/authorize.ts'
import { loadBundle } from '../../gateway/access/bundles.ts'
import { openAccess, type Access } from '../../gateway/access/requests.ts'
import type { Wanted } from '../../gateway/access/submitting.ts'
import type { TicketCheck } from '../../gateway/access/tickets.ts'
import { inProcessBus, type Signal } from '../../gateway/bus/bus.ts'
import { GatewayError } from '../../gateway/errors.ts'
import { enrol } from '../../gateway/identity/enrol.ts'
import {
  quietWorld,
  type EvidenceEvent,
  type GrantId,
  type PlantId,
  type RequestId,
  type Role,
  type World,
} from '../../policy/index.ts'
import { ledgerOf, openBase, type Base } from './memory-store.ts'
import { untaught } from './untaught.ts'
import { wantedOf } from './wanted.ts'

export const hour = 3_600_000
const root = join(import.meta.dirname, '../..')
export const demoBundle = join(root, 'gateway/demo/bundle')
export const scenarioBundle = join(root, 'test/policy/scenario-bundle')

interface Part {
  readonly roles: readonly string[]
  readonly supplier?: string
  readonly plants?: readonly string[]
}

export interface AccessScene extends Base {
  readonly access: Access
  readonly door: Door
  readonly signals: Signal[]
  /** What stands outside the bundle now. */
  world: World
  ticket: TicketCheck
  /** How often the world was read anew. */
  refreshed: number
  person(login: string, part: Part): Promise<Actor>
  /** As they would act now: roles and all as the store has them. */
  again(actor: Actor): Promise<Actor>
  setRoles(actor: Actor, roles: readonly Role[]): Promise<void>
  /** Asks for one asset, for an hour from now. */
  ask(actor: Actor, asset: string, over?: Partial<Wanted>): Promise<RequestId>
  digest(id: RequestId): Promise<string>
  approve(actor: Actor, id: RequestId): ReturnType<Access['approve']>
  granted(actor: Actor, id: RequestId): Promise<GrantId>
  /** Types of the ledger, in order, without how people came to be. */
  types(): Promise<string[]>
  events(type: string): Promise<EvidenceEvent['data'][]>
  close(): Promise<void>
}

export async function openAccessScene(folder = scenarioBundle, at?: number): Promise<AccessScene> {
  const base = await openBase()
  if (at !== undefined) base.clock.at = at
  const loaded = await loadBundle(folder)
  if (loaded.kind === 'invalid') throw new Error(`the bundle in ${folder} is not valid`)
  const bundle = untaught(loaded.bundle)
  const bus = inProcessBus()
  const signals: Signal[] = []
  bus.subscribe((signal) => signals.push(signal))
  const door = openDoor(
    () => bundle,
    base.clock,
    () => scene.world,
  )
  const world = {
    now: () => scene.world,
    refresh: async () => {
      scene.refreshed += 1
    },
  }
  const tickets = { check: async () => scene.ticket }
  const scene: AccessScene = {
    ...base,
    door,
    signals,
    access: openAccess({ ...base, bus, door, world, tickets }),
    world: quietWorld,
    ticket: { state: 'none', snapshot: null },
    refreshed: 0,
    async person(login, { roles, supplier = null, plants = ['north'] }) {
      const account = { login, displayName: login, roles, supplier, plants, password: null, keys: [] }
      // Who looks over some plants only is a theme of its own.
      const given = { ...account, oversight: 'all' } as const
      const enrolled = await enrol(base, given)
      if (enrolled.kind === 'invalid') throw new Error(enrolled.problems.join())
      return { person: enrolled.person, mfa: ['totp'], source: '192.0.2.7' }
    },
    async again(actor) {
      const person = await base.store.people.byId(actor.person.id)
      if (person === null) throw new Error(`\`${actor.person.login}\` is gone`)
      return { ...actor, person }
    },
    setRoles: ({ person }, roles) => base.store.people.setEligibility(person.id, roles, person.plants),
    async ask(actor, asset, over = {}) {
      const now = base.clock.now()
      const { ids } = await scene.access.submit(actor, wantedOf(asset, { from: now, until: now + hour }, over))
      const [id] = ids
      if (id === undefined || ids.length > 1) throw new Error(`expected one request, got ${ids.length}`)
      return id
    },
    async digest(id) {
      return (await base.store.requests.byId(id))?.digest ?? ''
    },
    async approve(actor, id) {
      return scene.access.approve(actor, id, { digest: await scene.digest(id), comment: '' })
    },
    async granted(actor, id) {
      const answer = await scene.approve(actor, id)
      if (answer.kind !== 'granted') throw new Error('expected a grant, and more yeses are needed')
      return answer.grant
    },
    async types() {
      const types = (await ledgerOf(base.store)).map(({ type }) => type)
      return types.filter((type) => !type.startsWith('identity.'))
    },
    async events(type) {
      return (await ledgerOf(base.store)).filter((event) => event.type === type).map(({ data }) => data)
    },
    close: () => base.store.close(),
  }
  return scene
}

/** How a step ended: `done`, or the code of its refusal. */
export const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'done',
    (error: unknown) => {
      if (error instanceof GatewayError) return error.code
      throw error
    },
  )

export const north = 'north' as PlantId

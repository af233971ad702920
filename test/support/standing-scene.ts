// Standing facts on a store in memory: the services of `openStanding`, the door and requests that respect them, the demo
// bundle (which a test may bend), and people of the plants and of suppliers.

import { join } from 'node:path'
import { openDoor, type Actor, type Door } from '../../gateway/access/authorize.ts'
import { loadBundle } from '../../gateway/access/bundles.ts'
import { openAccess, type Access } from '../../gateway/access/requests.ts'
import { openStanding, type Standing } from '../../gateway/access/standing.ts'
import { openTickets } from '../../gateway/access/tickets.ts'
import { inProcessBus, type Bus, type Signal } from '../../gateway/bus/bus.ts'
import type { GatewayError } from '../../gateway/errors.ts'
import { enrol } from '../../gateway/identity/enrol.ts'
import type { StoredSession } from '../../gateway/store/sessions.ts'
import type {
  Asset,
  AssetId,
  Bundle,
  EvidenceEvent,
  GrantId,
  PlantId,
  ScopeStatus,
  SessionId,
} from '../../policy/index.ts'
import { ledgerOf, openBase, type Base } from './memory-store.ts'
import { untaught } from './untaught.ts'
import { wantedOf } from './wanted.ts'
import { idOf } from './ids.ts'

export interface StandingScene extends Base {
  readonly bus: Bus
  readonly door: Door
  readonly access: Access
  readonly standing: Standing
  /** Everything published so far. */
  readonly signals: Signal[]
  readonly held: Map<AssetId, ScopeStatus>
  bundle(): Bundle
  setBundle(change: Partial<Bundle>): void
  setAsset(id: string, change: Partial<Asset>): void
  person(login: string, roles: readonly string[], plants: readonly string[], supplier?: string): Promise<Actor>
  /** Asked for and approved: an open grant. */
  grant(by: Actor, asset: string): Promise<GrantId>
  /** The row of a living session on a grant, as a broker's would be. */
  session(by: Actor, grant: GrantId, asset: string): Promise<SessionId>
  /** The same services over the same store, as after a restart or in another process. */
  reopen(): Promise<Standing>
  /** Data of the events of a type, oldest first. */
  events(type: string): Promise<readonly EvidenceEvent['data'][]>
}

/** The code an attempt fails with, or `done`. */
export function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'done',
    (error: GatewayError) => error.code ?? String(error),
  )
}

export async function openStandingScene(): Promise<StandingScene> {
  const base = await openBase()
  const loaded = await loadBundle(join(import.meta.dirname, '../../gateway/demo/bundle'))
  if (loaded.kind === 'invalid') throw new Error('the demo bundle is not valid')
  let bundle = untaught(loaded.bundle)
  const bus = inProcessBus()
  const signals: Signal[] = []
  bus.subscribe((signal) => signals.push(signal))
  const held = new Map<AssetId, ScopeStatus>()
  const open = (): Promise<Standing> => openStanding({ ...base, bundle: () => bundle, bus, heldScope: () => held })
  const standing = await open()
  const door = openDoor(() => bundle, base.clock, standing.world.now)
  const access = openAccess({ ...base, bus, door, world: standing.world, tickets: openTickets(null) })
  let sessions = 0
  const scene: StandingScene = {
    ...base,
    bus,
    door,
    access,
    standing,
    signals,
    held,
    bundle: () => bundle,
    setBundle(change) {
      bundle = { ...bundle, ...change }
    },
    setAsset(id, change) {
      const asset = bundle.assets.get(id as AssetId)
      if (!asset) throw new Error(`the bundle has no asset \`${id}\``)
      bundle = { ...bundle, assets: new Map([...bundle.assets, [asset.id, { ...asset, ...change }]]) }
    },
    async person(login, roles, plants, supplier) {
      const enrolled = await enrol(base, {
        login,
        displayName: login,
        roles,
        supplier: supplier ?? null,
        plants,
        // Who looks over some plants only is a theme of its own.
        oversight: 'all',
        password: null,
        keys: [],
      })
      if (enrolled.kind === 'invalid') throw new Error(enrolled.problems.join())
      return { person: enrolled.person, mfa: ['totp'], source: '192.0.2.9' }
    },
    async grant(by, asset) {
      const now = base.clock.now()
      const { ids } = await access.submit(by, wantedOf(asset, { from: now, until: now + 3_600_000 }))
      const [id] = ids
      const stored = id === undefined ? null : await base.store.requests.byId(id)
      if (!stored || id === undefined) throw new Error('asking made no request')
      const approver = await base.store.people.byLogin(idOf.login('approver'))
      if (!approver) throw new Error('the scene has no `approver`')
      const actor: Actor = { person: approver, mfa: ['totp'], source: null }
      const answer = await access.approve(actor, id, { digest: stored.digest, comment: 'go' })
      if (answer.kind !== 'granted') throw new Error('one yes was not enough')
      return answer.grant
    },
    async session(by, grant, asset) {
      const id = `ses_${String(sessions++).padStart(26, '0')}` as SessionId
      const now = base.clock.now()
      const row: StoredSession = {
        id,
        grant,
        person: by.person.id,
        asset: asset as AssetId,
        plant: 'north' as PlantId,
        protocol: 'ssh',
        state: 'active',
        startedAt: now,
        windowUntil: now + 3_600_000,
        endedAt: null,
        endReason: null,
        channels: 0,
        bytesIn: 0,
        bytesOut: 0,
        source: '192.0.2.9',
        recording: 'live',
        seal: null,
        sealIndex: null,
        assetType: 'engineering-workstation',
        labels: [],
      }
      await base.store.bookkeep((tx) => tx.sessions.insert(row))
      return id
    },
    reopen: open,
    events: async (type) => (await ledgerOf(base.store)).filter((event) => event.type === type).map(({ data }) => data),
  }
  return scene
}

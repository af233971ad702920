import { randomBytes } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import type { Actor } from '../../../gateway/access/authorize.ts'
import {
  enrolPhysicalSource,
  openPhysicalReports,
  type PhysicalReports,
} from '../../../gateway/access/physical-reports.ts'
import { enrolPresence } from '../../../gateway/access/presences.ts'
import { codeAt } from '../../../gateway/identity/totp.ts'
import { signWebhook } from '../../../gateway/outbox/webhook.ts'
import { Secret } from '../../../gateway/secret.ts'
import { keyOfSecret } from '../../../gateway/signed-message.ts'
import { parsePhysicalSourceId, parseSessionId, type PhysicalSourceId, type ZoneId } from '../../../policy/index.ts'
import { codeOf, openStandingScene, type StandingScene } from '../../support/standing-scene.ts'
import { idOf } from '../../support/ids.ts'

const minute = 60_000
const zone = 'north-control' as ZoneId
const session = `ses_${'0'.repeat(26)}`

function sourceId(text: string): PhysicalSourceId {
  const parsed = parsePhysicalSourceId(text)
  if (parsed.kind === 'malformed') throw new Error(parsed.reason)
  return parsed.id
}
const key = sourceId('north-safety-key')
const door = sourceId('north-control-door')

let scene: StandingScene
let reports: PhysicalReports
let operator: Actor
const keys = new Map<string, Secret<Uint8Array>>()
let messages = 0

beforeEach(async () => {
  scene = await openStandingScene()
  operator = await scene.person('operator', ['escort'], ['north'])
  const parsed = parseSessionId(session)
  if (parsed.kind === 'malformed') throw new Error(parsed.reason)
  reports = openPhysicalReports({ ...scene, world: scene.standing.world, living: () => [parsed.id] })
  for (const id of [key, door]) {
    const { secret } = await enrolPhysicalSource(scene, id)
    const bytes = keyOfSecret(secret.expose())
    if (bytes === null) throw new Error('the secret made is none')
    keys.set(id, new Secret(bytes))
  }
})
afterEach(() => scene.store.close())

interface Wish {
  readonly id?: string
  /** When it happened, and when it was sent; now when nothing is said. */
  readonly at?: number
  readonly sentAt?: number
  readonly with?: Secret<Uint8Array>
  readonly body?: string
  readonly from?: string
}

function send(source: string, state: string, wish: Wish = {}) {
  const { clock } = scene
  const id = wish.id ?? `evt-${messages++}`
  const body =
    wish.body ??
    JSON.stringify({ type: 'physical.state', timestamp: new Date(wish.at ?? clock.at).toISOString(), data: { state } })
  const signer = wish.with ?? keys.get(source) ?? new Secret(randomBytes(32))
  const signed = signWebhook([signer], { id, at: wish.sentAt ?? clock.at, body })
  return reports.take({
    source,
    headers: {
      id: signed['webhook-id'],
      timestamp: signed['webhook-timestamp'],
      signature: signed['webhook-signature'],
    },
    body: Buffer.from(body),
    from: wish.from ?? '192.0.2.50',
  })
}

const stateOf = (source: PhysicalSourceId) => scene.standing.world.now().physical.get(source)?.state ?? null
const refusals = async () => (await scene.events('physical.refused')).map(({ code }) => code)

async function assertPresence(): Promise<void> {
  const { secret } = await enrolPresence(scene, zone)
  await scene.standing.presences.assert(operator, { zone, code: codeAt(secret, scene.clock.at), minutes: 60 })
}

describe('a report of a door or a key switch', () => {
  it('that is signed counts, is evidence with who was at work, and has sessions decided anew', async () => {
    scene.signals.length = 0
    expect(await send(door, 'open', { id: 'acs-4711' })).toBe('taken')
    expect(stateOf(door)).toBe('open')
    expect(scene.signals).toEqual([{ kind: 'reevaluate', because: 'world' }])
    expect(await scene.events('physical.reported')).toEqual([
      {
        source: door,
        kind: 'door',
        zone,
        asset: null,
        plant: 'north',
        state: 'open',
        was: null,
        since: scene.clock.at,
        message: 'acs-4711',
        heard: 0,
        sessions: [session],
      },
    ])
  })

  it('that says the same again only counts longer: no entry, and nobody is decided anew', async () => {
    await send(key, 'on')
    scene.signals.length = 0
    for (let times = 0; times < 3; times++) {
      scene.clock.at += 4 * minute
      expect(await send(key, 'on')).toBe('taken')
    }
    expect(stateOf(key)).toBe('on')
    expect(await scene.events('physical.reported')).toHaveLength(1)
    expect(scene.signals).toEqual([])
    scene.clock.at += minute
    await send(key, 'off')
    expect(await scene.events('physical.reported')).toMatchObject([{ state: 'on' }, { state: 'off', heard: 3 }])
  })

  it('that is not signed by its source, or not now, changes nothing and is refused the same', async () => {
    const foreign = keys.get(key)
    if (foreign === undefined) throw new Error('no key')
    const wrong = [
      send(door, 'open', { with: foreign }),
      send('nobody-knows-it', 'open'),
      send(door, 'open', { sentAt: scene.clock.at - 6 * minute }),
      send(door, 'open', { sentAt: scene.clock.at + 6 * minute }),
    ]
    expect(await Promise.all(wrong.map(codeOf))).toEqual(Array(4).fill('not-logged-in'))
    expect(stateOf(door)).toBeNull()
    expect((await refusals()).toSorted((a, b) => (String(a) < String(b) ? -1 : 1))).toEqual([
      'outside-time',
      'outside-time',
      'unknown-source',
      'wrong-signature',
    ])
  })

  it('that is malformed, too old to count or of the future is refused', async () => {
    const bad = [
      send(door, 'on'),
      send(door, 'open', { body: '{"type":"physical.state"' }),
      send(door, 'open', { at: scene.clock.at + 2 * minute }),
      send(door, 'open', { at: scene.clock.at - 15 * minute }),
    ]
    expect(await Promise.all(bad.map(codeOf))).toEqual(Array(4).fill('malformed-body'))
    expect(stateOf(door)).toBeNull()
  })

  it('that is caught and sent again does not turn a key back on', async () => {
    const on = { id: 'evt-on', at: scene.clock.at }
    await send(key, 'on', on)
    scene.clock.at += minute
    await send(key, 'off')
    expect(await send(key, 'on', on)).toBe('again')
    expect(stateOf(key)).toBe('off')
    // A new message about what was before.
    expect(await send(key, 'on', { at: scene.clock.at - 30_000 })).toBe('out-of-order')
    // Of two about one instant the stricter holds.
    expect(await send(key, 'on', { at: scene.clock.at })).toBe('out-of-order')
    expect(stateOf(key)).toBe('off')
    expect(await refusals()).toEqual(['replayed', 'out-of-order', 'out-of-order'])
  })

  it('with wrong signatures from one address is not looked at for a while, and the real source is heard all the same', async () => {
    const foreign = new Secret(randomBytes(32))
    const tries: string[] = []
    for (let times = 0; times < 8; times++)
      tries.push(await codeOf(send(door, 'open', { with: foreign, from: '198.51.100.9' })))
    expect(tries.slice(0, 5)).toEqual(Array(5).fill('not-logged-in'))
    expect(tries.at(-1)).toBe('too-many-requests')
    expect(await send(door, 'closed')).toBe('taken')
  })

  it('is heard from an address that others sign wrongly from, in its name or in any', async () => {
    const foreign = new Secret(randomBytes(32))
    for (let times = 0; times < 8; times++) await codeOf(send(key, 'off', { with: foreign }))
    expect(await send(key, 'on')).toBe('taken')
    expect(await codeOf(send(door, 'open', { with: foreign }))).toBe('too-many-requests')
    expect(await codeOf(send('nobody-knows-it', 'open'))).toBe('too-many-requests')
    expect(await refusals()).toHaveLength(5)
  })

  it('fills the ledger with no refusals, whatever host of its network it comes from', async () => {
    const foreign = new Secret(randomBytes(32))
    for (let host = 1; host <= 12; host++)
      await codeOf(send(door, 'open', { with: foreign, from: `2001:db8::${host}` }))
    expect(await refusals()).toHaveLength(5)
    const again = { id: 'evt-same', at: scene.clock.at }
    await send(door, 'open', again)
    scene.clock.at += 1_000
    await send(door, 'closed')
    const answers: string[] = []
    for (let times = 0; times < 12; times++) answers.push(await codeOf(send(door, 'open', again)))
    expect(answers).toEqual([...Array<string>(5).fill('done'), ...Array<string>(7).fill('too-many-requests')])
    expect(await refusals()).toHaveLength(10)
  })

  it('that takes more away counts though something newer was said, and nothing older opens it again', async () => {
    const { clock } = scene
    await send(key, 'on')
    // The clock of its system was set back by half a minute.
    clock.at += 10_000
    expect(await send(key, 'off', { at: clock.at - 30_000 })).toBe('taken')
    expect(stateOf(key)).toBe('off')
    expect(await send(key, 'on', { at: clock.at - 20_000 })).toBe('out-of-order')
    expect(stateOf(key)).toBe('off')
    await send(door, 'forced')
    expect(await send(door, 'open')).toBe('out-of-order')
    expect(stateOf(door)).toBe('forced')
  })

  it('kept by a clock that was ahead counts no longer once that is right again, and orders nothing', async () => {
    const { clock } = scene
    clock.at += 60 * minute
    await send(key, 'on')
    await assertPresence()
    clock.at -= 60 * minute
    await reports.sweep()
    await scene.standing.world.refresh()
    expect(stateOf(key)).toBeNull()
    expect(await scene.events('safety.local_enable_off')).toMatchObject([{ reason: 'key-silent' }])
    expect(await send(key, 'on')).toBe('taken')
    clock.at += minute
    expect(await send(key, 'off')).toBe('taken')
    expect(stateOf(key)).toBe('off')
  })
})

describe('a key switch', () => {
  it('turned back ends the presence in its zone, with its message as the reason', async () => {
    await send(key, 'on', { id: 'key-1' })
    await assertPresence()
    expect(await scene.events('safety.local_enable_on')).toMatchObject([{ keys: [{ source: key, message: 'key-1' }] }])
    scene.clock.at += minute
    await send(key, 'off', { id: 'key-2' })
    expect(scene.standing.world.now().presences).toEqual([])
    expect(await scene.events('safety.local_enable_off')).toMatchObject([
      { reason: 'key-off', key: { source: key, message: 'key-2' }, by: null },
    ])
  })

  it('that falls silent counts as turned back, once', async () => {
    await send(key, 'on')
    await assertPresence()
    scene.clock.at += 5 * minute - 1
    await reports.sweep()
    expect(stateOf(key)).toBe('on')
    scene.clock.at += 1
    await reports.sweep()
    await reports.sweep()
    expect(stateOf(key)).toBeNull()
    expect(await scene.events('physical.source_silent')).toMatchObject([{ source: key, lastState: 'on' }])
    expect(await scene.events('safety.local_enable_off')).toMatchObject([{ reason: 'key-silent' }])
    await send(key, 'on')
    expect(await scene.events('physical.reported')).toMatchObject([{ was: null }, { was: null, state: 'on' }])
  })

  it('that was not on ends no presence: who stands there was not kept there by it', async () => {
    await assertPresence()
    await send(key, 'off')
    scene.clock.at += 5 * minute
    await reports.sweep()
    await send(key, 'off')
    expect(scene.standing.world.now().presences).toHaveLength(1)
    expect(await scene.events('safety.local_enable_off')).toEqual([])
  })

  it('says nothing any more once its secret was replaced, and presence that it kept ends', async () => {
    await send(key, 'on')
    await assertPresence()
    const stolen = keys.get(key)
    const { secret } = await enrolPhysicalSource(scene, key)
    await reports.sweep()
    expect(stateOf(key)).toBeNull()
    expect(await scene.events('safety.local_enable_off')).toMatchObject([{ reason: 'key-silent' }])
    expect(await codeOf(send(key, 'on', { ...(stolen && { with: stolen }) }))).toBe('not-logged-in')
    const bytes = keyOfSecret(secret.expose())
    expect(await send(key, 'on', { ...(bytes && { with: new Secret(bytes) }) })).toBe('taken')
  })

  it('that was taken out of the bundle while it was on keeps nobody there', async () => {
    const declared = scene.bundle().physicalSources.get(key)
    if (!declared) throw new Error('the demo bundle has no such key')
    const second = { ...declared, id: sourceId('second-key') }
    const declare = (all: readonly (typeof declared)[]) =>
      scene.setBundle({
        physicalSources: new Map(all.map((each) => [each.id, each])),
        physicalSourcesIn: Map.groupBy(all, (each) => each.zone),
      })
    declare([declared, second])
    const bytes = keyOfSecret((await enrolPhysicalSource(scene, second.id)).secret.expose())
    if (bytes === null) throw new Error('the secret made is none')
    keys.set(second.id, new Secret(bytes))
    await send(second.id, 'on')
    await send(key, 'on')
    await assertPresence()
    declare([declared])
    await send(key, 'off', { at: scene.clock.at + 1 })
    expect(scene.standing.world.now().presences).toEqual([])
  })

  it('leaves presence alone while another key of the zone is on', async () => {
    const declared = scene.bundle().physicalSources.get(key)
    if (!declared) throw new Error('the demo bundle has no such key')
    const second = { ...declared, id: sourceId('second-key'), asset: null }
    const all = [...scene.bundle().physicalSources.values(), second]
    scene.setBundle({
      physicalSources: new Map(all.map((each) => [each.id, each])),
      physicalSourcesIn: Map.groupBy(all, (each) => each.zone),
    })
    const bytes = keyOfSecret((await enrolPhysicalSource(scene, second.id)).secret.expose())
    if (bytes === null) throw new Error('the secret made is none')
    keys.set(second.id, new Secret(bytes))
    await send(key, 'on')
    await send(second.id, 'on')
    await assertPresence()
    scene.clock.at += minute
    await send(key, 'off')
    expect(scene.standing.world.now().presences).toHaveLength(1)
    await send(second.id, 'off')
    expect(scene.standing.world.now().presences).toEqual([])
  })

  it('declared otherwise since it spoke has said nothing yet', async () => {
    await send(key, 'on')
    const declared = scene.bundle().physicalSources.get(key)
    const asset = scene.bundle().assets.get(idOf.asset('sis-1'))
    if (!declared || !asset) throw new Error('the demo bundle has no such key')
    const { physicalOf } = await import('../../../policy/physical.ts')
    const world = scene.standing.world.now()
    const now = scene.clock.at
    expect(physicalOf(asset, scene.bundle(), world, now).key?.source).toBe(key)
    const moved = { ...declared, asset: null }
    const otherwise = { physicalSourcesIn: new Map([[zone, [moved]]]) }
    expect(physicalOf(asset, otherwise, world, now)).toMatchObject({ key: null, silent: [moved] })
  })
})

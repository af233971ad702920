// What goes over every session or over the whole ledger gives way as it goes: a gateway that reads its register, or makes an
// export, still ends sessions meanwhile. Each of these reads asks the store alone, which answers at once.

import { generateKeyPairSync } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import type { Actor } from '../../../gateway/access/authorize.ts'
import { openCheckpoints } from '../../../gateway/evidence/checkpoints.ts'
import { committeePack } from '../../../gateway/evidence/committee-pack.ts'
import { openDeletions } from '../../../gateway/evidence/deletions.ts'
import { openErasures } from '../../../gateway/evidence/erasures.ts'
import { planExport } from '../../../gateway/evidence/export-plan.ts'
import { openHolds } from '../../../gateway/evidence/holds.ts'
import { narrowLedger } from '../../../gateway/evidence/narrowed-ledger.ts'
import { openPlaces } from '../../../gateway/evidence/places.ts'
import { openRegister } from '../../../gateway/evidence/register.ts'
import { openSamples } from '../../../gateway/evidence/samples.ts'
import { statementsOf } from '../../../gateway/evidence/statements.ts'
import { openViewingGate } from '../../../gateway/evidence/viewing.ts'
import { openLog } from '../../../gateway/log.ts'
import type { PlantId, SessionId } from '../../../policy/index.ts'
import { signerFrom } from '../../../recorder/index.ts'
import { dayMs } from '../../support/custody-scene.ts'
import { goesDuring } from '../../support/goes.ts'
import { openStandingScene, type StandingScene } from '../../support/standing-scene.ts'

/** More than two pages of every list. */
const many = 450
/** More than one batch of entries. */
const told = 600
let scene: StandingScene
let engineer: Actor
let auditor: Actor
let first: SessionId
let size: number

beforeAll(async () => {
  scene = await openStandingScene()
  const { store, clock } = scene
  await scene.person('approver', ['approver'], ['north'])
  engineer = await scene.person('engineer', ['engineer'], ['north'])
  auditor = await scene.person('auditor', ['auditor'], [])
  const south = await scene.person('other', ['engineer'], ['south'])
  const grant = await scene.grant(engineer, 'ews-1')
  const sessions: SessionId[] = []
  for (let each = 0; each < many; each++) sessions.push(await scene.session(engineer, grant, 'ews-1'))
  const [session] = sessions
  if (session === undefined) throw new Error('there is no session')
  first = session
  const at = clock.now()
  await store.change(async (tx) => {
    for (let each = 0; each < told; each++) {
      const { person } = each % 2 === 0 ? engineer : south
      const source = await tx.ledger.commit('192.0.2.7')
      await tx.ledger.append('input.refused', at, { person: person.id, route: 'GET /', code: 'not-found', source })
    }
    for (let each = 0; each < 20; each++) {
      const streams = [{ channel: 0, frames: each, length: each, head: 'ab'.repeat(32) }]
      await tx.ledger.append('session.recording_head', at, { session: first, streams })
    }
    const over = { state: 'sealed', recording: 'complete', endedAt: at, seal: 'ab', sealIndex: 0 } as const
    for (const id of sessions) await tx.sessions.update(id, over)
  })
  size = await store.evidence.size()
})
afterAll(() => scene.store.close())

const bundle = () => scene.bundle()
const north = 'north' as PlantId
const placesOf = () => openPlaces({ store: scene.store, bundle })

describe('the register', () => {
  it('of a plant gives way between the entries, and looks up the people of each batch at once', async () => {
    const { store, clock } = scene
    let lookUps = 0
    const byIds = async (ids: readonly string[]) => {
      lookUps += 1
      return store.people.byIds(ids)
    }
    const places = openPlaces({ store: { ...store, people: { ...store.people, byIds } }, bundle })
    const register = openRegister(store, bundle, clock, places)
    const { goes, value } = await goesDuring(() => register.read([north]))
    expect(value.size).toBe(size)
    // Read, placed and fed.
    expect(goes).toBeGreaterThanOrEqual(3 * size)
    expect(lookUps).toBe(Math.ceil(size / 500))
    // Nothing is read twice.
    expect((await goesDuring(() => register.read([north]))).goes).toBeLessThan(size)
  })

  it('of all there is gives way between the entries', async () => {
    const register = openRegister(scene.store, bundle, scene.clock)
    const { goes, value } = await goesDuring(() => register.read())
    expect(value.size).toBe(size)
    expect(goes).toBeGreaterThanOrEqual(2 * size)
  })
})

describe('looking for what is kept of a person', () => {
  it('gives way between the entries, and looks each person up once', async () => {
    const { store, clock } = scene
    let lookUps = 0
    const byId = async (id: typeof engineer.person.id) => {
      lookUps += 1
      return store.people.byId(id)
    }
    const erasures = openErasures({ store: { ...store, people: { ...store.people, byId } }, bundle, clock })
    const { goes, value } = await goesDuring(() => erasures.look({ kind: 'person', id: engineer.person.id }))
    expect(value.kept).toBeGreaterThanOrEqual(told / 2)
    // The entries read, and the values found looked at.
    expect(goes).toBeGreaterThanOrEqual(size + told / 2)
    expect(lookUps).toBe(1)
  })
})

describe('an export', () => {
  it('is planned in turns over every session', async () => {
    const gate = openViewingGate({ ...scene, bundle })
    const plan = () => planExport({ store: scene.store, gate, bundle: bundle() }, auditor, [])
    const { goes, value } = await goesDuring(plan)
    expect(value.sessions).toHaveLength(many)
    expect(goes).toBeGreaterThanOrEqual(many)
  })

  it('keeps values of a session shut in turns over its entries', async () => {
    const { handling } = bundle()
    const rules = [{ id: 'none', text: 'none leaves', export: 'refused' as const }]
    const closed = { ...bundle(), handling: { ...handling, rules } }
    const gate = openViewingGate({ ...scene, bundle: () => closed })
    const plan = () => planExport({ store: scene.store, gate, bundle: closed }, auditor, [])
    const { goes, value } = await goesDuring(plan)
    expect(value.keptBack).toHaveLength(many)
    // The sessions, and the heads of one of them.
    expect(goes).toBeGreaterThanOrEqual(many + 20)
  })

  it('is narrowed to a plant in turns over the ledger', async () => {
    const narrow = () =>
      narrowLedger(
        { store: scene.store, places: placesOf(), bundle: bundle() },
        { plants: [north], agreement: null },
        size,
        new Set(),
      )
    const { goes, value } = await goesDuring(narrow)
    expect(value.opened.size).toBeGreaterThanOrEqual(told / 2)
    // Read, placed and looked at.
    expect(goes).toBeGreaterThanOrEqual(3 * size)
    const excerpt = async (): Promise<number> => {
      let entries = 0
      for await (const { index } of value.excerpt()) entries += index >= 0 ? 1 : 0
      return entries
    }
    const excerpted = await goesDuring(excerpt)
    expect(excerpted.value).toBe(size)
    expect(excerpted.goes).toBeGreaterThanOrEqual(3 * size)
  })
})

describe('custody', () => {
  it('passes over any number of held recordings in turns', async () => {
    const { store, clock } = scene
    const held = { target: { kind: 'all' }, span: null, reason: 'claim', reference: 'C-1' } as const
    await openHolds({ store, bundle, clock }).hold(auditor, held)
    clock.at += 401 * dayMs
    const deletions = openDeletions({ store, bundle, clock, root: '/nowhere', removal: { begin: () => undefined } })
    const { goes, value } = await goesDuring(() => deletions.due({ limit: 1, after: null }))
    expect(value).toEqual({ items: [], next: null })
    expect(goes).toBeGreaterThanOrEqual(2)
  })

  it('draws a sample in turns over every recording', async () => {
    const { store, clock } = scene
    const origin = 'plant.example/ledger'
    const signer = signerFrom(origin, generateKeyPairSync('ed25519').privateKey)
    const log = openLog('silent')
    const checkpoints = openCheckpoints({ store, origin, signer, clock, log, copies: [], witnesses: null })
    const wanted = { count: 1, since: 0, until: clock.now() + 1, plant: null }
    const { goes, value } = await goesDuring(() => openSamples({ store, checkpoints, clock }).draw(auditor, wanted))
    expect(value.population).toBe(many)
    expect(goes).toBeGreaterThanOrEqual(many)
  })
})

it('reads what the ledger says of a recording in turns', async () => {
  const { goes, value } = await goesDuring(() => statementsOf(scene.store.evidence, first))
  expect(value.heads.get(0)).toHaveLength(20)
  expect(goes).toBeGreaterThanOrEqual(20)
})

it('makes what a committee reads in turns over its entries', async () => {
  const pack = () => committeePack({ ...scene, bundle }, 0, scene.clock.now() + 1)
  const { goes, value } = await goesDuring(pack)
  // A page of each kind at least; what is overdue now is not read from the ledger.
  expect(goes).toBeGreaterThanOrEqual(value.sections.length - 1)
})

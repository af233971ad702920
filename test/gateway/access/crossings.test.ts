// The register of crossings in the ledger: each declaration once, over restarts, and what became overdue.

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openCrossings } from '../../../gateway/access/crossings.ts'
import type { ConduitId, InterfaceId, PlantInterface, ZoneId } from '../../../policy/index.ts'
import { ledgerOf } from '../../support/memory-store.ts'
import { openStandingScene, type StandingScene } from '../../support/standing-scene.ts'

let scene: StandingScene
const modem: PlantInterface = {
  id: 'modem' as InterfaceId,
  name: 'Modem of the packaging machine',
  type: 'vendor-pathway',
  from: { kind: 'outside', name: 'Maker of the machine' },
  to: { kind: 'zone', id: 'north-control' as ZoneId },
  direction: 'both',
  payloads: ['maintenance-record'],
  owner: 'Production lead',
  reason: 'until the contract is changed',
  change: 'CHG-11',
  reviewBy: '2035-12-31',
  state: { kind: 'remove-by', day: '2026-06-30' },
  conduits: [],
  supplier: null,
}
let digest = 0
const declare = (...interfaces: readonly PlantInterface[]): void =>
  scene.setBundle({
    digest: String((digest += 1)).padStart(64, '0'),
    interfaces: new Map(interfaces.map((each) => [each.id, each])),
  })
const said = async (): Promise<string[]> =>
  (await ledgerOf(scene.store))
    .filter(({ type }) => type.startsWith('interface.'))
    .map(({ type, data }) => [type, data['interface'], ...(data['fault'] ? [data['fault']] : [])].join(' '))
const at = (text: string): number => Date.parse(`${text}Z`)

beforeEach(async () => {
  scene = await openStandingScene()
})
afterEach(() => scene.store.close())

describe('the register of crossings', () => {
  it('says each conduit once, whatever the scope says of it, and again only where it is declared otherwise', async () => {
    const sweep = async (): Promise<readonly string[]> => {
      // As after a restart: nothing is remembered but the ledger.
      await openCrossings(scene).sweep()
      return (await ledgerOf(scene.store))
        .filter(({ type }) => type.startsWith('conduit.'))
        .map(({ type, data }) => `${type} ${String(data['conduit'])}`)
    }
    const { conduits } = scene.bundle()
    const all = [...conduits.keys()].map((id) => `conduit.defined ${id}`)
    expect(await sweep()).toEqual(all)
    expect(await sweep()).toEqual(all)
    const [first] = conduits.values()
    if (first === undefined) throw new Error('the bundle has no conduits')
    const narrowed = new Map([...conduits, [first.id, { ...first, payloads: ['recipe'] }]])
    scene.setBundle({ conduits: narrowed })
    expect((await sweep()).slice(all.length)).toEqual([`conduit.changed ${first.id}`])
    scene.setBundle({ conduits: new Map([...narrowed].filter(([id]) => id !== first.id)) })
    expect((await sweep()).slice(all.length + 1)).toEqual([`conduit.removed ${first.id}`])
    scene.setBundle({ conduits })
    expect((await sweep()).slice(all.length + 2)).toEqual([`conduit.defined ${first.id}`])
  })

  it('says so where a conduit is let cross several boundaries, and not why in clear', async () => {
    await openCrossings(scene).sweep()
    const { conduits } = scene.bundle()
    const [first] = conduits.values()
    if (first === undefined) throw new Error('the bundle has no conduits')
    const spans = 'the hop comes with the new switch'
    scene.setBundle({ digest: 'f'.repeat(64), conduits: new Map([...conduits, [first.id, { ...first, spans }]]) })
    await openCrossings(scene).sweep()
    const changed = (await ledgerOf(scene.store)).filter(({ type }) => type === 'conduit.changed')
    expect(changed.map(({ data }) => data)).toMatchObject([{ conduit: first.id }])
    expect(String(changed[0]?.data['spans'])).toMatch(/^sha256:/)
    expect(JSON.stringify(changed)).not.toContain(spans)
  })

  it('keeps names, owners and reasons out of the entries', async () => {
    declare(modem)
    await openCrossings(scene).sweep()
    const entry = (await ledgerOf(scene.store)).find(({ type }) => type === 'interface.defined')
    const text = JSON.stringify(entry?.data)
    for (const word of ['Maker of the machine', 'Production lead', 'until the contract', 'CHG-11'])
      expect(text).not.toContain(word)
    expect(entry?.data).toMatchObject({
      to: { kind: 'zone', id: 'north-control' },
      state: 'remove-by',
      until: '2026-06-30',
    })
  })

  it('says once that an interface was not removed in time, and again where it is given another day and misses that', async () => {
    declare(modem)
    const crossings = openCrossings(scene)
    // Midnight in Berlin is two hours before midnight in UTC.
    scene.clock.at = at('2026-06-30T21:59:59')
    await crossings.sweep()
    expect(await said()).toEqual(['interface.defined modem'])
    scene.clock.at = at('2026-06-30T22:01')
    await crossings.sweep()
    await crossings.sweep()
    await openCrossings(scene).sweep()
    const once = ['interface.defined modem', 'interface.overdue modem removal-overdue']
    expect(await said()).toEqual(once)
    declare({ ...modem, state: { kind: 'remove-by', day: '2026-07-31' } })
    await crossings.sweep()
    scene.clock.at = at('2026-08-01T00:00')
    await crossings.sweep()
    expect((await said()).slice(2)).toEqual(['interface.changed modem', 'interface.overdue modem removal-overdue'])
    declare()
    await crossings.sweep()
    expect((await said()).slice(4)).toEqual(['interface.removed modem'])
  })

  it('takes an exception for as long as it holds, and one that is extended anew', async () => {
    const exceptionUntil = (until: string): void => {
      const register = scene.bundle().register
      const exception = {
        id: 'EX-M',
        title: 'modem',
        owner: 'Production lead',
        approvedBy: 'ISMS manager',
        reason: 'guarantee',
        risk: 'R-01',
        compensating: ['GW-NET-04'],
        assets: [],
        from: '2026-06-01',
        until,
        renewals: 0,
        decision: null,
      }
      scene.setBundle({ register: { ...register, exceptions: [exception] }, digest: until.padStart(64, '0') })
    }
    declare({ ...modem, state: { kind: 'excepted', exception: 'EX-M' } })
    exceptionUntil('2026-06-30')
    const crossings = openCrossings(scene)
    scene.clock.at = at('2026-06-15T00:00')
    await crossings.sweep()
    scene.clock.at = at('2026-07-01T00:00')
    await crossings.sweep()
    expect(await said()).toEqual(['interface.defined modem', 'interface.overdue modem exception-not-in-force'])
    exceptionUntil('2026-12-31')
    await crossings.sweep()
    expect((await said()).slice(2)).toEqual(['interface.changed modem'])
  })

  it('says that nobody answers for one, and that its review was missed', async () => {
    declare({ ...modem, owner: null, reviewBy: '2026-01-31', conduits: ['north-dmz-to-control' as ConduitId] })
    await openCrossings(scene).sweep()
    expect((await said()).slice(1)).toEqual([
      'interface.overdue modem ownerless',
      'interface.overdue modem review-overdue',
    ])
  })
})

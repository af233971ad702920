// What time brings to an incident, what is not gone around at its end, and who reads the entries that tell of it.

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import type { Actor } from '../../../gateway/access/authorize.ts'
import { committeePack } from '../../../gateway/evidence/committee-pack.ts'
import { isOnlyOf, isReadable, openPlaces } from '../../../gateway/evidence/places.ts'
import { openIncidents, type IncidentService } from '../../../gateway/incidents/incidents.ts'
import type { NamedThings } from '../../../gateway/incidents/touching.ts'
import type { IncidentId, PlantId } from '../../../policy/index.ts'
import { ledgerOf } from '../../support/memory-store.ts'
import { codeOf, openStandingScene, type StandingScene } from '../../support/standing-scene.ts'

const hour = 3_600_000
const north = 'north' as PlantId
const south = 'south' as PlantId

let scene: StandingScene
let incidents: IncidentService
let isms: Actor
let deputy: Actor
let third: Actor
beforeEach(async () => {
  scene = await openStandingScene()
  incidents = scene.standing.incidents
  isms = await scene.person('isms', ['isms-manager'], [])
  deputy = await scene.person('deputy', ['isms-manager'], [])
  third = await scene.person('third', ['isms-manager'], [])
})
afterEach(() => scene.store.close())

const raise = (touches: NamedThings, severity: 'low' | 'medium' | 'high' = 'medium'): Promise<IncidentId> =>
  incidents.raise(isms.person, { title: 'Writes', words: 'moved', severity, touches, concern: null })

async function isReady(id: IncidentId): Promise<void> {
  await incidents.contain(deputy.person, id, 'off')
  await incidents.assess(deputy.person, id, 'safety', 'nobody was near')
  await incidents.assess(deputy.person, id, 'production', 'none')
}
const closing = { cause: 'a shared password', lessons: 'keys only', decision: null, action: null }

describe('what time brings', () => {
  const wanted = () => ({ party: 'P', what: 'w', why: 'y', dueAt: scene.clock.at + hour })

  it('is noticed once each: reports that are owed and evidence that did not come', async () => {
    const id = await raise({ assets: ['ews-1'] }, 'high')
    const request = await incidents.outside.ask(isms.person, id, wanted())
    await incidents.sweep()
    expect(await scene.events('incident.report_overdue')).toEqual([])
    const dueAt = scene.clock.at + 24 * hour
    // Due means due: not a millisecond later.
    scene.clock.at = dueAt
    await incidents.sweep()
    await incidents.sweep()
    await (await scene.reopen()).incidents.sweep()
    expect(await scene.events('incident.report_overdue')).toEqual([{ incident: id, report: 'early-warning', dueAt }])
    expect(await scene.events('evidence.request_overdue')).toMatchObject([{ request, incident: id }])
  })

  it('is not noticed of what was done before its time', async () => {
    const id = await raise({ assets: ['ews-1'] }, 'high')
    const request = await incidents.outside.ask(isms.person, id, wanted())
    await incidents.reported(isms.person, id, 'early-warning', 'CSIRT 1')
    await incidents.outside.end(isms.person, request, 'refused', 'kept 30 days only')
    scene.clock.at += 25 * hour
    await incidents.sweep()
    expect(await scene.events('incident.report_overdue')).toEqual([])
    expect(await scene.events('evidence.request_overdue')).toEqual([])
  })

  it('is not noticed of what is done while it is looked at, and the rest is noticed all the same', async () => {
    const id = await raise({ assets: ['ews-1'] }, 'high')
    await incidents.outside.ask(isms.person, id, wanted())
    scene.clock.at += 25 * hour
    const { store } = scene
    const newlyOverdue = async (now: number) => {
      const due = await store.incidents.newlyOverdue(now)
      await incidents.reported(isms.person, id, 'early-warning', 'CSIRT 1')
      return due
    }
    const between = { ...store, incidents: { ...store.incidents, newlyOverdue } }
    await openIncidents({ ...scene, store: between }).sweep()
    expect(await scene.events('incident.report_overdue')).toEqual([])
    expect(await scene.events('evidence.request_overdue')).toHaveLength(1)
  })

  it('is read by the committee, also of what goes on and should be contained', async () => {
    const id = await raise({ assets: ['ews-1'] })
    scene.clock.at += 4 * hour
    const pack = await committeePack(scene, 0, scene.clock.at)
    const overdue = pack.sections.find((section) => section.id === 'overdue')
    expect(overdue?.items).toMatchObject([{ text: `${id}: it goes on, and is not contained`, at: scene.clock.at }])
    await incidents.contain(isms.person, id, 'off')
    const later = await committeePack(scene, 0, scene.clock.at)
    expect(later.sections.find((section) => section.id === 'overdue')?.count).toBe(0)
  })
})

describe('the end of an incident', () => {
  it('takes what the gravest rating asks for, whatever it is rated at last', async () => {
    const id = await raise({ plants: ['north'] }, 'high')
    await isReady(id)
    await incidents.rate(deputy.person, id, 'low', 'so that nobody has to decide')
    expect(await codeOf(incidents.close(third.person, id, closing))).toBe('state-conflict')
    expect((await scene.events('incident.step_refused')).at(-1)).toMatchObject({ code: 'decision-missing' })
  })

  it('is not said by who saw it through, also not after passing it on', async () => {
    const id = await raise({ plants: ['north'] })
    await incidents.assign(isms.person, id, deputy.person.login)
    await incidents.assign(deputy.person, id, isms.person.login)
    await isReady(id)
    expect(await codeOf(incidents.close(deputy.person, id, closing))).toBe('policy-denied')
    expect((await scene.events('incident.step_refused')).at(-1)).toMatchObject({ code: 'own-incident' })
    expect(await codeOf(incidents.close(third.person, id, closing))).toBe('done')
  })
})

describe('an entry that tells of an incident', () => {
  const places = async () => {
    const entries = (await ledgerOf(scene.store)).filter(({ data }) => 'incident' in data)
    expect(entries.length).toBeGreaterThan(0)
    return openPlaces({ store: scene.store, bundle: scene.bundle }).of(entries)
  }

  it('is of all plants it touches, whatever of it the entry names, with all that was asked and received', async () => {
    const id = await raise({ plants: ['south'], assets: ['ews-1'] })
    await incidents.note(isms.person, id, 'of both')
    const dueAt = scene.clock.at + hour
    const request = await incidents.outside.ask(isms.person, id, { party: 'P', what: 'w', why: 'y', dueAt })
    const file = { name: 'vpn.log', bytes: 1, sha256: 'ab'.repeat(32) }
    await incidents.outside.receive(isms.person, request, [file], { holder: 'h', place: 'p' })
    for (const place of await places()) {
      expect([isReadable(place, [north]), isReadable(place, [south])]).toEqual([true, true])
      // Nothing that one plant takes out alone.
      expect([isOnlyOf(place, [north]), isOnlyOf(place, [north, south])]).toEqual([false, true])
    }
  })

  it('is kept from who looks over another plant, and of no plant from all but who look over all', async () => {
    await raise({ plants: ['south'] })
    expect((await places()).map((place) => isReadable(place, [north]))).toEqual([false])
    await raise({ suppliers: ['acme-drives'] })
    const [, ofNone] = await places()
    expect(ofNone && [isReadable(ofNone, [north, south]), isReadable(ofNone, null)]).toEqual([false, true])
  })
})

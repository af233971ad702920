// Which plants an entry belongs to, over a real recording and real people.

import { afterAll, beforeAll, expect, it } from 'vitest'

import { isOnlyOf, isReadable, openPlaces } from '../../../gateway/evidence/places.ts'
import type { PlantId } from '../../../policy/index.ts'
import { openCustodyScene, type CustodyScene } from '../../support/custody-scene.ts'

let stage: CustodyScene
let session: string

beforeAll(async () => {
  stage = await openCustodyScene()
  session = await stage.sealed()
})
afterAll(() => stage.close())

async function placeOf(sessions: readonly string[]) {
  const { store, door } = stage.scene
  const places = openPlaces({ store, bundle: door.bundle })
  const [place] = await places.of([{ index: 0, at: 0, type: 'evidence.exported', data: { sessions } }])
  if (place === undefined) throw new Error('the entry was not placed')
  return place
}

it('is of the plant of the sessions it names', async () => {
  const stored = await stage.scene.store.places.spots([session])
  const plant = stored.get(session)?.plant
  expect(plant).toBeDefined()
  expect(isOnlyOf(await placeOf([session]), plant === undefined ? [] : [plant])).toBe(true)
})

it('is for who looks over all where one of several sessions cannot be found: it may have been of any plant', async () => {
  const place = await placeOf([session, 'ses_00000000000000000000000000'])
  expect(place).toEqual({ kind: 'unknown' })
  const every = [...stage.scene.door.bundle().plants.keys()] as readonly PlantId[]
  expect(isOnlyOf(place, every)).toBe(false)
  expect(isReadable(place, every)).toBe(false)
  expect(isReadable(place, null)).toBe(true)
})

it('is of the plants of whom it is about, where it names no place, and of the house where they act for none', async () => {
  const { store, door, approver } = stage.scene
  let lookUps = 0
  const byIds = async (ids: readonly string[]) => {
    lookUps += 1
    return store.people.byIds(ids)
  }
  const places = openPlaces({ store: { ...store, people: { ...store.people, byIds } }, bundle: door.bundle })
  const of = (data: Readonly<Record<string, unknown>>) => ({ index: 0, at: 0, type: 'input.refused', data })
  const found = await places.of([
    of({ person: approver.id }),
    of({ person: stage.auditor.person.id }),
    of({ machine: approver.id }),
    of({ target: { kind: 'person', id: approver.id } }),
    of({ person: approver.id, plants: ['south'] }),
    of({ person: 'per_00000000000000000000000000' }),
    of({ sessions: [session] }),
  ])
  const plants = found.map((place) => (place.kind === 'plants' ? [...place.plants] : place.kind))
  expect(plants).toEqual([['north'], 'house', ['north'], ['north'], ['south'], 'house', ['north']])
  // Everybody of a batch at once.
  expect(lookUps).toBe(1)
})

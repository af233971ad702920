// Which plants an entry belongs to, over a real recording.

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

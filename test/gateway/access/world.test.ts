import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { mint } from '../../../gateway/clock.ts'
import type { AssetId, ZoneId } from '../../../policy/index.ts'
import { openStandingScene, type StandingScene } from '../../support/standing-scene.ts'
import { idOf } from '../../support/ids.ts'

const minute = 60_000
let scene: StandingScene
beforeEach(async () => {
  scene = await openStandingScene()
})
afterEach(() => scene.store.close())

const presence = async (minutes: number, id: string): Promise<void> => {
  const { person } = await scene.person(`person-${id}`, ['escort'], ['north'])
  const from = scene.clock.at
  await scene.store.bookkeep((tx) =>
    tx.presences.insert({
      id: mint.presence(from),
      zone: 'north-operations' as ZoneId,
      plant: idOf.plant('north'),
      person: person.id,
      from,
      until: from + minutes * minute,
    }),
  )
}

describe('what stands outside the bundle', () => {
  it('is the same value as long as nothing changes and nothing begins or ends', async () => {
    await presence(10, 'a')
    await scene.standing.world.refresh()
    const first = scene.standing.world.now()
    scene.clock.at += 9 * minute
    expect(scene.standing.world.now()).toBe(first)
    scene.clock.at += minute
    expect(scene.standing.world.now()).not.toBe(first)
    expect(scene.standing.world.now().presences).toEqual([])
  })

  it('shows what was ended by time again when the clock was set back, and nothing that was never there', async () => {
    await presence(10, 'a')
    await scene.standing.world.refresh()
    scene.clock.at += 11 * minute
    expect(scene.standing.world.now().presences).toEqual([])
    scene.clock.at -= 2 * minute
    expect(scene.standing.world.now().presences).toHaveLength(1)
  })

  it('is read anew every second, and says so only where something changed', async () => {
    await scene.standing.sweep()
    scene.signals.length = 0
    await scene.standing.sweep()
    expect(scene.signals).toEqual([])
    await presence(10, 'a')
    expect(scene.standing.world.now().presences).toEqual([])
    await scene.standing.sweep()
    expect(scene.standing.world.now().presences).toHaveLength(1)
    expect(scene.signals).toEqual([{ kind: 'reevaluate', because: 'world' }])
  })

  it('ends with the last of several readings, in whatever order they are asked for', async () => {
    const readings: Promise<void>[] = []
    for (const id of ['a', 'b', 'c']) {
      await presence(10, id)
      readings.push(scene.standing.world.refresh())
    }
    await Promise.all(readings)
    expect(scene.standing.world.now().presences).toHaveLength(3)
  })

  it('goes on after a reading that failed', async () => {
    const { bookkeep } = scene.store
    const store = scene.store as { bookkeep: typeof bookkeep }
    store.bookkeep = () => Promise.reject(new Error('the disk is gone'))
    await expect(scene.standing.world.refresh()).rejects.toThrow('the disk is gone')
    store.bookkeep = bookkeep
    await presence(10, 'a')
    await scene.standing.world.refresh()
    expect(scene.standing.world.now().presences).toHaveLength(1)
  })

  it('takes the scope changes under review from who keeps them', () => {
    const before = scene.standing.world.now()
    expect(before.heldScope).toBe(scene.held)
    scene.held.set('ews-1' as AssetId, { kind: 'undetermined' })
    expect(scene.standing.world.now().heldScope.get('ews-1' as AssetId)).toEqual({ kind: 'undetermined' })
  })
})

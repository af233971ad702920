// Walkdowns over a store: who may say an asset was seen, all or none, and what the door knows of it afterwards.

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Actor } from '../../../gateway/access/authorize.ts'
import type { SeenAsset } from '../../../gateway/access/walkdowns.ts'
import { confirmationOf, type AssetId } from '../../../policy/index.ts'
import { codeOf, openStandingScene, type StandingScene } from '../../support/standing-scene.ts'
import { idOf } from '../../support/ids.ts'

const dayMs = 24 * 3_600_000
let scene: StandingScene
let engineer: Actor

beforeEach(async () => {
  scene = await openStandingScene()
  engineer = await scene.person('engineer', ['engineer'], ['north'])
})
afterEach(() => scene.store.close())

const confirm = (by: Actor, ...seen: readonly (string | SeenAsset)[]) =>
  scene.standing.walkdowns.confirm(
    by,
    seen.map((one) => (typeof one === 'string' ? { asset: one } : one)),
  )
const dayBefore = (days: number): string => new Date(scene.clock.at - days * dayMs).toISOString().slice(0, 10)
function stateOf(id: string): string {
  const asset = scene.bundle().assets.get(id as AssetId)
  if (asset === undefined) throw new Error(`no asset \`${id}\``)
  const { confirmations } = scene.standing.world.now()
  return confirmationOf(asset, scene.bundle(), confirmations, scene.clock.now()).kind
}

describe('a walkdown', () => {
  it('is known to the door at once, and evidence with its note as a commitment', async () => {
    expect(stateOf('ews-1')).toBe('never')
    const before = scene.signals.length
    await confirm(engineer, { asset: 'ews-1', note: 'serial number 4711 read off the label' })
    expect(stateOf('ews-1')).toBe('fresh')
    expect(scene.signals.slice(before)).toContainEqual({ kind: 'reevaluate', because: 'world' })
    const [entry] = await scene.events('asset.walkdown_confirmed')
    expect(entry).toMatchObject({ asset: 'ews-1', plant: 'north', zone: 'north-operations', by: engineer.person.id })
    expect(JSON.stringify(entry)).not.toContain('4711')
  })

  it('gets stale by time alone, and is there again after a restart', async () => {
    await confirm(engineer, 'ews-1')
    expect((await scene.reopen()).walkdowns.confirmations().has('ews-1' as AssetId)).toBe(true)
    scene.clock.at += 92 * dayMs
    expect(stateOf('ews-1')).toBe('stale')
  })

  it('is of the asset where it stands: moved, it is not confirmed any more', async () => {
    await confirm(engineer, 'ews-1')
    scene.setAsset('ews-1', { zone: idOf.zone('north-dmz') })
    expect(stateOf('ews-1')).toBe('moved')
  })

  it('confirms no asset where it stands from a day before it was seen elsewhere', async () => {
    await confirm(engineer, { asset: 'ews-1', seenOn: dayBefore(2) })
    scene.setAsset('ews-1', { zone: idOf.zone('north-dmz') })
    const late = confirm(engineer, { asset: 'ews-1', seenOn: dayBefore(10) })
    await expect(late).rejects.toMatchObject({
      extra: { problems: [expect.stringContaining('when it was seen in zone `north-operations`')] },
    })
    expect(stateOf('ews-1')).toBe('moved')
    await confirm(engineer, { asset: 'ews-1', seenOn: dayBefore(1) })
    expect(stateOf('ews-1')).toBe('fresh')
  })

  it('that is entered late does not make a newer one older', async () => {
    await confirm(engineer, { asset: 'ews-1', seenOn: dayBefore(2) })
    await confirm(engineer, { asset: 'ews-1', seenOn: dayBefore(60) })
    expect(scene.standing.world.now().confirmations.get('ews-1' as AssetId)?.seenOn).toBe(dayBefore(2))
  })

  it('confirms all assets or none, and says everything that is wrong', async () => {
    const tried = confirm(engineer, 'ews-1', 'laser-7', { asset: 'hist-1', seenOn: '2031-01-01' }, 'ews-1')
    await expect(tried).rejects.toMatchObject({
      code: 'malformed-body',
      extra: {
        problems: [
          'asset `laser-7` is not declared: expected the id of a declared asset',
          expect.stringContaining('expected a day that has come, got `2031-01-01`'),
          'asset `ews-1` is named twice',
        ],
      },
    })
    expect(await scene.events('asset.walkdown_confirmed')).toEqual([])
    expect(stateOf('ews-1')).toBe('never')
  })

  it('is for people who work at the plant, and that somebody else tried is evidence', async () => {
    const others = [
      await scene.person('vendor', ['vendor'], ['north'], 'acme-drives'),
      await scene.person('elsewhere', ['engineer'], ['south']),
      await scene.person('auditor', ['auditor'], ['north']),
    ]
    for (const by of others) expect(await codeOf(confirm(by, 'ews-1'))).toBe('role-missing')
    expect(await scene.events('standing.step_refused')).toHaveLength(others.length)
    const isms = await scene.person('isms', ['isms-manager'], [])
    expect(await codeOf(confirm(isms, 'ews-1'))).toBe('done')
  })
})

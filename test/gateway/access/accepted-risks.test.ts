import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { AssetId, PlantId, Risk } from '../../../policy/index.ts'
import { ledgerOf } from '../../support/memory-store.ts'
import { openStandingScene, type StandingScene } from '../../support/standing-scene.ts'

let scene: StandingScene
const base: Risk = {
  id: 'R-T',
  title: 'an old machine is infected',
  owner: 'Production lead',
  safety: 'minor-injury',
  sil: null,
  plant: 'north' as PlantId,
  line: null,
  assets: ['ews-1' as AssetId],
  impact: { hours: 5, cost: 1_000 },
  acceptance: { by: 'Plant manager', reason: 'it is replaced in summer', until: '2026-06-30', decision: 'RC-2026-04' },
}
const at = (text: string): number => Date.parse(`${text}Z`)

function declare(...risks: readonly Risk[]): void {
  const impactScales = [
    {
      plant: 'north' as PlantId,
      line: null,
      version: '2026-a',
      currency: 'EUR',
      levels: [{ level: 'high', fromHours: 4, fromCost: 100_000 }],
    },
  ] as const
  scene.setBundle({ register: { ...scene.bundle().register, risks, impactScales } })
}
const until = (day: string): Risk => ({
  ...base,
  acceptance: { by: 'Plant manager', reason: 'it is replaced later', until: day, decision: null },
})
const aged = async (): Promise<string[]> =>
  (await ledgerOf(scene.store))
    .filter(({ type }) => type === 'risk.decision')
    .map(({ data }) => `${String(data['decision'])} ${String(data['risk'])} ${String(data['until'])}`)

beforeEach(async () => {
  scene = await openStandingScene()
  declare(base)
})
afterEach(() => scene.store.close())

describe('an accepted risk', () => {
  it('is evidence at each of its ages once, over restarts', async () => {
    const steps: readonly [string, readonly string[]][] = [
      ['2026-06-02T00:00', ['accepted R-T 2026-06-30']],
      ['2026-06-16T23:59:59', ['accepted R-T 2026-06-30']],
      ['2026-06-17T00:00', ['accepted R-T 2026-06-30', 'expiring R-T 2026-06-30']],
      ['2026-06-30T23:59:59', ['accepted R-T 2026-06-30', 'expiring R-T 2026-06-30']],
      ['2026-07-01T00:00', ['accepted R-T 2026-06-30', 'expiring R-T 2026-06-30', 'expired R-T 2026-06-30']],
    ]
    for (const [instant, seen] of steps) {
      scene.clock.at = at(instant)
      await scene.standing.sweep()
      await scene.standing.sweep()
      await (await scene.reopen()).sweep()
      expect([instant, await aged()]).toEqual([instant, seen])
    }
  })

  it('says who bears what, on which scale it was measured, and on whose decision', async () => {
    scene.clock.at = at('2026-06-02T00:00')
    await scene.standing.sweep()
    const [accepted] = await scene.events('risk.decision')
    expect(accepted).toMatchObject({
      risk: 'R-T',
      safety: 'minor-injury',
      sil: null,
      level: 'high',
      scale: '2026-a',
      plant: 'north',
      assets: ['ews-1'],
      bundle: scene.bundle().digest,
    })
    const disclosed = await scene.store.evidence.disclosed(
      ['owner', 'by', 'reason', 'reference'].map((field) => String(accepted?.[field])),
    )
    expect([...disclosed.values()].toSorted()).toEqual(
      ['Plant manager', 'Production lead', 'RC-2026-04', 'it is replaced in summer'].toSorted(),
    )
  })

  it('that is accepted anew ages anew, with another last day', async () => {
    scene.clock.at = at('2026-06-20T00:00')
    await scene.standing.sweep()
    declare(until('2026-12-31'))
    await scene.standing.sweep()
    expect(await aged()).toEqual(['accepted R-T 2026-06-30', 'expiring R-T 2026-06-30', 'accepted R-T 2026-12-31'])
  })

  it('that is treated after all is given up once, before its end or after it', async () => {
    scene.clock.at = at('2026-06-02T00:00')
    await scene.standing.sweep()
    declare({ ...base, acceptance: null })
    await scene.standing.sweep()
    await (await scene.reopen()).sweep()
    expect(await aged()).toEqual(['accepted R-T 2026-06-30', 'withdrawn R-T 2026-06-30'])

    declare(until('2026-06-10'))
    await scene.standing.sweep()
    scene.clock.at = at('2026-06-11T00:00')
    await scene.standing.sweep()
    declare()
    await scene.standing.sweep()
    await scene.standing.sweep()
    expect((await aged()).slice(2)).toEqual([
      'accepted R-T 2026-06-10',
      'expiring R-T 2026-06-10',
      'expired R-T 2026-06-10',
      'withdrawn R-T 2026-06-10',
    ])
  })

  it('that was over before anybody here bore it is said to be over', async () => {
    declare({ ...until('2026-01-31'), id: 'R-OLD' })
    scene.clock.at = at('2026-06-02T00:00')
    await scene.standing.sweep()
    expect(await aged()).toEqual(['expired R-OLD 2026-01-31'])
  })
})

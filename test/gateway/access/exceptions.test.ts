import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { stateOf } from '../../../gateway/access/exceptions.ts'
import type { Exception } from '../../../policy/index.ts'
import { ledgerOf } from '../../support/memory-store.ts'
import { openStandingScene, type StandingScene } from '../../support/standing-scene.ts'

let scene: StandingScene
const base: Exception = {
  id: 'EX-T',
  title: 'an old machine',
  owner: 'Production lead',
  approvedBy: 'ISMS manager',
  reason: 'no other controller',
  risk: 'R-01',
  compensating: ['watched by hand'],
  assets: [],
  from: '2026-06-02',
  until: '2026-06-30',
  renewals: 0,
  decision: null,
}
const at = (text: string): number => Date.parse(`${text}Z`)

function declare(...exceptions: readonly Exception[]): void {
  scene.setBundle({ register: { ...scene.bundle().register, exceptions } })
}
const aged = async (): Promise<string[]> =>
  (await ledgerOf(scene.store))
    .filter(({ type }) => type.startsWith('exception.'))
    .map(({ type, data }) => `${type.slice('exception.'.length)} ${String(data['exception'])} ${String(data['until'])}`)

beforeEach(async () => {
  scene = await openStandingScene()
  declare(base)
})
afterEach(() => scene.store.close())

describe('an exception of the register', () => {
  it('is evidence at each of its ages once, over restarts', async () => {
    const steps: readonly [string, readonly string[]][] = [
      ['2026-06-01T23:59:59', []],
      ['2026-06-02T00:00', ['granted EX-T 2026-06-30']],
      ['2026-06-16T23:59:59', ['granted EX-T 2026-06-30']],
      ['2026-06-17T00:00', ['granted EX-T 2026-06-30', 'expiring EX-T 2026-06-30']],
      ['2026-06-30T23:59:59', ['granted EX-T 2026-06-30', 'expiring EX-T 2026-06-30']],
      ['2026-07-01T00:00', ['granted EX-T 2026-06-30', 'expiring EX-T 2026-06-30', 'expired EX-T 2026-06-30']],
    ]
    for (const [instant, seen] of steps) {
      scene.clock.at = at(instant)
      await scene.standing.sweep()
      await scene.standing.sweep()
      await (await scene.reopen()).sweep()
      expect([instant, await aged()]).toEqual([instant, seen])
    }
  })

  it('that is renewed ages anew, with another last day', async () => {
    scene.clock.at = at('2026-06-20T00:00')
    await scene.standing.sweep()
    declare({ ...base, until: '2026-12-31', renewals: 1 })
    await scene.standing.sweep()
    expect(await aged()).toEqual(['granted EX-T 2026-06-30', 'expiring EX-T 2026-06-30', 'granted EX-T 2026-12-31'])
    const granted = await scene.events('exception.granted')
    expect(granted.map((data) => data['renewals'])).toEqual([0, 1])
    expect(granted.map((data) => data['compensating'])).toEqual([base.compensating, base.compensating])
  })

  it('that is taken out before its end is closed once; one that was over long ago leaves no trace', async () => {
    scene.clock.at = at('2026-06-10T00:00')
    await scene.standing.sweep()
    declare({ ...base, id: 'EX-OLD', from: '2025-01-01', until: '2025-02-01' })
    await scene.standing.sweep()
    await (await scene.reopen()).sweep()
    expect(await aged()).toEqual(['granted EX-T 2026-06-30', 'closed EX-T 2026-06-30'])
  })

  it('is shown with its age', () => {
    const states = ['2026-06-01', '2026-06-02', '2026-06-17', '2026-07-01'].map((day) =>
      stateOf(base, at(`${day}T00:00`)),
    )
    expect(states).toEqual(['coming', 'in-force', 'expiring', 'expired'])
  })
})

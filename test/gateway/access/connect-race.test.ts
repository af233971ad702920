// A revocation or suspension against a connect on its way: whenever it comes, it wins. The connect is stopped before each
// of its transactions, and the other is done whole in between.

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openRevocations } from '../../../gateway/access/revocations.ts'
import { openSuspensions } from '../../../gateway/access/suspensions.ts'
import type { Actor } from '../../../gateway/access/authorize.ts'
import type { Store } from '../../../gateway/store/store.ts'
import { quietWorld } from '../../../policy/index.ts'
import { ledgerOf } from '../../support/memory-store.ts'
import { openSessionScene, type SessionScene } from '../../support/session-scene.ts'

let scene: SessionScene
beforeEach(async () => {
  scene = await openSessionScene()
})
afterEach(() => scene.close())

/** The store as the connect sees it: `before` is done whole before its transaction number `turn`. */
function interrupted(
  store: Store,
  turn: number,
  before: () => Promise<unknown>,
): { store: Store; turns: () => number } {
  let seen = 0
  return {
    turns: () => seen,
    store: {
      ...store,
      async change(work) {
        if (seen++ === turn) await before()
        return store.change(work)
      },
    },
  }
}

const world = { now: () => quietWorld, refresh: () => Promise.resolve() }
const deps = () => ({
  store: scene.store,
  clock: scene.clock,
  bundle: () => scene.door.bundle(),
  bus: scene.bus,
  world,
})
const approver = (): Actor => ({ person: scene.approver, mfa: ['totp'], source: null })

const takings: Readonly<Record<string, () => Promise<unknown>>> = {
  'a revocation of the grant': () =>
    openRevocations(deps()).revoke(approver(), { kind: 'grant', id: scene.grant }, { reason: 'stop', insist: false }),
  'a revocation of everything in the zone': () =>
    openRevocations(deps()).revoke(
      approver(),
      { kind: 'zone', id: 'north-operations' },
      { reason: 'stop', insist: false },
    ),
  'a suspension of the asset': () =>
    openSuspensions(deps()).suspend(approver(), { kind: 'asset', id: 'ews-1' }, 'stop'),
  'a suspension of the supplier': () =>
    openSuspensions(deps()).suspend(approver(), { kind: 'supplier', id: 'acme-drives' }, 'stop'),
}

describe.each(Object.entries(takings))('%s', (_name, take) => {
  it('wins over a connect, at whatever step of it it comes', async () => {
    const calm = interrupted(scene.store, -1, take)
    const begun = await scene.admission({ store: calm.store }).admit(scene.visitor, 'ews-1')
    if (begun.kind === 'refused') throw new Error(begun.text)
    const turns = calm.turns()
    await begun.session.closed()
    expect(turns).toBeGreaterThan(1)
    for (let turn = 0; turn < turns; turn++) {
      await scene.close()
      scene = await openSessionScene()
      const raced = interrupted(scene.store, turn, take)
      const answer = await scene.admission({ store: raced.store }).admit(scene.visitor, 'ews-1')
      expect([turn, answer.kind, scene.registry.all().map(({ state }) => state)]).toEqual([turn, 'refused', []])
      const types = (await ledgerOf(scene.store)).map(({ type }) => type)
      expect(types).not.toContain('session.started')
    }
  })

  it('wins over a connect that has just begun', async () => {
    const answer = await scene.admission().admit(scene.visitor, 'ews-1')
    expect(answer.kind).toBe('admitted')
    await take()
    expect(scene.registry.all().map(({ state }) => state)).not.toContain('active')
    if (answer.kind === 'admitted') await answer.session.closed()
  })

  it('wins over one that comes at the same moment', async () => {
    const [answer] = await Promise.all([scene.admission().admit(scene.visitor, 'ews-1'), take()])
    expect(scene.registry.all().map(({ state }) => state)).not.toContain('active')
    if (answer.kind === 'admitted') await answer.session.closed()
  })
})

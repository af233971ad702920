import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Actor } from '../../../gateway/access/authorize.ts'
import { enrolPresence } from '../../../gateway/access/presences.ts'
import { codeAt } from '../../../gateway/identity/totp.ts'
import type { Secret } from '../../../gateway/secret.ts'
import type { ZoneId } from '../../../policy/index.ts'
import { codeOf, openStandingScene, type StandingScene } from '../../support/standing-scene.ts'

const minute = 60_000
const zone = 'north-operations' as ZoneId
let scene: StandingScene
let operator: Actor
let colleague: Actor
let vendor: Actor
let abroad: Actor
let secret: Secret<string>

beforeEach(async () => {
  scene = await openStandingScene()
  operator = await scene.person('operator', ['escort'], ['north'])
  colleague = await scene.person('colleague', ['engineer'], ['north'])
  vendor = await scene.person('vendor', ['vendor'], ['north'], 'acme-drives')
  abroad = await scene.person('abroad', ['escort'], ['south'])
  secret = (await enrolPresence(scene, zone)).secret
})
afterEach(() => scene.store.close())

const code = (): string => codeAt(secret, scene.clock.at)
const assert = (by: Actor, given = code(), minutes = 60, where: string = zone) =>
  scene.standing.presences.assert(by, { zone: where, code: given, minutes })
const present = () => scene.standing.world.now().presences

describe('presence on site', () => {
  it('is shown with the code of the zone, holds for its time, and is evidence at both ends', async () => {
    const made = await assert(operator)
    expect(present()).toEqual([{ zone, person: operator.person.id, until: scene.clock.at + 60 * minute }])
    scene.clock.at += 60 * minute - 1
    expect(present()).toHaveLength(1)
    scene.clock.at += 1
    expect(present()).toEqual([])
    await scene.standing.presences.sweep()
    await scene.standing.presences.sweep()
    expect(await scene.events('safety.local_enable_on')).toMatchObject([{ presence: made.id, zone, plant: 'north' }])
    expect(await scene.events('safety.local_enable_off')).toMatchObject([
      { presence: made.id, reason: 'time', by: null },
    ])
  })

  it('is ended by hand, and the sessions are decided anew', async () => {
    const made = await assert(operator)
    scene.signals.length = 0
    expect(await codeOf(scene.standing.presences.end(colleague, made.id))).toBe('role-missing')
    await scene.standing.presences.end(operator, made.id)
    expect(present()).toEqual([])
    expect(scene.signals).toEqual([{ kind: 'reevaluate', because: 'world' }])
    expect(await codeOf(scene.standing.presences.end(operator, made.id))).toBe('state-conflict')
  })

  it('shown again takes the place of the one before', async () => {
    await assert(operator, code(), 10)
    scene.clock.at += minute
    await assert(operator, code(), 120)
    expect(present()).toHaveLength(1)
    expect(await scene.events('safety.local_enable_off')).toMatchObject([{ reason: 'renewed' }])
  })

  it('of somebody who is disabled counts for nothing', async () => {
    await assert(operator)
    await scene.store.bookkeep((tx) => tx.people.setDisabled(operator.person.id, true))
    await scene.standing.world.refresh()
    expect(present()).toEqual([])
  })
})

describe('a code', () => {
  it('is good once, whoever uses it', async () => {
    const used = code()
    await assert(operator, used)
    expect(await codeOf(assert(operator, used))).toBe('policy-denied')
    expect(await codeOf(assert(colleague, used))).toBe('policy-denied')
    const codes = (await scene.events('standing.step_refused')).map((data) => data['code'])
    expect(codes).toEqual(['code-replayed', 'code-replayed'])
    expect(present()).toHaveLength(1)
    scene.clock.at += 30_000
    expect(await codeOf(assert(colleague))).toBe('done')
  })

  it('used by two at once is good for one', async () => {
    const used = code()
    const both = await Promise.all([assert(operator, used), assert(colleague, used)].map(codeOf))
    expect(both.toSorted()).toEqual(['done', 'policy-denied'])
  })

  it('cannot be guessed: after a few wrong ones no more are looked at for a while', async () => {
    const wrong = (given: string) => codeOf(assert(operator, given))
    for (let i = 0; i < 5; i++) expect(await wrong('not it')).toBe('policy-denied')
    expect(await codeOf(assert(operator))).toBe('too-many-requests')
    expect(await codeOf(assert(colleague))).toBe('done')
    scene.clock.at += minute
    expect(await codeOf(assert(operator))).toBe('done')
  })

  it('of the zone’s device and no other', async () => {
    const other = (await enrolPresence(scene, 'north-control' as ZoneId)).secret
    expect(await codeOf(assert(operator, codeAt(other, scene.clock.at)))).toBe('policy-denied')
    expect(await codeOf(assert(operator, code(), 60, 'south-dmz'))).toBe('role-missing')
    const replaced = await enrolPresence(scene, zone)
    expect(replaced.replaced).toBe(true)
    expect(await codeOf(assert(operator))).toBe('policy-denied')
    secret = replaced.secret
    expect(await codeOf(assert(operator))).toBe('done')
  })
})

describe('who asserts presence', () => {
  it('is of the zone’s plant, and never of a supplier', async () => {
    expect(await codeOf(assert(vendor))).toBe('role-missing')
    expect(await codeOf(assert(abroad))).toBe('role-missing')
    expect(present()).toEqual([])
  })

  it.each([0, 481, 1.5, Number.NaN])('for %d minutes is refused', async (minutes) => {
    expect(await codeOf(assert(operator, code(), minutes))).toBe('invalid-window')
  })

  it('in a zone without a device is told so', async () => {
    expect(await codeOf(assert(operator, code(), 60, 'north-line-1'))).toBe('not-found')
    expect(await codeOf(assert(operator, code(), 60, 'no-zone'))).toBe('not-found')
  })
})

// Decisions look only at the policies about the place they concern, look nothing up by walking, and remember.

import { describe, expect, it } from 'vitest'
import type { Bundle } from '../../policy/bundle/bundle.ts'
import { questionOf } from '../../policy/cedar/question.ts'
import { PolicySlices, shapesOf, type Place } from '../../policy/cedar/slices.ts'
import { decide } from '../../policy/decide.ts'
import type { AssetId, PlantId, ZoneId } from '../../policy/ids.ts'
import { quietWorld, type AccessAsk, type Facts } from '../../policy/model.ts'
import { situationOf } from '../../policy/situation.ts'
import { monday } from './arbitraries.ts'
import { bundleFrom, named, plantFiles, plantWith } from './scenario.ts'

const plant = plantWith()
const place = (asset: string, zone: string): Place => ({
  asset: asset as AssetId,
  zone: zone as ZoneId,
  plant: 'north' as PlantId,
})
const ask: AccessAsk = {
  asset: 'ews-1' as AssetId,
  protocol: 'ssh',
  operationClass: 'operate',
  window: { from: monday, until: monday + 3_600_000 },
  schedule: { kind: 'whole' },
  tier: 'standard',
  criteria: [],
  purpose: 'look',
  ticket: '',
  rollback: '',
  files: [],
}
const facts: Facts = {
  now: monday,
  person: named('plant-engineer'),
  mfa: ['totp'],
  source: null,
  ticket: 'none',
  world: quietWorld,
}

describe('slices', () => {
  const { slices, policySet } = plant.cedar

  it('are shared by places that no policy tells apart', () => {
    const name = slices.nameFor('request', place('ews-1', 'north-operations'))
    expect(slices.nameFor('request', place('ews-2', 'north-operations'))).toBe(name)
    expect(slices.nameFor('request', place('lab-1', 'north-lab'))).toBe(name)
  })

  it('differ by action, and by a zone or an asset that a policy names', () => {
    const names = [
      slices.nameFor('request', place('ews-1', 'north-operations')),
      slices.nameFor('connect', place('ews-1', 'north-operations')),
      slices.nameFor('request', place('hmi-3', 'north-control')),
      slices.nameFor('request', place('mill-5', 'north-control')),
    ]
    expect(new Set(names).size).toBe(names.length)
    expect(names).not.toContain(policySet)
  })

  it('give way to the whole set where too many policies would be kept in them', () => {
    const policies = [...plant.policies.values()]
    const few = new PolicySlices('few', policySet, policies, shapesOf(policies), policies.length)
    const first = few.nameFor('request', place('ews-1', 'north-operations'))
    expect(first).not.toBe(policySet)
    expect(few.nameFor('request', place('hmi-3', 'north-control'))).toBe(policySet)
    expect(few.nameFor('request', place('ews-2', 'north-operations'))).toBe(first)
    few.release()
  })

  it('leave a watched rule out where they give way to the whole set, too', () => {
    const policies = [...plant.policies.values()]
    const [watched] = policies.filter(({ effect }) => effect === 'forbid').map(({ id }) => id)
    if (watched === undefined) throw new Error('expected a forbid')
    const none = new PolicySlices('none', policySet, policies, shapesOf(policies), 0)
    expect(none.nameFor('request', place('ews-1', 'north-operations'))).toBe(policySet)
    const without = none.nameFor('request', place('ews-1', 'north-operations'), [watched])
    expect(without).toBe(`${policySet}/without ${watched}`)
    expect(none.nameFor('connect', place('hmi-3', 'north-control'), [watched])).toBe(without)
    none.release()
  })

  it('remember an answer, and forget it when the bundle is let go', () => {
    const own = bundleFrom(
      plantFiles().set(
        'policies/more.cedar',
        '@id("more") @text("M.") forbid (principal, action, resource) when { context.windowMinutes > 9000 };',
      ),
    )
    const asset = own.assets.get(ask.asset)
    if (asset === undefined) throw new Error('expected the asset')
    const situation = situationOf({ action: 'request', ask }, asset, own, facts)
    const question = questionOf(situation, own)
    const here = place('ews-1', 'north-operations')
    const first = own.cedar.slices.ask('request', here, question)
    expect(first).toMatchObject({ kind: 'answered', allow: true })
    expect(own.cedar.slices.ask('request', here, question)).toBe(first)
    const other = { ...question, context: { ...question.context, windowMinutes: 9_001 } }
    expect(own.cedar.slices.ask('request', here, other)).toMatchObject({
      allow: false,
      determining: expect.arrayContaining(['more']) as string[],
    })
    own.cedar.slices.release()
    expect(own.cedar.slices.ask('request', here, question)).toEqual(first)
    expect(own.cedar.slices.ask('request', here, question)).not.toBe(first)
  })
})

describe('a decision', () => {
  it('walks over no assets, zones or conduits: it looks them up', () => {
    class LookedUp<K, V> extends Map<K, V> {
      override forEach(): never {
        throw new Error('walked')
      }
      override entries(): never {
        throw new Error('walked')
      }
      override values(): never {
        throw new Error('walked')
      }
      override keys(): never {
        throw new Error('walked')
      }
      override [Symbol.iterator](): never {
        throw new Error('walked')
      }
    }
    const lookedUp = <K, V>(map: ReadonlyMap<K, V>): ReadonlyMap<K, V> => {
      const copy = new LookedUp<K, V>()
      for (const [key, value] of map) copy.set(key, value)
      return copy
    }
    const bundle: Bundle = {
      ...plant,
      assets: lookedUp(plant.assets),
      zones: lookedUp(plant.zones),
      conduits: lookedUp(plant.conduits),
      plants: lookedUp(plant.plants),
      suppliers: lookedUp(plant.suppliers),
      scopeStatusOf: lookedUp(plant.scopeStatusOf),
      assetsByZone: lookedUp(plant.assetsByZone),
    }
    expect(decide({ action: 'request', ask }, bundle, facts).kind).toBe('permit')
    expect(decide({ action: 'request', ask }, bundle, { ...facts, person: named('auditor') }).kind).toBe('deny')
  })

  it('goes down into no level 1, though a conduit were declared there', () => {
    const zone = [...plant.zones.values()].find(({ id }) => id === 'north-field')
    const crossing = [...plant.conduits.values()].find(({ id }) => id === 'north-dmz-to-operations')
    if (zone === undefined || crossing === undefined) throw new Error('expected both')
    // No bundle that declares it is accepted; the rule holds all the same.
    const conduitsTo = new Map([...plant.conduitsTo, [zone.id, [{ ...crossing, to: zone.id }]] as const])
    const decision = decide(
      { action: 'request', ask: { ...ask, asset: 'valve-1' as AssetId } },
      { ...plant, conduitsTo },
      facts,
    )
    expect(decision.reasons.map(({ rule }) => rule)).toEqual(['conduit-downward'])
  })
})

// Decisions look only at the policies about the place they concern, look nothing up by walking, and remember.

import { describe, expect, it } from 'vitest'
import type { Bundle } from '../../policy/bundle/bundle.ts'
import { questionOf } from '../../policy/cedar/question.ts'
import type { CedarAnswer } from '../../policy/cedar/engine.ts'
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

/** Which order the engine names policies in is its own affair. */
function outcomeOf(answer: CedarAnswer) {
  return answer.kind === 'failed' ? answer : { ...answer, determining: answer.determining.toSorted() }
}

describe('slices', () => {
  const { slices, policySet } = plant.cedar

  it('are shared by places that no policy tells apart', () => {
    const name = slices.namesFor('request', place('ews-1', 'north-operations'))
    expect(slices.namesFor('request', place('ews-2', 'north-operations'))).toEqual(name)
    expect(slices.namesFor('request', place('lab-1', 'north-lab'))).toEqual(name)
  })

  it('differ by action, and by a zone or an asset that a policy names', () => {
    const names = [
      slices.namesFor('request', place('ews-1', 'north-operations')),
      slices.namesFor('connect', place('ews-1', 'north-operations')),
      slices.namesFor('request', place('hmi-3', 'north-control')),
      slices.namesFor('request', place('mill-5', 'north-control')),
    ]
    expect(new Set(names.flat()).size).toBe(names.length)
    expect(names.flat()).not.toContain(policySet)
  })

  it('give way to the whole set where too many policies would be kept in them', () => {
    const policies = [...plant.policies.values()]
    const few = new PolicySlices('few', policySet, policies, shapesOf(policies), policies.length)
    const first = few.namesFor('request', place('ews-1', 'north-operations'))
    expect(first).not.toEqual([policySet])
    expect(few.namesFor('request', place('hmi-3', 'north-control'))).toEqual([policySet])
    expect(few.namesFor('request', place('ews-2', 'north-operations'))).toEqual(first)
    few.release()
  })

  it('leave a watched rule out where they give way to the whole set, too', () => {
    const policies = [...plant.policies.values()]
    const [watched] = policies.filter(({ effect }) => effect === 'forbid').map(({ id }) => id)
    if (watched === undefined) throw new Error('expected a forbid')
    const none = new PolicySlices('none', policySet, policies, shapesOf(policies), 0)
    expect(none.namesFor('request', place('ews-1', 'north-operations'))).toEqual([policySet])
    const without = none.namesFor('request', place('ews-1', 'north-operations'), [watched])
    expect(without).toEqual([`${policySet}/without ${watched}`])
    expect(none.namesFor('connect', place('hmi-3', 'north-control'), [watched])).toEqual(without)
    none.release()
  })

  it('keep many rules about no place apart from those of each place, parsed once for all of them', () => {
    const many = Array.from(
      { length: 60 },
      (_, i) =>
        `@id("any-${i}") @text("A.") forbid (principal, action, resource) when { context.windowMinutes > ${9_000 + i} };`,
    )
    const own = [
      '@id("zone") @text("Z.") permit (principal, action == Action::"request", resource in Zone::"north-operations");',
      '@id("cell") @text("C.") forbid (principal, action == Action::"request", resource in Zone::"north-control");',
    ]
    const bundle = bundleFrom(plantFiles().set('policies/more.cedar', [...many, ...own].join('\n')))
    const split = bundle.cedar.slices
    const operations = split.namesFor('request', place('ews-1', 'north-operations'))
    const control = split.namesFor('request', place('hmi-3', 'north-control'))
    expect([operations.length, control.length]).toEqual([2, 2])
    expect(operations[0]).toBe(control[0])
    const asset = bundle.assets.get(ask.asset)
    if (asset === undefined) throw new Error('expected the asset')
    const question = questionOf(situationOf({ action: 'request', ask }, asset, bundle, facts), bundle)
    for (const minutes of [60, 9_030, 9_100])
      for (const [id, zone] of [
        ['ews-1', 'north-operations'],
        ['hmi-3', 'north-control'],
        ['lab-1', 'north-lab'],
      ] as const) {
        const moved = bundle.assets.get([...bundle.assets.keys()].find((one) => one === id) ?? ask.asset) ?? asset
        const here = questionOf(
          situationOf({ action: 'request', ask: { ...ask, asset: moved.id } }, moved, bundle, facts),
          bundle,
        )
        const asked = { ...here, context: { ...question.context, windowMinutes: minutes } }
        const whole = outcomeOf(split.askSet(bundle.cedar.policySet, asked))
        expect(outcomeOf(split.ask('request', place(id, zone), asked)), `${id} for ${minutes} minutes`).toEqual(whole)
      }
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

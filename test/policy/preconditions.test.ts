// What has to be attested beforehand, over random questions: nothing is permitted without it, nothing more is because of
// it, and when it ends is foreseen.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decidedUntil } from '../../policy/boundaries-in-time.ts'
import { decide } from '../../policy/decide.ts'
import type { AssetId, GrantId, RequestId, SupplierId } from '../../policy/ids.ts'
import {
  quietWorld,
  type DecisionRequest,
  type Facts,
  type Grant,
  type Training,
  type World,
} from '../../policy/model.ts'
import { isTrainingFor, trainingsFor } from '../../policy/preconditions.ts'
import { anyCase, monday } from './arbitraries.ts'
import { person } from './people.ts'
import { bundleFrom, plantFiles, plantWith } from './scenario.ts'

const hour = 3_600_000
const plain = plantWith()
const strict = bundleFrom(
  plantFiles()
    .set(
      'access.yaml',
      `${plantFiles().get('access.yaml')}
trainings:
  - { id: site-induction, title: Site induction, validDays: 365 }
`,
    )
    .set(
      'suppliers.yaml',
      `${plantFiles().get('suppliers.yaml')}
expectations:
  - { id: incident-contact, text: Names an incident contact., validDays: 365 }
`,
    ),
)

describe('what has to be attested', () => {
  it('never widens access, and nothing is permitted without it', () => {
    let permitted = 0
    fc.assert(
      fc.property(anyCase, fc.boolean(), ({ request, facts }, isTaught) => {
        const user = request.action === 'approve' || request.action === 'extend' ? request.requester : facts.person
        const world: World = isTaught
          ? { ...facts.world, trainings: new Map([[user.id, new Map([['site-induction', facts.now + hour]])]]) }
          : facts.world
        const decision = decide(request, strict, { ...facts, world })
        if (decision.kind === 'deny') return
        permitted += 1
        expect(decide(request, plain, { ...facts, world }).kind).toBe('permit')
        expect(world.trainings.get(user.id)?.get('site-induction')).toBeGreaterThan(facts.now)
        if (user.supplier !== null)
          expect(world.expectations.get(user.supplier)?.get('incident-contact')).toBeGreaterThan(facts.now)
      }),
      { numRuns: 800, seed: 36 },
    )
    expect(permitted).toBeGreaterThan(10)
  })

  it('is decided anew at the end of each attestation', () => {
    const supplier = person('supplier-engineer')
    const facts: Facts = {
      now: monday,
      person: supplier,
      mfa: ['totp'],
      source: null,
      ticket: 'none',
      world: {
        ...quietWorld,
        trainings: new Map([[supplier.id, new Map([['site-induction', monday + 3 * hour]])]]),
        expectations: new Map([['acme-drives' as SupplierId, new Map([['incident-contact', monday + 2 * hour]])]]),
      },
    }
    const grant: Grant = {
      id: 'gra_00000000000000000000000001' as GrantId,
      request: 'req_00000000000000000000000001' as RequestId,
      person: supplier.id,
      asset: 'ews-1' as AssetId,
      protocol: 'ssh',
      operationClass: 'operate',
      window: { from: monday, until: monday + 8 * hour },
      schedule: { kind: 'whole' },
      tier: 'standard',
      escort: false,
      conditions: '',
      kind: 'open',
    }
    const asked: DecisionRequest = { action: 'connect', asset: grant.asset, protocol: 'ssh', grant }
    expect(decide(asked, strict, facts).kind).toBe('permit')
    expect(decidedUntil(asked, strict, facts)).toBe(monday + 2 * hour)
    const later = { ...facts, now: monday + 2 * hour }
    expect(decide(asked, strict, later).reasons.map(({ rule }) => rule)).toEqual(['supplier-expectation'])
    expect(decidedUntil(asked, strict, later)).toBe(monday + 3 * hour)
    const last = decide(asked, strict, { ...facts, now: monday + 3 * hour })
    expect(last.reasons.map(({ rule }) => rule)).toEqual(['supplier-expectation', 'training-missing'])
  })
})

describe('a training', () => {
  const training = (given: Training['for']): Training => ({ id: 't', title: 't', for: given, validDays: 1 })
  const asset = [...plain.assets.values()].find(({ id }) => id === 'ews-1')
  const needed = (given: Training['for'], operationClass: 'engineer' | null = 'engineer'): boolean => {
    if (asset === undefined) throw new Error('the plant has no `ews-1`')
    const access = { ...plain.access, trainings: [training(given)] }
    return trainingsFor(person('plant-engineer'), { asset, operationClass }, access).length === 1
  }

  it('is needed where every criterion given matches', () => {
    expect(needed({})).toBe(true)
    expect(needed({ roles: ['vendor', 'engineer'], population: 'plant', operationClasses: ['engineer'] })).toBe(true)
    expect(needed({ roles: ['vendor'] })).toBe(false)
    expect(needed({ population: 'supplier' })).toBe(false)
    expect(needed({ operationClasses: ['operate'] })).toBe(false)
    expect(needed({ operationClasses: ['engineer'] }, null)).toBe(false)
    expect(needed({ zones: [] })).toBe(false)
    expect(needed({ labels: ['no-such-label'] })).toBe(false)
    expect(needed({ labels: asset?.labels ?? [] })).toBe(true)
  })

  it('may be needed by who has one of its roles and comes from its population', () => {
    expect(isTrainingFor(training({ population: 'supplier', zones: [] }), person('supplier-engineer'))).toBe(true)
    expect(isTrainingFor(training({ population: 'supplier' }), person('plant-engineer'))).toBe(false)
    expect(isTrainingFor(training({ roles: ['approver'] }), person('plant-engineer'))).toBe(false)
  })
})

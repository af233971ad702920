import { describe, expect, it } from 'vitest'
import { refOf, refTo } from '../../../gateway/api/person-ref.ts'
import type { Supplier, SupplierId } from '../../../policy/index.ts'
import { personOf } from '../../policy/people.ts'

const acme: Supplier = {
  id: 'acme-drives' as SupplierId,
  name: 'Acme Drives',
  sponsor: 'approver',
  contract: { from: '2026-01-01', until: '2026-12-31' },
  labels: [],
  maxSessions: null,
  riskTier: 'low',
}
const bundle = { suppliers: new Map([[acme.id, acme]]) }

describe('a person named in a view', () => {
  it('comes with the name of their supplier', () => {
    const visitor = personOf({ login: 'visitor', roles: ['vendor'], supplier: 'acme-drives' })
    expect(refTo(visitor, visitor.id, bundle)).toEqual({
      id: visitor.id,
      login: 'visitor',
      displayName: 'visitor',
      supplier: 'acme-drives',
      supplierName: 'Acme Drives',
    })
  })

  it('comes with its id where the bundle has the supplier no longer', () => {
    const visitor = personOf({ login: 'visitor', roles: ['vendor'], supplier: 'former-packaging' })
    expect(refTo(visitor, visitor.id, bundle).supplierName).toBe('former-packaging')
  })

  it('comes with none for the plant\u2019s own people', () => {
    const own = personOf({ login: 'own', roles: ['engineer'] })
    expect(refOf(new Map([[own.id, own]]), own.id, bundle)).toMatchObject({ supplier: null, supplierName: null })
  })

  it('is erased where the name is no longer kept', () => {
    expect(refOf(new Map(), 'per_1', bundle)).toEqual({
      id: 'per_1',
      login: 'erased',
      displayName: 'erased',
      supplier: null,
      supplierName: null,
    })
  })
})

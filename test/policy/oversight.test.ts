import { describe, expect, it } from 'vitest'

import { overseenPlants, oversees, overseesAll, usualOversight, type Person, type PlantId } from '../../policy/index.ts'
import { idOf } from '../support/ids.ts'

const [north, south] = ['north', 'south'] as PlantId[] as [PlantId, PlantId]
const who = (of: Partial<Person>) => ({ roles: ['auditor'], supplier: null, plants: [north], ...of }) as Person

describe('oversight', () => {
  it('of an account that says nothing reaches over all plants, as it always has', () => {
    expect(overseesAll(who({}))).toBe(true)
    expect(oversees(who({}), south)).toBe(true)
    expect(overseenPlants(who({}))).toBeNull()
  })

  it('of one that looks over its plants reaches over these, and over none once they are taken away', () => {
    const limited = who({ oversight: 'plants' })
    expect(overseesAll(limited)).toBe(false)
    expect([oversees(limited, north), oversees(limited, south)]).toEqual([true, false])
    expect(overseenPlants(who({ oversight: 'plants', plants: [] }))).toEqual([])
  })

  it('is had by no other role, by nobody of a supplier, and only by the roles asked for', () => {
    expect(oversees(who({ roles: ['approver'] }), north)).toBe(false)
    expect(oversees(who({ supplier: idOf.supplier('acme') }), north)).toBe(false)
    expect(oversees(who({}), north, ['isms-manager'])).toBe(false)
  })

  it('of a new account is over the plants it names, and over all where it names none', () => {
    expect(usualOversight({ roles: ['auditor'], plants: [north] })).toBe('plants')
    expect(usualOversight({ roles: ['auditor'], plants: [] })).toBe('all')
    expect(usualOversight({ roles: ['approver'], plants: [north] })).toBe('all')
  })
})

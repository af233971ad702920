// What becomes of a file that was taken in whole, and who lets it go.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fileOutcome, fileReleaseFault, malwareVerdicts, type FileReleaseFault } from '../../policy/file-release.ts'
import { fileCrossings, withoutVerdict } from '../../policy/model/files.ts'
import type { Person, Role } from '../../policy/index.ts'
import { idOf } from '../support/ids.ts'

const demands = fc.record({
  crossing: fc.constantFrom(...fileCrossings),
  withoutVerdict: fc.constantFrom(...withoutVerdict),
  releasedBy: fc.constantFrom<readonly Role[]>([], ['approver']),
  declaredOnly: fc.boolean(),
})
const findings = fc.record({
  isBrought: fc.boolean(),
  verdict: fc.constantFrom(...malwareVerdicts),
  isDeclared: fc.boolean(),
  wasReleased: fc.boolean(),
  isOneTooMany: fc.boolean(),
})

describe('a file that was taken in', () => {
  it('never crosses with malware in it, whatever the rules say and whoever let it go', () => {
    fc.assert(
      fc.property(demands, findings, (demand, found) => {
        const outcome = fileOutcome(demand, { ...found, verdict: 'infected' })
        expect(outcome).toEqual({ kind: 'block', because: 'infected' })
      }),
    )
  })

  it('crosses under a stricter rule only where it does under a laxer one', () => {
    const rank = { release: 0, hold: 1, block: 2 } as const
    fc.assert(
      fc.property(demands, findings, (demand, found) => {
        const before = rank[fileOutcome(demand, found).kind]
        expect(rank[fileOutcome({ ...demand, crossing: 'release' }, found).kind]).toBeGreaterThanOrEqual(before)
        expect(rank[fileOutcome({ ...demand, declaredOnly: true }, found).kind]).toBeGreaterThanOrEqual(before)
        expect(rank[fileOutcome({ ...demand, withoutVerdict: 'refuse' }, found).kind]).toBeGreaterThanOrEqual(before)
      }),
    )
  })

  it('waits for nobody where nobody may let it go', () => {
    fc.assert(
      fc.property(demands, findings, (demand, found) => {
        expect(fileOutcome({ ...demand, releasedBy: [] }, found).kind).not.toBe('hold')
      }),
    )
  })

  it('waits for a person unless one too many would: then it is refused, and what needs no person is not', () => {
    fc.assert(
      fc.property(demands, findings, (demand, found) => {
        const alone = fileOutcome(demand, { ...found, isOneTooMany: false })
        const expected = alone.kind === 'hold' ? { kind: 'block', because: 'too-many-waiting' } : alone
        expect(fileOutcome(demand, { ...found, isOneTooMany: true })).toEqual(expected)
      }),
    )
  })

  it('is never declared on its way out', () => {
    const demand = {
      crossing: 'release',
      withoutVerdict: 'hold',
      releasedBy: ['approver'],
      declaredOnly: false,
    } as const
    const found = { verdict: 'clean', isDeclared: true, wasReleased: false, isOneTooMany: false } as const
    expect(fileOutcome(demand, { ...found, isBrought: true })).toEqual({ kind: 'release', because: 'declared' })
    expect(fileOutcome(demand, { ...found, isBrought: false })).toEqual({ kind: 'hold', because: 'needs-release' })
  })
})

describe('who lets a file go', () => {
  const carrier = idOf.person('per_00000000000000000000000001')
  const person = (over: Partial<Person>): Person =>
    ({
      id: idOf.person('per_00000000000000000000000002'),
      login: idOf.login('p'),
      displayName: 'p',
      roles: ['approver'],
      supplier: null,
      plants: [idOf.plant('north')],
      disabled: false,
      ...over,
    }) as Person
  const sender = person({ id: carrier, roles: ['vendor'], supplier: idOf.supplier('acme') })
  const where = { plant: idOf.plant('north'), releasedBy: ['approver'] as const }

  it.each<[string, Partial<Person>, FileReleaseFault | null]>([
    ['somebody of the plant with the role', {}, null],
    ['who carries it', { id: carrier }, 'own-file'],
    ['a colleague of who carries it', { supplier: idOf.supplier('acme') }, 'own-supplier'],
    ['somebody of another supplier', { supplier: idOf.supplier('other') }, 'role-missing'],
    ['somebody of another plant', { plants: [idOf.plant('south')] }, 'role-missing'],
    ['somebody with another role', { roles: ['escort'] }, 'role-missing'],
    ['a disabled account', { disabled: true }, 'account-disabled'],
  ])('%s: %s', (_who, over, fault) => {
    expect(fileReleaseFault(person(over), sender, where)).toBe(fault)
  })
})

// Who holds together what a rule keeps apart, and what is left of it from the day of the rule on.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Login, PlantId } from '../../policy/ids.ts'
import { roles as allRoles, type Role, type SeparationRule } from '../../policy/model.ts'
import { breachesOf, newBreaches, sayBreach, usableDuties, withUsableRoles } from '../../policy/separation.ts'
import { bundleWith } from './demo-bundle.ts'
import { personOf } from './people.ts'

const before = Date.parse('2026-12-31T23:59:59.999Z')
const from = Date.parse('2027-01-01T00:00:00Z')
const rule: SeparationRule = {
  id: 'audit-apart',
  text: 'who checks does not decide',
  roles: ['auditor', 'approver', 'escort'],
  duties: [],
  from: '2027-01-01',
}
const demo = bundleWith()
const bundleOf = (...separation: readonly SeparationRule[]) => ({ ...demo, access: { ...demo.access, separation } })
const held = (...roles: readonly Role[]) => personOf({ login: 'both', roles })

describe('separation of duties', () => {
  it('withholds nothing before its day, and says what will be', () => {
    const person = held('auditor', 'approver')
    const [breach] = breachesOf(person, bundleOf(rule), before)
    expect(breach).toMatchObject({ roles: ['auditor', 'approver'], isEnforced: false, enforcedFrom: from })
    expect(withUsableRoles(person, bundleOf(rule), before)).toBe(person)
    expect(breach && sayBreach(breach)).toBe(
      'auditor and approver, which rule `audit-apart` keeps apart from 2027-01-01 on',
    )
  })

  it('withholds what decides, approves or audits from the first instant of its day, and leaves the rest', () => {
    const person = held('auditor', 'approver', 'escort', 'engineer')
    const usable = withUsableRoles(person, bundleOf(rule), from)
    expect(usable.roles).toEqual(['escort', 'engineer'])
    expect(usable.withheld).toEqual(['auditor', 'approver'])
    expect(breachesOf(usable, bundleOf(rule), from)).toMatchObject([{ roles: ['auditor', 'approver', 'escort'] }])
  })

  it('says nothing of who holds one of them, nor of a machine account', () => {
    expect(breachesOf(held('auditor', 'engineer'), bundleOf(rule), from)).toEqual([])
    const owner = held('approver')
    const machine = { owner, purpose: 'x', until: '2099-01-01', sources: ['192.0.2.0/24'] }
    const person = { ...held('auditor', 'approver'), machine }
    expect(breachesOf(person, bundleOf(rule), from)).toEqual([])
  })

  it('counts a duty of any roster, on it now or not, and leaves nobody it for what it decides', () => {
    const [roster] = demo.calendars.rosters
    const [login] = roster?.shifts[0]?.people ?? []
    if (roster === undefined || login === undefined) throw new Error('the demo bundle has no roster')
    const duty: SeparationRule = { ...rule, roles: ['auditor'], duties: [roster.duty] }
    const person = { ...held('auditor'), login }
    expect(breachesOf(person, bundleOf(duty), from)).toMatchObject([{ roles: ['auditor'], duties: [roster.duty] }])
    const week = Array.from({ length: 7 * 24 }, (_, hour) => from + hour * 3_600_000)
    const onDuty = (at: number, kept: boolean) =>
      usableDuties(person, bundleOf(...(kept ? [duty] : [])), roster.plant as PlantId, at)
    expect(week.some((at) => onDuty(at, false).includes(roster.duty))).toBe(true)
    expect(week.flatMap((at) => onDuty(at, true))).not.toContain(roster.duty)
  })

  it('refuses what is new, and not what somebody held before', () => {
    const find = (was: readonly Role[] | null, now: readonly Role[]) =>
      newBreaches(was && { login: 'x' as Login, roles: was }, { login: 'x' as Login, roles: now }, bundleOf(rule), from)
    expect(find(null, ['auditor', 'approver'])).toHaveLength(1)
    expect(find(['auditor'], ['auditor', 'approver'])).toHaveLength(1)
    expect(find(['auditor', 'approver'], ['auditor', 'approver', 'engineer'])).toEqual([])
    expect(find(['auditor', 'approver'], ['auditor', 'approver', 'escort'])).toHaveLength(1)
  })

  const someRoles = fc.uniqueArray(fc.constantFrom(...allRoles))
  const someRule = fc.record({
    id: fc.constant('r'),
    text: fc.constant('x'),
    roles: fc.uniqueArray(fc.constantFrom(...allRoles), { minLength: 2 }),
    duties: fc.constant([]),
    from: fc.constant('2027-01-01'),
  })
  it('never gives a role, loses none on record, and is the same when asked twice', () => {
    fc.assert(
      fc.property(someRoles, fc.array(someRule), (given, separation) => {
        const bundle = bundleOf(...separation.map((each, at) => ({ ...each, id: `r${at}` })))
        const once = withUsableRoles(held(...given), bundle, from)
        expect([...once.roles, ...(once.withheld ?? [])].toSorted()).toEqual(given.toSorted())
        expect(withUsableRoles(once, bundle, from)).toEqual(once)
        // Of what is left, no rule has more than one role that decides.
        for (const left of breachesOf(held(...once.roles), bundle, from)) expect(left.withheld).toEqual([])
      }),
    )
  })
})

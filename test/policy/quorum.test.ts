// Counting yeses: the most needs that can be met, each by another person and with another right.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { PersonId } from '../../policy/ids.ts'
import type { ApprovalNeed, Obligation, Person, Role } from '../../policy/model.ts'
import { lapseOf, leastNeeds, needsOf, needsToExtend, tally, type Voice } from '../../policy/quorum.ts'
import { another, approver, requester, start } from './asking.ts'
import { person } from './people.ts'

const role = (name: Role): ApprovalNeed => ({ kind: 'role', role: name })
const duty = (name: string): ApprovalNeed => ({ kind: 'duty', duty: name })
const approvals = (...needs: ApprovalNeed[]): Obligation => ({ kind: 'approvals', needs })

function voice(by: Person, over: Partial<Voice> & { readonly owner?: Person } = {}): Voice {
  const owner = over.owner ?? by
  return {
    approval: { by: by.id, onBehalfOf: owner.id, at: start, verdict: 'approve', comment: '', requestDigest: '' },
    approver: by,
    owner,
    duties: [],
    objection: null,
    ...over,
  }
}

describe('what is needed', () => {
  it('is an approver’s yes where no decision asks for more', () => {
    expect(needsOf([[{ kind: 'record' }], []])).toEqual(leastNeeds)
  })

  it('is everything that some decision asks for, as often as the one that asks for it most', () => {
    const [lead, security] = [duty('shift-lead'), duty('ot-security')]
    expect(needsOf([[approvals(lead, security)], [approvals(lead, lead)]])).toEqual([lead, security, lead])
  })
})

describe('yeses', () => {
  it('meet as many needs as they can, whoever came first', () => {
    const both = another(approver, 1, { roles: ['approver', 'safety-engineer'] })
    const needs = [role('approver'), role('safety-engineer')]
    for (const voices of [
      [voice(both), voice(approver)],
      [voice(approver), voice(both)],
    ]) {
      expect(tally(needs, voices)).toEqual({ metBy: [approver.id, both.id], open: [] })
    }
    // One who could be either is counted for what fewer can give.
    expect(tally(needs, [voice(both)]).open).toEqual([role('approver')])
  })

  it('of one person count once, and so do two with one right', () => {
    const needs = [role('approver'), role('approver')]
    const delegate = person('plant-engineer')
    expect(tally(needs, [voice(approver), voice(approver)]).open).toHaveLength(1)
    expect(tally(needs, [voice(approver), voice(delegate, { owner: approver })]).open).toHaveLength(1)
    const two = another(approver, 2)
    expect(tally(needs, [voice(delegate, { owner: approver }), voice(delegate, { owner: two })]).open).toHaveLength(1)
    expect(tally(needs, [voice(delegate, { owner: approver }), voice(two)]).open).toHaveLength(0)
  })

  it('of who was on duty meet the duty, of who was not do not', () => {
    const lead = person('early-lead')
    expect(tally([duty('shift-lead')], [voice(lead, { duties: ['shift-lead'] })]).open).toEqual([])
    expect(tally([duty('shift-lead')], [voice(lead)]).open).toEqual([duty('shift-lead')])
  })

  it.each<[string, Partial<Voice>, boolean]>([
    ['everybody is as they were', {}, true],
    ['the approver is gone', { approver: null }, false],
    ['the owner of the right is gone', { owner: null }, false],
    ['the approver is disabled', { approver: { ...approver, disabled: true } }, false],
    ['the owner of the right is disabled', { owner: { ...approver, disabled: true } }, false],
    ['the approver went to the supplier', { approver: { ...approver, supplier: requester.supplier } }, false],
    ['the owner went to the supplier', { owner: { ...approver, supplier: requester.supplier } }, false],
    ['policy objects', { objection: 'not on site' }, false],
  ])('count or not: %s', (_what, over, counts) => {
    expect(lapseOf({ ...voice(approver), ...over }, requester) === null).toBe(counts)
  })

  it('are counted by a maximum matching', () => {
    const needsArb = fc.array(fc.constantFrom<Role>('approver', 'safety-engineer', 'escort'), { maxLength: 4 })
    const rolesArb = fc.array(fc.subarray<Role>(['approver', 'safety-engineer', 'escort']), { maxLength: 5 })
    const property = fc.property(needsArb, rolesArb, (needed, held) => {
      const needs = needed.map(role)
      const voices = held.map((roles, n) => voice(another(approver, n, { roles })))
      const { metBy, open } = tally(needs, voices)
      const met = metBy.filter((id): id is PersonId => id !== null)
      expect(new Set(met).size).toBe(met.length)
      expect(needs.length - open.length).toBe(best(needed, held))
    })
    fc.assert(property, { numRuns: 500 })
  })
})

/** The most needs that can be met, by trying everything. */
function best(needs: readonly Role[], held: readonly (readonly Role[])[]): number {
  const [first, ...rest] = needs
  if (first === undefined) return 0
  const without = best(rest, held)
  const withOne = held.flatMap((roles, at) => (roles.includes(first) ? [1 + best(rest, held.toSpliced(at, 1))] : []))
  return Math.max(without, ...withOne)
}

describe('whose yes makes a grant longer', () => {
  const lead = duty('shift-lead')

  it('is that of another role where one was needed, else of a duty, else of an approver', () => {
    expect(needsToExtend([role('approver'), lead, role('safety-engineer')])).toEqual([role('safety-engineer')])
    expect(needsToExtend([role('approver'), lead])).toEqual([lead])
    expect(needsToExtend([role('approver'), role('approver')])).toEqual([role('approver')])
    expect(needsToExtend([])).toEqual([role('approver')])
  })
})

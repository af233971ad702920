import { describe, expect, it } from 'vitest'

import { gistOf, isCommitment, linesOf, timeOf } from '../../../admin-ui/src/auditor/entry.ts'

const commitment = `sha256:${'a1'.repeat(32)}`

describe('the lines of an entry', () => {
  it('name nested values by their path, and keep lists in one line', () => {
    expect(linesOf({ grant: 'gra_1', window: { from: 1, until: 2 }, rules: ['a', 'b'], plant: null, mfa: [] })).toEqual(
      [
        { name: 'grant', value: 'gra_1' },
        { name: 'window.from', value: '1' },
        { name: 'window.until', value: '2' },
        { name: 'rules', value: 'a, b' },
        { name: 'plant', value: 'none' },
        { name: 'mfa', value: 'none' },
      ],
    )
  })
})

describe('the time in a line', () => {
  it.each([
    ['window.until', '1795274169179', '2026-11-21 15:16:09.179 UTC'],
    ['contractUntil', '2082758400000', '2036-01-01 00:00:00.000 UTC'],
    ['dueAt', '946684800000', '2000-01-01 00:00:00.000 UTC'],
    ['at', '1795274169179', '2026-11-21 15:16:09.179 UTC'],
    ['bytes', '1795274169179', undefined],
    ['levels.from', '3.5', undefined],
    ['from', '2026-06-01', undefined],
    ['until', 'none', undefined],
  ])('is read where the name says that it is one: %s %s', (name, value, expected) => {
    expect(timeOf({ name, value })).toBe(expected)
  })
})

describe('the gist of an entry', () => {
  it('tells entries of one type apart by a few values, and never by a commitment', () => {
    expect(
      gistOf({ person: 'per_1', reason: commitment, outcome: 'deny', action: 'approve', asset: 'ews-1' }, {}),
    ).toBe('outcome deny · action approve · asset ews-1')
    expect(gistOf({ frames: 3 }, {})).toBe('')
  })

  it('says what an id or a commitment stands for, while that is kept', () => {
    const meaning = { per_1: 'Internal auditor', [commitment]: 'line 3 starts' }
    expect(gistOf({ person: 'per_1', reason: commitment }, meaning)).toBe(
      'reason line 3 starts · person Internal auditor',
    )
  })

  it('says what was suspended, and to whom a right was lent', () => {
    const meaning = { per_2: 'ISMS manager', [commitment]: 'a week of holiday' }
    const suspended = { suspension: 'sus_1', target: { kind: 'supplier', id: 'acme-drives' }, by: 'per_2' }
    expect(gistOf(suspended, meaning)).toBe('target acme-drives · by ISMS manager')
    const lent = { delegation: 'del_1', from: 'per_1', to: 'per_2', reason: commitment }
    expect(gistOf(lent, meaning)).toBe('reason a week of holiday · to ISMS manager')
    expect(gistOf({ scopeVersion: '2026-2' }, {})).toBe('scope version 2026-2')
  })

  it('knows a commitment when it sees one', () => {
    expect(isCommitment(commitment)).toBe(true)
    expect(isCommitment('sha256:short')).toBe(false)
  })
})

import { describe, expect, it } from 'vitest'

import { gistOf, isCommitment, linesOf } from '../../../admin-ui/src/auditor/entry.ts'

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

  it('knows a commitment when it sees one', () => {
    expect(isCommitment(commitment)).toBe(true)
    expect(isCommitment('sha256:short')).toBe(false)
  })
})

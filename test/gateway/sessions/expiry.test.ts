import { describe, expect, it } from 'vitest'
import { nextWarning, sentenceFor } from '../../../gateway/sessions/expiry.ts'

const minute = 60_000

describe('warnings', () => {
  it.each([
    [20 * minute, 5 * minute, '15 minutes'],
    [15 * minute, 10 * minute, '5 minutes'],
    [2 * minute, minute, '1 minute'],
    [30_000, 20_000, '10 seconds'],
  ])('with %i ms left, the next comes in %i ms and says %s', (left, wait, words) => {
    const warning = nextWarning(1000, 1000 + left)
    expect(warning?.at).toBe(1000 + wait)
    expect(warning?.text).toContain(words)
  })

  it('are over when only the end is left', () => {
    expect(nextWarning(0, 10_000)).toBeNull()
    expect(nextWarning(0, 0)).toBeNull()
  })
})

describe('the sentence at the end', () => {
  it('holds the reason a person gave', () => {
    expect(sentenceFor('killed', 'line 3 starts', '14:00')).toContain('line 3 starts')
    expect(sentenceFor('revoked', '', '14:00')).not.toContain(': ')
    expect(sentenceFor('expired', null, '14:00 (Europe/Berlin)')).toContain('14:00 (Europe/Berlin)')
  })
})

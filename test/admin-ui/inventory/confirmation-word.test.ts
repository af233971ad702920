import { describe, expect, it } from 'vitest'
import { byNeed, confirmationWord, isToConfirm } from '../../../admin-ui/src/inventory/confirmation-word.ts'

const confirmed = (state: 'fresh' | 'stale' | 'moved' | 'never', seenOn: string | null = null) => ({
  state,
  seenOn,
  until: null,
  text: '',
})
const asset = (name: string, confirmation: ReturnType<typeof confirmed> | null, scope = 'in') => ({
  name,
  scope,
  confirmation,
})

describe('the list of a walkdown', () => {
  it('asks for what is in scope and not confirmed lately', () => {
    expect(isToConfirm(asset('a', confirmed('never')))).toBe(true)
    expect(isToConfirm(asset('a', confirmed('stale', '2026-01-01')))).toBe(true)
    expect(isToConfirm(asset('a', confirmed('fresh', '2026-03-01')))).toBe(false)
    expect(isToConfirm(asset('a', confirmed('never'), 'out'))).toBe(false)
    expect(isToConfirm(asset('a', null))).toBe(false)
  })

  it('puts what moved first, then what was seen longest ago', () => {
    const list = [
      asset('fresh', confirmed('fresh', '2026-03-01')),
      asset('never', confirmed('never')),
      asset('late', confirmed('stale', '2025-11-01')),
      asset('later', confirmed('stale', '2025-10-01')),
      asset('moved', confirmed('moved', '2026-02-01')),
      asset('out', confirmed('moved', '2026-02-01'), 'out'),
    ]
    expect(byNeed(list).map(({ name }) => name)).toEqual(['moved', 'later', 'late', 'never', 'out', 'fresh'])
  })

  it('has a word for each state', () => {
    for (const state of ['fresh', 'stale', 'moved', 'never'] as const) expect(confirmationWord(state).word).not.toBe('')
  })
})

import { describe, expect, it } from 'vitest'
import { openLimits } from '../../../../gateway/brokers/ssh/limits.ts'

const limits = () => openLimits({ unauthenticated: 3, unauthenticatedPerSource: 2, loginGraceMs: 1000 })

describe('connections of strangers', () => {
  it('are limited for one address and in all', () => {
    const { enter } = limits()
    expect([enter('a').kind, enter('a').kind, enter('a').kind]).toEqual(['ok', 'ok', 'full'])
    expect([enter('b').kind, enter('c').kind]).toEqual(['ok', 'full'])
  })

  it('give their place back once, however often they leave', () => {
    const { enter } = limits()
    const first = enter('a')
    enter('a')
    if (first.kind === 'full') throw new Error('no place')
    first.leave()
    first.leave()
    expect([enter('a').kind, enter('a').kind]).toEqual(['ok', 'full'])
  })
})

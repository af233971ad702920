import { describe, expect, it } from 'vitest'
import { openLimits } from '../../../../gateway/brokers/ssh/limits.ts'

const limits = () =>
  openLimits({
    connections: 4,
    connectionsPerSource: 3,
    unauthenticated: 3,
    unauthenticatedPerSource: 2,
    loginGraceMs: 1000,
  })

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

describe('connections of whoever has logged in', () => {
  it('leave their place to strangers, and are limited apart from them', () => {
    const { enter } = limits()
    const ok = (source: string) => {
      const place = enter(source)
      if (place.kind === 'full') throw new Error(place.limit)
      return place
    }
    const mine = [ok('a'), ok('a')]
    for (const place of mine) place.admitted()
    mine.push(ok('a'))
    expect(enter('a')).toEqual({ kind: 'full', limit: 'connections of one address' })
    ok('b')
    expect(enter('c')).toEqual({ kind: 'full', limit: 'connections' })
    for (const place of mine) place.leave()
    expect([enter('a').kind, enter('c').kind]).toEqual(['ok', 'ok'])
  })

  it('are counted for a whole network of IPv6, of which one machine has every address', () => {
    const { enter } = limits()
    const kinds = ['2001:db8:1:2::1', '2001:db8:1:2:ffff::', '2001:db8:1:2:3:4:5:6', '2001:db8:1:3::1'].map(
      (source) => enter(source).kind,
    )
    expect(kinds).toEqual(['ok', 'ok', 'full', 'ok'])
  })
})

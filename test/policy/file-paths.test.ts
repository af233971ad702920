// Paths and the patterns rules name them by.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { faultOfPattern, isMeant, isPatternWithin, mayMeet, touchesTree } from '../../policy/file-paths.ts'

const name = fc.stringMatching(/^[ab.]{1,4}$/).filter((each) => each !== '.' && each !== '..')
const path = fc.array(name, { maxLength: 5 }).map((names) => `/${names.join('/')}`)
const piece = fc.oneof(
  fc.stringMatching(/^[ab*]{1,4}$/).filter((each) => !each.includes('**')),
  fc.constant('**'),
)
const pattern = fc.array(piece, { minLength: 1, maxLength: 5 }).map((names) => `/${names.join('/')}`)

/** The same in another way: what a regular expression makes of it. */
function expression(of: string): RegExp {
  const body = of
    .slice(1)
    .split('/')
    .map((each) => (each === '**' ? '(?:/[^/]+)*' : `/${each.replaceAll('.', '\\.').replaceAll('*', '[^/]*')}`))
    .join('')
  return new RegExp(`^${body}$`)
}

describe('a pattern', () => {
  it.each([
    ['/opt/**', '/opt', true],
    ['/opt/**', '/opt/a/b', true],
    ['/opt/**', '/optional', false],
    ['/opt/*', '/opt/a/b', false],
    ['/opt/*', '/opt', false],
    ['/**/x', '/x', true],
    ['/**/x', '/a/b/x', true],
    ['/a*b*c', '/aXbXbYc', true],
    ['/', '/', true],
    ['/**', '/', true],
    ['/a', '/A', false],
  ])('%s on %s: %s', (given, at, meant) => {
    expect(isMeant(given, at)).toBe(meant)
  })

  it('means what the same as a regular expression would', () => {
    fc.assert(
      fc.property(pattern, path, (given, at) => {
        expect(isMeant(given, at)).toBe(expression(given).test(at === '/' ? '' : at))
      }),
    )
  })

  it('touches a tree where it means something in it', () => {
    fc.assert(
      fc.property(pattern, path, fc.array(name, { minLength: 1, maxLength: 3 }), (given, top, below) => {
        const inside = `${top === '/' ? '' : top}/${below.join('/')}`
        if (isMeant(given, top) || isMeant(given, inside)) expect(touchesTree(given, top)).toBe(true)
      }),
    )
  })

  it('lies within another only where that one means all it means, and meets another wherever both mean a path', () => {
    fc.assert(
      fc.property(pattern, pattern, path, (one, other, at) => {
        if (isPatternWithin(one, other) && isMeant(one, at)) expect(isMeant(other, at)).toBe(true)
        if (isMeant(one, at) && isMeant(other, at)) expect(mayMeet(one, other)).toBe(true)
        expect(isPatternWithin(one, one)).toBe(true)
        expect(isPatternWithin(one, '/**')).toBe(true)
      }),
    )
  })

  it('takes no longer for stars that never end', () => {
    const hostile = `/${'a*'.repeat(150)}b`
    expect(isMeant(hostile, `/${'a'.repeat(4_000)}`)).toBe(false)
    expect(isMeant(`${'/**/a'.repeat(20)}/b`, '/a'.repeat(2_000))).toBe(false)
  })

  it.each([
    ['opt/**', 'beginning with `/`'],
    ['/opt/', 'none at the end'],
    ['/opt//a', 'one `/` between names'],
    ['/opt/../etc', 'no `..`'],
    ['/opt/a**', 'write `*` inside a name'],
    ['C:\\x', 'beginning with `/`'],
    ['/C:\\x', 'backslash'],
    [`/${'a/'.repeat(60)}a`, 'at most 40 names'],
    [`/${'a'.repeat(500)}`, 'at most 400 characters'],
  ])('%s is none', (given, why) => {
    expect(faultOfPattern(given)).toContain(why)
  })
})

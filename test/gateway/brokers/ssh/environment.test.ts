import { describe, expect, it } from 'vitest'

import { AskedEnvironment } from '../../../../gateway/brokers/ssh/environment.ts'

const language = (name: string): boolean => name === 'LANG'

describe('the environment a client asks for', () => {
  it('is set where the target takes it, and the rest is named', () => {
    const asked = new AskedEnvironment()
    expect(asked.take('LANG', 'C')).toBe(true)
    expect(asked.take('LANG', 'de_DE.UTF-8')).toBe(true)
    expect(asked.take('LD_PRELOAD', '/tmp/evil.so')).toBe(true)
    expect(asked.settle(language)).toEqual({ set: { LANG: 'de_DE.UTF-8' }, refused: ['LD_PRELOAD'] })
  })

  it.each([
    ['no name', '', 'x'],
    ['a name with an equals sign', 'LANG=C\nX', 'x'],
    ['a name that is too long', 'L'.repeat(65), 'x'],
    ['a value that is too long', 'LANG', 'x'.repeat(4097)],
    ['a value with an end in it', 'LANG', 'C\0evil'],
    ['a value whose bytes were no UTF-8', 'LANG', 'C\ufffd'],
  ])('is never %s', (_what, name, value) => {
    const asked = new AskedEnvironment()
    expect(asked.take(name, value)).toBe(false)
    expect(asked.settle(() => true)).toEqual({ set: {}, refused: [] })
  })

  it('is 32 variables at most, and the prototype of an object is none of them', () => {
    const asked = new AskedEnvironment()
    expect(asked.take('__proto__', 'x')).toBe(true)
    const taken = Array.from({ length: 40 }, (_, n) => asked.take(`LC_${n}`, 'C')).filter(Boolean)
    expect(taken).toHaveLength(31)
    const { set } = asked.settle(() => true)
    expect(Object.keys(set)).toHaveLength(32)
    expect(Object.getPrototypeOf(set)).toBe(Object.prototype)
  })
})

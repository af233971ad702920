// What the register remembers is bounded, and what it reads is checked.

import { describe, expect, it } from 'vitest'
import {
  flagOf,
  instantOf,
  isCommitted,
  listOf,
  numberOf,
  optionalInstantOf,
  partOf,
  RecentMap,
  textOf,
  textsOf,
  UnreadableEvent,
  windowOf,
} from '../../../policy/register/evidence.ts'
import type { EvidenceEvent } from '../../../policy/model.ts'

describe('RecentMap', () => {
  it('forgets the entry set longest ago instead of growing', () => {
    const map = new RecentMap<number, string>(3)
    for (const key of [1, 2, 3, 1, 4]) map.set(key, 'x')
    expect([...map.entries()].map(([key]) => key)).toEqual([3, 1, 4])
  })
})

describe('the fields of an event', () => {
  const event = (value: unknown): EvidenceEvent => ({ index: 0, at: 0, type: 'x', data: { field: value } })

  it.each([
    ['a text', textOf, [1, null, undefined, {}]],
    ['a whole number', instantOf, ['1', 1.5, Number.NaN, null]],
    ['a list', listOf, ['a', {}, null]],
    ['a list of texts', textsOf, [null, 'a', [1], ['a', null]]],
    ['true or false', flagOf, [null, 0, 'true']],
    ['a number', numberOf, [null, '3.5', Number.NaN]],
    ['an object', partOf, [null, 'a', []]],
    ['a window', windowOf, [null, {}, { from: 1 }, { from: 1, until: '2' }, 'a']],
  ])('are refused when they are not %s', (_, read, values) => {
    for (const value of values) expect(() => read(event(value), 'field')).toThrow(UnreadableEvent)
  })

  it('may be null or left out where they are optional, and nothing else', () => {
    expect(optionalInstantOf(event(null), 'field')).toBeNull()
    expect(optionalInstantOf(event(3), 'other')).toBeNull()
    expect(optionalInstantOf(event(3), 'field')).toBe(3)
    expect(() => optionalInstantOf(event('3'), 'field')).toThrow(UnreadableEvent)
  })

  it('are read from a part as from the event', () => {
    expect(numberOf(partOf(event({ from: 3.5 }), 'field'), 'from')).toBe(3.5)
  })

  it('are commitments only in the full form', () => {
    expect(isCommitted(event(`sha256:${'0'.repeat(64)}`), 'field')).toBe(true)
    for (const value of ['', 'sha256:', `sha256:${'0'.repeat(63)}`, null])
      expect(isCommitted(event(value), 'field')).toBe(false)
  })
})

// Entries that this version does not know: counted by type, with the first of each, and bounded whatever a stranger wrote.

import { describe, expect, it } from 'vitest'
import { formatUnknownEntries, UnknownEntryCounter } from '../../../gateway/cli/unknown-entries.ts'
import { checkEvent } from '../../../policy/index.ts'
import type { JsonObject } from '../../../recorder/canonical.ts'

function found(...entries: readonly (readonly [type: string, data: JsonObject])[]) {
  const counter = new UnknownEntryCounter(checkEvent)
  for (const [index, [type, data]] of entries.entries()) counter.visit(index, { v: 1, at: 1, type, data })
  return counter.found()
}

const stopped = ['gateway.stopped', { reason: 'stopped' }] as const

describe('entries this version does not know', () => {
  it('are none where all are known, and nothing is said', () => {
    const nothing = found(stopped, ['gateway.started', { version: '1', bundle: 'b' }])
    expect(nothing).toEqual({ entries: 0, kinds: [] })
    expect(formatUnknownEntries(nothing)).toEqual([])
  })

  it('are counted by type, and those of a known type with other data apart', () => {
    const unknown = found(
      stopped,
      ['gateway.paused', { why: 'x' }],
      ['gateway.stopped', { reason: 'stopped', seconds: 3 }],
      ['gateway.paused', {}],
      stopped,
    )
    expect(unknown).toEqual({
      entries: 3,
      kinds: [
        { type: 'gateway.paused', of: 'type', entries: 2, first: 1, faults: [] },
        { type: 'gateway.stopped', of: 'data', entries: 1, first: 2, faults: ['did not expect `seconds`'] },
      ],
    })
    expect(formatUnknownEntries(unknown)).toEqual([
      'note: 3 entries of a type or with data that this version of Sallyport does not know. That is no fault:',
      expect.any(String),
      '      `gateway.paused`: unknown type, 2 entries, the first is 1',
      '      `gateway.stopped`: unknown data, 1 entry, the first is 2: did not expect `seconds`',
    ])
  })

  it('of more types than anybody reads are only counted', () => {
    const unknown = found(...Array.from({ length: 1_000 }, (_, i) => [`later.thing_${i}`, {}] as const))
    expect(unknown.entries).toBe(1_000)
    expect(unknown.kinds).toHaveLength(50)
    expect(formatUnknownEntries(unknown).at(-1)).toBe('      and 950 entries of other types')
  })
})

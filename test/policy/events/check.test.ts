// What a version makes of an entry: known, of an unknown type, or with data it does not know.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkEvent, eventSchemas } from '../../../policy/index.ts'
import { sampleOf } from './sample-event.ts'

const sealed = sampleOf('session.recording_sealed')

describe('the check of an entry', () => {
  it.each(Object.keys(eventSchemas))('knows `%s` with and without what is optional', (type) => {
    expect(checkEvent(type, sampleOf(type))).toEqual({ kind: 'known' })
    expect(checkEvent(type, sampleOf(type, 'bare'))).toEqual({ kind: 'known' })
    expect(checkEvent(type, {}).kind).toBe('unknown-data')
  })

  it('says where the data is otherwise, and what was expected', () => {
    const faults = { ...sealed, status: 'open', frames: '3', session: 'ses_1', more: true }
    expect(checkEvent('session.recording_sealed', faults)).toEqual({
      kind: 'unknown-data',
      faults: [
        'did not expect `more`',
        '`/session`: must match pattern "^ses_[0-9a-hjkmnp-tv-z]{26}$"',
        '`/status`: must be equal to one of the allowed values',
        '`/frames`: must be number',
      ],
    })
    const { seal: _seal, ...without } = sealed
    expect(checkEvent('session.recording_sealed', without)).toEqual({
      kind: 'unknown-data',
      faults: ['must have required properties seal'],
    })
  })

  it('looks into lists and maps', () => {
    const head = { channel: 0, frames: 1, length: 2, head: 'aa' }
    const session = sealed['session']
    const check = checkEvent('session.recording_head', { session, streams: [head, { ...head, length: null }] })
    expect(check).toEqual({ kind: 'unknown-data', faults: ['`/streams/1/length`: must be number'] })
  })

  it('tells no value, prints no control character, and ends a long list', () => {
    const data = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`\u001b[31m${i}`, 'hunter2']))
    const check = checkEvent('gateway.stopped', data)
    if (check.kind !== 'unknown-data') throw new Error(`got ${check.kind}`)
    const text = check.faults.join('\n')
    expect(text).not.toContain('hunter2')
    expect(text).not.toContain('\u001b')
    expect(check.faults.length).toBeLessThan(8)
  })

  it.each(['gateway.paused', 'toString', '__proto__', 'constructor', ''])('knows no type %j', (type) => {
    expect(checkEvent(type, {})).toEqual({ kind: 'unknown-type' })
  })

  it('answers for any type and any data', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.keys(eventSchemas)),
        fc.anything({ withNullPrototype: true }),
        (type, data) => {
          expect(['known', 'unknown-data']).toContain(checkEvent(type, data).kind)
        },
      ),
    )
  })
})

// Ledger entries: one form, a limit, and commitments instead of personal data.

import { describe, expect, it } from 'vitest'

import { commitment, entryBytes, isCommitment, parseEntry } from '../../recorder/index.ts'

const entry = { v: 1, at: 5, type: 'session.started', data: { b: 1, a: 'x' } } as const

describe('a ledger entry', () => {
  it('is canonical JSON', () => {
    expect(entryBytes(entry).toString('utf8')).toBe('{"at":5,"data":{"a":"x","b":1},"type":"session.started","v":1}')
    expect(parseEntry(entryBytes(entry))).toEqual({ kind: 'ok', value: entry })
  })

  it('may have 65,535 bytes and not one more', () => {
    const overhead = entryBytes({ ...entry, data: { a: '' } }).length
    const filled = (bytes: number): object => ({ a: 'x'.repeat(bytes - overhead) })
    expect(entryBytes({ ...entry, data: filled(65_535) })).toHaveLength(65_535)
    expect(() => entryBytes({ ...entry, data: filled(65_536) })).toThrow('expected at most 65535 bytes, got 65536')
  })

  it.each([
    ['a fraction of a millisecond', { at: 1.5 }],
    ['a time before 1970', { at: -1 }],
    ['a type of one word', { type: 'started' }],
    ['a type in capitals', { type: 'Session.Started' }],
    ['data that is a list', { data: [] }],
    ['data with undefined in it', { data: { a: undefined } }],
    ['data with a number that is not finite', { data: { a: Number.NaN } }],
  ])('is refused with %s', (_, change) => {
    expect(() => entryBytes({ ...entry, ...change })).toThrow(expect.objectContaining({ code: 'invalid-argument' }))
  })

  it.each([
    ['another version', '{"at":5,"data":{},"type":"a.b","v":2}'],
    ['a key too many', '{"at":5,"data":{},"extra":1,"type":"a.b","v":1}'],
    ['another order', '{"v":1,"at":5,"data":{},"type":"a.b"}'],
    ['a space', '{"at":5,"data":{}, "type":"a.b","v":1}'],
    ['no object', '[]'],
  ])('is not read with %s', (_, text) => {
    expect(parseEntry(Buffer.from(text))).toMatchObject({ kind: 'malformed' })
  })
})

describe('a commitment', () => {
  it('is SHA-256 of salt and value', () => {
    // (head -c 32 /dev/zero; printf abc) | sha256sum
    const made = commitment(new Uint8Array(32), 'abc')
    expect(made).toBe('sha256:365aa7d8f7f9402c4b9434502b4cc89ddb09fe50d7cd95b493b834c62d5a5370')
    expect(isCommitment(made)).toBe(true)
  })

  it('needs a salt of 32 bytes', () => {
    expect(() => commitment(new Uint8Array(16), 'abc')).toThrow('salt: expected 32 bytes, got 16')
    expect(() => commitment(new Uint8Array(32), '\ud800')).toThrow('lone surrogate')
  })
})

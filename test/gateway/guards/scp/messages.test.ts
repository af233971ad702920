import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatMessage, formatNo, parseMessage, plainText } from '../../../../gateway/guards/scp/messages.ts'

const parse = (text: string) => parseMessage(Buffer.from(text))

describe('lines of the scp protocol', () => {
  it.each([
    ['C0644 12 a b.txt', { kind: 'file', mode: 0o644, size: 12, name: 'a b.txt' }],
    ['D0755 0 folder', { kind: 'folder', mode: 0o755, name: 'folder' }],
    ['E', { kind: 'end' }],
    ['T1700000000 0 1700000001 0', { kind: 'times', modified: 1_700_000_000, accessed: 1_700_000_001 }],
    ['\x01scp: x: no', { kind: 'error', fatal: false, text: 'scp: x: no' }],
    ['\x02gone', { kind: 'error', fatal: true, text: 'gone' }],
  ])('reads `%s`', (line, expected) => {
    expect(parse(line)).toEqual(expected)
  })

  it.each([
    'C0644 12 ../x',
    'C0644 12 a/b',
    'C0644 12 ..',
    'C0644 12 .',
    'C0644 12 ',
    'D0755 0 ..',
    'C0644 12 a\x1b[2J',
    'C0644 -1 x',
    'C9999 1 x',
    'C77777 1 x',
    'C0644 99999999999999999 x',
    'X',
    '',
    'Welcome!',
    'T1 0 2',
  ])('refuses `%s`', (line) => {
    expect(parse(line).kind).toBe('malformed')
  })

  it('refuses a name that is not UTF-8', () => {
    expect(parseMessage(Buffer.concat([Buffer.from('C0644 1 '), Buffer.of(0xff)])).kind).toBe('malformed')
  })

  it('never throws, and what it understood it writes so that it is understood again', () => {
    const line = fc.oneof(
      fc.uint8Array({ maxLength: 64 }),
      fc.tuple(fc.constantFrom('C0644 ', 'D0755 ', 'T', '\x01'), fc.string()).map(([a, b]) => Buffer.from(a + b)),
      fc.tuple(fc.nat(), fc.string({ minLength: 1 })).map(([size, name]) => Buffer.from(`C0600 ${size} ${name}`)),
    )
    fc.assert(
      fc.property(line, (bytes) => {
        const message = parseMessage(bytes)
        if (message.kind === 'malformed' || message.kind === 'error') return
        const written = formatMessage(message)
        expect(written.at(-1)).toBe(10)
        expect(parseMessage(written.subarray(0, -1))).toEqual(message)
      }),
    )
  })

  it('lets nothing into what is said that a terminal would act upon, and keeps it on one line', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const said = formatNo(text)
        expect(said.indexOf(10)).toBe(said.length - 1)
        expect(plainText(Buffer.from(text))).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/)
      }),
    )
  })
})

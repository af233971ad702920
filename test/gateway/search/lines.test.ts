// Lines made of what a target showed and of what a person typed.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import type { Line } from '../../../gateway/search/line.ts'
import { ShownLines } from '../../../gateway/search/shown-lines.ts'
import { TypedLines } from '../../../gateway/search/typed-lines.ts'

function shown(text: string | Uint8Array, size = Infinity): string[] {
  const lines: Line[] = []
  const bytes = typeof text === 'string' ? Buffer.from(text) : text
  let reader = new ShownLines((line) => lines.push(line))
  for (let at = 0; at < bytes.length; at += size) {
    reader.push(bytes.subarray(at, Math.min(bytes.length, at + size)), at)
    const next = new ShownLines((line) => lines.push(line))
    next.restore(JSON.parse(JSON.stringify(reader.save())))
    reader = next
  }
  reader.end(bytes.length)
  return lines.map((line) => line.text)
}

function typed(text: string, size = Infinity): string[] {
  const lines: Line[] = []
  const bytes = Buffer.from(text)
  let reader = new TypedLines((line) => lines.push(line))
  for (let at = 0; at < bytes.length; at += size) {
    reader.push(bytes.subarray(at, Math.min(bytes.length, at + size)), at)
    const next = new TypedLines((line) => lines.push(line))
    next.restore(JSON.parse(JSON.stringify(reader.save())))
    reader = next
  }
  reader.end()
  return lines.map((line) => line.text)
}

describe('what was shown', () => {
  it.each([
    ['lines, whatever ends them', 'one\r\ntwo\nthree', ['one', 'two', 'three']],
    ['no colours', '\u001b[1;31mERR\u001b[0mOR\r\n', ['ERROR']],
    [
      'no titles, links or clipboard',
      '\u001b]0;evil\u0007a\u001b]8;;http://x\u001b\\b\u001b]52;c;aGk=\u0007c',
      ['abc'],
    ],
    ['each state of a progress line', '10%\r55%\r100%\n', ['10%', '55%', '100%']],
    ['a line that is begun again and goes on otherwise', 'ls \rla\b\b\n', ['ls', 'la']],
    ['what a line editor made of it', '$ sl\b\b\u001b[Kls -l\r\n', ['$ ls -l']],
    ['what was put in between', '$ ct x\u001b[3D\u001b[1@a\r\n', ['$ cat x']],
    ['words that a program sets apart by moving the cursor', 'name\u001b[5Cvalue\n', ['name     value']],
    [
      'lines that are put in places of the screen',
      '\u001b[2J\u001b[1;1HMotor 7\u001b[2;1HSpeed 50',
      ['Motor 7', 'Speed 50'],
    ],
    ['a screen that repaints itself only once', 'same\nsame\nsame\n', ['same']],
    ['text of two bytes a character', Buffer.from('dir C:\\\n', 'utf16le'), ['dir C:\\']],
    ['no file that goes by', Buffer.from(Array.from({ length: 400 }, (_, at) => (at * 7919) % 256)), []],
  ])('gives %s', (_, text, lines) => {
    expect(shown(text)).toEqual(lines)
  })

  it.each(['\u001bk', '\u001bX', '\u009d0;'])('finds what follows a string %j that never ends', (opener) => {
    expect(shown(`$ ${opener}\r\nrm -rf /plc\r\n`)).toEqual(['$', 'rm -rf /plc'])
  })

  it('is the same in whatever pieces it came, kept and taken up between each', () => {
    const part = fc.oneof(
      fc.constantFrom(
        '\u001b[31m',
        '\u001bk',
        '\u001b[5D',
        '\u001b[K',
        '\u001b]0;t\u0007',
        '\r',
        '\n',
        '\b',
        '\u001b',
        '\u009b',
        '\t',
        '\u001b[2;3H',
      ),
      fc.string({ unit: 'grapheme', maxLength: 12 }),
    )
    fc.assert(
      fc.property(fc.array(part, { maxLength: 20 }), fc.integer({ min: 1, max: 7 }), (parts, size) => {
        expect(shown(parts.join(''), size)).toEqual(shown(parts.join('')))
      }),
    )
  })

  it('never throws, holds no control character, and no line is longer than the longest', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.integer({ min: 1, max: 50 }), (bytes, size) => {
        for (const line of shown(bytes, size)) expect(line).not.toMatch(/\p{Cc}/u)
      }),
    )
    const long = shown(`${'x'.repeat(100_000)}\n`)
    expect(Math.max(...long.map(({ length }) => length))).toBeLessThan(6_000)
  })

  it('knows when each part of a line came', () => {
    const lines: Line[] = []
    const reader = new ShownLines((line) => lines.push(line))
    reader.push(Buffer.from('$ '), 0)
    reader.push(Buffer.from('reboot'), 60_000)
    reader.push(Buffer.from('\r\n'), 61_000)
    expect(lines).toEqual([
      {
        text: '$ reboot',
        marks: [
          [0, 0],
          [2, 60_000],
        ],
      },
    ])
  })
})

describe('what was typed', () => {
  it.each([
    ['a line for each return', 'ls\rpwd\r', ['ls', 'pwd']],
    ['what backspace left', 'sl\u007f\u007fls\r', ['ls']],
    ['what the cursor keys put together', 'ct x\u001b[D\u001b[D\u001b[Da\u001b[F y\r', ['cat x y']],
    ['home, end and delete', 'xls\u001b[H\u001b[3~\u0005 -l\r', ['ls -l']],
    ['what was taken back whole', 'rm -rf /\u0015ls\r', ['rm -rf /', 'ls']],
    ['words taken back one at a time', 'rm -rf\u0017x\r', ['rm x']],
    ['what was broken off', 'shutdown\u0003', ['shutdown']],
    ['what was typed before the history came', 'pw\u001b[A\r', ['pw']],
    ['what was pasted', '\u001b[200~echo hi\u001b[201~\r', ['echo hi']],
    ['keys of several bytes', 'gr\u00fc\u00dfe\u007f\r', ['gr\u00fc\u00df']],
    ['no line where nothing was typed', '\r\r \r', []],
    ['a last line without an end', 'exit', ['exit']],
  ])('gives %s', (_, keys, lines) => {
    expect(typed(keys)).toEqual(lines)
  })

  it('is the same in whatever pieces it came, kept and taken up between each', () => {
    const key = fc.oneof(
      fc.constantFrom(
        '\u001b[A',
        '\u001b[D',
        '\u001b[3~',
        '\u007f',
        '\u0015',
        '\u0017',
        '\r',
        '\u001b',
        '\u001bOH',
        '\u0001',
      ),
      fc.string({ unit: 'grapheme', maxLength: 8 }),
    )
    fc.assert(
      fc.property(fc.array(key, { maxLength: 20 }), fc.integer({ min: 1, max: 5 }), (keys, size) => {
        expect(typed(keys.join(''), size)).toEqual(typed(keys.join('')))
      }),
    )
  })
})

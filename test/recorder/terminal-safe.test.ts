// What a hostile target wrote, on its way to the terminal of whoever replays it.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { TerminalFilter, terminalSafe } from '../../recorder/index.ts'

const esc = '\u001b'

/** Everything the filter may let through, written down a second time as one pattern over the whole output. */
const allowed = new RegExp(
  '^(?:' +
    [
      '[^\\u0000-\\u001f\\u007f-\\u009f]',
      '[\\u0007-\\u000f]',
      `${esc}[78DEHMcno|}~]`,
      `${esc}[()*+\\-./][0-9A-Za-z<=>]`,
      `${esc}#[34568]`,
      `${esc}\\[[0-9;:]*[@ABCDEFGHIJKLMPSTXZ\`abdefgmrsu]`,
      `${esc}\\[4[hl]`,
      `${esc}\\[\\?(?:5|6|7|12|25|45|47|1047|1048|1049|2026)(?:;(?:5|6|7|12|25|45|47|1047|1048|1049|2026))*[hl]`,
      `${esc}\\[\\?[0-9;:]*[JK]`,
      `${esc}\\[[0-9]*[ "]q`,
      `${esc}\\[!p`,
    ].join('|') +
    ')*$',
  'u',
)

describe('terminal-safe text', () => {
  it.each([
    ['a window title', `${esc}]0;owned\u0007`],
    ['a title ended by ST', `${esc}]2;owned${esc}\\`],
    ['the clipboard', `${esc}]52;c;cm0gLXJmIC8K\u0007`],
    ['a hyperlink', `${esc}]8;;http://evil.example${esc}\\`],
    ['a colour query', `${esc}]10;?\u0007`],
    ['a working directory', `${esc}]7;file:///\u0007`],
    ['a DCS (status request)', `${esc}P$q"p${esc}\\`],
    ['a terminal capability request', `${esc}P+q544e${esc}\\`],
    ['a sixel picture', `${esc}Pq#0;2;0;0;0~~${esc}\\`],
    ['APC', `${esc}_Gi=1;AAAA${esc}\\`],
    ['PM', `${esc}^secret${esc}\\`],
    ['SOS', `${esc}Xsecret${esc}\\`],
    ['a tmux title', `${esc}kowned${esc}\\`],
    ['device attributes', `${esc}[c${esc}[0c${esc}[>c${esc}[=c${esc}Z`],
    ['status and cursor reports', `${esc}[5n${esc}[6n${esc}[?6n${esc}[?996n`],
    ['XTVERSION', `${esc}[>q${esc}[>0q`],
    ['window operations and reports', `${esc}[21t${esc}[14t${esc}[8;1000;1000t${esc}[22;0t`],
    ['a checksum of the screen', `${esc}[1;1;1;1;1;1*y`],
    ['terminal parameters', `${esc}[x${esc}[1x`],
    ['a mode report', `${esc}[?2004$p${esc}[4$p`],
    ['mouse, focus and paste modes', `${esc}[?1000h${esc}[?1003;1006h${esc}[?1004h${esc}[?2004h`],
    ['a good mode hiding a bad one', `${esc}[?25;1000h`],
    ['keyboard modes', `${esc}[>4;2m${esc}[=1u${esc}[>1u${esc}[?u${esc}[2h${esc}[20h${esc}=${esc}>`],
    ['a 132-column screen', `${esc}[?3h`],
    ['printing', `${esc}[5i${esc}[?5i${esc}[i`],
    ['rectangle copies', `${esc}[1;1;9;9;1;1;1;1$v`],
    ['8-bit controls', `${esc} G`],
    ['leaving UTF-8', `${esc}%@`],
    ['ENQ', '\u0005'],
    ['NUL, DEL and other controls', '\u0000\u0001\u0010\u0013\u0018\u001a\u001c\u007f'],
    ['CSI as one character', '\u009b6n\u009b21t'],
    ['OSC as one character', '\u009d0;owned\u009c'],
    ['DCS as one character', '\u0090$q"p\u009c'],
    ['a repeat count of millions', `${esc}[99999999b`],
    ['a sequence without end', `${esc}[${'1;'.repeat(5000)}m`],
    ['a control in the middle of a query', `${esc}[6\u0000n`],
    ['an escape that breaks off another', `${esc}[${esc}]0;x\u0007`],
  ])('drops %s', (_, hostile) => {
    expect(terminalSafe(`a${hostile}b`)).toBe('ab')
  })

  it.each([
    ['colours', `${esc}[1;38;5;208;48:2::1:2:3mred${esc}[0m`],
    ['cursor movement', `${esc}[2;3H${esc}[A${esc}[10C${esc}[5G${esc}[3d${esc}[s${esc}[u${esc}7${esc}8`],
    ['erasing', `${esc}[2J${esc}[K${esc}[1K${esc}[3X${esc}[?1J`],
    ['scroll regions and scrolling', `${esc}[2;20r${esc}[3S${esc}[2T${esc}D${esc}M${esc}E`],
    ['inserting and deleting', `${esc}[2@${esc}[3P${esc}[2L${esc}[M${esc}[4h${esc}[4l`],
    ['the alternate screen and the cursor', `${esc}[?1049h${esc}[?25l${esc}[?7h${esc}[?25h${esc}[?1049l${esc}[2 q`],
    ['line drawing', `${esc}(0lqk${esc}(B\u000e\u000f`],
    ['line ends, tabs, backspaces and the bell', 'a\r\n\tb\b\u0007'],
    ['any script', 'Gr\u00fc\u00dfe \u65e5\u672c \ud83d\udd27'],
    ['reset', `${esc}c${esc}[!p${esc}#8`],
  ])('keeps %s', (_, drawing) => {
    expect(terminalSafe(drawing)).toBe(drawing)
  })

  it('turns C1 controls that draw into their two-byte form', () => {
    expect(terminalSafe('a\u0085b\u008dc\u0084d\u009b1me')).toBe(`a${esc}Eb${esc}Mc${esc}Dd${esc}[1me`)
  })

  it('acts on a line end inside a sequence as a terminal does, and goes on with the sequence', () => {
    expect(terminalSafe(`${esc}[3\n1mred`)).toBe(`\n${esc}[31mred`)
  })

  it.each(['k', 'X', ']0;', 'P', '_', '^'])(
    'ends a string %j that has no end with its line, so that it hides no session',
    (opener) => {
      expect(terminalSafe(`$ ${esc}${opener}\r\nrm -rf /plc\r\n`)).toBe('$ \r\nrm -rf /plc\r\n')
    },
  )

  const piece = fc.oneof(
    fc.constantFrom(
      esc,
      `${esc}[`,
      `${esc}]`,
      `${esc}P`,
      `${esc}_`,
      `${esc}\\`,
      '\u0007',
      '\u009b',
      '\u009d',
      '\u009c',
      '\u0090',
      '\u0018',
      '?',
      '>',
      '0;',
      '52;c;',
      '6n',
      'c',
      't',
      'm',
      'h',
      'q',
      '$',
      ' ',
      '\n',
      'k',
      'x',
      '1049',
      '25',
      '\u00e9',
      '\ud83d\ude00',
    ),
    fc.string({ maxLength: 4, unit: 'binary' }),
  )

  it('lets nothing through that is not on the list, whatever it is fed', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        const out = terminalSafe(pieces.join(''))
        expect(out).toMatch(allowed)
        expect(out.includes(`${esc}]`) || out.includes(`${esc}P`) || out.includes(`${esc}_`)).toBe(false)
      }),
      { numRuns: 5000 },
    )
  })

  it('gives the same however the text is cut into chunks, and each chunk is safe by itself', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const filter = new TerminalFilter()
        const chunks = pieces.map((chunk) => filter.push(chunk))
        expect(chunks.join('')).toBe(terminalSafe(pieces.join('')))
        for (const chunk of chunks) expect(chunk).toMatch(allowed)
      }),
      { numRuns: 2000 },
    )
  })

  it('changes nothing more when it is applied again', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const once = terminalSafe(pieces.join(''))
        expect(terminalSafe(once)).toBe(once)
      }),
      { numRuns: 2000 },
    )
  })
})

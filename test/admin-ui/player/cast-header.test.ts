import { describe, expect, it } from 'vitest'

import { readCastHeader } from '../../../admin-ui/src/player/cast-header.ts'

describe('the header of a cast', () => {
  it('gives the size of the terminal', () => {
    const cast = '{"version":2,"width":100,"height":28}\n[0.1,"o","x"]\n'
    expect(readCastHeader(cast)).toEqual({ kind: 'ok', columns: 100, rows: 28, cast })
    expect(readCastHeader('{"version":2,"width":80,"height":24}').kind).toBe('ok')
  })

  it('gives the usual size where the client had none worth drawing', () => {
    const header = readCastHeader('{"version":2,"width":1,"height":1,"timestamp":7}\n[0.1,"r","100x30"]\n')
    expect(header).toEqual({
      kind: 'ok',
      columns: 80,
      rows: 24,
      cast: '{"version":2,"width":80,"height":24,"timestamp":7}\n[0.1,"r","100x30"]\n',
    })
  })

  it.each([
    ['', 'empty'],
    ['\n', 'empty'],
    ['hello\n', 'not JSON'],
    ['null\n', 'not a header'],
    ['{"version":1,"width":80,"height":24}\n', 'got 1'],
    ['{"width":80,"height":24}\n', 'got undefined'],
    ['{"version":2,"width":0,"height":24}\n', 'terminal size'],
    ['{"version":2,"width":80.5,"height":24}\n', 'terminal size'],
  ])('is refused as %j', (cast, words) => {
    const header = readCastHeader(cast)
    expect(header.kind).toBe('unreadable')
    if (header.kind === 'unreadable') expect(header.reason).toContain(words)
  })
})

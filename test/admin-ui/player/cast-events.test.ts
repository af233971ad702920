import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { openCastReader } from '../../../admin-ui/src/player/cast-events.ts'

const cast = [
  '{"version":2,"width":100,"height":28}',
  '[0.5,"o","line \\u001b[1mone\\u001b[0m"]',
  '[1,"r","120x40"]',
  '[1.25,"m","exit 0"]',
  '[2,"i","secret"]',
  '',
].join('\n')

const events = [
  { kind: 'output', at: 0.5, text: 'line \u001b[1mone\u001b[0m' },
  { kind: 'resize', at: 1, columns: 120, rows: 40 },
  { kind: 'mark', at: 1.25, text: 'exit 0' },
]

describe('a cast that arrives in pieces', () => {
  it('gives the same events however it is cut', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: cast.length }), { maxLength: 12 }), (cuts) => {
        const reader = openCastReader()
        const places = [0, ...cuts.toSorted((a, b) => a - b), cast.length]
        const read = places.slice(1).flatMap((end, i) => reader.push(cast.slice(places[i], end)))
        expect(read).toEqual(events)
        expect(reader.size()).toEqual({ columns: 100, rows: 28 })
      }),
    )
  })

  it('has no size where its header gives none, and one that can be drawn where it is too small or too large', () => {
    const sizeOf = (header: string) => {
      const reader = openCastReader()
      reader.push(`${header}\n`)
      return reader.size()
    }
    expect(sizeOf('{"version":2,"width":0,"height":1}')).toEqual({ columns: 20, rows: 5 })
    expect(sizeOf('{"version":2,"width":99999999,"height":1000}')).toEqual({ columns: 500, rows: 200 })
    for (const header of ['null', '[]', '{"width":80.5,"height":24}', 'no JSON', '{}'])
      expect(sizeOf(header)).toBeNull()
  })

  it('passes over what is no event', () => {
    const reader = openCastReader()
    reader.push('{"width":80,"height":24}\n')
    const lines = ['{}', '[1]', '["1","o","x"]', '[1,"o",2]', '[1,"r","wide"]', '[1,"z","x"]', 'no JSON', '']
    expect(reader.push(`${lines.join('\n')}\n[1,"o","x"]\n`)).toEqual([{ kind: 'output', at: 1, text: 'x' }])
  })

  it('throws at nothing, whatever it is given', () => {
    fc.assert(fc.property(fc.array(fc.string()), (parts) => void parts.map((part) => openCastReader().push(part))))
  })
})

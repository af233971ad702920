import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { Gathering } from '../../../../gateway/brokers/ssh/gathering.ts'

interface Delivery {
  readonly stream: 'out' | 'err'
  readonly pieces: readonly Uint8Array[]
}

function openGathering(): { gathering: Gathering<'out' | 'err'>; delivered: Delivery[] } {
  const delivered: Delivery[] = []
  return { gathering: new Gathering((stream, pieces) => delivered.push({ stream, pieces })), delivered }
}

/** Resolves when what was put off to the end of this turn has run. */
const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('gathering what arrives', () => {
  it('delivers the pieces of one turn together, at its end', async () => {
    const { gathering, delivered } = openGathering()
    gathering.add('out', Buffer.from('one'))
    gathering.add('out', Buffer.from('two'))
    expect(delivered).toEqual([])
    await nextTurn()
    expect(delivered).toEqual([{ stream: 'out', pieces: [Buffer.from('one'), Buffer.from('two')] }])
    gathering.add('out', Buffer.from('three'))
    await nextTurn()
    expect(delivered.slice(1)).toEqual([{ stream: 'out', pieces: [Buffer.from('three')] }])
  })

  it('delivers at once when asked, and not again afterwards', async () => {
    const { gathering, delivered } = openGathering()
    gathering.flush()
    gathering.add('err', Buffer.from('x'))
    gathering.flush()
    expect(delivered).toHaveLength(1)
    gathering.flush()
    await nextTurn()
    expect(delivered).toHaveLength(1)
  })

  it('delivers at once what would be too much to hold', () => {
    const { gathering, delivered } = openGathering()
    for (let at = 0; at < 8; at++) gathering.add('out', Buffer.alloc(32 * 1024))
    expect(delivered.map(({ pieces }) => pieces.length)).toEqual([8])
  })

  it('keeps every byte and the order of output and errors', () => {
    const piece = fc.record({
      stream: fc.constantFrom('out' as const, 'err' as const),
      size: fc.integer({ min: 0, max: 100_000 }),
      flush: fc.boolean(),
    })
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const { gathering, delivered } = openGathering()
        const given = pieces.map(({ stream, size }, at) => ({ stream, bytes: Buffer.alloc(size, at) }))
        for (const [at, { stream, bytes }] of given.entries()) {
          gathering.add(stream, bytes)
          if (pieces[at]?.flush) gathering.flush()
        }
        gathering.flush()
        const arrived = delivered.flatMap(({ stream, pieces: all }) => all.map((bytes) => ({ stream, bytes })))
        expect(arrived).toEqual(given)
      }),
    )
  })
})

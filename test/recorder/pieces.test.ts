// Several pieces recorded as one: how they become frames, and that the memory behind them is left alone.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { type Frame, readFrames, unwrapSessionKey } from '../../recorder/index.ts'
import { makeEscrow, makeFolder, openRecording, type Escrow } from './sample.ts'

type Data = Extract<Frame, { kind: 'data' }>

/** The data frames that recording each list of pieces in turn leaves. */
async function recorded(escrow: Escrow, calls: readonly (readonly Uint8Array[])[]): Promise<Data[]> {
  const recording = await openRecording(makeFolder(), escrow)
  const writer = recording.openChannel({ kind: 'exec' })
  for (const pieces of calls) writer.data('out', pieces)
  await recording.seal({ status: 'complete', reason: 'client' })
  const key = await unwrapSessionKey(recording.dir, [escrow.identity])
  const frames = await Array.fromAsync(readFrames(recording.dir, key, 0))
  return frames.filter((frame) => frame.kind === 'data')
}

describe('pieces recorded together', () => {
  it('are one frame where it holds them', async () => {
    const frames = await recorded(await makeEscrow(), [[Buffer.from('one '), Buffer.alloc(0), Buffer.from('two')], []])
    expect(frames.map(({ bytes }) => bytes.toString('utf8'))).toEqual(['one two', ''])
  })

  it('become as few frames as hold them, whatever their sizes', async () => {
    const escrow = await makeEscrow()
    const most = 1 << 20
    const size = fc.oneof(fc.integer({ min: 0, max: 40_000 }), fc.integer({ min: most - 2, max: 2 * most + 2 }))
    await fc.assert(
      fc.asyncProperty(fc.array(size, { minLength: 1, maxLength: 8 }), async (sizes) => {
        const pieces = sizes.map((length, at) => Buffer.alloc(length, at + 1))
        const whole = Buffer.concat(pieces)
        const frames = await recorded(escrow, [pieces])
        expect(Buffer.concat(frames.map(({ bytes }) => bytes)).equals(whole)).toBe(true)
        expect(frames).toHaveLength(Math.max(1, Math.ceil(whole.length / most)))
        // The caller still forwards them.
        expect(Buffer.concat(pieces).equals(whole)).toBe(true)
      }),
      { numRuns: 12 },
    )
  })
})

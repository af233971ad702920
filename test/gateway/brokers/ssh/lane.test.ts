import { Duplex, PassThrough } from 'node:stream'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { Lane } from '../../../../gateway/brokers/ssh/lane.ts'

const open = { input: true, held: false }
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
async function settle(): Promise<void> {
  for (let i = 0; i < 12; i++) await turn()
}

/** A sink that takes what it gets only when told. */
class Slow extends Duplex {
  readonly got: Buffer[] = []
  #waiting: (() => void)[] = []
  isSlow = false
  override _read(): void {}
  override _write(bytes: Buffer, _encoding: string, done: () => void): void {
    this.got.push(bytes)
    if (this.isSlow) this.#waiting.push(done)
    else done()
  }
  takeNow(): void {
    for (const done of this.#waiting.splice(0)) done()
  }
  get bytes(): Buffer {
    return Buffer.concat(this.got)
  }
}

describe('one direction of a tunnel', () => {
  it('forwards every byte in order, and nothing before it is recorded', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ minLength: 1, maxLength: 200 }), { maxLength: 30 }), async (pieces) => {
        const [source, sink] = [new PassThrough(), new Slow()]
        const recorded: Uint8Array[] = []
        const lane = new Lane(
          source,
          sink,
          (some, written) => {
            recorded.push(...some)
            expect(sink.bytes.length).toBeLessThanOrEqual(Buffer.concat(recorded).length)
            written()
            return true
          },
          () => sink.end(),
        )
        lane.flow(open)
        for (const piece of pieces) source.write(piece)
        source.end()
        await settle()
        expect(sink.bytes).toEqual(Buffer.concat(pieces))
        expect(Buffer.concat(recorded)).toEqual(Buffer.concat(pieces))
        expect([lane.isDone, sink.writableEnded]).toEqual([true, true])
      }),
      { numRuns: 40 },
    )
  })

  it('forwards nothing that the recorder has not written, and ends nothing before it has', async () => {
    const [source, sink] = [new PassThrough(), new Slow()]
    const later: (() => void)[] = []
    const lane = new Lane(
      source,
      sink,
      (_some, written) => {
        later.push(written)
        return true
      },
      () => sink.end(),
    )
    lane.flow(open)
    source.end('waits')
    await settle()
    expect([sink.bytes.length, lane.isDone]).toEqual([0, false])
    for (const written of later) written()
    await settle()
    expect([sink.bytes.toString(), lane.isDone]).toEqual(['waits', true])
  })

  it('keeps what comes while input is stopped, whole, and its end too', async () => {
    const [source, sink] = [new PassThrough(), new Slow()]
    const lane = new Lane(
      source,
      sink,
      (_some, written) => {
        written()
        return true
      },
      () => sink.end(),
    )
    lane.flow({ input: false, held: false })
    source.end('later')
    await settle()
    expect([sink.bytes.length, sink.writableEnded]).toEqual([0, false])
    lane.flow(open)
    await settle()
    expect([sink.bytes.toString(), sink.writableEnded]).toEqual(['later', true])
  })

  it('reads no more than the other side takes', async () => {
    const [source, sink] = [new PassThrough({ highWaterMark: 1024 }), new Slow()]
    sink.isSlow = true
    let recorded = 0
    const lane = new Lane(
      source,
      sink,
      (some, written) => {
        recorded += some.reduce((sum, piece) => sum + piece.length, 0)
        written()
        return true
      },
      () => sink.end(),
    )
    lane.flow(open)
    const piece = Buffer.alloc(64 * 1024)
    let sent = 0
    while (sent < 200) {
      sent++
      if (!source.write(piece)) await turn()
    }
    await settle()
    // What may be on its way at once, and the piece that was being read.
    expect(recorded).toBeLessThanOrEqual(256 * 1024 + piece.length)
    lane.stop()
  })
})

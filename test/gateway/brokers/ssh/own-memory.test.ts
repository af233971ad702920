import { randomBytes } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { ChannelOutput } from '../../../../gateway/brokers/ssh/channel-output.ts'
import { fillPackets } from '../../../../gateway/brokers/ssh/full-packets.ts'
import { giveBack } from '../../../../gateway/brokers/ssh/own-memory.ts'
import { channelPair } from '../../../support/channel-pair.ts'

const undo: (() => void)[] = []
afterEach(() => {
  for (const step of undo.splice(0)) step()
})

/** A buffer whose memory nobody shares. */
const alone = (length: number): Buffer<ArrayBuffer> => Buffer.from(new ArrayBuffer(length))

describe('memory that is given back', () => {
  it('is gone, where it was one buffer’s alone and large', () => {
    const bytes = alone(64 << 10)
    giveBack(bytes)
    expect([bytes.length, bytes.buffer.byteLength]).toEqual([0, 0])
  })

  it('stays where others look at it too, and where it is little', () => {
    const whole = alone(64 << 10)
    const part = whole.subarray(1)
    giveBack(part)
    expect([whole.length, part.length]).toEqual([64 << 10, (64 << 10) - 1])
    const little = alone(1 << 10)
    giveBack(little)
    expect(little.length).toBe(1 << 10)
  })

  it('is so only when what was in it has left, however long the peer lets it wait', async () => {
    const { near, far } = await channelPair(undo)
    fillPackets(near)
    const output = new ChannelOutput(near, () => undefined)
    // More than the two windows of 2 MiB that the peer and its stream take: the last have to wait.
    const sent = Array.from({ length: 200 }, () => {
      const frame = alone((32 << 10) + 13)
      randomBytes(frame.length).copy(frame)
      return frame
    })
    const copy = Buffer.concat(sent)
    for (const frame of sent) output.write('out', frame, () => giveBack(frame))
    await nextTurn()
    const waiting = sent.filter(({ length }) => length > 0).length
    expect(waiting).toBeGreaterThan(0)

    const got: Buffer[] = []
    far.on('data', (part: Buffer) => got.push(part))
    await output.drained()
    const closed = new Promise<void>((resolve) => far.once('close', () => resolve()))
    near.end()
    near.close()
    await closed
    expect(Buffer.concat(got).equals(copy)).toBe(true)
    expect(sent.every(({ length }) => length === 0)).toBe(true)
  })
})

// First of all, as in every file that brings ssh2 in.
import '../../../../gateway/brokers/ssh/packet-limit.ts'

import { randomBytes } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { ClientChannel, ServerChannel } from 'ssh2'
import { afterEach, describe, expect, it } from 'vitest'
import { ChannelOutput } from '../../../../gateway/brokers/ssh/channel-output.ts'
import { fillPackets } from '../../../../gateway/brokers/ssh/full-packets.ts'
import { channelPair } from '../../../support/channel-pair.ts'

const undo: (() => void)[] = []
afterEach(() => {
  for (const step of undo.splice(0)) step()
})

interface Inside {
  readonly outgoing: { packetSize: number; window: number }
  readonly _client: { readonly _protocol: { channelData(id: number, bytes: Buffer): void } }
}

/** Lengths of the packets that leave on a channel from now on. */
function watchPackets(channel: ServerChannel | ClientChannel): number[] {
  const { _protocol: protocol } = (channel as unknown as Inside)._client
  const lengths: number[] = []
  const send = protocol.channelData.bind(protocol)
  protocol.channelData = (id, bytes) => {
    lengths.push(bytes.length)
    send(id, bytes)
  }
  return lengths
}

const packet = 32 << 10

/** What comes out at the other end, until its end. */
async function arrived(channel: ClientChannel): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of channel) parts.push(part as Buffer)
  return Buffer.concat(parts)
}

describe('full packets', () => {
  it('hold what was written in one turn, whatever its pieces were', async () => {
    const { near, far } = await channelPair(undo)
    const all = arrived(far)
    fillPackets(near)
    const lengths = watchPackets(near)
    const frames = Array.from({ length: 7 }, () => randomBytes(packet + 13))
    for (const frame of frames) near.write(frame)
    expect(lengths).toEqual([])
    await nextTurn()
    expect(lengths).toEqual([...Array.from({ length: 7 }, () => packet), 7 * 13])
    near.write('one')
    near.write('two')
    near.end()
    expect((await all).equals(Buffer.concat([...frames, Buffer.from('onetwo')]))).toBe(true)
    expect(lengths.at(-1)).toBe(6)
  })

  it('are of the size the peer takes', async () => {
    const { near, far } = await channelPair(undo)
    const all = arrived(far)
    fillPackets(near)
    ;(near as unknown as Inside).outgoing.packetSize = 1_000
    const lengths = watchPackets(near)
    const bytes = randomBytes(3_500)
    near.write(bytes.subarray(0, 700))
    near.write(bytes.subarray(700))
    near.end()
    expect((await all).equals(bytes)).toBe(true)
    expect(lengths).toEqual([1_000, 1_000, 1_000, 500])
  })

  it('bring everything across in order when the window of a slow reader ends in the middle, with errors between', async () => {
    const { near, far } = await channelPair(undo)
    fillPackets(near)
    const output = new ChannelOutput(near, () => undefined)
    const sent = { out: [] as Buffer[], err: [] as Buffer[] }
    // Several windows of 2 MiB; a line of errors now and then.
    for (let i = 0; i < 300; i++) {
      const stream = i % 50 === 49 ? 'err' : 'out'
      const bytes = randomBytes(stream === 'err' ? 100 : packet + 13)
      sent[stream].push(bytes)
      output.write(stream, bytes)
    }
    await nextTurn()
    const errors: Buffer[] = []
    far.stderr.on('data', (part: Buffer) => errors.push(part))
    const all = arrived(far)
    await output.drained()
    near.exit(0)
    near.end()
    expect((await all).equals(Buffer.concat(sent.out))).toBe(true)
    expect(Buffer.concat(errors).equals(Buffer.concat(sent.err))).toBe(true)
  })

  it('keep the window that was given', async () => {
    const { near } = await channelPair(undo)
    fillPackets(near)
    const { outgoing } = near as unknown as Inside
    const window = outgoing.window
    const lengths = watchPackets(near)
    for (let i = 0; i < 100; i++) near.write(randomBytes(packet + 13))
    await nextTurn()
    expect(lengths.reduce((sum, length) => sum + length, 0)).toBe(window)
    expect(outgoing.window).toBe(0)
  })

  it('do not keep what is written waiting for a turn that does not end: an end sends it', async () => {
    const { near, far } = await channelPair(undo)
    const all = arrived(far)
    fillPackets(near)
    const lengths = watchPackets(near)
    near.write('last')
    near.end()
    expect(lengths).toEqual([4])
    expect((await all).toString()).toBe('last')
  })
})

import { randomBytes } from 'node:crypto'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'

import type { Carried } from '../../../../gateway/brokers/ssh/message-limits.ts'
import { writeInBatches } from '../../../../gateway/brokers/ssh/packet-socket.ts'

const undo: (() => void)[] = []
afterEach(() => {
  for (const step of undo.splice(0)) step()
})

/** Both ends of a connection on loopback; the near one writes in batches. */
async function socketPair(): Promise<{ near: Socket; far: Socket; crossed: Carried }> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve))
  const near = connect((server.address() as AddressInfo).port, '127.0.0.1')
  await new Promise<void>((resolve) => near.once('connect', () => resolve()))
  const far = await accepted
  undo.push(
    () => near.destroy(),
    () => far.destroy(),
    () => server.close(),
  )
  const crossed = writeInBatches(near)
  return { near, far, crossed }
}

async function everything(socket: Socket): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of socket) parts.push(part as Buffer)
  return Buffer.concat(parts)
}

/** Memory that is the packet's own, as ssh2 allocates large ones. */
const packetOf = (size: number): Buffer => {
  const packet = Buffer.from(new ArrayBuffer(size))
  randomBytes(size).copy(packet)
  return packet
}

describe('a socket that writes in batches', () => {
  it('brings packets of every size across in order, and loses nothing at the end', async () => {
    const { near, far } = await socketPair()
    const sizes = [1, 16, 200, 8_191, 8_192, 32_852, 5, 65_536, 1_000_000, 3]
    const packets = [...sizes, ...sizes].map(packetOf)
    const expected = Buffer.concat(packets)
    const arrived = everything(far)
    for (const packet of packets) near.write(packet)
    near.end()
    expect((await arrived).equals(expected)).toBe(true)
  })

  it('hands the packets of one turn to the system together', async () => {
    const { near, far } = await socketPair()
    const arrived = everything(far)
    near.write('one ')
    near.write(Buffer.from('two '))
    expect(near.writableCorked).toBe(1)
    await new Promise<void>((resolve) => process.nextTick(resolve))
    expect(near.writableCorked).toBe(0)
    near.write('three')
    near.end()
    expect((await arrived).toString('utf8')).toBe('one two three')
  })

  it('gives back the memory of a large packet once it is written, and not before', async () => {
    const { near, far } = await socketPair()
    far.resume()
    const packet = packetOf(32_852)
    const written = new Promise<void>((resolve, reject) =>
      near.write(packet, (error) => (error ? reject(error) : resolve())),
    )
    expect(packet.buffer.byteLength).toBe(32_852)
    await written
    expect(packet.buffer.byteLength).toBe(0)
  })

  it('leaves memory alone that others share', async () => {
    const { near, far } = await socketPair()
    far.resume()
    const whole = packetOf(100_000)
    const written = new Promise<void>((resolve, reject) =>
      near.write(whole.subarray(0, 50_000), (error) => (error ? reject(error) : resolve())),
    )
    await written
    expect(whole.buffer.byteLength).toBe(100_000)
  })

  it('says what was handed over, and what of it still waits', async () => {
    const { near, far, crossed } = await socketPair()
    const packet = packetOf(20_000)
    near.write(packet.subarray(0, 100))
    near.write(packet)
    near.write('words')
    expect([crossed.bytesWritten, crossed.writableLength]).toEqual([20_105, 20_105])
    near.end()
    const arrived = await everything(far)
    expect([arrived.length, crossed.bytesWritten, crossed.writableLength]).toEqual([20_105, 20_105, 0])
  })
})

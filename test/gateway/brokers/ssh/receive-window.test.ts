import type { AddressInfo } from 'node:net'
import ssh2, { type Client, type ClientChannel, type Connection, type ServerChannel } from 'ssh2'
import { afterEach, describe, expect, it } from 'vitest'
import { generateOpensshKey } from '../../../../certs-dev/openssh-key.ts'
import { holdToWindow } from '../../../../gateway/brokers/ssh/receive-window.ts'
import { eventually } from '../../../support/eventually.ts'
import { sendRegardless } from '../../../support/library-target.ts'

const MiB = 1024 * 1024
/** What ssh2 gives a peer to send. */
const window = 2 * MiB
const piece = Buffer.alloc(32 * 1024, 'x')

const undo: (() => void)[] = []
afterEach(() => {
  for (const step of undo.splice(0)) step()
})

interface Pair {
  readonly server: Connection
  readonly client: Client
  readonly near: ServerChannel
  readonly far: ClientChannel
  /** Overruns the server and the client have seen. */
  readonly overruns: { server: number; client: number }
}

/** Both ends of one channel on loopback, both held to their windows. Neither end reads yet. */
async function pair(): Promise<Pair> {
  const overruns = { server: 0, client: 0 }
  const listener = new ssh2.Server({ hostKeys: [generateOpensshKey('t').private] })
  const arrived = new Promise<{ server: Connection; near: ServerChannel }>((resolve) => {
    listener.on('connection', (server) => {
      server.on('error', () => server.end())
      server.on('authentication', (ctx) => ctx.accept())
      server.on('ready', () => holdToWindow(server, () => overruns.server++))
      server.on('session', (accept) => accept().on('exec', (run) => resolve({ server, near: run() })))
    })
  })
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  const client = new ssh2.Client()
  undo.push(
    () => client.destroy(),
    () => listener.close(),
  )
  const opened = new Promise<ClientChannel>((resolve, reject) => {
    client.on('error', reject)
    client.on('ready', () => {
      holdToWindow(client, () => overruns.client++)
      client.exec('x', (error, channel) => (error ? reject(error) : resolve(channel)))
    })
  })
  client.connect({ host: '127.0.0.1', port: (listener.address() as AddressInfo).port, username: 'u', password: 'p' })
  return { client, far: await opened, ...(await arrived), overruns }
}

function sendMuch(connection: object, channel: object, bytes: number, stream: 'out' | 'err' = 'out'): void {
  for (let sent = 0; sent < bytes; sent += piece.length) sendRegardless(connection, channel, piece, stream)
}

interface Ending {
  readonly _protocol: { channelEOF(recipient: number): void }
}
interface Outgoing {
  readonly outgoing: { readonly id: number; readonly state: string }
}

/** Says that no more comes, and that alone: the stream is none the wiser. */
function sayEnd(connection: object, channel: object): void {
  ;(connection as Ending)._protocol.channelEOF((channel as Outgoing).outgoing.id)
}

/** What the peer has been given in all, less what ssh2 has sent itself: what is sent regardless is not counted. */
const outgoing = (channel: ClientChannel): { readonly window: number } =>
  (channel as unknown as { readonly outgoing: { readonly window: number } }).outgoing

describe('the receive window', () => {
  it('lets a client send exactly what it was given, and reports the byte after it, once', async () => {
    const { client, far, near, overruns } = await pair()
    sendMuch(client, far, window)
    // While there is room ssh2 gives the first half back; nothing is given once two MiB wait to be read.
    const given = window + window / 2
    await eventually('the window was opened once', () => outgoing(far).window === given)
    sendMuch(client, far, window / 2)
    await eventually('the window is full', () => near.readableLength === given)
    expect(overruns.server).toBe(0)
    sendRegardless(client, far, Buffer.from('x'))
    await eventually('the overrun is seen', () => overruns.server === 1)
    sendMuch(client, far, 8 * MiB)
    // The answer to a request comes after everything before it was seen.
    await new Promise<void>((resolve) => client.exec('after', () => resolve()))
    expect(near.readableLength).toBe(given)
    expect(overruns.server).toBe(1)
  })

  it('counts what a client says on standard error, which nobody reads', async () => {
    const { client, far, near, overruns } = await pair()
    sendMuch(client, far, window, 'err')
    sendRegardless(client, far, piece)
    await eventually('the overrun is seen', () => overruns.server === 1)
    expect(near.readableLength).toBe(0)
  })

  it('is shared by both streams of a target', async () => {
    const { server, near, far, overruns } = await pair()
    sendMuch(server, near, window / 2)
    sendMuch(server, near, window / 2, 'err')
    await eventually('the window is full', () => far.readableLength + far.stderr.readableLength >= window)
    expect(overruns.client).toBe(0)
    // Below half the window ssh2 opens it again at once, so an overrun takes more than one window.
    sendMuch(server, near, 8 * MiB, 'err')
    await eventually('the overrun is seen', () => overruns.client === 1)
    expect(far.readableLength + far.stderr.readableLength).toBeLessThanOrEqual(3 * window)
  })

  it('stays shut while one stream of a target is full, also when the other has room, and opens when it is read', async () => {
    const { near, far, overruns } = await pair()
    const total = 12 * MiB
    const written = new Promise<void>((resolve) => {
      let left = total
      const next = (): void => {
        if (left <= 0) return resolve()
        left -= MiB
        // Much on one stream and a little on the other, both within the window.
        near.write(Buffer.alloc(MiB, 'o'), () => near.stderr.write('e', next))
      }
      next()
    })
    await eventually('output is full', () => far.readableLength >= window)
    let kept = -1
    await eventually('nothing more comes', () => {
      const before = kept
      kept = far.readableLength
      return before === kept
    })
    expect(far.readableLength).toBeLessThanOrEqual(2 * window)
    let out = 0
    let err = 0
    far.on('data', (part: Buffer) => (out += part.length))
    far.stderr.on('data', (part: Buffer) => (err += part.length))
    await written
    await eventually('everything has come', () => out === total && err === total / MiB)
    expect(overruns).toEqual({ server: 0, client: 0 })
  })

  it('drops what a target says after its end of file or its close, on either stream', async () => {
    const { server, client, near, far, overruns } = await pair()
    const errors: string[] = []
    for (const stream of [far, far.stderr]) stream.on('error', ({ message }: Error) => errors.push(message))
    const out: string[] = []
    const err: string[] = []
    far.on('data', (part: Buffer) => out.push(String(part)))
    far.stderr.on('data', (part: Buffer) => err.push(String(part)))
    sendRegardless(server, near, Buffer.from('said'))
    sayEnd(server, near)
    for (const stream of ['err', 'out'] as const) sendRegardless(server, near, Buffer.from('too late'), stream)
    await new Promise<void>((resolve) => client.exec('after', () => resolve()))
    // What is sent on it still arrives: its end was one direction's.
    expect((far as unknown as Outgoing).outgoing.state).toBe('open')
    near.close()
    for (const stream of ['err', 'out'] as const) sendRegardless(server, near, Buffer.from('later still'), stream)
    await new Promise<void>((resolve) => client.exec('and after', () => resolve()))
    expect({ out, err, errors, overruns }).toEqual({
      out: ['said'],
      err: [],
      errors: [],
      overruns: { server: 0, client: 0 },
    })
  })

  it('drops what a client says after its end of file or its close', async () => {
    const { client, far, near, overruns } = await pair()
    const heard: string[] = []
    near.on('data', (part: Buffer) => heard.push(String(part)))
    sendRegardless(client, far, Buffer.from('said'))
    sayEnd(client, far)
    for (const stream of ['out', 'err'] as const) sendRegardless(client, far, Buffer.from('too late'), stream)
    await new Promise<void>((resolve) => client.exec('after', () => resolve()))
    // It waits for its answer.
    expect((near as unknown as Outgoing).outgoing.state).toBe('open')
    far.close()
    for (const stream of ['out', 'err'] as const) sendRegardless(client, far, Buffer.from('later still'), stream)
    await new Promise<void>((resolve) => client.exec('and after', () => resolve()))
    expect({ heard, overruns }).toEqual({ heard: ['said'], overruns: { server: 0, client: 0 } })
  })

  it('is not given again to who goes on and on after the end of file', async () => {
    const { server, near, far, overruns } = await pair()
    far.stderr.on('error', () => undefined)
    far.resume()
    far.stderr.resume()
    sayEnd(server, near)
    sendMuch(server, near, window, 'err')
    sendRegardless(server, near, Buffer.from('x'), 'err')
    await eventually('the overrun is seen', () => overruns.client > 0)
    expect(overruns).toEqual({ server: 0, client: 1 })
  })

  it('never troubles a peer that keeps to it', async () => {
    const { near, far, overruns } = await pair()
    near.on('data', (part: Buffer) => {
      if (!near.write(part)) {
        near.pause()
        near.once('drain', () => near.resume())
      }
    })
    let back = 0
    far.on('data', (part: Buffer) => (back += part.length))
    far.write(Buffer.alloc(16 * MiB))
    await eventually('everything came back', () => back === 16 * MiB)
    expect(overruns).toEqual({ server: 0, client: 0 })
  })
})

// Balancers that say where a connection comes from, and everybody else who says so.

import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { readProxyHeader } from '../../../../gateway/brokers/ssh/proxy-header.ts'
import type { Origin } from '../../../../gateway/identity/authenticate.ts'
import ssh2 from 'ssh2'
import { openBareListener, type BareListener } from '../../../support/bare-listener.ts'
import { closedOf } from '../../../support/library-client.ts'
import { eventually } from '../../../support/eventually.ts'

const signature = Buffer.from('0d0a0d0a000d0a515549540a', 'hex')
function header(command: number, family: number, body: Buffer): Buffer {
  const rest = Buffer.alloc(4)
  rest[0] = command
  rest[1] = family
  rest.writeUInt16BE(body.length, 2)
  return Buffer.concat([signature, rest, body])
}
const ports = Buffer.from([0x9c, 0x40, 0, 22])
const ipv4 = header(0x21, 0x11, Buffer.concat([Buffer.from([198, 51, 100, 9, 192, 0, 2, 1]), ports]))
const address6 = Buffer.from('20010db8000000000000000000000007', 'hex')
const ipv6 = header(0x21, 0x21, Buffer.concat([address6, address6, ports, Buffer.from('04000100', 'hex')]))

describe('a PROXY header', () => {
  it.each([
    ['of IPv4', ipv4, '198.51.100.9'],
    ['of IPv6, with more behind the addresses', ipv6, '2001:db8::7'],
    ['of the balancer itself', header(0x20, 0, Buffer.alloc(0)), null],
  ])('%s names the source and its own length, in whatever pieces it comes', (_what, bytes, source) => {
    for (let length = 0; length < bytes.length; length++)
      expect(readProxyHeader(bytes.subarray(0, length)).kind).toBe('more')
    const more = Buffer.concat([bytes, Buffer.from('SSH-2.0-x\r\n')])
    expect(readProxyHeader(more)).toEqual({ kind: 'ok', source, length: bytes.length })
  })

  it.each([
    ['of version 1', Buffer.from('PROXY TCP4 198.51.100.9 192.0.2.1 1 2\r\n')],
    ['that is none', Buffer.from('SSH-2.0-OpenSSH\r\n')],
    ['of a version to come', header(0x31, 0x11, Buffer.alloc(12))],
    ['of datagrams', header(0x21, 0x12, Buffer.alloc(12))],
    ['of a path', header(0x21, 0x31, Buffer.alloc(216))],
    ['too short for its addresses', header(0x21, 0x11, Buffer.alloc(8))],
    ['too long for anything', header(0x21, 0x11, Buffer.alloc(4000))],
  ])('%s is refused', (_what, bytes) => {
    expect(readProxyHeader(bytes).kind).toBe('bad')
  })

  it('of random bytes is an answer, never a failure', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), fc.boolean(), (bytes, isBegun) => {
        const read = readProxyHeader(Buffer.concat([isBegun ? signature : Buffer.alloc(0), bytes]))
        return read.kind !== 'ok' || (read.length >= 16 && read.length <= 16 + 1024)
      }),
    )
  })
})

describe('the source of a connection', () => {
  let bare: BareListener
  afterEach(() => bare.stop())

  /** Tries a password, and gives the sources the gateway has seen. */
  async function sourcesSeen(proxyFrom: readonly string[], before: Buffer): Promise<string[]> {
    const sources: string[] = []
    const authenticator = {
      password: async (_login: unknown, _password: unknown, origin: Origin) => {
        sources.push(origin.source)
        return { kind: 'bad' } as const
      },
    }
    bare = await openBareListener({ proxyFrom, authenticator })
    const sock = connect(bare.port, '127.0.0.1')
    sock.on('error', () => sock.destroy())
    await once(sock, 'connect')
    sock.write(before)
    const client = new ssh2.Client()
    client.on('error', () => undefined)
    client.connect({ sock, username: 'vendor', password: 'no' })
    await closedOf(client)
    return sources
  }

  it('is what a listed balancer says', async () => {
    expect(await sourcesSeen(['127.0.0.0/8'], ipv4)).toEqual(['198.51.100.9'])
  })
  it('is the balancer where it speaks for itself', async () => {
    expect(await sourcesSeen(['127.0.0.0/8'], header(0x20, 0, Buffer.alloc(0)))).toEqual(['127.0.0.1'])
  })
  it('is never what anybody else says: the connection ends there', async () => {
    expect(await sourcesSeen([], ipv4)).toEqual([])
    expect(
      await eventually('it is logged', async () => (await bare.log()).find(({ why }) => why !== undefined)),
    ).toMatchObject({
      source: '127.0.0.1',
      why: 'it does not begin with an SSH version',
    })
  })
  it('has to be said by a balancer', async () => {
    expect(await sourcesSeen(['127.0.0.0/8'], Buffer.alloc(0))).toEqual([])
    expect(
      await eventually('it is logged', async () => (await bare.log()).find(({ why }) => why !== undefined)),
    ).toMatchObject({
      why: 'it does not begin with a PROXY header of version 2',
    })
  })
  it('is waited for of as many connections as strangers may have, and of none when the gateway stops', async () => {
    bare = await openBareListener({ proxyFrom: ['127.0.0.0/8'], limits: { unauthenticated: 2 } })
    const [first, second, third] = [1, 2, 3].map(() => connect(bare.port, '127.0.0.1'))
    await once(third as Socket, 'close')
    expect([first?.destroyed, second?.destroyed]).toEqual([false, false])
    const gone = [first, second].map((sock) => once(sock as Socket, 'close'))
    await Promise.all([bare.listener.stop(), ...gone])
  })
  it('has to be said in time', async () => {
    bare = await openBareListener({ proxyFrom: ['127.0.0.0/8'], limits: { loginGraceMs: 200 } })
    const sock = connect(bare.port, '127.0.0.1')
    sock.write(ipv4.subarray(0, 10))
    await once(sock, 'close')
    expect(sock.destroyed).toBe(true)
  })
})

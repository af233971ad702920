// What strangers can do to the listener before they have logged in, tried by hand: bytes one by one, lines without end,
// messages without end, and the attack on the order of messages that is called Terrapin.

import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import ssh2 from 'ssh2'
import { afterEach, describe, expect, it } from 'vitest'
import { countMessages, messageRules } from '../../../../gateway/brokers/ssh/message-limits.ts'
import { wireString } from '../../../../gateway/identity/certificates/wire.ts'
import { bareClient, exchangeHybrid, kexInit, packet, strings, version } from '../../../support/bare-ssh.ts'
import { openBareListener, type BareListener } from '../../../support/bare-listener.ts'
import { eventually } from '../../../support/eventually.ts'
import { closedOf, sendMessage } from '../../../support/library-client.ts'

let bare: BareListener
afterEach(() => bare.stop())
const open = async (wish: Parameters<typeof openBareListener>[0] = {}): Promise<BareListener> =>
  (bare = await openBareListener(wish))

async function rawConnect(port: number): Promise<{ socket: Socket; closed: Promise<unknown> }> {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => socket.destroy())
  socket.resume()
  await once(socket, 'connect')
  return { socket, closed: new Promise((resolve) => socket.once('close', resolve)) }
}
const whys = async (): Promise<unknown[]> =>
  (await bare.log()).filter(({ msg }) => msg === 'SSH connection ended').map(({ why }) => why)

describe('the first line of a stranger', () => {
  it('is read however small the pieces are that it comes in', async () => {
    await open()
    const client = await bareClient(bare.port, '')
    for (const byte of `${version}\r\n`) {
      client.socket.write(byte)
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(await exchangeHybrid(client)).toMatchObject({ isSigned: true })
    client.socket.destroy()
  })

  it.each([
    ['a line of megabytes', Buffer.alloc(4 << 20, 'S'), 'it does not begin with an SSH version'],
    [
      'a version without end',
      Buffer.concat([Buffer.from('SSH-2.0-'), Buffer.alloc(4 << 20, 'x')]),
      'its version is longer than SSH allows',
    ],
    [
      'lines before the version, which are a server’s to send',
      Buffer.from('hello\r\nSSH-2.0-x\r\n'),
      'it does not begin with an SSH version',
    ],
    ['another protocol', Buffer.from('GET / HTTP/1.1\r\n\r\n'), 'it does not begin with an SSH version'],
  ])('ends the connection where it is %s', async (_what, says, why) => {
    await open()
    const { socket, closed } = await rawConnect(bare.port)
    socket.write(says)
    await closed
    expect(await eventually('it is logged', async () => ((await whys()).length > 0 ? whys() : null))).toEqual([why])
  })

  it('has to come, and the login after it, within the time for both', async () => {
    await open({ limits: { loginGraceMs: 300 } })
    const silent = await rawConnect(bare.port)
    const polite = await bareClient(bare.port)
    const shaken = await bareClient(bare.port)
    await exchangeHybrid(shaken)
    await Promise.all([silent.closed, once(polite.socket, 'close'), once(shaken.socket, 'close')])
    expect([silent.socket.destroyed, polite.socket.destroyed, shaken.socket.destroyed]).toEqual([true, true, true])
  })
})

describe('connections of strangers', () => {
  it('above the limit are closed unread, and the place of one that leaves is free again', async () => {
    await open({ limits: { unauthenticatedPerSource: 2 } })
    const two = [await bareClient(bare.port), await bareClient(bare.port)]
    const third = await rawConnect(bare.port)
    await third.closed
    expect(
      (await bare.log()).some(
        ({ msg, limit }) => msg === 'SSH connection refused' && limit === 'unauthenticated connections of one address',
      ),
    ).toBe(true)
    two[0]?.socket.destroy()
    await eventually('there is a place again', async () => {
      const client = await bareClient(bare.port)
      const isIn = client.banner !== ''
      client.socket.destroy()
      return isIn || null
    })
    two[1]?.socket.destroy()
  })
})

describe('messages of strangers', () => {
  const ignore = Buffer.concat([Buffer.from([2]), wireString('nothing')])
  const debug = Buffer.concat([Buffer.from([4, 0]), wireString('nothing'), wireString('')])
  const unimplemented = Buffer.from([3, 0, 0, 0, 1])

  it.each([
    ['IGNORE', ignore],
    ['DEBUG', debug],
    ['UNIMPLEMENTED', unimplemented],
  ])('that ask for nothing end the connection after some (%s)', async (_name, message) => {
    await open()
    // Without strict key exchange, which takes none of them at all.
    const client = await bareClient(bare.port)
    client.send(kexInit({ kex: ['mlkem768x25519-sha256'] }))
    const flood = Buffer.concat(Array.from({ length: 200 }, () => packet(message)))
    client.socket.write(flood)
    await once(client.socket, 'close')
    expect(await eventually('it is logged', async () => ((await whys()).length > 0 ? whys() : null))).toEqual([
      'it sends what asks for nothing',
    ])
  })

  it('are too many at some point, whatever they are', async () => {
    await open()
    const client = new ssh2.Client()
    client.on('error', () => undefined)
    client.connect({
      host: '127.0.0.1',
      port: bare.port,
      username: 'nobody',
      authHandler: (_left, _partial, next) => (flood(), next('none')),
    })
    // Of a kind nobody knows, which ssh2 passes over.
    function flood(): void {
      for (let i = 0; i < 500; i++) sendMessage(client, Buffer.from([192]))
    }
    await closedOf(client)
    expect(await eventually('it is logged', async () => ((await whys()).length > 0 ? whys() : null))).toEqual([
      'it sends message after message and does not log in',
    ])
  })

  it('are those of a login: what a server says, and what comes after a login, ends the connection', () => {
    const carried = { bytesRead: 0, bytesWritten: 0, writableLength: 0 }
    const judged = (type: number) => countMessages(messageRules, () => 0).judge(type, 40, true, carried)
    const own = [1, 2, 3, 4, 5, 7, 20, 21, 30, 34, 50, 61, 192]
    expect(own.map(judged)).toEqual(own.map(() => null))
    for (const type of [6, 51, 52, 53, 60, 80, 81, 90, 91, 93, 94, 98, 100])
      expect([type, judged(type)]).toEqual([type, 'it sends what nobody may before a login'])
  })

  it('of a wrong length end the connection before there is memory for them', async () => {
    await open()
    for (const length of [0, 1, 7, 300_000, 0x7fff_fff8, 0xffff_fff8]) {
      const client = await bareClient(bare.port)
      await client.next()
      const head = Buffer.alloc(16)
      head.writeUInt32BE(length)
      client.socket.write(head)
      await once(client.socket, 'close')
    }
    expect((await bareClient(bare.port)).banner).toBe('SSH-2.0-Sallyport')
  })

  it('of random bytes after the version never harm who comes next', async () => {
    await open()
    for (let i = 0; i < 60; i++) {
      const client = await bareClient(bare.port)
      client.socket.end(i % 2 === 0 ? randomBytes(600) : packet(Buffer.concat([Buffer.from([i]), randomBytes(i)])))
      await once(client.socket, 'close')
    }
    const client = await bareClient(bare.port)
    expect(await exchangeHybrid(client)).toMatchObject({ isSigned: true })
    client.socket.destroy()
  })
})

describe('the order of first messages (Terrapin, CVE-2023-48795)', () => {
  const ignore = Buffer.concat([Buffer.from([2]), wireString('')])

  it('is strict: a message slipped in before the first one ends the handshake', async () => {
    await open()
    const client = await bareClient(bare.port)
    client.send(ignore)
    expect(await exchangeHybrid(client)).toBe(null)
    await once(client.socket, 'close')
  })

  it('is strict: a message slipped in during the exchange ends it', async () => {
    await open()
    const client = await bareClient(bare.port)
    client.send(kexInit())
    client.send(ignore)
    await client.next()
    expect(await client.next().then((answer) => answer?.[0] ?? null)).not.toBe(31)
  })

  it('is strict: numbers begin anew with the new keys, so that a message cut out is missed', async () => {
    await open()
    const client = new ssh2.Client()
    client.on('error', () => undefined)
    const counted = new Promise<readonly [number, number]>((resolve) =>
      client.once('handshake', () => {
        const { _protocol } = client as unknown as {
          _protocol: { _decipher: { inSeqno: number }; _strictMode: boolean }
        }
        resolve([_protocol._decipher.inSeqno, Number(_protocol._strictMode)])
      }),
    )
    client.connect({
      host: '127.0.0.1',
      port: bare.port,
      username: 'nobody',
      authHandler: (_l, _p, next) => next(false as never),
    })
    expect(await counted).toEqual([0, 1])
    client.end()
    await closedOf(client)
  })

  it('is asked for where the gateway is the client, too', async () => {
    await open()
    const client = new ssh2.Client()
    const { algorithms } = await import('../../../../gateway/brokers/ssh/algorithms.ts')
    client.on('error', () => undefined)
    client.connect({ host: '127.0.0.1', port: bare.port, username: 'n', algorithms })
    const offered = (client as unknown as { _protocol: { _offer: { lists: { kex: { array: string[] } } } } })._protocol
      ._offer.lists.kex.array
    expect(offered).toContain('kex-strict-c-v00@openssh.com')
    await closedOf(client)
  })
})

describe('messages of whoever has logged in', () => {
  const rules = { ...messageRules, rekeys: { burst: 3, bytes: 1_000, ms: 100 } }
  it('may ask for new keys as bytes cross and time passes, and not again and again', () => {
    let now = 0
    const count = countMessages(rules, () => now)
    const rekey = (bytes: number): boolean =>
      count.judge(20, 900, false, { bytesRead: bytes, bytesWritten: 0, writableLength: 0 }) === null
    expect([rekey(0), rekey(10), rekey(20), rekey(30)]).toEqual([true, true, true, false])
    expect([rekey(1_500), rekey(1_600)]).toEqual([true, false])
    now = 1_000
    expect([rekey(2_100), rekey(2_100), rekey(2_100), rekey(2_100)]).toEqual([true, true, true, false])
  })
  it('ask for nothing more while the answers to as many questions wait', () => {
    const few = { ...rules, unread: 3 }
    const carried = { bytesRead: 0, bytesWritten: 100, writableLength: 0 }
    const count = countMessages(few, () => 0)
    /** Asks; the answer is 40 bytes, and waits. */
    const ask = (type: number): boolean => {
      const isIn = count.judge(type, 40, false, carried) === null
      carried.bytesWritten += 40
      carried.writableLength += 40
      return isIn
    }
    // The first waits for nothing before it.
    expect([80, 90, 98, 80].map(ask)).toEqual([true, true, true, true])
    expect(ask(80)).toBe(false)
    expect([94, 93].map((type) => count.judge(type, 40, false, carried))).toEqual([null, null])
    carried.writableLength = 0
    expect([80, 90, 98, 80].map(ask)).toEqual([true, true, true, true])
  })
  it('may ask while data waits that they have not taken yet, as long as the answers before leave', () => {
    const carried = { bytesRead: 0, bytesWritten: 0, writableLength: 32 << 20 }
    const count = countMessages({ ...rules, unread: 3 }, () => 0)
    for (let i = 0; i < 50; i++) {
      carried.bytesWritten += 16 << 20
      expect(count.judge(80, 40, false, carried)).toBe(null)
    }
  })
})

it('reads the extensions: signatures that are taken, none with SHA-1, and keys bound to the host', async () => {
  await open()
  const client = new ssh2.Client()
  client.on('error', () => undefined)
  const seen = new Promise<Buffer>((resolve) => {
    client.once('handshake', () => {
      const { _protocol } = client as unknown as { _protocol: { _decipher: { _onPayload(payload: Buffer): unknown } } }
      const next = _protocol._decipher._onPayload
      _protocol._decipher._onPayload = (payload) => {
        if (payload[0] === 7) resolve(Buffer.from(payload))
        return next(payload)
      }
    })
  })
  client.connect({
    host: '127.0.0.1',
    port: bare.port,
    username: 'nobody',
    authHandler: (_l, _p, next) => next(false as never),
  })
  const message = await seen
  expect(strings(message.subarray(5), 4).map(String)).toEqual([
    'server-sig-algs',
    'ssh-ed25519,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,rsa-sha2-512,rsa-sha2-256',
    'publickey-hostbound@openssh.com',
    '0',
  ])
  await closedOf(client)
})

// The hybrid key exchange, against a client written from the draft and against ssh2 with the same thing put around it.

import ssh2, { type NegotiatedAlgorithms } from 'ssh2'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { clientExchange, serverExchange } from '../../../../gateway/brokers/ssh/hybrid-exchange.ts'
import { hybridName, inDisguise, offerPostQuantum } from '../../../../gateway/brokers/ssh/post-quantum.ts'
import { bareClient, exchangeHybrid, kexInit, strings } from '../../../support/bare-ssh.ts'
import { openBareListener, type BareListener } from '../../../support/bare-listener.ts'
import { closedOf } from '../../../support/library-client.ts'

describe('the secrets of a hybrid exchange', () => {
  it('are the same on both sides, have the lengths of the draft, and are never twice the same', () => {
    const secrets = Array.from({ length: 3 }, () => {
      const [client, server] = [clientExchange(), serverExchange()]
      const theirs = server.secret(client.public)
      expect([client.public.length, server.public.length, theirs.length]).toEqual([1216, 1120, 32])
      expect(client.secret(server.public)).toEqual(theirs)
      return theirs.toString('hex')
    })
    expect(new Set(secrets).size).toBe(3)
  })

  it('are not made of what is too short, too long, or no key', () => {
    const { public: sent } = clientExchange()
    expect(() => serverExchange().secret(sent.subarray(1))).toThrow('expected 1216 bytes, got 1215')
    expect(() => serverExchange().secret(Buffer.concat([sent, sent]))).toThrow('expected 1216 bytes')
    // FIPS 203 section 7.2: coefficients of an encapsulation key are below 3329.
    const outside = Buffer.concat([Buffer.alloc(1152, 0xff), sent.subarray(1152)])
    expect(() => serverExchange().secret(outside)).toThrow('Failed to read asymmetric key')
    // RFC 7748 section 6.1: the point zero makes a secret that everybody knows.
    const zero = Buffer.concat([sent.subarray(0, 1184), Buffer.alloc(32)])
    expect(() => serverExchange().secret(zero)).toThrow('failed during derivation')
  })

  it('differ where the ciphertext was changed: both sides would find it in the signature', () => {
    const [client, server] = [clientExchange(), serverExchange()]
    const theirs = server.secret(client.public)
    const changed = Buffer.from(server.public)
    changed[5] = (changed[5] ?? 0) ^ 1
    expect(client.secret(changed)).not.toEqual(theirs)
  })
})

describe('a list of methods is shown otherwise only where both agree on the hybrid one', () => {
  const ours = [hybridName, 'curve25519-sha256', 'ecdh-sha2-nistp256']
  const shown = (kex: readonly string[], isServer: boolean): string | null => {
    const disguised = inDisguise(kexInit({ kex }), ours, isServer)
    return disguised === null ? null : (strings(disguised.subarray(17), 1)[0]?.toString() ?? '')
  }
  it.each([
    ['a client that prefers it', [hybridName, 'curve25519-sha256'], true, 'curve25519-sha256,curve25519-sha256'],
    ['one that has it after what we do not have', ['sntrup', hybridName], true, 'sntrup,curve25519-sha256'],
    ['a client that prefers another', ['curve25519-sha256', hybridName], true, null],
    ['one that has it not', ['curve25519-sha256'], true, null],
    [
      'a server that has it last, where we are the client',
      ['ecdh-sha2-nistp256', hybridName],
      false,
      'none@sallyport,curve25519-sha256',
    ],
    ['a server that has it not', ['curve25519-sha256'], false, null],
  ])('%s', (_what, kex, isServer, expected) => {
    expect(shown(kex, isServer)).toBe(expected)
  })
  it('and not where it cannot be read', () => {
    for (let length = 0; length < 25; length++) expect(inDisguise(kexInit().subarray(0, length), ours, true)).toBe(null)
  })
})

describe('the listener', () => {
  let bare: BareListener
  beforeAll(async () => (bare = await openBareListener({ rsa: true })))
  afterAll(() => bare.stop())

  it('offers it first, with strict key exchange', async () => {
    const client = await bareClient(bare.port)
    const init = await client.next()
    const names =
      strings((init ?? Buffer.alloc(0)).subarray(17), 1)[0]
        ?.toString()
        .split(',') ?? []
    expect(names[0]).toBe('mlkem768x25519-sha256')
    expect(names).toContain('kex-strict-s-v00@openssh.com')
    client.socket.destroy()
  })

  it('does it as the draft says: a client written from it finds its own hash signed with the host key', async () => {
    const client = await bareClient(bare.port)
    expect(await exchangeHybrid(client)).toEqual({ isSigned: true, reply: 1120 })
    const newKeys = await client.next()
    expect(newKeys?.[0]).toBe(21)
    client.socket.destroy()
  })

  // dropbear guesses with the method it likes best; ssh2 passes over every guess, and such a client would wait for ever.
  it.each([
    ['right, and answered', {}, []],
    ['wrong about the method, and passed over', { kex: ['x@example.org', hybridName] }, ['guess']],
    ['wrong about the host key, and passed over', { hostKeys: ['x@example.org', 'ssh-ed25519'] }, ['guess']],
  ])('takes the guess of a client as RFC 4253 section 7 says: %s', async (_what, lists, wrong) => {
    const client = await bareClient(bare.port)
    const init = kexInit(lists)
    // first_kex_packet_follows, before four bytes that are reserved.
    init[init.length - 5] = 1
    const guessing = {
      ...client,
      send(payload: Uint8Array) {
        client.send(payload)
        if (payload === init) for (const guess of wrong) client.send(Buffer.from(`\u001e\0\0\0\u0005${guess}`))
      },
    }
    expect(await exchangeHybrid(guessing, init)).toEqual({ isSigned: true, reply: 1120 })
    expect((await client.next())?.[0]).toBe(21)
    client.socket.destroy()
  })

  it.each([
    ['is too short', (sent: Buffer) => sent.subarray(32)],
    ['is no key of ML-KEM', (sent: Buffer) => Buffer.concat([Buffer.alloc(1152, 0xff), sent.subarray(1152)])],
    ['has no point', (sent: Buffer) => Buffer.concat([sent.subarray(0, 1184), Buffer.alloc(32)])],
  ])('ends a connection whose first message %s', async (_what, spoil) => {
    const client = await bareClient(bare.port)
    expect(await exchangeHybrid(client, kexInit(), spoil)).toBe(null)
    client.socket.destroy()
  })

  it('does it again when new keys are made, and both sides keep understanding each other', async () => {
    const client = new ssh2.Client()
    const negotiated: string[] = []
    client.on('handshake', ({ kex }: NegotiatedAlgorithms) => negotiated.push(kex))
    client.on('error', () => undefined)
    let asked = 0
    client.connect({
      host: '127.0.0.1',
      port: bare.port,
      username: 'nobody',
      authHandler: (_left, _partial, next) => {
        asked++
        if (asked === 1) return next('none')
        if (asked > 2) return next(false as never)
        client.once('handshake', () => next('none'))
        const { _protocol } = client as unknown as { _protocol: { rekey(): void } }
        _protocol.rekey()
      },
    })
    offerPostQuantum(client)
    await closedOf(client)
    expect(negotiated).toEqual([hybridName, hybridName])
    expect(asked).toBe(3)
  })
})

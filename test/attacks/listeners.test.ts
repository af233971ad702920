// What strangers do to the listeners before anybody knows who they are: they stall, send too much, make work, and say that
// they come from elsewhere.

import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect as connectTls } from 'node:tls'

import ssh2, { type ClientChannel } from 'ssh2'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'

import { prefix } from '../../gateway/contract/routes.ts'
import { send } from '../../gateway/demo/api-visitor.ts'
import type { SshLogin } from '../../gateway/demo/ssh-client.ts'
import { wireString } from '../../gateway/identity/certificates/wire.ts'
import { registerMachine } from '../../gateway/identity/machines.ts'
import { keyLogin, loginKey, message, openBareLogin, passwordLogin, wordFor } from '../support/bare-login.ts'
import { describeWith } from '../support/describe-with.ts'
import { eventually } from '../support/eventually.ts'
import { stageGateway, type GatewayStage } from '../support/gateway-stage.ts'
import { enter } from '../support/library-client.ts'
import { makeKey } from '../support/sshd.ts'
import { runSsh } from '../support/ssh-session.ts'
import { blobIn, certify, makeKeyOf } from '../support/user-authority.ts'

const machine = 'svc-mes-erp'
/** Where the machine account is declared to come from. */
const declared = '198.51.100.7'
const balancer = '127.0.0.9'
const elsewhere = '127.0.0.5'

/** A PROXY header of version 2 for a connection from this address. */
function proxyHeader(source: string, command = 0x21): Buffer {
  const addresses = [...source.split('.').map(Number), 127, 0, 0, 1, 0x30, 0x39, 0x08, 0xae]
  return Buffer.concat([
    Buffer.from('0d0a0d0a000d0a515549540a', 'hex'),
    Buffer.from([command, 0x11, 0, addresses.length, ...addresses]),
  ])
}

describeWith(['ssh', 'sshd', 'ssh-keygen'], 'a stranger at the listeners', () => {
  let stage: GatewayStage
  let folder: string
  let authority: string
  let machineKey: string
  const relays: { stop(): Promise<void> }[] = []

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sp-ca-'))
    authority = await makeKeyOf(join(folder, 'ca'), 'ed25519')
    stage = await stageGateway({
      overrides: {
        'ssh.proxyFrom': [`${balancer}/32`],
        'ssh.loginGraceSeconds': 5,
        'ssh.userAuthorities': [
          { name: 'ca', key: `${authority}.pub`, suppliers: ['acme-drives'], secondFactor: true },
        ],
        'login.passwordParallel': 1,
        'login.passwordQueue': 1,
        'https.loginsPerMinute': 1_000,
      },
    })
    const of = { supplier: null, plants: ['north'] }
    await stage.enrol({ ...of, login: 'mes', displayName: 'MES engineer', roles: ['engineer'] })
    machineKey = await makeKey(join(stage.folder, 'machine'))
    const made = await stage.withStore(async (store) =>
      registerMachine(
        { store, clock: stage.clock },
        {
          ...of,
          login: machine,
          displayName: 'MES to ERP',
          owner: 'mes',
          purpose: 'counters of the night',
          until: '2099-12-31',
          sources: ['198.51.100.0/24'],
          keys: [await readFile(`${machineKey}.pub`, 'utf8')],
        },
        null,
      ),
    )
    if (made.kind === 'invalid') throw new Error(made.problems.join('; '))
    await stage.grant('ews-1')
    await stage.api('auditor')
  })
  afterAll(async () => {
    await Promise.all(relays.map((relay) => relay.stop()))
    await stage.stop()
    await rm(folder, { recursive: true, force: true })
  })
  beforeEach(() => stage.clock.advance(60_000))

  /** Why the gateway has closed connections of strangers, and which limits were reached. */
  async function cutOff(): Promise<string[]> {
    const lines = (await stage.log()).split('\n').filter((line) => /SSH connection (ended|refused)/.test(line))
    return lines.map((line) => {
      const { why, limit } = JSON.parse(line) as { why?: string; limit?: string }
      return why ?? limit ?? ''
    })
  }
  async function cutOffIn(work: () => Promise<unknown>): Promise<string[]> {
    const before = (await cutOff()).length
    await work()
    return eventually('it is logged', async () => {
      const fresh = (await cutOff()).slice(before)
      return fresh.length > 0 && fresh
    })
  }
  async function evidenceOf(work: () => Promise<unknown>): Promise<(readonly [string, unknown])[]> {
    const types = ['auth.failed', 'auth.succeeded']
    const before = (await stage.evidence({ types })).length
    await work()
    return (await stage.evidence({ types })).slice(before).map(({ type, data }) => [type, data['reason']] as const)
  }
  async function servesOn(): Promise<void> {
    const ran = await runSsh(await stage.sshLogin('vendor%ews-1'), { command: 'echo on' })
    expect([ran.stderr, ran.stdout.toString()]).toEqual(['', 'on\n'])
  }

  /** A port that leads to the SSH listener, from this address and behind these bytes. */
  async function relayFrom(localAddress: string, before: Uint8Array): Promise<number> {
    const sockets = new Set<Socket>()
    const server = createServer((client) => {
      const gateway = connect({ host: '127.0.0.1', port: stage.gateway.ssh.port, localAddress })
      gateway.write(before)
      for (const socket of [client, gateway]) {
        sockets.add(socket)
        socket.on('error', () => socket.destroy())
        socket.once('close', () => (client.destroy(), gateway.destroy()))
      }
      client.pipe(gateway).pipe(client)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    relays.push({
      stop: () => {
        for (const socket of sockets) socket.destroy()
        return new Promise((resolve) => server.close(() => resolve()))
      },
    })
    return (server.address() as AddressInfo).port
  }

  describe('attack 7: connections that stall', () => {
    it('hold up nobody else, neither at SSH nor at HTTPS, and are gone after a while', async () => {
      const { ssh, https } = stage.gateway
      const closed: Promise<unknown>[] = []
      const hold = async (port: number, says: Uint8Array): Promise<void> => {
        const socket = connect({ host: '127.0.0.1', port, localAddress: elsewhere })
        socket.on('error', () => socket.destroy())
        socket.resume()
        await once(socket, 'connect')
        closed.push(new Promise((resolve) => socket.once('close', resolve)))
        socket.write(says)
      }
      const half = Buffer.from('SSH-2.0-Half')
      const begun = Buffer.concat([Buffer.from('SSH-2.0-x\r\n'), Buffer.from([0, 0, 3, 252, 8, 20])])
      const reasons = await cutOffIn(async () => {
        for (let i = 0; i < 20; i++) await hold(ssh.port, [Buffer.alloc(0), half, begun][i % 3] ?? half)
        for (let i = 0; i < 40; i++) await hold(https.port, Buffer.from([22, 3, 1, 2, 0].slice(0, i % 6)))
        await servesOn()
        const { status } = await send({ port: https.port, ca: stage.stage.pki.contents['ca.pem'] }, get('/healthz'))
        expect(status).toBe(200)
        // Ten seconds are what a TLS handshake may take, five a login.
        await Promise.all(closed)
      })
      const count = (what: string): number => reasons.filter((reason) => reason === what).length
      expect(count('unauthenticated connections of one address')).toBe(10)
      expect(count('it has not logged in within the time there is for it')).toBe(10)
      await servesOn()
    })

    const get = (path: string) => ({ method: 'GET', path })
  })

  describe('attack 8: strangers who make work', () => {
    it('with messages larger than a login needs', async () => {
      const reasons = await cutOffIn(async () => {
        const login = await openBareLogin(stage.gateway.ssh.port)
        login.send(passwordLogin('vendor', 'x'.repeat(100_000)))
        expect(wordFor(await login.next())).toBe('closed')
      })
      expect(reasons).toEqual(['it sends large messages before it has logged in'])
    })

    it.each(['/auth/login', '/requests', '/nowhere'])('with bodies without end, over HTTPS: %s', async (path) => {
      const { port } = stage.gateway.https
      const socket = connectTls({
        host: '127.0.0.1',
        port,
        servername: 'localhost',
        ca: stage.stage.pki.contents['ca.pem'],
      })
      let answer = ''
      let sent = 0
      socket.on('data', (part: Buffer) => (answer += part.toString('latin1')))
      socket.on('error', () => socket.destroy())
      await once(socket, 'secureConnect')
      const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
      const head = ['Host: localhost', 'Content-Type: application/json', 'Transfer-Encoding: chunked']
      socket.write(`POST ${prefix}${path} HTTP/1.1\r\n${head.join('\r\n')}\r\n\r\n`)
      const chunk = Buffer.concat([Buffer.from('10000\r\n'), Buffer.alloc(65_536, '"'), Buffer.from('\r\n')])
      const pour = (): void => {
        while (socket.writable && sent < 1 << 30) {
          sent += chunk.length
          if (!socket.write(chunk)) return
        }
      }
      socket.on('drain', pour)
      pour()
      await Promise.race([closed, eventually('it answers', () => answer !== '')])
      socket.destroy()
      expect(answer === '' || /^HTTP\/1\.1 4\d\d /.test(answer)).toBe(true)
      // What fits the buffers between the two may be on its way when the answer comes.
      expect(sent).toBeLessThan(64 << 20)
    })

    it('with passwords to be checked without end: those who work are not held up', { timeout: 60_000 }, async () => {
      const [port, code] = [stage.gateway.ssh.port, stage.code('vendor')]
      const password = stage.person('vendor').password.expose()
      const running = await enter({ port, username: 'vendor%ews-1', password, code })
      if (running.kind === 'refused') throw new Error(running.text)
      const channel = await new Promise<ClientChannel>((resolve, reject) =>
        running.client.exec('cat', (error, opened) => (error ? reject(error) : resolve(opened))),
      )
      const guessers = await Promise.all(Array.from({ length: 9 }, () => openBareLogin(port)))
      const events = await evidenceOf(async () => {
        guessers.forEach((guesser, i) => guesser.send(passwordLogin(`nobody-${i}`, 'x'.repeat(1_000))))
        for (let i = 0; i < 50; i++) {
          const answer = new Promise((resolve) => channel.once('data', (part: Buffer) => resolve(part.toString())))
          channel.write(`${i}\n`)
          expect(await answer).toBe(`${i}\n`)
        }
        for (const guesser of guessers) expect(wordFor(await guesser.next())).toBe('no')
      })
      for (const guesser of guessers) guesser.close()
      // One at a time, one that waits: what is more is turned away unchecked.
      expect(events.map(([, reason]) => reason)).toContain('busy')
      running.client.end()
    })
  })

  /** The machine logs in with its key through this port. */
  async function machineComes(port: number): Promise<string> {
    const key = loginKey(await readFile(machineKey, 'utf8'))
    const login = await openBareLogin(port)
    login.send(keyLogin(login.sessionId, machine, key))
    const word = wordFor(await login.next())
    login.close()
    return word
  }

  describe('attack 10: an address is claimed that is not the own', () => {
    it('by a PROXY header, where no balancer is known', async () => {
      for (const before of [proxyHeader(declared), Buffer.from(`PROXY TCP4 ${declared} 127.0.0.1 1 2\r\n`)]) {
        const port = await relayFrom(elsewhere, before)
        const reasons = await cutOffIn(() => expect(machineComes(port)).rejects.toThrow('closed before the login'))
        expect(reasons).toEqual(['it does not begin with an SSH version'])
      }
    })

    it('by a header within that of a known balancer, which alone is believed', async () => {
      const honest = await relayFrom(balancer, proxyHeader(declared))
      expect(await evidenceOf(async () => expect(await machineComes(honest)).toBe('in'))).toEqual([
        ['auth.succeeded', undefined],
      ])
      const other = await relayFrom(balancer, proxyHeader('203.0.113.9'))
      expect(await evidenceOf(async () => expect(await machineComes(other)).toBe('no'))).toEqual([
        ['auth.failed', 'undeclared-source'],
      ])
      const doubled = await relayFrom(balancer, Buffer.concat([proxyHeader('203.0.113.9'), proxyHeader(declared)]))
      const reasons = await cutOffIn(() => expect(machineComes(doubled)).rejects.toThrow('closed before the login'))
      expect(reasons).toEqual(['it does not begin with an SSH version'])
    })

    it('by a balancer that says nothing, or speaks for itself', async () => {
      const silent = await relayFrom(balancer, Buffer.alloc(0))
      const reasons = await cutOffIn(() => expect(machineComes(silent)).rejects.toThrow('closed before the login'))
      expect(reasons).toEqual(['it does not begin with a PROXY header of version 2'])
      const local = await relayFrom(balancer, proxyHeader(declared, 0x20))
      expect(await evidenceOf(async () => expect(await machineComes(local)).toBe('no'))).toEqual([
        ['auth.failed', 'undeclared-source'],
      ])
    })

    it('by headers of HTTP: wrong tries are those of one address, whatever they say', async () => {
      const { port } = stage.gateway.https
      const tries = 30
      const events = await evidenceOf(async () => {
        for (let i = 0; i < tries; i++) {
          const from = `203.0.113.${i}`
          const { status } = await send(
            { port, ca: stage.stage.pki.contents['ca.pem'] },
            {
              method: 'POST',
              path: `${prefix}/auth/login`,
              headers: {
                'content-type': 'application/json',
                'x-forwarded-for': from,
                forwarded: `for=${from}`,
                'x-real-ip': from,
              },
              body: JSON.stringify({ login: `nobody-${i}`, password: 'a guess', totp: '000000' }),
            },
          )
          expect([401, 429]).toContain(status)
        }
      })
      // Ten at once, and one more every other second.
      expect(events.length).toBeGreaterThanOrEqual(10)
      expect(events.length).toBeLessThan(tries)
      await stage.gateway.stop()
      await stage.restart()
      const throttled = await stage.evidence({ types: ['auth.throttled'] })
      const unseen = throttled.filter(({ data }) => data['via'] === 'https').map(({ data }) => Number(data['count']))
      expect(unseen).toEqual([tries - events.length])
      // Those who came no further than the door are kept as well, counted, and no address stands there in clear.
      const strangers = await stage.evidence({ types: ['auth.strangers_refused'] })
      expect(strangers.map(({ data }) => data['because'])).toEqual(
        expect.arrayContaining(['limit', 'too-slow', 'flood']),
      )
      expect(JSON.stringify(strangers.map(({ data }) => data))).not.toContain('127.0.0')
    })
  })

  describe('attack 11: an address that was agreed on is not looked at on another way in', () => {
    it('with a key, from here', async () => {
      const events = await evidenceOf(async () => expect(await machineComes(stage.gateway.ssh.port)).toBe('no'))
      expect(events).toEqual([['auth.failed', 'undeclared-source']])
    })

    it('with a certificate for elsewhere, by itself and as the first half of a login', async () => {
      const key = await makeKeyOf(join(stage.folder, 'pinned'), 'ed25519')
      await certify(authority, key, { principals: 'vendor', options: ['source-address=198.51.100.0/24'] })
      const login: SshLogin = { ...(await stage.sshLogin('vendor%ews-1')), identity: key, password: 'not this' }
      for (const by of ['publickey', 'publickey,keyboard-interactive']) {
        const { exit, stderr } = await runSsh(login, {
          options: ['-o', `PreferredAuthentications=${by}`],
          command: 'true',
        })
        expect([exit, stderr]).toEqual([255, expect.stringContaining('Permission denied')])
      }
    })

    it('with a certificate for elsewhere that nobody asked about: it is signed at once', async () => {
      const file = await makeKeyOf(join(stage.folder, 'unasked'), 'ed25519')
      const key = loginKey(await readFile(file, 'utf8'))
      const comesWith = async (addresses: string): Promise<string> => {
        const made = await certify(authority, file, { principals: 'vendor', options: [`source-address=${addresses}`] })
        const login = await openBareLogin(stage.gateway.ssh.port)
        const [kind, shown] = ['ssh-ed25519-cert-v01@openssh.com', await blobIn(made)]
        const asked = message(50, 'vendor', 'ssh-connection', 'publickey', true, kind, shown)
        const signature = key.sign(Buffer.concat([wireString(login.sessionId), asked]))
        const proof = Buffer.concat([wireString('ssh-ed25519'), wireString(signature)])
        login.send(Buffer.concat([asked, wireString(proof)]))
        const word = wordFor(await login.next())
        login.close()
        return word
      }
      const events = await evidenceOf(async () => {
        expect(await comesWith('198.51.100.0/24')).toBe('no')
        // From here the same one is a whole login.
        expect(await comesWith('127.0.0.0/8')).toBe('in')
      })
      expect(events).toEqual([
        ['auth.failed', 'undeclared-source'],
        ['auth.succeeded', undefined],
      ])
    })

    it('through a jump, where somebody else is let in from here', async () => {
      const [port, code] = [stage.gateway.ssh.port, stage.code('vendor')]
      const outer = await enter({ port, username: 'vendor', password: stage.person('vendor').password.expose(), code })
      if (outer.kind === 'refused') throw new Error(outer.text)
      const stream = await new Promise<ClientChannel>((resolve, reject) =>
        outer.client.forwardOut('127.0.0.1', 1, 'ews-1', 22, (error, opened) =>
          error ? reject(error) : resolve(opened),
        ),
      )
      const before = (await stage.evidence({ types: ['session.feature_refused'] })).length
      const inner = new ssh2.Client()
      const ended = new Promise<string>((resolve) => {
        inner.once('ready', () => resolve('in'))
        inner.once('error', ({ message }) => resolve(message))
      })
      inner.connect({ sock: stream, username: machine, privateKey: await readFile(machineKey, 'utf8') })
      expect(await ended).toBe('All configured authentication methods failed')
      expect((await stage.evidence({ types: ['session.feature_refused'] })).length).toBeGreaterThan(before)
      outer.client.end()
    })

    it('at HTTPS, where it has no way in at all', async () => {
      const events = await evidenceOf(async () => {
        const { status } = await send(
          { port: stage.gateway.https.port, ca: stage.stage.pki.contents['ca.pem'] },
          {
            method: 'POST',
            path: `${prefix}/auth/login`,
            headers: { 'content-type': 'application/json', 'x-forwarded-for': declared },
            body: JSON.stringify({ login: machine, password: 'a guess', totp: '123456' }),
          },
        )
        expect(status).toBe(401)
      })
      expect(events).toEqual([['auth.failed', 'method-refused']])
    })
  })
})

// Logging in as somebody one is not: with keys that are only shown, signatures made elsewhere, nothing at all, steps in
// another order, and names that look like others. Every message is sent by hand.

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'

import { wireString } from '../../gateway/identity/certificates/wire.ts'
import {
  answersOf,
  dialogue,
  keyLogin,
  keyProof,
  keyQuestion,
  kinds,
  loginKey,
  message,
  openBareLogin,
  passwordLogin,
  signedFor,
  wordFor,
  type BareLogin,
  type LoginKey,
} from '../support/bare-login.ts'
import { describeWith } from '../support/describe-with.ts'
import { eventually } from '../support/eventually.ts'
import { stageGateway, type GatewayStage } from '../support/gateway-stage.ts'
import { enter, exec } from '../support/library-client.ts'
import { makeKey } from '../support/sshd.ts'

const attempts = ['auth.failed', 'auth.mfa_failed', 'auth.assertion_rejected', 'auth.locked_out', 'auth.succeeded']
const connection = 'ssh-connection'

describeWith(['ssh', 'sshd', 'ssh-keygen'], 'a login as somebody else', () => {
  let stage: GatewayStage
  let victim: LoginKey
  let attacker: LoginKey
  let stranger: LoginKey

  beforeAll(async () => {
    stage = await stageGateway({ overrides: { 'login.lockoutAfter': 10 } })
    const own = await makeKey(join(stage.folder, 'attacker'))
    victim = loginKey(await readFile(stage.vendorKey, 'utf8'))
    attacker = loginKey(await readFile(own, 'utf8'))
    stranger = loginKey(await readFile(await makeKey(join(stage.folder, 'stranger')), 'utf8'))
    const supplier = { roles: ['vendor'], supplier: 'acme-drives', plants: ['north'] }
    const keys = [await readFile(`${own}.pub`, 'utf8')]
    await stage.enrol({ login: 'attacker', displayName: 'Another engineer', ...supplier, keys })
    await stage.grant('ews-1')
    await stage.api('auditor')
  })
  afterAll(() => stage.stop())
  // Wrong tries are limited by time, too, which is another class.
  beforeEach(() => stage.clock.advance(60_000))

  const password = (login: string): string => stage.person(login).password.expose()

  /** The evidence of logins that `work` leaves behind: what it is, and why. */
  /** @param least waits for so many: what the end of a connection leaves comes after it. */
  async function evidenceOf(work: () => Promise<unknown>, least = 0): Promise<(readonly [string, unknown])[]> {
    const before = (await stage.evidence({ types: attempts })).length
    await work()
    const events = await eventually(`${least} events`, async () => {
      const all = (await stage.evidence({ types: attempts })).slice(before)
      return all.length >= least ? all : null
    })
    return events.map(({ type, data }) => [type, data['reason']] as const)
  }

  /** Sends the messages on one connection, each after the answer to the one before, and gives the answers. */
  async function answersTo(...messages: readonly ((login: BareLogin) => Uint8Array)[]): Promise<string[]> {
    const login = await openBareLogin(stage.gateway.ssh.port)
    const words: string[] = []
    for (const one of messages) {
      login.send(one(login))
      words.push(wordFor(await login.next()))
    }
    login.close()
    return words
  }

  it('succeeds for who they are, so that the attacks fail for what they are', async () => {
    const code = stage.code('vendor')
    expect(
      await answersTo(
        () => keyQuestion('vendor', victim),
        ({ sessionId }) => keyLogin(sessionId, 'vendor', victim),
        () => dialogue('vendor'),
        () => answersOf(code),
      ),
    ).toEqual(['asked', 'half', 'asked', 'in'])
  })

  describe('attack 2: a key is shown that is not the one that signs', () => {
    it('shown, and never signing: the answer that it may be tried is no first factor', async () => {
      const code = stage.code('vendor')
      const events = await evidenceOf(async () => {
        const words = await answersTo(
          () => keyQuestion('vendor', victim),
          () => dialogue('vendor'),
          () => answersOf(code),
        )
        expect(words).toEqual(['asked', 'asked', 'no'])
      })
      expect(events).toEqual([['auth.failed', 'wrong-password']])
    })

    it.each([
      ['a key of nobody', () => stranger],
      ['a key of somebody else who may come in', () => attacker],
    ])('shown, and then %s signs', async (_what, other) => {
      const events = await evidenceOf(async () => {
        const words = await answersTo(
          () => keyQuestion('vendor', other()),
          () => keyQuestion('vendor', victim),
          ({ sessionId }) => keyLogin(sessionId, 'vendor', other()),
        )
        expect(words).toEqual(['no', 'asked', 'no'])
      })
      expect(events).toEqual([['auth.failed', 'unknown-key']])
    })

    it('named in the very message that another one signs', async () => {
      const events = await evidenceOf(async () => {
        const words = await answersTo(
          () => keyQuestion('vendor', victim),
          ({ sessionId }) =>
            keyProof('vendor', victim.blob, attacker.sign(signedFor(sessionId, 'vendor', victim.blob))),
        )
        expect(words).toEqual(['asked', 'no'])
      })
      expect(events).toEqual([['auth.failed', 'bad-signature']])
    })
  })

  describe('attack 3: a signature that was made for another login is used for this one', () => {
    it('by the same key, for another name', async () => {
      const events = await evidenceOf(async () => {
        const words = await answersTo(({ sessionId }) =>
          keyProof('vendor', victim.blob, victim.sign(signedFor(sessionId, 'attacker', victim.blob))),
        )
        expect(words).toEqual(['no'])
      })
      expect(events).toEqual([['auth.failed', 'bad-signature']])
    })

    it('by a good key of one person, for the name of another', async () => {
      const events = await evidenceOf(async () => {
        const words = await answersTo(({ sessionId }) => keyLogin(sessionId, 'vendor', attacker))
        expect(words).toEqual(['no'])
      })
      expect(events).toEqual([['auth.failed', 'unknown-key']])
    })

    it('by the right key, on another connection: as a false server that was visited would hand it on', async () => {
      const visited = await openBareLogin(stage.gateway.ssh.port)
      const events = await evidenceOf(async () => {
        const words = await answersTo(() => keyLogin(visited.sessionId, 'vendor', victim))
        expect(words).toEqual(['no'])
      })
      visited.close()
      expect(events).toEqual([['auth.failed', 'bad-signature']])
    })

    it('by the right key, bound to another server', async () => {
      const words = await answersTo(({ sessionId }) => {
        const method = 'publickey-hostbound-v00@openssh.com'
        const asked = [message(kinds.request, 'vendor', connection, method, true, 'ssh-ed25519', victim.blob)]
        const bound = Buffer.concat([...asked, wireString(stranger.blob)])
        const signature = victim.sign(Buffer.concat([wireString(sessionId), bound]))
        const shown = Buffer.concat([wireString('ssh-ed25519'), wireString(signature)])
        return Buffer.concat([bound, wireString(shown)])
      })
      expect(words).toEqual(['no'])
    })
  })

  describe('attack 4: nothing is sent where a proof is asked for', () => {
    const cases: readonly (readonly [
      what: string,
      messages: () => Uint8Array[],
      answers: string[],
      reason: string | null,
    ])[] = [
      ['no method at all', () => [message(kinds.request, 'vendor', connection, 'none')], ['no'], null],
      ['an empty password', () => [passwordLogin('vendor', '')], ['no'], 'wrong-password'],
      ['an empty dialogue', () => [dialogue('vendor'), answersOf()], ['asked', 'no'], 'wrong-password'],
      ['empty answers', () => [dialogue('vendor'), answersOf('', '')], ['asked', 'no'], 'wrong-password'],
      [
        'a key of no bytes with a signature of none',
        () => [keyProof('vendor', Buffer.alloc(0), Buffer.alloc(0))],
        ['no'],
        'bad-signature',
      ],
      [
        'a good key with a signature of no bytes',
        () => [keyProof('vendor', victim.blob, Buffer.alloc(0))],
        ['no'],
        'bad-signature',
      ],
      [
        'a good key with a signature of zeros',
        () => [keyProof('vendor', victim.blob, Buffer.alloc(64))],
        ['no'],
        'bad-signature',
      ],
      ['the name alone, empty', () => [passwordLogin('', '')], ['no'], 'malformed-login'],
    ]
    it.each(cases)('%s', async (_what, messages, answers, reason) => {
      const events = await evidenceOf(async () => {
        expect(await answersTo(...messages().map((bytes) => () => bytes))).toEqual(answers)
      })
      expect(events).toEqual(reason === null ? [] : [['auth.failed', reason]])
    })

    it.each([
      ['the client says itself that it has logged in', () => Buffer.from([kinds.success])],
      ['it says so while its password is looked at', () => Buffer.from([kinds.success]), true],
      ['it asks the server for its password', () => message(kinds.question, '', '', '', 0)],
      ['it opens a session at once', () => openSession],
      ['it opens a tunnel at once', () => openTunnel],
      ['it asks for ports at once', () => message(80, 'tcpip-forward', true, '', 0)],
    ] as const)('and %s', async (_what, bytes, isAsking: boolean = false) => {
      for (const isHalfWay of [false, true]) {
        const before = (await cutOff()).length
        const login = await openBareLogin(stage.gateway.ssh.port)
        if (isHalfWay) {
          login.send(keyLogin(login.sessionId, 'vendor', victim))
          expect(wordFor(await login.next())).toBe('half')
        }
        if (isAsking) login.send(passwordLogin('attacker', 'not this'))
        login.send(bytes())
        const words: string[] = []
        for (let word = ''; word !== 'closed';) words.push((word = wordFor(await login.next())))
        expect(words.every((word) => word === 'closed' || (isAsking && word === 'no'))).toBe(true)
        // Told by a worker, which closes the connection first.
        const reasons = await eventually('it is told why', async () => {
          const fresh = (await cutOff()).slice(before)
          return fresh.length > 0 ? fresh : null
        })
        expect(reasons).toEqual(['it sends what nobody may before a login'])
      }
      expect(await stage.evidence({ types: ['session.started'] })).toEqual([])
    })

    it('and it answers what nobody has asked: that is no answer to what is asked later', async () => {
      const code = stage.code('vendor')
      const login = await openBareLogin(stage.gateway.ssh.port)
      login.send(answersOf(password('vendor'), code))
      login.send(dialogue('vendor'))
      expect(wordFor(await login.next())).toBe('asked')
      login.send(answersOf('', ''))
      expect(wordFor(await login.next())).toBe('no')
      login.close()
    })

    const openSession = message(kinds.channelOpen, 'session', 0, 1 << 20, 1 << 15)
    const openTunnel = Buffer.concat([
      message(kinds.channelOpen, 'direct-tcpip', 0, 1 << 20, 1 << 15),
      message(0, 'ews-1', 22, '127.0.0.1', 0).subarray(1),
    ])
    /** Why the gateway has closed connections of strangers. */
    async function cutOff(): Promise<unknown[]> {
      const lines = (await stage.log()).split('\n').filter((line) => line.includes('SSH connection ended'))
      return lines.map((line) => (JSON.parse(line) as { why: unknown }).why)
    }
  })

  describe('attack 5: the steps of a login come in another order, or for two people', () => {
    it('the second factor alone', async () => {
      const code = stage.code('vendor')
      const events = await evidenceOf(async () =>
        expect(
          await answersTo(
            () => dialogue('vendor'),
            () => answersOf('', code),
          ),
        ).toEqual(['asked', 'no']),
      )
      expect(events).toEqual([['auth.failed', 'wrong-password']])
    })

    it('the first factor twice', async () => {
      const events = await evidenceOf(async () => {
        const words = await answersTo(
          ({ sessionId }) => keyLogin(sessionId, 'vendor', victim),
          ({ sessionId }) => keyLogin(sessionId, 'vendor', victim),
          () => passwordLogin('vendor', password('vendor')),
        )
        expect(words).toEqual(['half', 'no', 'no'])
      }, 3)
      expect(events.map(([, reason]) => reason)).toEqual(['method-refused', 'method-refused', 'abandoned'])
    })

    it.each([
      ['one after the other', false],
      ['both at once, without waiting', true],
    ])('the first factor of one person and the second of another (%s)', async (_how, isAtOnce) => {
      const code = stage.code('vendor')
      const login = await openBareLogin(stage.gateway.ssh.port)
      const words: string[] = []
      const events = await evidenceOf(async () => {
        login.send(keyLogin(login.sessionId, 'attacker', attacker))
        if (!isAtOnce) words.push(wordFor(await login.next()))
        login.send(dialogue('vendor'))
        if (isAtOnce) login.send(answersOf(code))
        for (let word = ''; word !== 'closed';) words.push((word = wordFor(await login.next())))
      }, 1)
      expect(words).not.toContain('in')
      expect(events).toEqual([['auth.failed', 'abandoned']])
    })

    it('for another service than connections', async () => {
      const words = await answersTo(() =>
        message(kinds.request, 'vendor', 'ssh-userauth', 'password', false, password('vendor')),
      )
      expect(words).toEqual(['closed'])
    })

    it('a further one for somebody else, after the last: it changes nobody into another', async () => {
      const code = stage.code('attacker')
      const login = await openBareLogin(stage.gateway.ssh.port)
      const events = await evidenceOf(async () => {
        for (const bytes of [dialogue('attacker'), answersOf(password('attacker'), code)]) {
          login.send(bytes)
          await login.next()
        }
        login.send(keyLogin(login.sessionId, 'vendor', victim))
        expect(await login.next()).toBe(null)
      })
      expect(events).toEqual([['auth.succeeded', undefined]])
    })
  })

  describe('attack 13: names are written otherwise than they are, to be taken for another', () => {
    it.each([
      ['capitals', 'Vendor', 'malformed-login'],
      ['all capitals', 'VENDOR', 'malformed-login'],
      ['a space behind', 'vendor ', 'malformed-login'],
      ['a space before', ' vendor', 'malformed-login'],
      ['a null byte', 'vendor\0', 'malformed-login'],
      ['a null byte and more', 'vendor\0admin', 'malformed-login'],
      ['a new line', 'vendor\nadmin', 'malformed-login'],
      ['a letter that looks alike', 'vend\u043er', 'malformed-login'],
      ['letters of full width', '\uff56endor', 'malformed-login'],
      ['a mark without width', 'vendor\u200b', 'malformed-login'],
      ['a domain', 'vendor@acme-drives', 'malformed-login'],
      ['a target before it', 'ews-1:vendor', 'malformed-login'],
      ['a ticket', 'ticket-1234', 'unknown-login'],
      ['a way up', '../vendor', 'malformed-login'],
      ['a way down', 'attacker/../vendor', 'malformed-login'],
      ['a question to a database', "vendor' or '1'='1", 'malformed-login'],
    ])('of a person: %s', async (_what, user, reason) => {
      const code = stage.code('vendor')
      const events = await evidenceOf(async () => {
        const words = await answersTo(
          () => dialogue(`${user}%ews-1`),
          () => answersOf(password('vendor'), code),
          ({ sessionId }) => keyLogin(sessionId, `${user}%ews-1`, victim),
        )
        expect(words).toEqual(['asked', 'no', 'no'])
      })
      expect(events).toEqual([
        ['auth.failed', reason],
        ['auth.failed', reason],
      ])
    })

    it.each([
      ['a second target', 'ews-1%ews-2'],
      ['capitals', 'EWS-1'],
      ['a letter that looks alike', '\u0435ws-1'],
      ['a null byte', 'ews-1\0'],
      ['a null byte and more', 'ews-1\0hist-1'],
      ['what moves the cursor', 'ews-1\r\n\u001b[2J'],
      ['a space', ' ews-1'],
      ['a way', './ews-1'],
      ['a port', 'ews-1:22'],
      ['an account', 'root@ews-1'],
      ['an address', '127.0.0.1'],
    ])('of a target somebody has access to: %s', async (_what, asset) => {
      const decisions = async () => stage.evidence({ types: ['policy.decision'] })
      const before = (await decisions()).length
      const [port, code] = [stage.gateway.ssh.port, stage.code('vendor')]
      const entry = await enter({ port, username: `vendor%${asset}`, password: password('vendor'), code })
      if (entry.kind === 'refused') throw new Error(entry.text)
      const { exit, stdout, stderr } = await exec(entry.client, 'echo reached')
      entry.client.end()
      expect([exit, stdout]).toEqual([255, ''])
      expect(stderr).toMatch(/^\[sallyport\] access refused: no asset is called `[\x20-\x7e]*`[\x20-\x7e]*\r\n$/)
      const [decision, ...others] = (await decisions()).slice(before)
      expect(others).toEqual([])
      expect(decision?.data).toMatchObject({ outcome: 'deny', rules: expect.arrayContaining(['unknown-asset']) })
      expect(stage.targets['ews-1']?.log()).not.toContain('Accepted')
    })
  })
})

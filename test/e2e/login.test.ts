// Logging in over SSH and HTTPS, and not: two factors always, one answer for every cause, and each try as evidence.

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

import argon2 from '@node-rs/argon2'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'

import { openVisitor } from '../../gateway/demo/api-visitor.ts'
import type { SshLogin } from '../../gateway/demo/ssh-client.ts'
import { disablePerson } from '../../gateway/identity/disable.ts'
import { describeWith } from '../support/describe-with.ts'
import { stageGateway, type GatewayStage } from '../support/gateway-stage.ts'
import { enter } from '../support/library-client.ts'
import { makeKey } from '../support/sshd.ts'
import { runSsh } from '../support/ssh-session.ts'

/** How often a password was checked against a hash, the costly part that a guesser could measure. */
const checks = vi.spyOn(argon2, 'verify')
afterAll(() => checks.mockRestore())

const vendorRole = { displayName: 'Service engineer', roles: ['vendor'], supplier: 'acme-drives', plants: ['north'] }
/** One try a connection: left to itself the client goes on with what else the server takes. */
const onlyDialogue = ['-o', 'PreferredAuthentications=publickey,keyboard-interactive']
const attempts = ['auth.failed', 'auth.mfa_failed', 'auth.assertion_rejected', 'auth.locked_out', 'auth.succeeded']

describeWith(['ssh', 'sshd', 'ssh-keygen'], 'a login', () => {
  let stage: GatewayStage
  let rsaKey: string
  let strangeKey: string

  beforeAll(async () => {
    stage = await stageGateway({ overrides: { 'https.loginsPerMinute': 1000, 'login.lockoutAfter': 3 } })
    rsaKey = await makeKey(join(stage.folder, 'rsa'), 'rsa')
    strangeKey = await makeKey(join(stage.folder, 'strange'))
    await stage.enrol({ login: 'rsa-vendor', ...vendorRole, keys: [await readFile(`${rsaKey}.pub`, 'utf8')] })
    for (const login of ['second', 'clumsy', 'gone']) await stage.enrol({ login, ...vendorRole })
    await stage.grant('ews-1')
    await stage.api('auditor')
  })
  afterAll(() => stage.stop())

  /** The evidence of logins that `work` leaves behind. */
  async function attemptsIn(work: () => Promise<unknown>) {
    const before = (await stage.evidence({ types: attempts })).length
    await work()
    return (await stage.evidence({ types: attempts })).slice(before)
  }

  describe('that is right', () => {
    type Way = readonly [way: string, user: string, by: 'key' | 'password', options: readonly string[], factor: string]
    const passwordFirst = ['-o', 'PreferredAuthentications=password,keyboard-interactive']
    const ways: readonly Way[] = [
      ['a key, then the code', 'vendor', 'key', [], 'publickey'],
      ['an RSA key (signing with SHA-2), then the code', 'rsa-vendor', 'key', [], 'publickey'],
      ['password and code in one dialogue', 'vendor', 'password', [], 'password'],
      ['a password, then the code', 'vendor', 'password', passwordFirst, 'password'],
    ]
    it.each(ways)('is let in with %s', async (_way, user, by, options, factor) => {
      const login = { ...(await stage.sshLogin(user, by)), ...(user === 'rsa-vendor' ? { identity: rsaKey } : {}) }
      const events = await attemptsIn(() => runSsh(login, { options, command: 'true' }))
      expect(events.map(({ type, data }) => [type, data['factor'], data['mfa'], data['via']])).toEqual([
        ['auth.succeeded', factor, ['totp'], 'ssh'],
      ])
    })
  })

  describe('that is wrong', () => {
    type Case = readonly [
      what: string,
      spoil: (login: SshLogin) => Partial<SshLogin>,
      by: 'key' | 'password',
      type: string,
      reason: string | undefined,
    ]
    const cases: readonly Case[] = [
      ['a wrong password', () => ({ password: 'not the password' }), 'password', 'auth.failed', 'wrong-password'],
      ['an empty password', () => ({ password: '' }), 'password', 'auth.failed', 'wrong-password'],
      ['a wrong code', () => ({ code: '000000' }), 'password', 'auth.mfa_failed', undefined],
      ['a wrong code after a good key', () => ({ code: '000000' }), 'key', 'auth.mfa_failed', undefined],
      ['no code at all', () => ({ code: '' }), 'password', 'auth.mfa_failed', undefined],
      ['a person nobody knows', () => ({ user: 'nobody%ews-1' }), 'password', 'auth.failed', 'unknown-login'],
      ['a name that cannot be one', () => ({ user: '..%ews-1' }), 'password', 'auth.failed', 'malformed-login'],
    ]
    it.each(cases)('is refused with the same words, and is evidence: %s', async (_what, spoil, by, type, reason) => {
      const login = await stage.sshLogin('vendor%ews-1', by)
      let shown = ''
      checks.mockClear()
      const events = await attemptsIn(async () => {
        const { exit, stderr } = await runSsh({ ...login, ...spoil(login) }, { options: onlyDialogue, command: 'true' })
        expect(exit).toBe(255)
        shown = stderr
      })
      expect(shown).toMatch(/^\S+@localhost: Permission denied \([a-z,-]+\)\.\r\n$/)
      expect(events.map((event) => [event.type, event.data['reason'], event.data['via']])).toEqual([
        [type, reason, 'ssh'],
      ])
      // As much work for a name nobody has as for a wrong password: the time tells no more than the words.
      expect(checks).toHaveBeenCalledTimes(by === 'password' ? 1 : 0)
      // A good login clears the counter of wrong ones, so that the next case begins anew.
      await runSsh(await stage.sshLogin('vendor%ews-1'), { command: 'true' })
    })

    it('does not take a code a second time', async () => {
      const login = await stage.sshLogin('second%ews-1', 'password')
      await runSsh(login, { options: onlyDialogue, command: 'true' })
      const events = await attemptsIn(() => runSsh(login, { options: onlyDialogue, command: 'true' }))
      expect(events.map(({ type, data }) => [type, data['reason']])).toEqual([['auth.assertion_rejected', 'replayed']])
    })

    it('does not take a key that is nobody’s, nor somebody else’s', async () => {
      for (const identity of [strangeKey, stage.vendorKey]) {
        const login = { ...(await stage.sshLogin('second%ews-1')), identity, password: 'not this' }
        const options = ['-o', 'PreferredAuthentications=publickey']
        const { exit, stderr } = await runSsh(login, { options, command: 'true' })
        expect({ exit, stderr }).toMatchObject({ exit: 255, stderr: expect.stringContaining('Permission denied') })
      }
    })

    it('does not take a signature made with SHA-1', async () => {
      const login = { ...(await stage.sshLogin('rsa-vendor%ews-1')), identity: rsaKey, password: 'not this' }
      const options = ['-o', 'PubkeyAcceptedAlgorithms=ssh-rsa', '-o', 'PreferredAuthentications=publickey']
      const { exit } = await runSsh(login, { options, command: 'true' })
      expect(exit).toBe(255)
    })

    it('does not let one person’s key and another’s code make a login', async () => {
      const [port, code] = [stage.gateway.ssh.port, stage.code('second')]
      const key = await readFile(stage.vendorKey, 'utf8')
      const login = { port, username: 'vendor', password: '', code }
      const entry = await enter(login, [
        { type: 'publickey', username: 'vendor', key },
        { type: 'keyboard-interactive', username: 'second', prompt: (_n, _i, _l, _p, finish) => finish([code]) },
      ])
      expect(entry.kind).toBe('refused')
    })

    it('is evidence when the second factor never comes', async () => {
      const key = await readFile(stage.vendorKey, 'utf8')
      const login = { port: stage.gateway.ssh.port, username: 'vendor', password: '', code: '' }
      const events = await attemptsIn(() => enter(login, [{ type: 'publickey', username: 'vendor', key }]))
      expect(events.map(({ type, data }) => [type, data['reason']])).toEqual([['auth.failed', 'abandoned']])
    })

    it('is refused to a person who was disabled', async () => {
      const { person } = stage.person('gone')
      const login = await stage.sshLogin('gone%ews-1', 'password')
      await stage.withStore((store) => disablePerson({ store, clock: stage.clock }, person, null, 'left the company'))
      const events = await attemptsIn(() => runSsh(login, { options: onlyDialogue, command: 'true' }))
      expect(events.map(({ type, data }) => [type, data['reason']])).toEqual([['auth.failed', 'disabled']])
    })

    it('locks a person out for a time after three wrong tries, whatever comes then', async () => {
      const good = await stage.sshLogin('clumsy%ews-1', 'password')
      const events = await attemptsIn(async () => {
        for (let i = 0; i < 3; i++)
          await runSsh({ ...good, password: `wrong ${i}` }, { options: onlyDialogue, command: 'true' })
        expect((await runSsh(good, { options: onlyDialogue, command: 'true' })).exit).toBe(255)
      })
      expect(events.map(({ type, data }) => data['reason'] ?? type)).toEqual([
        'wrong-password',
        'wrong-password',
        'wrong-password',
        'auth.locked_out',
        'locked-out',
      ])
      stage.clock.advance(5 * 60_000)
      const later = await stage.sshLogin('clumsy%ews-1', 'password')
      const after = await attemptsIn(() => runSsh(later, { options: onlyDialogue, command: 'true' }))
      expect(after.map(({ type }) => type)).toEqual(['auth.succeeded'])
    })

    it.each(['wrong password', 'wrong code', 'nobody'])('answers HTTPS with the same bytes: %s', async (what) => {
      const visitor = openVisitor({ port: stage.gateway.https.port, ca: stage.stage.pki.contents['ca.pem'] })
      const password = what === 'wrong password' ? 'not the password' : stage.person('second').password.expose()
      const code = what === 'wrong code' ? '000000' : stage.code('second')
      const answer = await visitor.login(what === 'nobody' ? 'nobody' : 'second', password, code)
      expect(answer.status).toBe(401)
      expect(answer.json()).toEqual({
        code: 'login-failed',
        message: 'login, password or code is wrong, or the account is locked for now: check all three and try again',
      })
      expect(answer.headers['set-cookie']).toBeUndefined()
    })
  })
})

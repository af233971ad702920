// Logging in with OpenSSH user certificates, with the ordinary client: whose are believed, what they bound, and what
// revokes them while the gateway runs.

import { copyFile, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { describeWith } from '../support/describe-with.ts'
import { stageGateway, type GatewayStage } from '../support/gateway-stage.ts'
import { readRecorded } from '../support/recorded.ts'
import { runSsh, type RunWish } from '../support/ssh-session.ts'
import { certify, makeKeyOf, makeRevocationList, type KeyType, type SignWish } from '../support/user-authority.ts'

const unbound = ['-o', 'PubkeyAuthentication=unbound']
const onlyKeys = ['-o', 'PreferredAuthentications=publickey']
const logins = ['auth.succeeded', 'auth.failed']

describeWith(['ssh', 'sshd', 'ssh-keygen'], 'a certificate', () => {
  let stage: GatewayStage
  let folder: string
  let list: string
  const at = (name: string): string => join(folder, name)

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sp-user-ca-'))
    for (const name of ['strong', 'weak', 'strange']) await makeKeyOf(at(name), name === 'weak' ? 'ecdsa' : 'ed25519')
    list = at('revoked')
    await writeFile(list, '')
    stage = await stageGateway({
      spoil: async (place) => ({ ...place, features: ['terminal', 'command', 'sftp'] }),
      overrides: {
        'ssh.userAuthorities': [
          { name: 'strong-ca', key: at('strong.pub'), suppliers: ['acme-drives'], secondFactor: true },
          { name: 'weak-ca', key: at('weak.pub'), suppliers: ['acme-drives'] },
        ],
        'ssh.revokedKeys': list,
      },
    })
    await stage.grant('ews-1')
    await stage.api('auditor')
  })
  afterAll(async () => {
    await stage.stop()
    await rm(folder, { recursive: true, force: true })
  })

  let made = 0
  /** A key of the vendor with a certificate beside it. */
  async function certified(authority: string, wish: SignWish = {}, type: KeyType = 'ed25519'): Promise<string> {
    const key = await makeKeyOf(at(`vendor-${made++}`), type, type === 'rsa' ? 2048 : undefined)
    await certify(at(authority), key, { principals: 'vendor', keyId: 'A. Vendor', ...wish })
    return key
  }

  /** Runs the client with that key alone, and gives what it left behind in evidence. */
  async function comesWith(identity: string, wish: RunWish = {}, code?: string) {
    const login = {
      ...(await stage.sshLogin('vendor%ews-1')),
      identity,
      password: 'not this',
      ...(code === undefined ? {} : { code }),
    }
    const before = (await stage.evidence({ types: logins })).length
    const ran = await runSsh(login, { command: 'echo in', ...wish })
    const events = (await stage.evidence({ types: logins })).slice(before)
    return { ...ran, events: events.map(({ type, data }) => ({ type, ...data }) as Record<string, unknown>) }
  }

  it.each([
    ['ed25519', 'bound to the host', []],
    ['ecdsa', 'bound to the host', []],
    ['rsa', 'bound to the host', []],
    ['ed25519', 'unbound', unbound],
    ['ecdsa', 'unbound', unbound],
    ['rsa', 'unbound', unbound],
  ] as const)('of an authority that has seen a second factor is a login (%s, %s)', async (type, _how, options) => {
    const key = await certified('strong', { serial: '12', validity: '-1d:+3650d' }, type)
    const { stdout, exit, events } = await comesWith(key, { options: [...options, ...onlyKeys] })
    expect([stdout.toString(), exit]).toEqual(['in\n', 0])
    expect(events).toMatchObject([
      {
        type: 'auth.succeeded',
        factor: 'certificate',
        mfa: ['authority'],
        certificate: {
          authority: 'strong-ca',
          authorityKey: expect.stringMatching(/^SHA256:/),
          serial: '12',
          keyId: expect.stringMatching(/^sha256:/),
          until: expect.any(Number),
        },
      },
    ])
    expect(JSON.stringify(events)).not.toContain('A. Vendor')
  })

  it('uses a plain key in both ways as well', async () => {
    for (const options of [[], unbound]) {
      const { stdout, events } = await comesWith(stage.vendorKey, { options })
      expect(stdout.toString()).toBe('in\n')
      expect(events).toMatchObject([{ factor: 'publickey', mfa: ['totp'] }])
      expect(events[0]).not.toHaveProperty('certificate')
    }
  })

  it('of an authority that has not is the first half, and the code the other', async () => {
    const key = await certified('weak')
    const good = await comesWith(key)
    expect(good.stdout.toString()).toBe('in\n')
    expect(good.events).toMatchObject([{ factor: 'certificate', mfa: ['totp'], certificate: { authority: 'weak-ca' } }])
    const without = await comesWith(key, { options: onlyKeys })
    expect([without.exit, without.events.map(({ reason }) => reason)]).toEqual([255, ['abandoned']])
    expect((await comesWith(key, {}, '000000')).exit).toBe(255)
  })

  it.each([
    ['of somebody else', 'strong', { principals: 'second' }],
    ['of an authority nobody named', 'strange', {}],
    ['that is over', 'strong', { validity: '20200101:20210101' }],
    ['for elsewhere', 'strong', { options: ['source-address=198.51.100.0/24'] }],
    ['of a host', 'strong', { host: true } as const],
  ] as const)('does not let in: one %s', async (_what, authority, wish) => {
    const key = await certified(authority, wish)
    const { exit, stderr, stdout } = await comesWith(key, { options: onlyKeys })
    expect([exit, stdout.toString()]).toEqual([255, ''])
    expect(stderr).toContain('Permission denied')
  })

  describe('for one command', () => {
    let key: string
    beforeAll(async () => {
      key = await certified('strong', { options: ['force-command=echo only this'] })
    })
    it('runs it where a shell is asked for, or that command', async () => {
      for (const command of [undefined, 'echo only this']) {
        const login = { ...(await stage.sshLogin('vendor%ews-1')), identity: key }
        const { stdout } = await runSsh(login, command === undefined ? {} : { command })
        expect(stdout.toString()).toBe('only this\n')
      }
    })
    it('runs no other, and says why', async () => {
      const { stdout, stderr, exit } = await comesWith(key, { command: 'id' })
      expect([stdout.toString(), exit]).toEqual(['', 255])
      expect(stderr).toContain('your certificate allows the command `echo only this` and no other')
      const refused = (await stage.evidence({ types: ['session.feature_refused'] })).at(-1)
      expect(refused?.data['feature']).toBe('exec')
    })
    it('starts no file transfer', async () => {
      const { exit, stderr } = await comesWith(key, { options: ['-s'], command: 'sftp' })
      expect([exit, stderr]).toEqual([255, expect.stringContaining('and no other')])
    })
    it('is recorded as what ran', async () => {
      await comesWith(key, { command: 'echo only this' })
      await stage.quiet()
      const ended = (await stage.evidence({ types: ['session.ended'] })).at(-1)
      const recorded = await readRecorded(stage.stage, String(ended?.data['session']))
      expect(recorded.out.toString()).toBe('only this\n')
    })
  })

  describe('for file transfer and nothing else', () => {
    let key: string
    beforeAll(async () => {
      key = await certified('strong', { options: ['force-command=internal-sftp'] })
    })
    it('starts one where it is asked for', async () => {
      // SSH_FXP_INIT, version 3; the answer is SSH_FXP_VERSION.
      const input = Buffer.from([0, 0, 0, 5, 1, 0, 0, 0, 3])
      const { stdout, stderr } = await comesWith(key, { options: ['-s'], command: 'sftp', input })
      expect([stdout[4], stderr]).toEqual([2, ''])
    })
    it('runs no command', async () => {
      const { stdout, stderr, exit } = await comesWith(key, { command: 'id' })
      expect([stdout.toString(), exit]).toEqual(['', 255])
      expect(stderr).toContain('your certificate allows the command `internal-sftp` and no other')
    })
  })

  it.each([
    ['to a port of an asset', 'no-port-forwarding', 'hist-1:1502', 'no forwarding (permit-port-forwarding)'],
    ['of a jump', 'no-port-forwarding', 'ews-1:22', 'no forwarding (permit-port-forwarding)'],
    ['to the loopback of the target', 'no-port-forwarding', 'localhost:22', 'no forwarding (permit-port-forwarding)'],
    ['beside its one command', 'force-command=echo only this', 'ews-1:22', 'the command `echo only this` and no other'],
  ])('that does not allow it opens no stream %s, and says why', async (_where, option, to, why) => {
    const key = await certified('strong', { options: [option] })
    const login = { ...(await stage.sshLogin('vendor%ews-1')), identity: key }
    const [refused, started] = [['session.feature_refused'], ['session.started']].map((types) => ({ types }))
    const before = [(await stage.evidence(refused)).length, (await stage.evidence(started)).length]
    const { exit, stdout, stderr } = await runSsh(login, { logLevel: 'INFO', options: [...onlyKeys, '-W', to] })
    expect([stdout.toString(), exit]).toEqual(['', 255])
    expect(stderr).toContain(`administratively prohibited: your certificate allows ${why}`)
    const kept = (await stage.evidence(refused)).slice(before[0])
    expect(kept.map(({ data }) => data['feature'])).toEqual(['direct-tcpip'])
    expect(kept[0]?.data['detail']).toMatch(/^sha256:/)
    expect((await stage.evidence(started)).length).toBe(before[1])
  })

  it('that ends when no clock shows any more logs in, as one that never ends', async () => {
    const key = await certified('strong', { validity: '0x0:0xfffffffffffffffe' })
    const { exit, events } = await comesWith(key, { options: onlyKeys })
    expect([exit, events]).toMatchObject([0, [{ type: 'auth.succeeded', certificate: { until: null } }]])
  })

  it('without permit-pty gets no terminal', async () => {
    const key = await certified('strong', { options: ['no-pty'] })
    const { stdout, stderr } = await comesWith(key, { options: ['-tt'], command: 'tty' })
    expect(stdout.toString()).not.toContain('/dev/')
    expect(stderr).toContain('PTY allocation request failed')
    expect((await comesWith(key, { command: 'echo in' })).stdout.toString()).toBe('in\n')
  })

  it('is of no use from the moment it is revoked, nor is a plain key; and again when it is not', async () => {
    const key = await certified('strong', { serial: '77' })
    expect((await comesWith(key, { options: onlyKeys })).exit).toBe(0)
    await rename(await makeRevocationList(folder, ['serial: 77'], at('strong.pub')), list)
    expect((await comesWith(key, { options: onlyKeys })).exit).toBe(255)
    const other = await certified('strong', { serial: '78' })
    expect((await comesWith(other, { options: onlyKeys })).exit).toBe(0)
    await copyFile(`${stage.vendorKey}.pub`, list)
    expect((await comesWith(stage.vendorKey, { options: onlyKeys })).exit).toBe(255)
    await writeFile(list, '')
    expect((await comesWith(stage.vendorKey)).exit).toBe(0)
    expect((await comesWith(key, { options: onlyKeys })).exit).toBe(0)
  })

  it('is refused, as every key is, while the list of revoked ones cannot be read; that is evidence once', async () => {
    const key = await certified('strong')
    const told = async (): Promise<string[]> =>
      (await stage.evidence({ types: ['auth.revocations_unreadable', 'auth.revocations_read'] })).map(
        ({ type }) => type,
      )
    await writeFile(list, 'not a list')
    for (const identity of [key, stage.vendorKey, key])
      expect((await comesWith(identity, { options: onlyKeys })).exit).toBe(255)
    expect(await told()).toEqual(['auth.revocations_unreadable'])
    await writeFile(list, '')
    expect((await comesWith(key, { options: onlyKeys })).exit).toBe(0)
    expect(await told()).toEqual(['auth.revocations_unreadable', 'auth.revocations_read'])
  })
})

// Sessions that must not begin: names that are no assets, assets nobody may reach now, and targets that are not what they
// should be. Each gets a clear sentence, nothing reaches the target, and the refusal is evidence.

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { describeWith } from '../support/describe-with.ts'
import { eventually } from '../support/eventually.ts'
import { stageGateway, type GatewayStage } from '../support/gateway-stage.ts'
import { enter, exec } from '../support/library-client.ts'
import { makeKey } from '../support/sshd.ts'
import { runSsh } from '../support/ssh-session.ts'
import { Secret } from '../../gateway/secret.ts'

const minute = 60_000

describeWith(['ssh', 'sshd', 'ssh-keygen'], 'a session that must not begin', () => {
  let stage: GatewayStage

  beforeAll(async () => {
    // hist-1 refuses the credential the vault holds, ews-2 shows another host key than the pinned one, and hmi-3 has no
    // credential in the vault at all.
    stage = await stageGateway({
      targets: ['ews-1', 'hist-1', 'ews-2'],
      async spoil(place, folder) {
        const key = await makeKey(join(folder, `other-${place.asset}`))
        if (place.asset === 'hist-1')
          return { ...place, credential: { kind: 'private-key', secret: new Secret(await readFile(key, 'utf8')) } }
        const line = (await readFile(`${key}.pub`, 'utf8')).split(' ').slice(0, 2).join(' ')
        return place.asset === 'ews-2' ? { ...place, hostKeys: [line] } : place
      },
    })
    await stage.api('auditor')
  })
  afterAll(() => stage.stop())

  /** Tries to run a command, and gives what the user saw and what the ledger learnt. */
  async function attempt(named: string, login = 'vendor') {
    const before = (await stage.doings()).length
    const [port, code] = [stage.gateway.ssh.port, stage.code(login)]
    const password = stage.person(login).password.expose()
    const entry = await enter({ port, username: `${login}%${named}`, password, code })
    if (entry.kind === 'refused') throw new Error(entry.text)
    const ran = await exec(entry.client, 'true')
    entry.client.end()
    const events = (await stage.doings()).slice(before)
    return { ...ran, events }
  }

  describe('for what was named', () => {
    const long = 'x'.repeat(10_000)
    const cases: readonly (readonly [what: string, named: string, rule: string, text: RegExp])[] = [
      ['an asset nobody declared', 'ews-99', 'unknown-asset', /no asset is called `ews-99`: name one from the list/],
      ['an empty name', '', 'unknown-asset', /no asset is called ``/],
      ['a way up the tree', '../ews-1', 'unknown-asset', /no asset is called `\.\.\/ews-1`/],
      ['dots', '..', 'unknown-asset', /no asset is called `\.\.`/],
      ['a second target', 'ews-1%ews-2', 'unknown-asset', /no asset is called `ews-1%ews-2`/],
      ['capitals', 'EWS-1', 'unknown-asset', /no asset is called `EWS-1`/],
      ['letters that look alike', 'еws-1', 'unknown-asset', /no asset is called `\\u\{435\}ws-1`/],
      ['control characters', 'ews-1\r\n\x1b[2J', 'unknown-asset', /`ews-1\\u\{d\}\\u\{a\}\\u\{1b\}\[2J`/],
      ['a null byte', 'ews-1\0', 'unknown-asset', /`ews-1\\u\{0\}`/],
      ['ten thousand characters', long, 'unknown-asset', /no asset is called `x{77}\.\.\.`/],
      [
        'an asset out of scope',
        'south-ews-1',
        'scope-out',
        /asset `south-ews-1` is outside the scope: run by another company/,
      ],
      ['an asset no scope rule mentions', 'cam-9', 'scope-undetermined', /asset `cam-9` is matched by no scope rule/],
      [
        'a safety system',
        'sis-1',
        'sis-unreachable',
        /asset `sis-1` is a safety instrumented system and nobody has opted it in/,
      ],
      [
        'an asset without a grant',
        'ews-1',
        'grant-missing',
        /you hold no open grant for asset `ews-1`: request access and wait/,
      ],
    ]
    it.each(cases)('says why: %s', async (_what, named, rule, text) => {
      const { exit, stdout, stderr, events } = await attempt(named)
      expect({ exit, stdout }).toEqual({ exit: 255, stdout: '' })
      expect(stderr).toMatch(/^\[sallyport\] access refused: [\x20-\x7e]+\r\n$/)
      expect(stderr).toMatch(text)
      const blocked = rule === 'sis-unreachable' ? ['safety.block'] : []
      expect(events.map(({ type }) => type)).toEqual(['auth.succeeded', 'policy.decision', ...blocked])
      expect(events[1]?.data).toMatchObject({
        action: 'connect',
        outcome: 'deny',
        rules: expect.arrayContaining([rule]),
      })
      expect(JSON.stringify(events.map(({ data }) => data))).not.toContain('x'.repeat(100))
    })

    it('takes a user name of ten thousand characters for no name at all', async () => {
      const before = (await stage.evidence({ types: ['auth.failed'] })).length
      const username = 'v'.repeat(10_000)
      const entry = await enter({ port: stage.gateway.ssh.port, username, password: 'x', code: '000000' })
      expect(entry.kind).toBe('refused')
      const fresh = (await stage.evidence({ types: ['auth.failed'] })).slice(before)
      expect(fresh.map(({ data }) => data['reason'])).toEqual(['malformed-login'])
    })
  })

  describe('for the time it is', () => {
    it('says that the window has not begun', async () => {
      const from = stage.clock.now() + 60 * minute
      await stage.grant('ews-1', { window: { from, until: from + 30 * minute } })
      const { exit, stderr, events } = await attempt('ews-1')
      expect(exit).toBe(255)
      expect(stderr).toMatch(/the grant holds from \S+Z to \S+Z, and it is \S+Z/)
      expect(events.at(-1)).toMatchObject({ type: 'policy.decision', data: { outcome: 'deny' } })
    })

    it('says that the window is over', async () => {
      const from = stage.clock.now()
      await stage.grant('ews-1', { window: { from, until: from + minute } })
      stage.clock.advance(minute)
      const { exit, stderr } = await attempt('ews-1')
      expect(exit).toBe(255)
      expect(stderr).toContain('access refused: ')
    })

    it('says that the supplier’s contract is over', async () => {
      const { exit, stderr, events } = await attempt('ews-2', 'former')
      expect(exit).toBe(255)
      expect(stderr).toMatch(/contract/)
      expect(events.at(-1)?.data['rules']).toContain('supplier-contract')
    })
  })

  describe('for the target', () => {
    async function lastSession(): Promise<string> {
      return String((await stage.evidence({ types: ['session.started'] })).at(-1)?.data['session'])
    }

    /** Grants, connects, and gives what the user saw and how the session ended. */
    async function connectTo(asset: string, by: string) {
      await stage.grant(asset, { by })
      const run = await runSsh(await stage.sshLogin(`${by}%${asset}`, 'password'), { command: 'true' })
      const session = await lastSession()
      const events = await eventually('the session is sealed', async () => {
        const found = await stage.evidence({ session })
        return found.at(-1)?.type === 'session.recording_sealed' ? found : null
      })
      return { ...run, events, ended: events.find(({ type }) => type === 'session.ended')?.data }
    }

    it('sends nothing to one that shows another host key than the pinned one', async () => {
      const { exit, stderr, ended } = await connectTo('ews-2', 'engineer')
      expect(exit).toBe(255)
      expect(stderr).toContain('a host key that is not the pinned one: nothing was sent to it')
      expect(ended).toMatchObject({ reason: 'host-key-mismatch', bytesIn: 0, bytesOut: 0 })
      await eventually(
        'the target saw the connection go',
        () => stage.targets['ews-2']?.log().includes('[preauth]') ?? false,
      )
      expect(stage.targets['ews-2']?.log()).not.toMatch(/authenticating user|Accepted|Failed|Invalid user|Postponed/)
    })

    it('says that the target refused the credential, and does not show it', async () => {
      const { exit, stderr, ended } = await connectTo('hist-1', 'vendor')
      expect(exit).toBe(255)
      expect(stderr).toContain('the target refused the credential the gateway holds for it')
      expect(ended).toMatchObject({ reason: 'target-refused-login' })
    })

    it('says that there is no credential for it', async () => {
      const { exit, stderr, ended, events } = await connectTo('hmi-3', 'engineer')
      expect(exit).toBe(255)
      expect(stderr).toContain('the gateway holds no usable credential for this target: tell the plant')
      expect(ended).toMatchObject({ reason: 'target-refused-login' })
      expect(events.map(({ type }) => type)).not.toContain('credential.injected')
    })

    it('says that it does not answer when it is switched off', async () => {
      await stage.targets['ews-1']?.stop()
      const { exit, stderr, ended } = await connectTo('ews-1', 'vendor')
      expect(exit).toBe(255)
      expect(stderr).toContain('the target does not answer: ask the plant whether it is switched on and connected')
      expect(ended).toMatchObject({ reason: 'target-unreachable' })
    })
  })
})

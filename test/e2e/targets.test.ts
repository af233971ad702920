// Real targets through a whole gateway: an old OpenSSH whose only algorithms an exception bears, dropbear, one that trusts
// the gateway's certificate authority, and one whose host key two people accept.

import { appendFile, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { afterAll, beforeAll, expect, it } from 'vitest'

import type { ListView, ProblemView, TargetView } from '../../gateway/contract/views.ts'
import { makeAuthority, publicAuthority } from '../../gateway/identity/user-authority.ts'
import { describeWith } from '../support/describe-with.ts'
import { startDropbear, type Dropbear } from '../support/dropbear.ts'
import { eventually } from '../support/eventually.ts'
import { stageGateway, type GatewayStage } from '../support/gateway-stage.ts'
import { startSshd, type Sshd } from '../support/sshd.ts'
import { runSsh } from '../support/ssh-session.ts'

const old = {
  algorithms: ['diffie-hellman-group14-sha1', 'ssh-rsa', 'aes128-cbc', 'hmac-sha1'],
  exception: 'EX-OLD',
  reason: 'a controller of 2009',
}
const oldConfig = `
KexAlgorithms diffie-hellman-group14-sha1
HostKeyAlgorithms ssh-rsa
Ciphers aes128-cbc
MACs hmac-sha1
`
const day = 24 * 3_600_000

describeWith(['ssh', 'sshd', 'ssh-keygen', 'dropbear', 'dropbearkey', 'unshare'], 'a target', () => {
  let stage: GatewayStage
  let legacy: Sshd
  let dropbear: Dropbear
  let certified: Sshd
  const authority = makeAuthority()

  beforeAll(async () => {
    const register = await readFile(join(import.meta.dirname, '../../gateway/demo/bundle/register.yaml'), 'utf8')
    const until = new Date(Date.now() + 2 * day).toISOString().slice(0, 10)
    const exception = `exceptions:
  - id: EX-OLD
    title: Old algorithms of a controller
    owner: OT security officer
    approvedBy: Head of production
    reason: its maker gives no newer firmware
    risk: ${/risks:[\s\S]*?id: (\S+)/.exec(register)?.[1] ?? ''}
    decision: RC-2026-09
    compensating: [GW-NET-04, GW-RAC-07]
    assets: [ews-1]
    from: 2026-01-01
    until: ${until}
    renewals: 0
`
    stage = await stageGateway({
      targets: ['ews-1', 'hist-1', 'ews-2', 'hmi-3'],
      files: { 'register.yaml': register.replace(/^exceptions:\n/m, exception) },
      async spoil(place, folder) {
        switch (place.asset) {
          case 'ews-1': {
            legacy = await startSshd(join(folder, 'legacy'), { config: oldConfig, hostKey: 'rsa' })
            return {
              ...place,
              port: legacy.port,
              hostKeys: [legacy.hostKey],
              credential: keyOf(legacy),
              endpoint: { legacy: old },
            }
          }
          case 'hist-1': {
            dropbear = await startDropbear(join(folder, 'dropbear'))
            const { port, hostKey } = dropbear
            return { ...place, port, hostKeys: [hostKey], credential: keyOf(dropbear) }
          }
          case 'ews-2': {
            const trusted = join(folder, 'trusted.pub')
            await writeFile(trusted, `${publicAuthority(authority, 'gateway').line}\n`)
            certified = await startSshd(join(folder, 'certified'), {
              config: `TrustedUserCAKeys ${trusted}\nAuthorizedKeysFile none\n`,
            })
            const credential = { kind: 'authority', secret: authority } as const
            return { ...place, port: certified.port, hostKeys: [certified.hostKey], credential }
          }
          default:
            return { ...place, endpoint: { hostKeys: 'enrol' } }
        }
      },
    })
    for (const login of ['chief', 'deputy'])
      await stage.enrol({ login, displayName: login, roles: ['admin'], supplier: null, plants: ['north', 'south'] })
  })
  afterAll(async () => {
    await stage.stop()
    await Promise.all([legacy.stop(), dropbear.stop(), certified.stop()])
  })

  const keyOf = ({ credential }: Pick<Sshd, 'credential'>) => ({ kind: 'private-key', secret: credential }) as const

  async function connect(asset: string, command = 'echo reached', by = 'engineer') {
    const run = await runSsh(await stage.sshLogin(`${by}%${asset}`, 'password'), { command })
    await stage.quiet()
    const started = (await stage.evidence({ types: ['session.started'] })).at(-1)
    const session = String(started?.data['session'])
    return { ...run, session, events: await stage.evidence({ session }) }
  }

  it('is kept as evidence with what both legs agreed on, before the credential is taken out', async () => {
    await stage.grant('hist-1', { by: 'vendor' })
    const { stdout, exit, events, stderr } = await connect('hist-1', 'echo reached', 'vendor')
    expect([stderr, exit]).toEqual(['', 0])
    expect(stdout.toString()).toBe('reached\n')
    const types = events.map(({ type }) => type)
    expect(types.indexOf('session.connected')).toBeGreaterThan(0)
    expect(types.indexOf('session.connected')).toBeLessThan(types.indexOf('credential.injected'))
    expect(types).not.toContain('session.legacy_algorithms')
    expect(events.find(({ type }) => type === 'session.connected')?.data).toMatchObject({
      asset: 'hist-1',
      software: expect.stringMatching(/^dropbear_/),
      hostKey: expect.stringMatching(/^SHA256:/),
      target: { hostKey: 'ssh-ed25519' },
      client: { hostKey: 'ssh-ed25519', toServer: { cipher: expect.any(String) } },
    })
  })

  it('that is old is reached under its exception, and that is an entry of its own', async () => {
    await stage.grant('ews-1', { by: 'vendor' })
    const { stdout, exit, events, stderr } = await connect('ews-1', 'echo reached', 'vendor')
    expect([stderr, exit]).toEqual(['', 0])
    expect(stdout.toString()).toBe('reached\n')
    expect(events.find(({ type }) => type === 'session.connected')?.data).toMatchObject({
      target: {
        kex: 'diffie-hellman-group14-sha1',
        hostKey: 'ssh-rsa',
        toServer: { cipher: 'aes128-cbc', mac: 'hmac-sha1' },
        toClient: { cipher: 'aes128-cbc', mac: 'hmac-sha1' },
      },
    })
    expect(events.find(({ type }) => type === 'session.legacy_algorithms')?.data).toMatchObject({
      asset: 'ews-1',
      exception: 'EX-OLD',
      algorithms: [...old.algorithms],
    })
  })

  it('logs in with a certificate that names the session and is good for minutes', async () => {
    await stage.grant('ews-2', { by: 'engineer' })
    const { stdout, exit, session, events, stderr } = await connect('ews-2')
    expect([stderr, exit]).toEqual(['', 0])
    expect(stdout.toString()).toBe('reached\n')
    expect(certified.log()).toContain(`ED25519-CERT`)
    expect(certified.log()).toContain(`ID ${session} (serial `)
    const injected = events.find(({ type }) => type === 'credential.injected')?.data
    const certificate = injected?.['certificate'] as { from: number; until: number; serial: string; authority: string }
    expect(certified.log()).toContain(`(serial ${certificate.serial})`)
    expect(certificate.authority).toBe(publicAuthority(authority, '').fingerprint)
    expect(certificate.until - certificate.from).toBeLessThanOrEqual(10 * 60_000)
    const everything = JSON.stringify(await stage.evidence()) + (await stage.log())
    expect(everything).not.toContain('PRIVATE KEY')
  })

  it('gets a terminal with the certificate, and nothing else it permits', async () => {
    const { shown } = await runSsh(await stage.sshLogin('engineer%ews-2', 'password'), {
      options: ['-tt'],
      command: 'tty',
      terminal: { cols: 80, rows: 24 },
    })
    expect(shown).toMatch(/\/dev\/pts\/\d+/)
    await stage.quiet()
  })

  describeEnrolment()

  it('that is old is not reached when its exception is over', async () => {
    await stage.gateway.stop()
    stage.clock.advance(3 * day)
    await stage.restart()
    await stage.grant('ews-1', { by: 'vendor' })
    const run = await runSsh(await stage.sshLogin('vendor%ews-1', 'password'), { command: 'true' })
    expect(run.exit).toBe(255)
    expect(run.stderr).toContain('exception `EX-OLD` that bears it is not in force')
    const denied = (await stage.evidence({ types: ['policy.decision'] })).at(-1)?.data
    expect(JSON.stringify(denied)).toContain('legacy-over')
  })

  function describeEnrolment(): void {
    let shown = ''

    async function targetOf(login: string): Promise<TargetView> {
      const { items } = await (await stage.api(login)).ok<ListView<TargetView>>('GET', '/targets?keys=enrol')
      const [found] = items
      if (!found || items.length !== 1) throw new Error('there is one target whose keys are accepted here')
      return found
    }
    async function step(login: string, path: string, body: unknown) {
      const answer = await (
        await stage.api(login)
      ).call<TargetView & ProblemView>('POST', `/targets/hmi-3/host-keys${path}`, body)
      return { status: answer.status, ...answer.json() }
    }
    const refusals = async () =>
      (await stage.evidence({ types: ['target.step_refused'] })).map(({ data }) => data['code'])

    it('whose host key nobody has accepted is not reached', async () => {
      await stage.grant('hmi-3', { by: 'engineer' })
      const connections = await stage.targets['hmi-3']?.connections()
      const run = await runSsh(await stage.sshLogin('engineer%hmi-3', 'password'), { command: 'true' })
      expect(run.exit).toBe(255)
      expect(run.stderr).toContain('nobody has accepted a host key of the target yet')
      expect((await stage.evidence({ types: ['session.refused'] })).at(-1)?.data).toMatchObject({
        reason: 'no-host-key',
      })
      expect(await stage.targets['hmi-3']?.connections()).toBe(connections)
    })

    it('shows its key to an administrator, and another person accepts it', async () => {
      expect(await step('chief', '', { comment: 'new controller' })).toMatchObject({ status: 200, known: [] })
      const view = await targetOf('chief')
      expect(view.keys).toMatchObject([{ state: 'proposed', kind: 'ssh-ed25519', mayAccept: false }])
      shown = view.keys[0]?.fingerprint ?? ''
      const decision = { fingerprint: shown, comment: 'as on its display' }
      expect(await step('chief', '/accept', decision)).toMatchObject({ status: 403 })
      expect(await step('approver', '/accept', decision)).toMatchObject({ status: 403 })
      expect(await step('vendor', '/accept', decision)).toMatchObject({ status: 403 })
      expect(await refusals()).toEqual(['own-proposal', 'role-missing'])
      expect((await targetOf('deputy')).keys).toMatchObject([{ mayAccept: true }])
      expect(await step('deputy', '/accept', decision)).toMatchObject({ status: 200, known: [shown] })
      const { exit, stdout } = await connect('hmi-3')
      expect([exit, stdout.toString()]).toEqual([0, 'reached\n'])
    })

    it('that shows another key then is refused, which opens nothing by itself', async () => {
      const before = stage.targets['hmi-3']
      if (!before) throw new Error('hmi-3 has a server')
      await before.stop()
      const folder = join(stage.folder, 'replaced')
      const replaced = await startSshd(folder, { port: before.port })
      try {
        // The same account and the same key open it: only its host key is another one.
        await appendFile(join(folder, 'authorized_keys'), await readFile(`${before.keyFile}.pub`))
        const { exit, stderr, events } = await connect('hmi-3')
        expect(exit).toBe(255)
        expect(stderr).toContain('a host key that is not the pinned one: nothing was sent to it')
        const types = events.map(({ type }) => type)
        expect(types).toContain('target.host_key_seen')
        expect(types).not.toContain('credential.injected')
        expect(events.find(({ type }) => type === 'session.ended')?.data).toMatchObject({ reason: 'host-key-mismatch' })
        expect(replaced.log()).not.toMatch(/authenticating user|Accepted|Failed|Invalid user|Postponed/)
        const seen = (await targetOf('deputy')).keys.find(({ state }) => state === 'seen')
        const decision = { fingerprint: seen?.fingerprint, comment: 'looks right' }
        // Seen in a session is not proposed: somebody has to stand for it first.
        expect(await step('deputy', '/accept', decision)).toMatchObject({ status: 409 })
        expect(await step('deputy', '', { comment: 'controller was replaced, CHG-12' })).toMatchObject({ status: 200 })
        expect(await step('chief', '/accept', decision)).toMatchObject({ status: 200, known: [seen?.fingerprint] })
        expect((await targetOf('chief')).keys.map(({ state }) => state).toSorted()).toEqual(['accepted', 'replaced'])
        const again = await connect('hmi-3')
        expect([again.exit, again.stdout.toString()]).toEqual([0, 'reached\n'])
        expect(await step('chief', '/reject', decision)).toMatchObject({ status: 200, known: [] })
        const run = await runSsh(await stage.sshLogin('engineer%hmi-3', 'password'), { command: 'true' })
        expect(run.stderr).toContain('nobody has accepted a host key of the target yet')
      } finally {
        await replaced.stop()
        await rm(folder, { recursive: true, force: true })
      }
      await eventually('every session is sealed', async () => (await stage.quiet(), true))
    })

    it('pinned in the bundle is changed there and nowhere else', async () => {
      const answer = await (
        await stage.api('chief')
      ).call<ProblemView>('POST', '/targets/hist-1/host-keys', { comment: 'x' })
      expect(answer.status).toBe(409)
      expect((await refusals()).at(-1)).toBe('pinned')
    })
  }
})

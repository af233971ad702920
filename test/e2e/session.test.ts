// The main job on real programs: OpenSSH's client, the gateway, OpenSSH's server. What the client gets through the
// gateway is compared with what it gets directly, so that OpenSSH itself says what is right.

import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'

import { afterAll, beforeAll, expect, it } from 'vitest'

import type { SshLogin } from '../../gateway/demo/ssh-client.ts'
import { describeWith } from '../support/describe-with.ts'
import { eventually } from '../support/eventually.ts'
import { stageGateway, type GatewayStage } from '../support/gateway-stage.ts'
import { readRecorded } from '../support/recorded.ts'
import { runSsh, type RunWish } from '../support/ssh-session.ts'

describeWith(['ssh', 'sshd', 'ssh-keygen'], 'a brokered session', () => {
  let stage: GatewayStage

  beforeAll(async () => {
    stage = await stageGateway()
    await stage.grant('ews-1')
  })
  afterAll(() => stage.stop())

  /** The same client, straight to the target. */
  async function directLogin(): Promise<SshLogin> {
    const { port, hostKey, account, keyFile } = target()
    const folder = await mkdtemp(join(stage.folder, 'direct-'))
    return { user: account, port, folder, hostKey, identity: keyFile, password: '', code: '' }
  }

  function target() {
    const found = stage.targets['ews-1']
    if (!found) throw new Error('the stage has no target')
    return found
  }

  const cases: readonly (readonly [what: string, wish: RunWish])[] = [
    ['a command that succeeds', { command: 'true' }],
    ['an exit status', { command: 'exit 7' }],
    ['the highest exit status', { command: 'exit 255' }],
    ['a command that ends by a signal', { command: 'kill -TERM $$' }],
    ['a command that is killed', { command: 'echo before; kill -KILL $$' }],
    ['a command that does not exist', { command: 'no-such-program-here' }],
    ['standard error apart from standard output', { command: 'echo out; echo err >&2; exit 3' }],
    ['a long command line', { command: `echo ${'x'.repeat(30_000)} | wc -c` }],
    ['the client’s end of file before the command’s own end', { command: 'cat; echo after', input: 'first\n' }],
    ['a command that is given no input at all', { command: 'cat; echo done', noInput: true }],
    ['a command that leaves its input unread', { command: 'exit 4', input: 'x'.repeat(300_000) }],
    ['a shell without a terminal', { input: 'echo from a shell; exit 5\n' }],
    ['output that is no text', { command: "printf '\\000\\377\\r\\n\\033]0;t\\007'" }],
  ]
  it.each(cases)('brings the client exactly what OpenSSH brings it: %s', async (_what, wish) => {
    const logins = [await stage.sshLogin('vendor%ews-1'), await directLogin()]
    const [through, direct] = await Promise.all(logins.map((login) => runSsh(login, wish)))
    expect(through).toEqual(direct)
  })

  it('writes each step as evidence, in the order in which it happened', async () => {
    await stage.quiet()
    const before = (await stage.doings()).length
    const { exit } = await runSsh(await stage.sshLogin('vendor%ews-1'), { command: 'exit 7' })
    const events = await eventually('the recording is sealed', async () => {
      const fresh = (await stage.doings()).slice(before)
      return fresh.at(-1)?.type === 'session.recording_sealed' ? fresh : null
    })
    expect(exit).toBe(7)
    expect(events.map(({ type }) => type)).toEqual([
      'auth.succeeded',
      'policy.decision',
      'session.started',
      'session.recording_started',
      'session.connected',
      'credential.injected',
      'session.ended',
      'session.recording_sealed',
    ])
    const [login, decision, started, recording, connected, injected, ended, sealed] = events
    const session = started?.data['session']
    const person = stage.person('vendor').person.id
    expect(login?.data).toMatchObject({ person, factor: 'publickey', mfa: ['totp'], via: 'ssh' })
    expect(decision?.data).toMatchObject({ action: 'connect', outcome: 'permit', person, asset: 'ews-1', scope: 'in' })
    expect(started?.data).toMatchObject({ person, supplier: 'acme-drives', plant: 'north', mfa: ['totp'] })
    expect(recording?.data).toMatchObject({ session })
    expect(connected?.data).toMatchObject({ session })
    expect(injected?.data).toEqual({ session, credential: 'ews-1-service' })
    expect(ended?.data).toMatchObject({ session, reason: 'client' })
    expect(sealed?.data).toMatchObject({ session, status: 'complete', channels: 1 })
  })

  it('records exactly the bytes that crossed, and an auditor verifies and replays them', async () => {
    const command = 'read line; echo "got $line"; echo careful >&2; exit 2'
    const run = await runSsh(await stage.sshLogin('vendor%ews-1'), { command, input: 'parameter 17\n' })
    const started = (await stage.evidence({ types: ['session.started'] })).at(-1)
    const id = String(started?.data['session'])
    await eventually(
      'the recording is sealed',
      async () => (await stage.evidence({ types: ['session.recording_sealed'], session: id })).length === 1,
    )

    const recorded = await readRecorded(stage.stage, id)
    expect(recorded.in.toString()).toBe('parameter 17\n')
    expect(recorded.out).toEqual(run.stdout)
    expect(recorded.err.toString()).toBe(run.stderr)
    expect(recorded.frames.find(({ kind }) => kind === 'open')).toMatchObject({ meta: { kind: 'exec', command } })
    expect(recorded.frames.find(({ kind }) => kind === 'exit')).toMatchObject({ status: { code: 2 } })

    const auditor = await stage.api('auditor')
    const verdict = await auditor.ok('POST', `/recordings/${id}/verify`)
    expect(verdict).toMatchObject({ session: id, holds: true })
    const replay: { channels: { cast: string }[] } = await auditor.ok('POST', `/recordings/${id}/replay`, {
      purpose: 'sample review',
    })
    const cast = await auditor.call('GET', replay.channels[0]?.cast.replace('/api/v1', '') ?? '')
    expect(cast.status).toBe(200)
    expect(cast.bytes.toString()).toContain('got parameter 17')
    const viewed = await stage.evidence({ types: ['session.replayed'], session: id })
    expect(viewed.map(({ data }) => data['by'])).toEqual([stage.person('auditor').person.id])
  })

  it('keeps the target’s credential out of the client’s reach', async () => {
    const { stdout } = await runSsh(await stage.sshLogin('vendor%ews-1'), { command: 'env; cat /proc/self/environ' })
    expect(stdout.toString()).not.toContain('PRIVATE KEY')
    expect(target().log()).toMatch(/Accepted publickey for \S+ from 127\.0\.0\.1/)
  })
})

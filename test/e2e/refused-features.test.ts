// Whatever is not a pty, shell or command is refused, the session goes on, and the refusal is evidence.

import { createServer, connect, type AddressInfo, type Server } from 'node:net'
import { join } from 'node:path'

import type { Client } from 'ssh2'
import { afterAll, beforeAll, expect, it } from 'vitest'

import { describeWith } from '../support/describe-with.ts'
import { eventually } from '../support/eventually.ts'
import { stageGateway, type GatewayStage } from '../support/gateway-stage.ts'
import { enter, sendMessage, wireString } from '../support/library-client.ts'
import { freePort } from '../support/sshd.ts'
import { openSsh, runSsh, shareConnection, type RunWish } from '../support/ssh-session.ts'

describeWith(['ssh', 'sshd', 'ssh-keygen'], 'a session', () => {
  let stage: GatewayStage
  /** Something forwarding would reach; nobody ever may. */
  let forbidden: Server
  let reached = 0
  let agent: Server

  beforeAll(async () => {
    stage = await stageGateway()
    await stage.grant('ews-1')
    await stage.api('auditor')
    forbidden = createServer(() => reached++).listen(0, '127.0.0.1')
    await new Promise((resolve) => forbidden.once('listening', resolve))
    // An agent that has no key for anybody: it answers each question with SSH_AGENT_FAILURE.
    agent = createServer((socket) => {
      socket.on('data', () => socket.write(Buffer.from([0, 0, 0, 1, 5])))
      socket.on('error', () => socket.destroy())
    })
    agent.listen(join(stage.folder, 'agent'))
  })
  afterAll(async () => {
    forbidden.close()
    agent.close()
    await stage.stop()
  })

  const forbiddenPort = (): number => (forbidden.address() as AddressInfo).port

  /** What nobody has defined stands in the ledger as `other`, and its name as a commitment only. */
  function shownAs(data: Readonly<Record<string, unknown>>, meaning: Readonly<Record<string, string>>) {
    return data['feature'] === 'other' ? meaning[String(data['detail'])] : data['feature']
  }

  /** The refusals written since `before`, once `feature` is among them. */
  async function refusal(feature: string, before: number) {
    return eventually(`\`${feature}\` is refused as evidence`, async () => {
      const fresh = (await stage.evidence({ types: ['session.feature_refused'] })).slice(before)
      return fresh.find(({ data, meaning }) => shownAs(data, meaning) === feature) ?? null
    })
  }
  const refusals = async () => (await stage.evidence({ types: ['session.feature_refused'] })).length

  const asked: readonly (readonly [feature: string, wish: () => RunWish])[] = [
    ['tcpip-forward', () => ({ options: ['-R', `0:127.0.0.1:${forbiddenPort()}`] })],
    ['streamlocal-forward@openssh.com', () => ({ options: ['-R', `/tmp/never.sock:127.0.0.1:${forbiddenPort()}`] })],
    ['auth-agent-req@openssh.com', () => ({ options: ['-A'], agent: join(stage.folder, 'agent') })],
    ['x11-req', () => ({ options: ['-Y'], env: { DISPLAY: '127.0.0.1:0' } })],
    ['env', () => ({ options: ['-o', 'SetEnv=LD_PRELOAD=/tmp/evil.so'] })],
  ]
  it.each(asked)('goes on without %s', async (feature, wish) => {
    const before = await refusals()
    const command = 'read line; echo "still here"; env'
    const run = await openSsh(await stage.sshLogin('vendor%ews-1'), { ...wish(), command })
    const { data } = await refusal(feature, before)
    run.write('go on\n')
    expect((await run.ended).exit).toBe(0)
    expect(run.stdout().toString()).toContain('still here')
    expect(run.stdout().toString()).not.toMatch(/LD_PRELOAD|SSH_AUTH_SOCK|DISPLAY/)
    expect(data).toMatchObject({ feature, person: stage.person('vendor').person.id })
    expect(reached).toBe(0)
  })

  const forwards: readonly (readonly [what: string, feature: string, option: (port: number) => readonly string[]])[] = [
    ['a forwarded port', 'direct-tcpip', (port) => ['-L', `${port}:127.0.0.1:${forbiddenPort()}`]],
    ['a forwarded socket', 'direct-streamlocal@openssh.com', (port) => ['-L', `${port}:/var/run/docker.sock`]],
    ['a SOCKS proxy', 'direct-tcpip', (port) => ['-D', String(port)]],
  ]
  it.each(forwards)('goes on without %s', async (_what, feature, option) => {
    const before = await refusals()
    const port = await freePort()
    const command = 'echo up; read line; echo "still here"'
    const run = await openSsh(await stage.sshLogin('vendor%ews-1'), { options: option(port), command })
    await run.sees('up')
    const answer = await askThrough(port)
    expect(answer).not.toContain('\x05\x00\x00')
    const { data } = await refusal(feature, before)
    const [started] = (await stage.evidence({ types: ['session.started'] })).slice(-1)
    expect(data['session']).toBe(started?.data['session'])
    run.write('go on\n')
    expect((await run.ended).exit).toBe(0)
    expect(run.stdout().toString()).toBe('up\nstill here\n')
    expect(reached).toBe(0)
  })

  /** Asks for the forbidden port as a SOCKS client would, and gives what came back before the close. */
  function askThrough(port: number): Promise<string> {
    return new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1')
      let got = ''
      const target = forbiddenPort()
      socket.write(Buffer.from([5, 1, 0, 5, 1, 0, 1, 127, 0, 0, 1, target >> 8, target & 255]))
      socket.on('data', (part) => (got += part.toString('latin1')))
      socket.on('error', () => socket.destroy())
      socket.on('close', () => resolve(got))
    })
  }

  it('goes on without sftp, on the same connection', async () => {
    const before = await refusals()
    const shared = await shareConnection(await stage.sshLogin('vendor%ews-1'))
    const login = await stage.sshLogin('vendor%ews-1')
    const sftp = await runSsh(login, { options: [...shared.options, '-s'], command: 'sftp' })
    expect(sftp.exit).not.toBe(0)
    expect(await refusal('subsystem:sftp', before)).toBeDefined()
    const { stdout } = await runSsh(login, { options: shared.options, command: 'echo still here' })
    expect(stdout.toString()).toBe('still here\n')
    shared.master.child.kill()
    await shared.master.ended
  })

  it('refuses jumping through it to somewhere else', async () => {
    const before = await refusals()
    const options = ['-W', `127.0.0.1:${forbiddenPort()}`]
    const { exit } = await runSsh(await stage.sshLogin('vendor%ews-1'), { options })
    expect(exit).toBe(255)
    expect((await refusal('direct-tcpip', before)).data).toMatchObject({ feature: 'direct-tcpip' })
    expect(reached).toBe(0)
  })

  // RFC 4254: a channel open (90), a global request (80), and a request on channel 0 (98), of kinds nobody has defined.
  const sizes = Buffer.from([0, 0, 0, 9, 0, 16, 0, 0, 0, 0, 128, 0])
  const channelOpen = Buffer.concat([Buffer.from([90]), wireString('warp@example.org'), sizes])
  const globalRequest = Buffer.concat([Buffer.from([80]), wireString('beam-up@example.org'), Buffer.from([1])])
  const channelRequest = Buffer.concat([
    Buffer.from([98, 0, 0, 0, 0]),
    wireString('hail@example.org'),
    Buffer.from([0]),
  ])
  it.each([
    ['warp@example.org', channelOpen],
    ['beam-up@example.org', globalRequest],
    ['hail@example.org', channelRequest],
  ])('refuses what nobody has defined, and goes on: %s', async (feature, message) => {
    const before = await refusals()
    const client = await library()
    const { up, ended, goOn } = await longCommand(client)
    await up
    sendMessage(client, message)
    expect(await refusal(feature, before)).toBeDefined()
    goOn()
    expect(await ended).toBe('up\nstill here\n')
    client.end()
  })

  /** A command that says it is up and then waits for a word. */
  function longCommand(client: Client): Promise<{ up: Promise<void>; ended: Promise<string>; goOn(): void }> {
    return new Promise((resolve, reject) => {
      client.exec('echo up; read line; echo still here', (error, channel) => {
        if (error) return reject(error)
        let shown = ''
        const up = new Promise<void>((seen) =>
          channel.on('data', (part: Buffer) => ((shown += part.toString()), seen())),
        )
        const ended = new Promise<string>((closed) => channel.on('close', () => closed(shown)))
        resolve({ up, ended, goOn: () => channel.end('go on\n') })
      })
    })
  }

  async function library(): Promise<Client> {
    const [port, code] = [stage.gateway.ssh.port, stage.code('vendor')]
    const password = stage.person('vendor').password.expose()
    const entry = await enter({ port, username: 'vendor%ews-1', password, code })
    if (entry.kind === 'refused') throw new Error(entry.text)
    return entry.client
  }
})

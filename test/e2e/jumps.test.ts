// ProxyJump, terminated and recorded here, and streams to the target's own loopback, by the real client.

import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import ssh2, { type Client, type ClientChannel } from 'ssh2'
import { afterAll, beforeAll, expect, it } from 'vitest'

import { prepareSsh } from '../../gateway/demo/ssh-client.ts'
import { standBefore } from '../../gateway/brokers/ssh/message-handlers.ts'
import { describeWith } from '../support/describe-with.ts'
import { eventually } from '../support/eventually.ts'
import type { GatewayStage } from '../support/gateway-stage.ts'
import { enter } from '../support/library-client.ts'
import { partPath } from '../support/parts.ts'
import { readRecorded } from '../support/recorded.ts'
import { runSsh, shareConnection } from '../support/ssh-session.ts'
import { stageTunnels, startController, type Controller } from '../support/tunnel-stage.ts'

interface Ran {
  readonly exit: number
  readonly stdout: string
  readonly stderr: string
}

describeWith(['ssh', 'sshd', 'ssh-keygen'], 'a jump through the gateway', () => {
  let stage: GatewayStage
  let controller: Controller
  let serve: (socket: Socket) => void = () => undefined
  let folders = 0

  beforeAll(async () => {
    controller = await startController((socket) => serve(socket))
    stage = await stageTunnels([controller.port], {
      targets: ['ews-1', 'hist-1'],
      spoil: (place) =>
        Promise.resolve(place.asset === 'hist-1' ? { ...place, features: ['terminal', 'command', 'forward'] } : place),
    })
    await stage.grant('ews-1')
  })
  afterAll(async () => {
    await stage.stop()
    await controller.stop()
  })

  /** `ssh -F … -J gateway user@asset command`, with the configuration the documentation tells people to write. */
  async function jump(inner: string, args: readonly string[], input = ''): Promise<Ran> {
    const login = await stage.sshLogin('vendor')
    const { env } = await prepareSsh(login)
    const folder = join(login.folder, `jump-${folders++}`)
    await mkdir(folder)
    const config = join(folder, 'config')
    await writeFile(
      config,
      [
        'Host gateway',
        '  HostName localhost',
        `  Port ${login.port}`,
        '  User vendor',
        `  IdentityFile ${String(login.identity)}`,
        '  IdentitiesOnly yes',
        'Host ews-1 ews-2 hist-1',
        '  ProxyJump gateway',
        `  HostKeyAlias [localhost]:${login.port}`,
        'Host *',
        `  UserKnownHostsFile ${join(login.folder, 'known_hosts')}`,
        '  GlobalKnownHostsFile /dev/null',
        '  StrictHostKeyChecking yes',
        '  IdentityAgent none',
        '',
      ].join('\n'),
    )
    return new Promise((resolve) => {
      const child = execFile(
        partPath('ssh'),
        ['-F', config, inner, ...args],
        { env, timeout: 60_000 },
        (error, stdout, stderr) =>
          resolve({ exit: typeof error?.code === 'number' ? error.code : error ? -1 : 0, stdout, stderr }),
      )
      child.stdin?.end(input)
    })
  }

  const lastSession = async (): Promise<string> =>
    String((await stage.evidence({ types: ['session.started'] })).at(-1)?.data['session'])

  it('runs a command on the asset, recorded in clear, under the same login and without a second question', async () => {
    const ran = await jump('vendor@ews-1', ['cat; echo done >&2; exit 5'], 'through two')
    expect(ran).toMatchObject({ exit: 5, stdout: 'through two' })
    expect(ran.stderr).toContain('done')
    await stage.quiet()
    const session = await lastSession()
    const { frames, in: typed } = await readRecorded(stage.stage, session)
    expect(frames[0]).toMatchObject({ kind: 'open', meta: { kind: 'exec', through: 'jump' } })
    expect(typed.toString()).toBe('through two')
    const [started] = await stage.evidence({ types: ['session.started'], session })
    expect(started?.data).toMatchObject({ asset: 'ews-1', protocol: 'ssh' })
  })

  it("takes the account of the target for the person's own name, which is what many clients say", async () => {
    const { account } = stage.targets['ews-1'] ?? { account: '' }
    expect(await jump(`${account}@ews-1`, ['echo by account'])).toMatchObject({ exit: 0, stdout: 'by account\n' })
  })

  it('takes no other name, and says which it takes', async () => {
    const ran = await jump('approver@ews-1', ['echo never'])
    expect(ran.exit).not.toBe(0)
    expect(ran.stdout).toBe('')
    expect(ran.stderr).toMatch(/you came by a jump: to ews-1 you are `vendor`/)
  })

  it('asks the door: who has no grant gets no further, in words', async () => {
    const ran = await jump('vendor@ews-2', ['echo never'])
    expect(ran.exit).not.toBe(0)
    expect(ran.stdout).toBe('')
    expect(ran.stderr).toMatch(/access refused/)
  })

  it('leads no further: a jump from inside a jump is refused', async () => {
    const ran = await jump('vendor@ews-1', ['-W', 'ews-1:22'])
    expect(ran.exit).not.toBe(0)
    expect(ran.stderr).toMatch(/leads no further/)
  })

  it('never carries SSH through encrypted: what answers on the stream is the gateway', async () => {
    const { port } = stage.targets['ews-1'] ?? { port: 0 }
    for (const to of ['ews-1:22', `ews-1:${port}`]) {
      const ran = await runSsh(await stage.sshLogin('vendor'), { options: ['-W', to], input: 'SSH-2.0-test\r\n' })
      expect(ran.stdout.toString('latin1')).toMatch(/^SSH-2\.0-Sallyport/)
    }
  })

  it('ends with its session, and leaves another that came the same way alone', async () => {
    const login = await stage.sshLogin('vendor%ews-1')
    const shared = await shareConnection(login)
    const ran = jump('vendor@ews-1', ['cat'], '')
    expect(await ran).toMatchObject({ exit: 0 })
    const still = await runSsh(login, { options: shared.options, command: 'echo here' })
    expect(still.stdout.toString()).toBe('here\n')
    shared.master.child.kill()
    await shared.master.ended
  })

  it('opens no stream to ports of the asset itself where its endpoint is not open for it', async () => {
    serve = (socket) => void socket.end('never')
    const login = await stage.sshLogin('vendor%ews-1')
    const ran = await runSsh(login, { logLevel: 'INFO', options: ['-W', `localhost:${controller.port}`] })
    expect(ran.exit).not.toBe(0)
    expect(ran.stderr).toMatch(/opens no streams to ports of the asset/)
    expect(controller.served).toBe(0)
    const refused = await stage.evidence({ types: ['session.feature_refused'] })
    expect(refused.at(-1)?.data).toMatchObject({ feature: 'direct-tcpip' })
  })

  /** A connection inside a stream of another, both made of ssh2. */
  async function inside(asset: string): Promise<{ outer: Client; stream: ClientChannel }> {
    const entered = await enter({
      ...(await stage.sshLogin('vendor', 'password')),
      username: 'vendor',
      port: stage.gateway.ssh.port,
    })
    if (entered.kind === 'refused') throw new Error(entered.text)
    const { client: outer } = entered
    return {
      outer,
      stream: await new Promise((resolve, reject) =>
        outer.forwardOut('127.0.0.1', 0, asset, 22, (error, opened) => (error ? reject(error) : resolve(opened))),
      ),
    }
  }

  it('holds who came by a jump to the same rules: no version without end', async () => {
    const { outer, stream } = await inside('ews-1')
    const closed = once(stream, 'close')
    stream.resume()
    stream.write(`SSH-2.0-${'x'.repeat(300)}`)
    expect(await closed).toBeDefined()
    outer.destroy()
  })

  it('holds who came by a jump to the same rules: no keys without end', async () => {
    const { outer, stream } = await inside('ews-1')
    const inner = new ssh2.Client()
    inner.on('error', () => undefined)
    const ready = once(inner, 'ready')
    inner.connect({ sock: stream, username: 'vendor', authHandler: [{ type: 'none', username: 'vendor' }] })
    await ready
    const ended = once(inner, 'close')
    // As soon as it has new keys it asks for newer ones.
    const { _protocol } = inner as unknown as { _protocol: { rekey(): void } }
    inner.on('handshake', () => _protocol.rekey())
    _protocol.rekey()
    expect(await ended).toBeDefined()
    outer.destroy()
  })

  it('is sealed once it is ended, whether or not the client answers that its stream is closed', async () => {
    const { outer, stream } = await inside('ews-1')
    const inner = new ssh2.Client()
    inner.on('error', () => undefined)
    const ready = once(inner, 'ready')
    inner.connect({ sock: stream, username: 'vendor', authHandler: [{ type: 'none', username: 'vendor' }] })
    await ready
    const before = (await stage.evidence({ types: ['session.started'] })).length
    const shell = await new Promise<ClientChannel>((resolve, reject) =>
      inner.shell((error, opened) => (error ? reject(error) : resolve(opened))),
    )
    shell.resume()
    shell.stderr.resume()
    const session = await eventually('it has begun', async () => {
      const started = (await stage.evidence({ types: ['session.started'] })).slice(before)
      return started[0] ? String(started[0].data['session']) : null
    })
    // RFC 4254 section 5.3 asks for an answer, which this client does not give.
    const { _protocol } = outer as unknown as { _protocol: { channelClose(): void; channelEOF(): void } }
    _protocol.channelClose = _protocol.channelEOF = () => undefined
    standBefore(outer, 'CHANNEL_CLOSE', () => () => undefined)
    const approver = await stage.api('approver')
    await approver.ok('POST', `/sessions/${session}/kill`, { reason: 'line 1 starts' })
    await eventually('it is sealed', async () => {
      const sealed = await stage.evidence({ types: ['session.recording_sealed'], session })
      return sealed.length === 1
    })
    const [ended] = await stage.evidence({ types: ['session.ended'], session })
    expect(ended?.data).toMatchObject({ reason: 'killed' })
    outer.destroy()
  })

  it('ends when the window of its access ends, by the clock, and nothing is left on the target', async () => {
    const at = stage.clock.now()
    const { window } = await stage.grant('hist-1', { window: { from: at, until: at + 600_000 } })
    const before = (await stage.evidence({ types: ['session.started'] })).length
    const ran = jump('vendor@hist-1', ['sleep 600'])
    const session = await eventually('it has begun', async () => {
      const started = (await stage.evidence({ types: ['session.started'] })).slice(before)
      return started[0] ? String(started[0].data['session']) : null
    })
    // Past the window and the time this asset lets a session drain.
    stage.clock.advance(window.until - stage.clock.now() + 601_000)
    const { exit, stderr } = await ran
    expect(exit).not.toBe(0)
    expect(stderr).toMatch(/the session ended because the access window ended/)
    await stage.quiet()
    const [ended] = await stage.evidence({ types: ['session.ended'], session })
    expect(ended?.data).toMatchObject({ reason: 'expired' })
  })

  it('opens streams to ports of the asset itself where its endpoint is open for it, as an editor on a far machine does', async () => {
    await stage.grant('hist-1')
    serve = (socket) => {
      socket.on('data', (part: Buffer) => socket.write(part))
      socket.on('end', () => socket.end(' and away'))
    }
    const before = controller.served
    const login = await stage.sshLogin('vendor%hist-1')
    // The server is started by a command, and its port reached beside it on the same connection.
    const shared = await shareConnection(login)
    const started = await runSsh(login, { options: shared.options, command: `echo listening on ${controller.port}` })
    expect(started.stdout.toString()).toBe(`listening on ${controller.port}\n`)
    for (const host of ['localhost', '127.0.0.1']) {
      const ran = await runSsh(login, {
        options: [...shared.options, '-W', `${host}:${controller.port}`],
        input: 'there',
      })
      expect(ran.stdout.toString()).toBe('there and away')
    }
    const elsewhere = await runSsh(login, {
      options: [...shared.options, '-W', '169.254.169.254:80'],
      logLevel: 'INFO',
    })
    expect(elsewhere.exit).not.toBe(0)
    expect(controller.served).toBe(before + 2)
    shared.master.child.kill()
    await shared.master.ended
    await stage.quiet()
    const { frames, in: typed, out } = await readRecorded(stage.stage, await lastSession(), 1)
    expect(frames[0]).toMatchObject({ kind: 'open', meta: { kind: 'tunnel', to: `localhost:${controller.port}` } })
    expect([typed.toString(), out.toString()]).toEqual(['there', 'there and away'])
  })
})

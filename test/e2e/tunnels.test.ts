// Tunnels to declared ports of assets: `ssh -L`, `-W` and `-D` by the real client, against a TCP server as the controller.

import { createHash } from 'node:crypto'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'

import { describeWith } from '../support/describe-with.ts'
import { enter } from '../support/library-client.ts'
import { eventually } from '../support/eventually.ts'
import { isOtherWay, type GatewayStage } from '../support/gateway-stage.ts'
import { readRecorded } from '../support/recorded.ts'
import { openSsh, runSsh, shareConnection } from '../support/ssh-session.ts'
import { dial, forward, hear, stageTunnels, startController, type Controller } from '../support/tunnel-stage.ts'

describeWith(['ssh', 'sshd', 'ssh-keygen'], 'a tunnel to a declared port of an asset', () => {
  let stage: GatewayStage
  let controller: Controller
  let silent: Controller
  let serve: (socket: Socket) => void = () => undefined

  const echo = (socket: Socket): void => void socket.pipe(socket)

  beforeAll(async () => {
    controller = await startController((socket) => serve(socket))
    silent = await startController(() => undefined)
    await silent.stop()
    stage = await stageTunnels([controller.port, silent.port])
  })
  afterAll(async () => {
    await stage.stop()
    await controller.stop()
  })

  const lastSession = async (): Promise<string> =>
    String((await stage.evidence({ types: ['session.started'] })).at(-1)?.data['session'])
  const to = (): string => `hist-1:${controller.port}`

  it('is refused without a grant, in words the client shows, and nothing is dialled', async () => {
    serve = echo
    const run = await runSsh(await stage.sshLogin('vendor'), { logLevel: 'INFO', options: ['-W', to()] })
    expect(run.exit).not.toBe(0)
    expect(run.stderr).toMatch(/administratively prohibited: access refused: /)
    expect(controller.served).toBe(0)
    const decisions = await stage.evidence({ types: ['policy.decision'] })
    expect(decisions.at(-1)?.data).toMatchObject({ action: 'connect', asset: 'hist-1', outcome: 'deny' })
  })

  it('carries bytes both ways and ends each way by itself, recorded whole', async () => {
    await stage.grant('hist-1', { protocol: 'tcp' })
    serve = (socket) => {
      // It answers only when everything was said: the end of one direction leaves the other open.
      const heard: Buffer[] = []
      socket.on('data', (part: Buffer) => heard.push(part))
      socket.on('end', () => socket.end(Buffer.concat([Buffer.from('said: '), ...heard])))
    }
    const run = await runSsh(await stage.sshLogin('vendor'), {
      options: ['-W', to()],
      input: Buffer.from([0, 1, 2, 255]),
    })
    expect(run.stderr).toBe('')
    expect(run.stdout).toEqual(Buffer.concat([Buffer.from('said: '), Buffer.from([0, 1, 2, 255])]))
    await stage.quiet()
    const { frames, in: typed, out } = await readRecorded(stage.stage, await lastSession())
    expect(frames[0]).toMatchObject({ kind: 'open', meta: { kind: 'tunnel', to: to() } })
    expect(frames[1]).toMatchObject({
      kind: 'event',
      event: { connected: { remote: { address: '127.0.0.1', port: controller.port } } },
    })
    expect(typed).toEqual(Buffer.from([0, 1, 2, 255]))
    expect(out.subarray(0, 6).toString()).toBe('said: ')
    expect(frames.at(-1)?.kind).toBe('close')
    const [started] = await stage.evidence({ types: ['session.started'], session: await lastSession() })
    expect(started?.data).toMatchObject({ asset: 'hist-1', protocol: 'tcp' })
  })

  it('shares one session among the tunnels of a connection, each with a record of its own', async () => {
    serve = echo
    const { run, port } = await forward(stage, 'vendor', to())
    const sockets = await Promise.all([dial(port), dial(port), dial(port)])
    const answers = await Promise.all(
      sockets.map((socket, i) => {
        socket.end(`to ${i}`)
        return hear(socket)
      }),
    )
    expect(answers.map(String)).toEqual(['to 0', 'to 1', 'to 2'])
    run.child.kill()
    await run.ended
    await stage.quiet()
    const session = await lastSession()
    const [sealed] = await stage.evidence({ types: ['session.recording_sealed'], session })
    expect(sealed?.data).toMatchObject({ channels: 3, status: 'complete' })
    const recorded = await Promise.all([0, 1, 2].map((n) => readRecorded(stage.stage, session, n)))
    expect(recorded.map(({ in: typed }) => typed.toString()).toSorted()).toEqual(['to 0', 'to 1', 'to 2'])
  })

  it('says so when nothing answers there, and the connection goes on', async () => {
    const run = await runSsh(await stage.sshLogin('vendor'), {
      logLevel: 'INFO',
      options: ['-W', `hist-1:${silent.port}`],
    })
    expect(run.stderr).toMatch(/connect failed: port \d+ does not answer/)
    await stage.quiet()
    const { frames } = await readRecorded(stage.stage, await lastSession())
    expect(frames.map(({ kind }) => kind)).toEqual(['open', 'event', 'close'])
  })

  it('takes forwards that are added later, and lets nobody cancel what was never given', async () => {
    serve = echo
    const login = await stage.sshLogin('vendor')
    const shared = await shareConnection(login)
    const port = controller.port + 1 < 65_536 ? 20_000 + (controller.port % 10_000) : 20_001
    const ask = (what: string, spec: string) => runSsh(login, { options: [...shared.options, '-O', what, '-L', spec] })
    expect((await ask('forward', `127.0.0.1:${port}:${to()}`)).exit).toBe(0)
    const socket = await dial(port)
    socket.end('later')
    expect(String(await hear(socket))).toBe('later')
    const remote = await runSsh(login, { options: [...shared.options, '-O', 'forward', '-R', `0:${to()}`] })
    expect(remote.exit).not.toBe(0)
    // A client that asks to have taken back what it was never given: OpenSSH would not even send that.
    const other = await enter({
      ...(await stage.sshLogin('vendor', 'password')),
      username: 'vendor',
      port: stage.gateway.ssh.port,
    })
    if (other.kind === 'refused') throw new Error(other.text)
    const answer = await new Promise((resolve) => other.client.unforwardIn('127.0.0.1', port, resolve))
    expect(answer).toBeInstanceOf(Error)
    other.client.end()
    // It still stands, whoever asked for an end of what is not theirs.
    const again = await dial(port)
    again.end('again')
    expect(String(await hear(again))).toBe('again')
    shared.master.child.kill()
    await shared.master.ended
  })

  it('ends within a second of a kill, tells the client why, and is sealed', async () => {
    serve = echo
    const { run, port } = await forward(stage, 'vendor', to())
    const socket = await dial(port)
    socket.write('hello')
    await once(socket, 'data')
    const gone = Promise.race([once(socket, 'end'), once(socket, 'close')])
    socket.on('error', () => undefined)
    const session = await lastSession()
    const killedAt = Date.now()
    await (await stage.api('approver')).ok('POST', `/sessions/${session}/kill`, { reason: 'wrong line', insist: true })
    await gone
    const { at } = await run.ended
    expect(at - killedAt).toBeLessThan(1_000)
    expect(run.shown()).toMatch(/hist-1: .*wrong line/)
    await stage.quiet()
    expect(controller.connections.size).toBe(0)
    expect((await readRecorded(stage.stage, session)).in.toString()).toBe('hello')
  })

  it('of one asset ends alone where a session of another asset is on the same connection', async () => {
    serve = echo
    await stage.grant('ews-1')
    const login = await stage.sshLogin('vendor%ews-1')
    const shared = await shareConnection(login)
    const shell = await openSsh(login, { options: shared.options, command: 'cat' })
    shell.write('one\n')
    await shell.sees('one')
    const ssh = await lastSession()
    const tunnel = await openSsh(login, { options: [...shared.options, '-W', to()] })
    tunnel.write('two\n')
    await tunnel.sees('two')
    const session = await lastSession()
    expect(session).not.toBe(ssh)
    await (
      await stage.api('approver')
    ).ok('POST', `/sessions/${session}/kill`, { reason: 'only this one', insist: true })
    await tunnel.ended
    shell.write('three\n')
    await shell.sees('three')
    // And the other way round: the end of the terminal's session leaves a tunnel alone.
    const further = await openSsh(login, { options: [...shared.options, '-W', to()] })
    further.write('four\n')
    await further.sees('four')
    await (await stage.api('approver')).ok('POST', `/sessions/${ssh}/kill`, { reason: 'the terminal', insist: true })
    await shell.ended
    expect(shell.shown()).toContain('the terminal')
    further.write('five\n')
    await further.sees('five')
    shared.master.child.kill()
    await Promise.all([shared.master.ended, further.ended])
    await stage.quiet()
  })

  it.skipIf(isOtherWay)(
    'carries 300 MB each way with equal digests at both ends and in the record, in flat memory',
    { timeout: 300_000 },
    async () => {
      const size = 300 << 20
      const piece = Buffer.alloc(1 << 20, 'sixteen bytes ..')
      const wanted = createHash('sha256')
      for (let at = 0; at < size; at += piece.length) wanted.update(piece)
      const digest = wanted.digest('hex')
      const atController = createHash('sha256')
      serve = (socket) => {
        socket.on('data', (part: Buffer) => atController.update(part))
        socket.on('end', () => void send(socket))
      }
      async function send(socket: Socket): Promise<void> {
        for (let at = 0; at < size; at += piece.length) if (!socket.write(piece)) await once(socket, 'drain')
        socket.end()
      }
      const { run, port } = await forward(stage, 'vendor', to())
      const socket = await dial(port)
      const before = process.memoryUsage().rss
      let most = before
      const atClient = createHash('sha256')
      let came = 0
      socket.on('data', (part: Buffer) => {
        atClient.update(part)
        came += part.length
        most = Math.max(most, process.memoryUsage().rss)
      })
      const ended = once(socket, 'end')
      await send(socket)
      await ended
      expect(came).toBe(size)
      expect([atController.digest('hex'), atClient.digest('hex')]).toEqual([digest, digest])
      expect(most - before).toBeLessThan(200 << 20)
      run.child.kill()
      await run.ended
      await stage.quiet()
      const recorded = await recordedDigests(await lastSession())
      expect(recorded).toEqual({ in: digest, out: digest })
    },
  )

  async function recordedDigests(session: string): Promise<{ in: string; out: string }> {
    const { in: typed, out } = await readRecorded(stage.stage, session)
    const of = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')
    return { in: of(typed), out: of(out) }
  }

  it('ends with the access, and no further one is opened', async () => {
    serve = echo
    const { run, port } = await forward(stage, 'vendor', to())
    const socket = await dial(port)
    socket.write('hello')
    await once(socket, 'data')
    socket.on('error', () => undefined)
    const gone = Promise.race([once(socket, 'end'), once(socket, 'close')])
    const session = await lastSession()
    const [started] = await stage.evidence({ types: ['session.started'], session })
    await (
      await stage.api('approver')
    ).ok('POST', `/grants/${String(started?.data['grant'])}/revoke`, { reason: 'done' })
    await gone
    await run.ended
    await eventually('the controller is let go', () => controller.connections.size === 0)
    const again = await runSsh(await stage.sshLogin('vendor'), { logLevel: 'INFO', options: ['-W', to()] })
    expect(again.stderr).toMatch(/access refused/)
  })

  it('ends when its window ends, by the clock, and its connection with it', async () => {
    serve = echo
    const at = stage.clock.now()
    const { window } = await stage.grant('hist-1', { protocol: 'tcp', window: { from: at, until: at + 600_000 } })
    const { run, port } = await forward(stage, 'vendor', to())
    const socket = await dial(port)
    socket.on('error', () => undefined)
    socket.write('hello')
    await once(socket, 'data')
    const gone = Promise.race([once(socket, 'end'), once(socket, 'close')])
    const session = await lastSession()
    // It drains: warned first, then only heard, then closed at its hard limit.
    stage.clock.advance(window.until - stage.clock.now() + 1_000)
    socket.write('too late')
    const [degraded] = await eventually('its input is stopped', async () => {
      const found = await stage.evidence({ types: ['session.degraded'], session })
      return found.length > 0 ? found : null
    })
    expect(degraded).toBeDefined()
    stage.clock.advance(600_000)
    await gone
    await run.ended
    expect(run.shown()).toMatch(/hist-1: the session ended because the access window ended/)
    await stage.quiet()
    expect(controller.connections.size).toBe(0)
    const [ended] = await stage.evidence({ types: ['session.ended'], session })
    expect(ended?.data).toMatchObject({ reason: 'expired' })
  })

  it('brings nothing of a tool that has left while input was stopped, when input comes back', async () => {
    const got: Buffer[] = []
    serve = (socket) => {
      echo(socket)
      socket.on('data', (part: Buffer) => got.push(part))
    }
    const at = stage.clock.now()
    const { id, window } = await stage.grant('hist-1', { protocol: 'tcp', window: { from: at, until: at + 600_000 } })
    const { run, port } = await forward(stage, 'vendor', to())
    const socket = await dial(port)
    socket.write('hello')
    await once(socket, 'data')
    const session = await lastSession()
    const happens = (type: string) =>
      eventually(`it is ${type}`, async () => (await stage.evidence({ types: [type], session })).length > 0)
    stage.clock.advance(window.until - stage.clock.now() + 1_000)
    await happens('session.degraded')
    socket.write('switch on')
    socket.destroy()
    // Refused while input is stopped, and answered in order: the second one was asked for when the client had seen the end.
    for (let asked = 0; asked < 2; asked++) expect((await hear(await dial(port))).length).toBe(0)
    const until = window.until + 600_000
    await (await stage.api('approver')).ok('POST', `/grants/${id}/extend`, { until, comment: 'needs longer' })
    await happens('session.restored')
    await eventually('the controller is let go', () => controller.connections.size === 0)
    expect(Buffer.concat(got).toString()).toBe('hello')
    // The session goes on, for tools that are there.
    const next = await dial(port)
    next.write('and on')
    await eventually('the next one is heard', () => Buffer.concat(got).toString() === 'helloand on')
    run.child.kill()
    await run.ended
    await stage.quiet()
    const { frames, in: recorded } = await readRecorded(stage.stage, session)
    expect(recorded.toString()).toBe('hello')
    expect(frames.slice(-2)).toMatchObject([
      { kind: 'event', event: { cut: 'the client left while input was stopped' } },
      { kind: 'close' },
    ])
    stage.clock.advance(until - stage.clock.now() + 1_000)
  })

  it('keeps each place it was asked for as evidence, once', async () => {
    const shared = await shareConnection(await stage.sshLogin('vendor'))
    const before = (await stage.evidence({ types: ['session.feature_refused'] })).length
    const login = await stage.sshLogin('vendor')
    for (const where of ['10.0.0.1:22', '10.0.0.2:22', '10.0.0.1:22'])
      expect((await runSsh(login, { options: [...shared.options, '-W', where] })).exit).not.toBe(0)
    shared.master.child.kill()
    await shared.master.ended
    const details = await eventually('both are kept', async () => {
      const found = (await stage.evidence({ types: ['session.feature_refused'] })).slice(before)
      return found.length >= 2 ? found : null
    })
    expect(details).toHaveLength(2)
    expect(details.map(({ data, meaning }) => meaning[String(data['detail'])])).toEqual(['10.0.0.1:22', '10.0.0.2:22'])
  })

  it('is no way for who may only observe', async () => {
    await stage.grant('hist-1', { protocol: 'tcp', operationClass: 'observe' })
    const run = await runSsh(await stage.sshLogin('vendor'), { logLevel: 'INFO', options: ['-W', to()] })
    expect(run.stderr).toMatch(/nobody can tell looking from doing in a tunnel/)
  })
})

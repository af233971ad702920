// A target that takes the connection and then says nothing: the user waits, and is told all the same when the plant ends
// it, or when they leave.

import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { once } from 'node:events'
import ssh2, { type ClientChannel } from 'ssh2'
import { afterAll, beforeAll, expect, it } from 'vitest'

import { describeWith } from '../support/describe-with.ts'
import { eventually } from '../support/eventually.ts'
import { stageGateway, type GatewayStage } from '../support/gateway-stage.ts'
import { enter, exec } from '../support/library-client.ts'
import { openSsh, runSsh } from '../support/ssh-session.ts'

describeWith(['ssh', 'sshd', 'ssh-keygen'], 'a session whose target is silent', () => {
  let stage: GatewayStage
  let silent: Server
  const sockets = new Set<Socket>()

  beforeAll(async () => {
    silent = createServer((socket) => {
      sockets.add(socket)
      socket.on('error', () => socket.destroy())
    })
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    const { port } = silent.address() as AddressInfo
    stage = await stageGateway({
      targets: ['ews-1', 'hist-1'],
      spoil: async (place) => (place.asset === 'hist-1' ? { ...place, port } : place),
    })
    for (const login of ['vendor', 'approver', 'auditor']) await stage.api(login)
  })
  afterAll(async () => {
    await stage.stop()
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => silent.close(resolve))
  })

  const dialling = (count: number) => eventually('the gateway dials', async () => (sockets.size >= count ? true : null))

  it('tells the user why it ended', async () => {
    const login = await stage.sshLogin('vendor%hist-1')
    const grant = await stage.grant('hist-1')
    const run = await openSsh(login, { command: 'true' })
    await dialling(1)
    const approver = await stage.api('approver')
    await approver.ok('POST', `/grants/${grant.id}/revoke`, { reason: 'the historian is being moved' })
    expect((await run.ended).exit).toBe(255)
    expect(run.stderr()).toContain('the access was revoked: the historian is being moved')
    const ended = await eventually(
      'the session is sealed',
      async () => (await stage.evidence({ types: ['session.ended'] })).at(-1) ?? null,
    )
    expect(ended.data['reason']).toBe('revoked')
  })

  it('ends when the user leaves, and the gateway serves on', async () => {
    const login = await stage.sshLogin('vendor%hist-1')
    await stage.grant('hist-1')
    const before = sockets.size
    const run = await openSsh(login, { command: 'true' })
    await dialling(before + 1)
    run.child.kill('SIGKILL')
    await run.ended
    await eventually('the session is sealed', async () => {
      const [ended] = (await stage.evidence({ types: ['session.ended'] })).slice(-1)
      return ended?.data['reason'] === 'client' ? true : null
    })
    const next = await stage.sshLogin('vendor%ews-1')
    await stage.grant('ews-1')
    expect((await runSsh(next, { command: 'echo on' })).stdout.toString()).toBe('on\n')
  })

  it('gives the target up at once, also where the connection stays for what else is on it', async () => {
    const grant = await stage.grant('hist-1')
    await stage.grant('ews-1')
    const username = 'vendor%hist-1'
    const { port } = stage.gateway.ssh
    const entry = await enter({ ...(await stage.sshLogin(username, 'password')), username, port })
    if (entry.kind === 'refused') throw new Error(entry.text)
    const { client: outer } = entry
    const stream = await new Promise<ClientChannel>((resolve, reject) =>
      outer.forwardOut('127.0.0.1', 0, 'ews-1', 22, (error, opened) => (error ? reject(error) : resolve(opened))),
    )
    const inner = new ssh2.Client()
    inner.on('error', () => undefined)
    const ready = once(inner, 'ready')
    inner.connect({ sock: stream, username: 'vendor', authHandler: [{ type: 'none', username: 'vendor' }] })
    await ready
    expect(await exec(inner, 'echo before')).toMatchObject({ stdout: 'before\n' })

    const unreached = async () => (await stage.log()).split('\n').filter((line) => line.includes('Target not reached'))
    const [before, known] = [sockets.size, (await unreached()).length]
    const ran = exec(outer, 'true')
    await dialling(before + 1)
    const dialled = [...sockets].at(-1)?.resume()
    const approver = await stage.api('approver')
    await approver.ok('POST', `/grants/${grant.id}/revoke`, { reason: 'the historian is being moved' })
    expect(await ran).toMatchObject({ exit: 255, stderr: expect.stringContaining('the historian is being moved') })
    await eventually('nobody dials for it any more', () => dialled?.destroyed === true)
    // Not because it waited for the target as long as it would have.
    const why = await eventually('the log says why', async () => (await unreached())[known] ?? null)
    expect(why).toContain('"reason":"client"')

    expect(await exec(inner, 'echo on')).toMatchObject({ stdout: 'on\n' })
    outer.destroy()
    await stage.quiet()
  })
})

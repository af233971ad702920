// A target that takes the connection and then says nothing: the user waits, and is told all the same when the plant ends
// it, or when they leave.

import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'

import { describeWith } from '../support/describe-with.ts'
import { eventually } from '../support/eventually.ts'
import { stageGateway, type GatewayStage } from '../support/gateway-stage.ts'
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
})

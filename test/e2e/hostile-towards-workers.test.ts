// What strangers, clients and a worker that stands still can do to the others where workers carry the sessions: nothing.

import { connect, type Socket } from 'node:net'

import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'

import { enter, exec } from '../support/library-client.ts'
import { describeWith } from '../support/describe-with.ts'
import { eventually } from '../support/eventually.ts'
import { stageGateway, type GatewayStage } from '../support/gateway-stage.ts'
import { workersOf } from '../support/worker-processes.ts'

describeWith(['ssh', 'sshd', 'ssh-keygen'], 'a gateway with one worker', () => {
  let stage: GatewayStage

  beforeAll(async () => {
    stage = await stageGateway({ overrides: { 'ssh.workers': 1, 'ssh.loginGraceSeconds': 8 } })
    await stage.grant('ews-1')
    await stage.api('auditor')
  })
  afterAll(() => stage.stop())

  const workers = () => workersOf(stage.gateway.pid)
  const worker = () => eventually('the worker serves', async () => (await workers())[0] ?? null)

  function stranger(): Socket {
    const { port } = stage.gateway.ssh
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => undefined)
    onTestFinished(() => void socket.destroy())
    return socket
  }
  const closed = (socket: Socket): Promise<true> =>
    new Promise((resolve) => (socket.destroyed ? resolve(true) : socket.resume().once('close', () => resolve(true))))

  it('counts whoever is too slow to log in once', async () => {
    await closed(stranger())
    await stage.gateway.stop()
    await stage.restart()
    const counted = await stage.evidence({ types: ['auth.strangers_refused'] })
    expect(counted.map(({ data }) => [data['because'], data['count']])).toEqual([['too-slow', 1]])
  })

  it('carries on whatever fits in a packet', { timeout: 60_000 }, async () => {
    const pid = await worker()
    const password = stage.person('vendor').password.expose()
    const { port } = stage.gateway.ssh
    const long = 'x'.repeat(200_000)
    const login = { port, username: 'vendor%ews-1', password, code: stage.code('vendor') }
    for (const strange of [{ username: long }, { password: long }, { code: long }])
      expect(await enter({ ...login, ...strange })).toMatchObject({ kind: 'refused' })

    const entered = await enter({ ...login, code: stage.code('vendor') })
    if (entered.kind !== 'in') throw new Error(entered.text)
    const { client } = entered
    onTestFinished(() => void client.end())
    const refused = (step: (done: (error?: Error) => void) => void) =>
      new Promise((resolve) => step((error) => resolve(error === undefined ? 'done' : 'refused')))
    await refused((done) => client.subsys(long, done))
    expect(await refused((done) => client.forwardOut('127.0.0.1', 1, long, 0xffff_ffff, done))).toBe('refused')
    expect(await refused((done) => client.forwardIn(long, 1, done))).toBe('refused')
    expect(await refused((done) => client.openssh_forwardOutStreamLocal(long, done))).toBe('refused')
    await exec(client, `true ${long.slice(0, 100_000)}`)
    expect(await exec(client, 'echo still here')).toMatchObject({ stdout: 'still here\n' })
    expect(await workers()).toEqual([pid])
  })

  it('closes what a worker that dies was still to be handed', { timeout: 60_000 }, async () => {
    const pid = await worker()
    process.kill(pid, 'SIGSTOP')
    const waiting = [stranger(), stranger(), stranger()]
    await Promise.all(waiting.map((socket) => new Promise((resolve) => socket.once('connect', resolve))))
    // Each is handed on, or waits its turn.
    const log = await stage.log()
    expect(log).not.toContain('Worker died')
    await new Promise((resolve) => setImmediate(resolve))
    process.kill(pid, 'SIGKILL')
    expect(await Promise.all(waiting.map(closed))).toEqual([true, true, true])
    expect(await worker()).not.toBe(pid)
  })
})

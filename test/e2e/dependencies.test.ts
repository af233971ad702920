// What access leans on goes away and comes back: it is seen, kept and told; no new session begins where the bundle says so,
// and the one that lives goes on.

import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { join } from 'node:path'

import { afterAll, beforeAll, expect, it } from 'vitest'

import { send } from '../../gateway/demo/api-visitor.ts'
import type { HealthView, ReadyView } from '../../gateway/contract/views.ts'
import { describeWith } from '../support/describe-with.ts'
import { eventually } from '../support/eventually.ts'
import { stageGateway, type GatewayStage } from '../support/gateway-stage.ts'
import { openSsh, runSsh } from '../support/ssh-session.ts'

/** This machine, at an address no asset of the demo bundle has: what is a target is not looked at. */
const address = '127.9.9.9'

describeWith(['ssh', 'sshd', 'ssh-keygen', 'script'], 'what access leans on', () => {
  let stage: GatewayStage
  let service: Server
  let port = 0

  async function listen(at: number): Promise<void> {
    service = createServer((socket) => {
      socket.on('error', () => undefined)
      socket.end()
    })
    service.listen(at, address)
    await once(service, 'listening')
    port = (service.address() as AddressInfo).port
  }
  async function leave(): Promise<void> {
    service.close()
    await once(service, 'close')
  }

  beforeAll(async () => {
    await listen(0)
    const scope = await readFile(join(import.meta.dirname, '../../gateway/demo/bundle/scope.yaml'), 'utf8')
    const entry = [
      'dependencies:',
      '  - id: directory',
      '    name: Directory of the plant',
      '    kind: identity',
      '    owner: Plant IT of plant North',
      '    inScope: true',
      '    plants: [north]',
      `    watch: { connect: '${address}:${port}', everySeconds: 10, timeoutSeconds: 5 }`,
      '    failures: 2',
      '    whenDown: { effect: deny-new }',
    ].join('\n')
    if (!scope.includes('\ndependencies:\n')) throw new Error('the demo bundle declares no dependencies')
    const files = { 'scope.yaml': scope.replace('\ndependencies:\n', `\n${entry}\n`) }
    stage = await stageGateway({ files })
    for (const login of ['vendor', 'approver', 'auditor']) await stage.api(login)
  })
  afterAll(async () => {
    await stage.stop()
    service.close()
  })

  const health = async (login = 'approver'): Promise<HealthView> =>
    (await stage.api(login)).ok<HealthView>('GET', '/health')
  /** Time goes on until the directory is seen so. */
  const until = (state: string): Promise<HealthView> =>
    eventually(`the directory is ${state}`, async () => {
      const seen = await health()
      const directory = seen.dependencies.find(({ id }) => id === 'directory')
      if (directory?.state === state) return seen
      stage.clock.advance(5_000)
      return null
    })
  const ready = async (): Promise<{ readonly status: number; readonly body: ReadyView }> => {
    const gateway = { port: stage.gateway.https.port, ca: stage.stage.pki.contents['ca.pem'] }
    const answer = await send<ReadyView>(gateway, { method: 'GET', path: '/readyz' })
    return { status: answer.status, body: answer.json() }
  }

  it('is seen to go and to come back, and only new sessions wait for it', async () => {
    expect((await until('available')).newSessions).toBe('open')
    await stage.grant('ews-1')
    const run = await openSsh(await stage.sshLogin('vendor%ews-1'), { terminal: { cols: 100, rows: 30 } })
    run.write('echo u""p\r\n')
    await run.sees('up')

    await leave()
    const down = await until('degraded')
    expect(down.newSessions).toBe('some')
    expect(down.dependencies[0]).toMatchObject({
      id: 'directory',
      owner: 'Plant IT of plant North',
      problem: 'cannot be connected to (ECONNREFUSED)',
      means: ['No new session begins.', 'Living sessions go on as they began.'],
    })
    expect(await ready()).toEqual({
      status: 200,
      body: { ok: true, newSessions: 'some', degraded: { parts: 0, dependencies: 1 } },
    })

    const refused = await runSsh(await stage.sshLogin('vendor%ews-1'), { command: 'true' })
    expect(refused.exit).not.toBe(0)
    expect(refused.stderr.toString()).toContain('`directory` (Directory of the plant) does not work')
    run.write('echo st""ill\r\n')
    await run.sees('still')
    run.write('exit\r\n')
    expect((await run.ended).exit).toBe(0)

    const [changed] = await stage.evidence({ types: ['dependency.state_changed'] })
    expect(changed?.data).toMatchObject({ dependency: 'directory', to: 'degraded', effect: 'deny-new', living: false })
    const denied = (await stage.evidence({ types: ['policy.decision'] })).findLast(
      ({ data }) => data['outcome'] === 'deny',
    )
    expect(denied?.data).toMatchObject({ rules: ['dependency-down'], unavailable: ['directory'] })

    await listen(port)
    expect((await until('available')).newSessions).toBe('open')
    const again = await runSsh(await stage.sshLogin('vendor%ews-1'), { command: 'true' })
    expect(again.exit).toBe(0)
    await stage.quiet()
  })

  it('is shown to a supplier without addresses, problems and figures', async () => {
    const { parts, dependencies } = await health('vendor')
    expect(parts.map(({ text }) => text)).toEqual([null, null, null, null])
    const directory = dependencies.find(({ id }) => id === 'directory')
    expect(directory).toMatchObject({ name: 'Directory of the plant', watch: null, problem: null, day: null })
  })
})

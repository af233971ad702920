// Coming along with a session and ending one, as people of the plant type it, against a real gateway.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { afterAll, beforeAll, expect, it } from 'vitest'

import type { SessionView } from '../../../gateway/contract/views.ts'
import { describeWith } from '../../support/describe-with.ts'
import { eventually } from '../../support/eventually.ts'
import { stageGateway, type GatewayStage } from '../../support/gateway-stage.ts'
import { openSsh } from '../../support/ssh-session.ts'
import { sallyport, sallyportProcess, type Run } from './run-sallyport.ts'

const terminal = { cols: 80, rows: 24 }

describeWith(['ssh', 'sshd', 'ssh-keygen', 'script'], 'sallyport escort and kill', () => {
  let stage: GatewayStage

  beforeAll(async () => {
    stage = await stageGateway({
      targets: ['hmi-3', 'hist-1'],
      spoil: async (place) => (place.asset === 'hist-1' ? { ...place, expiry: { 'confirm-safe-state': 10 } } : place),
    })
    for (const login of ['vendor', 'approver', 'escort', 'safety']) {
      const file = join(stage.folder, `${login}.password`)
      writeFileSync(file, `${stage.person(login).password.expose()}\n`, { mode: 0o600 })
      const url = `https://localhost:${stage.gateway.https.port}`
      const trust = ['--url', url, '--ca', stage.stage.pki.paths['ca.pem']]
      const who = ['--user', login, '--password-file', file, '--code', stage.code(login)]
      const { status, stderr } = await sallyport(['login', ...trust, ...who], { env: envOf(login) })
      if (status !== 0) throw new Error(stderr)
    }
    for (const asset of ['hmi-3', 'hist-1']) await stage.grant(asset)
  })
  afterAll(() => stage.stop())

  const envOf = (login: string) => ({ XDG_STATE_HOME: join(stage.folder, `state-${login}`) })
  const as = (login: string, ...args: string[]): Promise<Run> => sallyport(args, { env: envOf(login) })

  async function live(state: SessionView['state']): Promise<SessionView> {
    return eventually(`a session is ${state}`, async () => {
      const { stdout } = await as('approver', 'sessions', '--json')
      const { items } = JSON.parse(stdout) as { items: SessionView[] }
      return items.find((session) => session.state === state) ?? null
    })
  }

  it('escort begins a session that waits, keeps it going, and stops its input on Ctrl-C', async () => {
    const client = await openSsh(await stage.sshLogin('vendor%hmi-3'), { terminal })
    await client.sees('waiting for an escort of the plant')
    const { id } = await live('waiting')
    client.write('echo ea""rly\r\n')
    expect(await as('vendor', 'escort', id)).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('needs an escort'),
    })

    const escorting = (async () => {
      await live('active')
      client.write('echo u""p\r\n')
      await client.sees('up')
      return 'SIGINT' as const
    })()
    const done = await sallyportProcess(['escort', id], { env: envOf('escort'), signalAfter: escorting })
    expect(done).toMatchObject({ status: 0, stdout: expect.stringContaining('You no longer escort') })
    await client.sees('your escort has left')
    expect((await live('paused')).id).toBe(id)
    expect(client.shown()).not.toContain('early')

    // Near a safety system it is closed the way its asset declares, unless who answers for safety says otherwise.
    const kill = ['kill', id, '--reason', 'that will do'] as const
    const held = await as('approver', ...kill)
    expect(held).toMatchObject({ status: 0, stdout: expect.stringContaining(`Held for safety, ${id}`) })
    expect((await as('approver', ...kill, '--override')).status).toBe(1)
    const killed = await as('safety', ...kill, '--override')
    expect(killed).toMatchObject({ status: 0, stdout: expect.stringContaining(`Ended ${id}`) })
    expect((await client.ended).exit).toBe(255)
    expect(client.shown()).toContain('the session was ended by the plant: that will do')
    const late = await as('escort', 'escort', id)
    expect(late).toMatchObject({ status: 1, stdout: '' })
    await stage.quiet()
  })

  it('kill is refused where the process may need its hand, and works when it is insisted', async () => {
    const client = await openSsh(await stage.sshLogin('vendor%hist-1'), { terminal })
    const { id } = await live('active')
    const asked = await as('approver', 'kill', id, '--reason', 'stop')
    expect(asked).toMatchObject({ status: 1, stdout: '', stderr: expect.stringContaining('safe state') })
    expect(client.child.exitCode).toBeNull()
    expect(await as('approver', 'kill', id, '--reason', 'stop', '--insist')).toMatchObject({ status: 0 })
    expect((await client.ended).exit).toBe(255)
    const again = await as('approver', 'kill', id, '--reason', 'stop', '--insist')
    expect(again).toMatchObject({ status: 1, stderr: expect.stringContaining('has ended already') })
    await stage.quiet()
  })
})

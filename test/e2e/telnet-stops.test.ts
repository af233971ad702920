// Input that is stopped on a target that speaks telnet: by the terms of a grant, at the end of a window, and at rest. The same
// as over SSH, though the line is another one: nothing typed reaches the target, what it shows still comes. And sessions
// that are over because their target is declared elsewhere.

import type { Socket } from 'node:net'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'

import { activate, enrolKeepers, redeclared } from '../support/bundle-change.ts'
import { describeWith } from '../support/describe-with.ts'
import { eventually } from '../support/eventually.ts'
import type { GatewayStage } from '../support/gateway-stage.ts'
import { readRecorded } from '../support/recorded.ts'
import { openSsh } from '../support/ssh-session.ts'
import { stageTelnet } from '../support/telnet-stage.ts'
import { startController, type Controller } from '../support/tunnel-stage.ts'

const minute = 60_000

const lockedAtRest = `
@id("panel-is-locked-at-rest")
@text("A panel nobody types at is locked.")
@control("GW-ACC-01")
@duty
@obligation("idle-lock:30")
permit (principal, action, resource == Asset::"ews-1");
`
const terminal = { cols: 100, rows: 30 }

describeWith(['ssh', 'script'], 'input to a target that speaks telnet', () => {
  let stage: GatewayStage
  let target: Controller
  /** Of an asset whose sessions are locked at rest. */
  let resting: Controller
  let line: Socket | null = null
  /** What reached the target once somebody was logged in. */
  let typed = ''

  /** Asks for name and password, then shows a prompt and says nothing of itself. */
  function serve(socket: Socket): void {
    const says = ['Password: ', 'plc-7> ']
    line = socket
    socket.once('end', () => socket.end())
    socket.write('login: ')
    socket.on('data', (part: Buffer) => {
      const next = says.shift()
      if (next === undefined) typed += part.toString('latin1')
      else socket.write(next)
    })
  }

  beforeAll(async () => {
    target = await startController(serve)
    resting = await startController(serve)
    stage = await stageTelnet({ ports: { 'hist-1': target.port, 'ews-1': resting.port }, policies: lockedAtRest })
    await enrolKeepers(stage)
    for (const login of ['vendor', 'approver', 'engineer', 'auditor']) await stage.api(login)
  })
  beforeEach(() => {
    typed = ''
    line = null
  })
  afterAll(async () => {
    await stage.stop()
    await Promise.all([target.stop(), resting.stop()])
  })

  const lastSession = async (): Promise<string> =>
    String((await stage.evidence({ types: ['session.started'] })).at(-1)?.data['session'])
  const reasonOf = (session: string) =>
    eventually(
      'the end is written',
      async () => (await stage.evidence({ types: ['session.ended'], session })).at(-1)?.data['reason'] ?? null,
    )

  it('is stopped by a grant to observe: the target is seen, and takes nothing', async () => {
    await stage.grant('hist-1', { protocol: 'telnet', operationClass: 'observe', by: 'engineer' })
    const run = await openSsh(await stage.sshLogin('engineer%hist-1', 'password'), { terminal })
    await run.sees('what you type does not reach the target')
    // The gateway logs in, as over SSH: what the target shows is what may be looked at.
    await run.sees('plc-7> ')
    run.write('reboot\r')
    line?.write('warning A0501\r\n')
    await run.sees('warning A0501')
    expect(typed).toBe('')
    line?.end()
    await run.ended
    expect(typed).toBe('')
    await stage.quiet()
  })

  it('is stopped when the window is over, and the session is closed at its hard limit', async () => {
    const login = await stage.sshLogin('vendor%hist-1')
    const from = stage.clock.now()
    const grant = await stage.grant('hist-1', { protocol: 'telnet', window: { from, until: from + 5 * minute } })
    const run = await openSsh(login, { terminal })
    await run.sees('plc-7> ')
    stage.clock.advance(grant.window.until - stage.clock.now() + 1_000)
    await run.sees('the access window is over')
    run.write('lost\r')
    line?.write('still shown\r\n')
    await run.sees('still shown')
    expect(typed).toBe('')
    stage.clock.advance(10 * minute)
    expect((await run.ended).exit).toBe(255)
    expect(await reasonOf(await lastSession())).toBe('expired')
    await eventually('its connection is closed', () => target.connections.size === 0)
    expect(typed).toBe('')
  })

  it('is stopped at rest: the terminal is locked, shows nothing, and is unlocked by a code', async () => {
    await stage.grant('ews-1', { protocol: 'telnet' })
    const run = await openSsh(await stage.sshLogin('vendor%ews-1'), { terminal })
    await run.sees('plc-7> ')
    run.write('before\r')
    await eventually('it is typed', () => typed.includes('before'))
    stage.clock.advance(30 * minute)
    await run.sees('locked, because nothing was typed for a while')
    line?.write('warning A0502\r\n')
    run.write('reboot\r')
    await run.sees('not this one')
    expect(run.shown()).not.toContain('A0502')
    expect(typed).not.toContain('reboot')
    run.write(`${stage.code('vendor')}\r`)
    await run.sees('warning A0502')
    run.write('after\r')
    await eventually('it is typed again', () => typed.includes('after'))
    expect(typed).not.toContain('reboot')
    line?.end()
    await run.ended
    await stage.quiet()
    const session = await lastSession()
    const about = (await stage.evidence({ session })).map(({ type }) => type).filter((type) => /idle|lock/.test(type))
    expect(about).toEqual(['session.idle_locked', 'session.unlocked'])
    const { in: recorded } = await readRecorded(stage.stage, session)
    expect(recorded.toString()).not.toContain('reboot')
  })

  it('is over where the plant declares another address: nobody shows who answers at the old one', async () => {
    await stage.grant('hist-1', { protocol: 'telnet' })
    const run = await openSsh(await stage.sshLogin('vendor%hist-1'), { terminal })
    await run.sees('plc-7> ')
    const session = await lastSession()
    await activate(stage, redeclared('hist-1', 'host', '127.0.0.2'))
    expect((await run.ended).exit).toBe(255)
    expect(run.shown()).toContain('the plant declares another address for its target')
    expect(await reasonOf(session)).toBe('policy-changed')
    await eventually('its connection is closed', () => target.connections.size === 0)
  })
})

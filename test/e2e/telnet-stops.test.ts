// Input that is stopped on a target that speaks telnet: by the terms of a grant, and at the end of a window. The same
// as over SSH, though the line is another one: nothing typed reaches the target, what it shows still comes.

import type { Socket } from 'node:net'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'

import { describeWith } from '../support/describe-with.ts'
import { eventually } from '../support/eventually.ts'
import type { GatewayStage } from '../support/gateway-stage.ts'
import { openSsh } from '../support/ssh-session.ts'
import { stageTelnet } from '../support/telnet-stage.ts'
import { startController, type Controller } from '../support/tunnel-stage.ts'

const minute = 60_000
const terminal = { cols: 100, rows: 30 }

describeWith(['ssh', 'script'], 'input to a target that speaks telnet', () => {
  let stage: GatewayStage
  let target: Controller
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
    stage = await stageTelnet({ ports: { 'hist-1': target.port, 'ews-1': 1 } })
    for (const login of ['vendor', 'approver', 'engineer', 'auditor']) await stage.api(login)
  })
  beforeEach(() => {
    typed = ''
    line = null
  })
  afterAll(async () => {
    await stage.stop()
    await target.stop()
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
})

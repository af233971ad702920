// Whoever is taken off while a client runs: the client ends soon, with the reason on its terminal, coming back is blocked
// and is evidence, and the gateway's own machine can do it without the API.

import { join } from 'node:path'

import { afterAll, beforeAll, expect, it } from 'vitest'

import type { RevokedView, SuspendedView, SuspensionView } from '../../gateway/contract/standing-views.ts'
import { describeWith } from '../support/describe-with.ts'
import { eventually } from '../support/eventually.ts'
import { stageGateway, type GatewayStage } from '../support/gateway-stage.ts'
import { openSsh, runSsh } from '../support/ssh-session.ts'
import { sallyport } from '../gateway/cli/run-sallyport.ts'

describeWith(['ssh', 'sshd', 'ssh-keygen', 'script'], 'who is taken off', () => {
  let stage: GatewayStage

  beforeAll(async () => {
    stage = await stageGateway()
    const plain = { supplier: null, plants: [] }
    await stage.enrol({ ...plain, login: 'chief', displayName: 'Administrator', roles: ['admin'] })
    await stage.enrol({ ...plain, login: 'isms', displayName: 'ISMS manager', roles: ['isms-manager'] })
    for (const login of ['vendor', 'approver', 'auditor', 'chief', 'isms']) await stage.api(login)
  })
  afterAll(() => stage.stop())

  async function open() {
    const login = await stage.sshLogin('vendor%ews-1')
    const grant = await stage.grant('ews-1')
    const run = await openSsh(login, { terminal: { cols: 100, rows: 30 } })
    run.write('echo u""p\r\n')
    await run.sees('up')
    return { run, grant }
  }
  const lastOf = (type: string) =>
    eventually(`there is a ${type}`, async () => (await stage.evidence({ types: [type] })).at(-1) ?? null)

  it('ends at once, is told why, and does not come back before another person lifts it', async () => {
    const { run } = await open()
    const api = await stage.api('chief')
    const target = { kind: 'supplier', id: 'acme-drives' }
    const done = await api.ok<SuspendedView>('POST', '/suspensions', { target, reason: 'their laptop was stolen' })
    expect(done.ended.sessions).toHaveLength(1)
    expect((await run.ended).exit).toBe(255)
    expect(run.shown()).toContain('their laptop was stolen')
    await stage.quiet()

    const back = await runSsh(await stage.sshLogin('vendor%ews-1'), { command: 'true' })
    expect(back.exit).not.toBe(0)
    expect(back.stderr.toString()).toContain('suspended')
    expect((await lastOf('session.reconnect_blocked')).data).toMatchObject({
      suspension: done.suspension.id,
      asset: 'ews-1',
      supplier: 'acme-drives',
    })
    const lift = `/suspensions/${done.suspension.id}/lift`
    await (await stage.api('isms')).ok<SuspensionView>('POST', lift, { reason: 'found' })
    const again = await open()
    again.run.write('exit\r\n')
    expect((await again.run.ended).exit).toBe(0)
    await stage.quiet()
  })

  it('ends also from the gateway’s own machine, without the API', async () => {
    const { run, grant } = await open()
    const config = join(stage.folder, 'sallyport.yaml')
    const args = [
      'revoke',
      'plant:north',
      '--reason',
      'smoke in hall 2',
      '--local',
      '--as',
      'chief',
      '--config',
      config,
    ]
    const { status, stdout, stderr } = await sallyport(args)
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout).toContain('and 1 session\n')
    expect((await run.ended).exit).toBe(255)
    expect(run.shown()).toContain('smoke in hall 2')
    const { data } = await lastOf('access.revoked')
    expect(data).toMatchObject({ via: 'local', target: { kind: 'plant', id: 'north' } })
    expect(data['grants']).toContain(grant.id)
    await stage.quiet()
  })

  it('ends with everything in the zone, and may ask again at once', async () => {
    const { run } = await open()
    const body = { target: { kind: 'zone', id: 'north-operations' }, reason: 'line 1 starts' }
    const done = await (await stage.api('approver')).ok<RevokedView>('POST', '/revocations', body)
    expect(done.ended.sessions).toHaveLength(1)
    expect((await run.ended).exit).toBe(255)
    await stage.quiet()
    const { run: next } = await open()
    next.write('exit\r\n')
    expect((await next.ended).exit).toBe(0)
  })
})

// Doors and key switches, and what works, as they are typed: the secret is made on the gateway's machine, a report is signed
// with it as docs/physical.md says, and people of the plant read what is known.

import { createHmac } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { send } from '../../../gateway/demo/api-visitor.ts'
import type { HealthView } from '../../../gateway/contract/views.ts'
import { eventually } from '../../support/eventually.ts'
import { stageGateway, type GatewayStage } from '../../support/gateway-stage.ts'
import { sallyport, type Run } from './run-sallyport.ts'

let stage: GatewayStage

const as = (login: string, ...args: string[]): Promise<Run> =>
  sallyport(args, { env: { XDG_STATE_HOME: join(stage.folder, `state-${login}`) } })

async function said(login: string, ...args: string[]): Promise<string> {
  const { status, stdout, stderr } = await as(login, ...args)
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  return stdout
}

beforeAll(async () => {
  stage = await stageGateway({ targets: [], logLevel: 'error' })
  for (const login of ['approver', 'vendor']) {
    const file = join(stage.folder, `${login}.password`)
    writeFileSync(file, `${stage.person(login).password.expose()}\n`, { mode: 0o600 })
    const url = `https://localhost:${stage.gateway.https.port}`
    const where = ['--url', url, '--ca', stage.stage.pki.paths['ca.pem']]
    await said(login, 'login', ...where, '--user', login, '--password-file', file, '--code', stage.code(login))
  }
})
afterAll(() => stage.stop())

/** As the shell of docs/physical.md does it. */
async function report(source: string, secret: string, state: string, id: string) {
  const now = stage.clock.now()
  const body = JSON.stringify({ type: 'physical.state', timestamp: new Date(now).toISOString(), data: { state } })
  const at = Math.floor(now / 1_000)
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64')
  const signature = createHmac('sha256', key).update(`${id}.${at}.${body}`).digest('base64')
  const gateway = { port: stage.gateway.https.port, ca: stage.stage.pki.contents['ca.pem'] }
  const headers = {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': String(at),
    'webhook-signature': `v1,${signature}`,
  }
  const path = `/api/v1/physical/${source}/reports`
  const answer = await send<{ readonly outcome?: string }>(gateway, { method: 'POST', path, headers, body })
  return { status: answer.status, outcome: answer.json().outcome }
}

describe('sallyport physical', () => {
  it('makes the secret of a source, hears what it signs, and lists what it says', async () => {
    const config = ['--config', join(stage.folder, 'sallyport.yaml')]
    const wrong = await as('root', 'physical', 'enrol', '--source', 'no-such-door', ...config)
    expect(wrong).toMatchObject({ status: 1, stderr: expect.stringContaining('declare it in `physicalSources`') })
    expect(await said('approver', 'physical', 'list')).toMatch(/^north-control-door +door +no secret yet/m)

    const made = await said('root', 'physical', 'enrol', '--source', 'north-control-door', ...config)
    const [, secret = ''] = /^secret +(whsec_\S+)$/m.exec(made) ?? []
    expect(await report('north-control-door', secret, 'open', 'acs-1')).toEqual({ status: 202, outcome: 'taken' })
    expect(await report('north-control-door', secret, 'open', 'acs-1')).toEqual({ status: 202, outcome: 'again' })
    expect(await report('north-safety-key', secret, 'on', 'acs-2')).toMatchObject({ status: 401 })
    expect(await said('approver', 'physical', 'list')).toMatch(/^north-control-door +door +open/m)

    const again = await said('root', 'physical', 'enrol', '--source', 'north-control-door', ...config)
    expect(again).toContain('the one before stops working')
    expect(await report('north-control-door', secret, 'closed', 'acs-3')).toMatchObject({ status: 401 })
    // The gateway runs elsewhere, and looks every few seconds.
    await eventually('what was said with the secret before counts no more', async () =>
      /^north-control-door +door +silent/m.test(await said('approver', 'physical', 'list')) ? true : null,
    )
  })

  it('is for people of the plants', async () => {
    const refused = await as('vendor', 'physical', 'list')
    expect(refused.status).not.toBe(0)
    expect(refused.stderr).toContain('people of the plants')
  })
})

describe('sallyport status', () => {
  it('says what works, with figures for people of the plant and without for others', async () => {
    const text = await said('approver', 'status')
    expect(text).toMatch(/^sessions +begin as the rules say$/m)
    expect(text).toMatch(/^disk of recordings +working .*% of the disk is free/m)
    expect(text).toMatch(/^mail-relay +\w+ .*Group IT/m)
    const { health } = JSON.parse(await said('vendor', 'status', '--json')) as { readonly health: HealthView }
    expect(health.parts.map(({ text: figures }) => figures)).toEqual([null, null, null, null])
    expect(health.dependencies.every(({ watch, problem }) => watch === null && problem === null)).toBe(true)
  })
})

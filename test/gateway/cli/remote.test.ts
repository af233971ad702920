// The command line against a real gateway: the way of a request from asking to evidence, as three people type it.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { stageGateway, type GatewayStage } from '../../support/gateway-stage.ts'
import { sallyport, type Run } from './run-sallyport.ts'

let stage: GatewayStage

beforeAll(async () => {
  stage = await stageGateway({ targets: [], logLevel: 'error' })
  for (const login of ['vendor', 'approver', 'auditor']) {
    const file = join(stage.folder, `${login}.password`)
    writeFileSync(file, `${stage.person(login).password.expose()}\n`, { mode: 0o600 })
    const url = `https://localhost:${stage.gateway.https.port}`
    const args = [
      'login',
      '--url',
      url,
      '--ca',
      stage.stage.pki.paths['ca.pem'],
      '--user',
      login,
      '--password-file',
      file,
    ]
    const { status, stderr } = await as(login, ...args, '--code', stage.code(login))
    if (status !== 0) throw new Error(stderr)
  }
})
afterAll(() => stage.stop())

/** Each person has a machine of their own. */
const as = (login: string, ...args: string[]): Promise<Run> =>
  sallyport(args, { env: { XDG_STATE_HOME: join(stage.folder, `state-${login}`) } })

async function json<T>(login: string, ...args: string[]): Promise<T> {
  const { status, stdout, stderr } = await as(login, ...args, '--json')
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  return JSON.parse(stdout) as T
}

describe('sallyport against a gateway', () => {
  it('takes a request from asking to a grant, longer, and ended', async () => {
    const request = await json<{ id: string; state: string }>(
      'vendor',
      'request',
      'ews-1',
      '--for',
      '1h',
      '--purpose',
      'read diagnostics',
    )
    expect(request.state).toBe('submitted')
    const own = await as('vendor', 'approve', request.id, '--yes')
    expect(own.status).toBe(1)
    expect(own.stderr).toMatch(/^sallyport: policy refuses this\n {2}- .*\(rule own-request/)
    const unasked = await as('approver', 'approve', request.id)
    expect(unasked).toMatchObject({ status: 2, stdout: '' })
    const approved = await json<{ state: string; grant: { id: string } }>(
      'approver',
      'approve',
      request.id,
      '--for',
      '30m',
      '--yes',
    )
    expect(approved.state).toBe('approved')
    expect((await as('vendor', 'assets')).stdout).toContain('vendor%ews-1@localhost')
    const { id } = approved.grant
    expect((await as('approver', 'extend', id, '--by', '15m')).stdout).toMatch(/^Extended gra_\w+ by 15m: ends /)
    expect((await as('approver', 'revoke', id, '--reason', 'done')).stdout).toContain(`Revoked ${id}`)
    expect((await as('vendor', 'grants')).stdout).toBe('No grant\n')
    const shown = await as('vendor', 'requests', request.id)
    expect(shown.stdout).toContain('approve by Shift lead, plant North')
  })

  it('shows a denial with its reason to the one who waits', async () => {
    const waiting = as('vendor', 'request', 'hist-1', '--for', '1h', '--purpose', 'trend export', '--wait')
    let open: { items: { id: string }[] } = { items: [] }
    while (open.items.length === 0) open = await json('approver', 'requests', '--state', 'submitted')
    await json('approver', 'deny', open.items[0]?.id ?? '', '--reason', 'not during production')
    const { status, stdout } = await waiting
    expect(status).toBe(1)
    expect(stdout).toContain('deny by Shift lead, plant North')
    expect(stdout).toContain(': not during production')
  })

  it('refuses what policy refuses with its reasons, on both streams', async () => {
    const { status, stdout, stderr } = await as(
      'vendor',
      'request',
      'no-such-asset',
      '--for',
      '1h',
      '--purpose',
      'x',
      '--json',
    )
    expect(status).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({ problem: { code: 'policy-denied', decision: { kind: 'deny' } } })
    expect(stderr).toContain('(rule unknown-asset')
  })

  it('exports evidence that verifies, and writes over nothing', async () => {
    const out = join(stage.folder, 'evidence')
    const refused = await as('vendor', 'export', '--out', out, '--purpose', 'curiosity')
    expect(refused.status).toBe(1)
    expect(refused.stderr).toContain('auditor')
    const exported = await json<{ dir: string; trust: string }>('auditor', 'export', '--out', out, '--purpose', 'audit')
    expect(exported).toMatchObject({ dir: out, trust: `${out}.trust.json` })
    const verified = await sallyport(['verify', out])
    expect(verified.status).toBe(0)
    expect(verified.stdout).toContain('VERIFIED: everything holds')
    expect((await as('auditor', 'export', '--out', out, '--purpose', 'audit')).stderr).toContain('is there already')
  })

  it('lists sessions and recordings where there is none', async () => {
    expect((await as('approver', 'sessions')).stdout).toBe('No session runs now\n')
    expect((await as('auditor', 'recordings')).stdout).toBe('No recording\n')
  })

  it('forgets the login at logout', async () => {
    expect((await as('auditor', 'logout')).stdout).toMatch(/^Logged out of/)
    expect((await as('auditor', 'status')).stderr).toContain('run `sallyport login`')
    expect((await as('auditor', 'logout')).stdout).toMatch(/^Not logged in/)
  })
})

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
    expect((await as('vendor', 'assets')).stdout).toContain('vendor+ews-1@localhost')
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

  it('asks for several assets at once: all of them, or in part those that policy permits', async () => {
    const firmware = join(stage.folder, 'fw-2.1.bin')
    writeFileSync(firmware, 'abc')
    const ask = ['request', 'ews-1', 'no-such-asset', '--for', '1h', '--purpose', 'update', '--file', firmware]
    const refused = await as('vendor', ...ask)
    expect(refused.status).toBe(1)
    expect(refused.stderr).toMatch(/no-such-asset:\n.*rule unknown-asset/)
    expect(refused.stderr).toContain('ews-1 could be had: ask for them alone, or give --partial')
    const partly = await as('vendor', ...ask, '--partial')
    expect(partly.status).toBe(0)
    expect(partly.stdout).toContain('no-such-asset: policy refuses this, and it was not asked for')
    const abc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'
    expect(partly.stdout).toContain(`fw-2.1.bin, SHA-256 ${abc}`)
    const missing = await as('vendor', ...ask, '--file', join(stage.folder, 'none'))
    expect(missing.stderr).toContain('cannot be read')
  })

  it('grants less than was asked, in words the requester reads', async () => {
    const { id } = await json<{ id: string }>('vendor', 'request', 'ews-1', '--for', '2h', '--purpose', 'look')
    const less = ['--class', 'observe', '--escort', '--condition', 'call the shift lead first']
    await json('approver', 'approve', id, ...less, '--yes')
    const { stdout } = await as('vendor', 'requests', id)
    expect(stdout).toContain('less than was asked is granted: observe, ')
    expect(stdout).toContain('on the condition: call the shift lead first')
    expect(stdout).toContain('- An approver wants somebody of the plant to watch')
    const both = await as('approver', 'approve', id, '--for', '1h', '--until', '+2h', '--yes')
    expect(both.stderr).toContain('--for and --until: give one of them')
  })

  it('exports evidence that verifies, and writes over nothing', async () => {
    const out = join(stage.folder, 'evidence')
    const refused = await as('vendor', 'export', '--out', out, '--purpose', 'curiosity')
    expect(refused.status).toBe(1)
    expect(refused.stderr).toContain('this is for people of the plants')
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

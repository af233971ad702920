// What stands for a time, as people of the plant type it, against a real gateway.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { stageGateway, type GatewayStage } from '../../support/gateway-stage.ts'
import { sallyport, type Run } from './run-sallyport.ts'

let stage: GatewayStage

beforeAll(async () => {
  stage = await stageGateway({ targets: [], logLevel: 'error' })
  const plain = { supplier: null, plants: [] }
  await stage.enrol({ ...plain, login: 'chief', displayName: 'Administrator', roles: ['admin'] })
  await stage.enrol({ ...plain, login: 'overseer', displayName: 'ISMS manager', roles: ['isms-manager'] })
  for (const login of ['chief', 'overseer', 'approver']) {
    const file = join(stage.folder, `${login}.password`)
    writeFileSync(file, `${stage.person(login).password.expose()}\n`, { mode: 0o600 })
    const url = `https://localhost:${stage.gateway.https.port}`
    const where = ['--url', url, '--ca', stage.stage.pki.paths['ca.pem']]
    const who = ['--user', login, '--password-file', file, '--code', stage.code(login)]
    const { status, stderr } = await as(login, 'login', ...where, ...who)
    if (status !== 0) throw new Error(stderr)
  }
})
afterAll(() => stage.stop())

/** Each person has a machine of their own. */
const as = (login: string, ...args: string[]): Promise<Run> =>
  sallyport(args, { env: { XDG_STATE_HOME: join(stage.folder, `state-${login}`) } })

async function said(login: string, ...args: string[]): Promise<string> {
  const { status, stdout, stderr } = await as(login, ...args)
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  return stdout
}

describe('sallyport for what stands for a time', () => {
  it('suspends, lists, and lifts by another person', async () => {
    const grant = await stage.grant('ews-1')
    const done = await said('chief', 'suspend', 'supplier:acme-drives', '--reason', 'stolen laptop')
    const [, id = ''] = /^Suspended supplier:acme-drives as (sus_\w+): ended 1 grant and 0 sessions$/m.exec(done) ?? []
    expect(await said('overseer', 'suspensions')).toMatch(
      new RegExp(`^${id} +supplier:acme-drives .*stolen laptop$`, 'm'),
    )
    const own = await as('chief', 'lift', id, '--reason', 'found')
    expect(own.status).toBe(1)
    expect(own.stderr).toContain('who suspended does not lift it')
    expect(await said('overseer', 'lift', id, '--reason', 'found')).toContain(`Lifted ${id}`)
    expect(await said('overseer', 'suspensions')).toBe('Nobody and nothing is suspended\n')
    const over = await as('approver', 'revoke', grant.id, '--reason', 'again')
    expect(over.stderr).toContain('is over already')
  })

  it('delegates, and takes it back', async () => {
    const lent = await said('approver', 'delegate', 'to', 'overseer', '--for', '8h', '--reason', 'night shift')
    const [, id = ''] = /\((del_\w+)\)/.exec(lent) ?? []
    expect(await said('overseer', 'delegate', 'list')).toMatch(new RegExp(`^${id} +in-force +approver +overseer`, 'm'))
    expect(await said('approver', 'delegate', 'end', id)).toContain(`Ended ${id}`)
  })

  it('runs a campaign', async () => {
    const started = await said('overseer', 'campaign', 'start', 'spring 2026', '--for', '14d')
    const [, id = ''] = /^campaign +(cam_\w+) spring 2026$/m.exec(started) ?? []
    const decided = await said(
      'overseer',
      'campaign',
      'decide',
      id,
      'vendor',
      '--verdict',
      'keep',
      '--reason',
      'needed',
    )
    expect(decided).toMatch(/^Decided on vendor: keep; \d+ undecided$/m)
    expect(await said('overseer', 'campaign', 'show', id)).toMatch(/^vendor +keep +overseer +vendor +acme-drives/m)
    expect(await said('chief', 'campaign', 'list')).toMatch(new RegExp(`^${id} +running`, 'm'))
    expect((await as('overseer', 'campaign', 'close', id)).status).toBe(1)
  })

  it('lists who is on site, attested, under review and excepted, and shows the dossier of a supplier', async () => {
    expect(await said('approver', 'presence', 'list')).toBe('Nobody has shown to be on site\n')
    expect(await said('overseer', 'attest', 'list')).toBe('No attestation\n')
    expect(await said('approver', 'review', 'list')).toBe('Nothing waits for a review\n')
    expect(await said('overseer', 'exceptions')).toMatch(/^EXCEPTION +STATE/)
    expect(await said('approver', 'suppliers')).toMatch(/^acme-drives +medium +active/m)
    expect(await said('approver', 'suppliers', 'acme-drives')).toMatch(/^state +not suspended$/m)
  })
})

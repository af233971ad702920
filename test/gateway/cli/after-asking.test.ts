// What comes after asking, as people type it against a real gateway: a set taken back, a review looked at, a concern.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { stageGateway, type GatewayStage } from '../../support/gateway-stage.ts'
import { sallyport, type Run } from './run-sallyport.ts'

let stage: GatewayStage

beforeAll(async () => {
  stage = await stageGateway({ targets: [], logLevel: 'error' })
  const plain = { supplier: null, plants: [] }
  await stage.enrol({ ...plain, login: 'overseer', displayName: 'ISMS manager', roles: ['isms-manager'] })
  for (const login of ['vendor', 'overseer', 'approver']) {
    const file = join(stage.folder, `${login}.password`)
    writeFileSync(file, `${stage.person(login).password.expose()}\n`, { mode: 0o600 })
    const url = `https://localhost:${stage.gateway.https.port}`
    const where = ['--url', url, '--ca', stage.stage.pki.paths['ca.pem']]
    const who = ['--user', login, '--password-file', file, '--code', stage.code(login)]
    const { status, stderr } = await as(login, 'login', ...where, ...who)
    if (status !== 0) throw new Error(stderr)
  }
}, 60_000)
afterAll(() => stage?.stop())

const as = (login: string, ...args: string[]): Promise<Run> =>
  sallyport(args, { env: { XDG_STATE_HOME: join(stage.folder, `state-${login}`) } })

async function said(login: string, ...args: string[]): Promise<string> {
  const { status, stdout, stderr } = await as(login, ...args)
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  return stdout
}

describe('sallyport after asking', () => {
  it('takes a whole set back by its id', async () => {
    const asked = await said('vendor', 'request', 'ews-1', 'hist-1', '--for', '1h', '--purpose', 'read trends')
    const [, set = ''] = /^Set (set_\w+) of 2 requests$/m.exec(asked) ?? []
    expect((await said('vendor', 'withdraw', set)).match(/: withdrawn$/gm)).toHaveLength(2)
    const again = await as('vendor', 'withdraw', set)
    expect(again).toMatchObject({ status: 1 })
    expect(again.stderr).toContain('is decided already')
    expect((await as('approver', 'withdraw', set)).stderr).toContain('there is nothing here')
  })

  it('names the standard change of a request, with its rollback plan', async () => {
    const about = ['--tier', 'standard', '--for', '1h', '--purpose', 'restart the service']
    const asked = await said('vendor', 'request', 'hist-1', ...about)
    expect(asked).toMatch(/^standard change +Restart the service of the historian .* \(restart-historian-service\)$/m)
    expect(asked).toMatch(/^rollback +Start the service again by hand/m)
  })

  it('shows a review with the access it is about', async () => {
    const emergency = ['--tier', 'emergency', '--criterion', 'line-down', '--criterion', 'no-other-way']
    const purpose = ['--for', '1h', '--purpose', 'line 1 is down']
    const asked = await said('vendor', 'request', 'ews-1', ...emergency, ...purpose)
    const [, id = ''] = /^request +(req_\w+)$/m.exec(asked) ?? []
    await said('approver', 'approve', id, '--yes')
    const [, review = ''] = /^(rev_\w+) +emergency/m.exec(await said('overseer', 'review', 'list')) ?? []
    const shown = await said('overseer', 'review', 'show', review)
    expect(shown).toMatch(new RegExp(`^review +${review}$`, 'm'))
    expect(shown).toMatch(/^you +may close it$/m)
    expect(shown).toMatch(/^purpose +line 1 is down$/m)
    expect(shown.trimEnd().split('\n').at(-1)).toBe('No session was opened on it')
    expect(JSON.parse(await said('overseer', 'review', 'show', review, '--json'))).toMatchObject({
      review: { id: review, kind: 'emergency' },
      request: { id },
      sessions: [],
    })
    expect((await as('vendor', 'review', 'show', 'rev_00000000000000000000000000')).status).toBe(1)
  })

  it('reports a concern, lists it, and says what was learned', async () => {
    const told = await said('vendor', 'concern', 'report', 'two plugs look the same', '--asset', 'ews-1')
    const [, id = ''] = /^Reported (con_\w+)\. Thank you\.$/m.exec(told) ?? []
    await said('approver', 'concern', 'report', 'no time to read', '--anonymous')
    expect(await said('approver', 'concern', 'list')).toBe('No concern\n')
    const all = await said('overseer', 'concern', 'list')
    expect(all).toMatch(/^by +Service engineer \(Acme Drives\) \(vendor\)$/m)
    expect(all).toMatch(/^by +without a name$/m)
    expect((await as('approver', 'concern', 'close', id, '--learned', 'x')).stderr).toContain('isms-manager')
    expect(await said('overseer', 'concern', 'close', id, '--learned', 'they are coloured now')).toBe(`Closed ${id}\n`)
    expect(await said('vendor', 'concern', 'list', '--all')).toMatch(/^learned +they are coloured now$/m)
    const both = await as('vendor', 'concern', 'report', 'x', '--asset', 'ews-1', '--session', 'ses_1')
    expect(both.stderr).toContain('--asset: not beside --session')
  })
})

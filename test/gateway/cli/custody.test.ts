// The custody of evidence as people type it, against a real gateway.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { showBytes } from '../../../gateway/cli/byte-text.ts'
import { stageGateway, type GatewayStage } from '../../support/gateway-stage.ts'
import { sallyport, type Run } from './run-sallyport.ts'

let stage: GatewayStage

beforeAll(async () => {
  stage = await stageGateway({ targets: [], logLevel: 'error' })
  const plain = { supplier: null, plants: [] }
  await stage.enrol({ ...plain, login: 'overseer', displayName: 'ISMS manager', roles: ['isms-manager'] })
  for (const login of ['overseer', 'auditor', 'approver']) {
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

const as = (login: string, ...args: string[]): Promise<Run> =>
  sallyport(args, { env: { XDG_STATE_HOME: join(stage.folder, `state-${login}`) } })

async function said(login: string, ...args: string[]): Promise<string> {
  const { status, stdout, stderr } = await as(login, ...args)
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  return stdout
}

describe('sallyport for the custody of evidence', () => {
  it('holds, lists, and releases by another person', async () => {
    const span = ['--from', '2026-03-01T00:00Z', '--until', '2026-03-03T00:00Z']
    const done = await said(
      'overseer',
      'hold',
      'set',
      'plant:north',
      ...span,
      '--reason',
      'accident',
      '--reference',
      'BG 44',
    )
    const [, id = ''] = /^Holds (hld_\w+): plant /m.exec(done) ?? []
    expect(await said('auditor', 'hold', 'list')).toMatch(new RegExp(`^${id} +plant:north .*BG 44 +accident$`, 'm'))
    const own = await as('overseer', 'hold', 'release', id, '--reason', 'over')
    expect(own.stderr).toContain('who set a legal hold does not release it')
    expect(await said('auditor', 'hold', 'release', id, '--reason', 'over')).toContain(`Released ${id}`)
    expect(await said('overseer', 'hold', 'list')).toBe('No legal hold\n')
    expect(await said('overseer', 'hold', 'list', '--all')).toContain('by auditor')
  })

  it('says what may be deleted, and that there is nothing', async () => {
    expect(await said('auditor', 'deletion', 'due')).toBe('No recording is past its day and free to go\n')
    const nothing = await as('overseer', 'deletion', 'propose', '--due', '--reason', 'plan')
    expect(nothing).toMatchObject({ status: 1, stderr: expect.stringContaining('no recording is past its day') })
    expect(await said('auditor', 'deletion', 'list')).toBe('No deletion\n')
  })

  it('erases nothing that has to be kept, and says how much that is', async () => {
    const kept = await as('overseer', 'erasure', 'propose', 'person:vendor', '--reason', 'asked for')
    expect(kept.status).toBe(1)
    expect(kept.stderr).toMatch(/nothing may be erased: \d+ younger than their retention class keeps/)
    expect(await said('overseer', 'erasure', 'list')).toBe('No erasure\n')
  })

  it('shows the space, for people and for programs', async () => {
    expect(await said('auditor', 'storage')).toMatch(/^free +.* of .*%\)$/m)
    expect(JSON.parse(await said('auditor', 'storage', '--json'))).toMatchObject({ level: 'enough', fullAt: null })
  })

  it.each([
    [['hold', 'set', 'zone:x', '--reason', 'a', '--reference', 'b'], 'expected a session'],
    [['hold', 'set', 'all', '--from', 'now', '--reason', 'a', '--reference', 'b'], '--from and --until: give both'],
    [['deletion', 'propose', '--reason', 'a'], 'name sessions, or give --due'],
    [['erasure', 'propose', 'vendor', '--reason', 'a'], 'expected `person:LOGIN`'],
  ])('refuses the command line %j', async (args, text) => {
    expect(await as('overseer', ...args)).toMatchObject({ status: 2, stderr: expect.stringContaining(text) })
  })

  it('is not for who decides on access', async () => {
    for (const args of [['storage'], ['deletion', 'due'], ['hold', 'list']])
      expect((await as('approver', ...args)).stderr).toContain('auditor')
  })
})

it('shows amounts of bytes by the largest fitting unit', () => {
  expect([0, 999, 1000, 1_449_000, 23.4e9, 5e15].map(showBytes)).toEqual([
    '0 B',
    '999 B',
    '1.0 kB',
    '1.4 MB',
    '23 GB',
    '5000 TB',
  ])
})

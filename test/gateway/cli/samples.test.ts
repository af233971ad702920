// `sallyport recordings sample` against a whole gateway.

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'

import type { SampleView } from '../../../gateway/contract/views.ts'
import { stageGateway, type GatewayStage } from '../../support/gateway-stage.ts'
import { sallyport, type Run } from './run-sallyport.ts'

let stage: GatewayStage
const as = (login: string, ...args: string[]): Promise<Run> =>
  sallyport(args, { env: { XDG_STATE_HOME: join(stage.folder, `state-${login}`) } })

beforeAll(async () => {
  stage = await stageGateway({ targets: [], logLevel: 'fatal' })
  for (const login of ['auditor', 'approver']) {
    const password = join(stage.folder, `${login}.password`)
    await writeFile(password, `${stage.person(login).password.expose()}\n`, { mode: 0o600 })
    const url = `https://localhost:${stage.gateway.https.port}`
    const where = ['--url', url, '--ca', stage.stage.pki.paths['ca.pem'], '--user', login]
    const entered = await as(login, 'login', ...where, '--password-file', password, '--code', stage.code(login))
    if (entered.stderr !== '') throw new Error(entered.stderr)
  }
})
afterAll(() => stage.stop())

it('draws, and lists what was drawn with its seed', async () => {
  const done = await as('auditor', 'recordings', 'sample', '--count', '3', '--json')
  expect(done).toMatchObject({ status: 0, stderr: '' })
  const sample = JSON.parse(done.stdout) as SampleView
  expect(sample).toMatchObject({ count: 3, population: 0, drawn: [], plants: null })
  const listed = await as('auditor', 'recordings', 'sample', '--list')
  expect(listed.stdout).toContain(sample.id)
  expect((await as('auditor', 'recordings')).stdout).toContain('No recording')
})

it('says what is missing, and who may not', async () => {
  expect(await as('auditor', 'recordings', 'sample')).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('give --count'),
  })
  expect((await as('auditor', 'recordings', 'sample', '--count', '0')).status).toBe(2)
  expect((await as('auditor', 'recordings', 'sample', '--list', '--count', '3')).stderr).toContain('draws nothing')
  const backwards = ['--since', '2026-02-01T00:00Z', '--until', '2026-01-01T00:00Z']
  const odd = await as('auditor', 'recordings', 'sample', '--count', '3', ...backwards)
  expect(odd.stderr).toContain('expected a time after `since`')
  const refused = await as('approver', 'recordings', 'sample', '--count', '3')
  expect(refused.status).toBe(1)
  expect(refused.stderr).toContain('drawn by an auditor')
})

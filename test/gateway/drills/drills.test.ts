// Drills against a whole gateway: what they find where everything is as it should be, and where it is not.

import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import type { DrillRunView, DrillsView } from '../../../gateway/contract/views.ts'
import { drillSteps, type Login } from '../../../policy/index.ts'
import { sallyport } from '../cli/run-sallyport.ts'
import { stageGateway, type GatewayStage } from '../../support/gateway-stage.ts'

const day = 24 * 3_600_000
const demo = join(import.meta.dirname, '../../../gateway/demo/bundle')
const bundleFile = (name: string): string => readFileSync(join(demo, name), 'utf8')

let stage: GatewayStage
beforeAll(async () => {
  stage = await stageGateway({ targets: [], logLevel: 'fatal' })
})
afterAll(() => stage.stop())

async function run(on = stage): Promise<DrillRunView> {
  const answer = await (await on.api('approver')).call<DrillRunView>('POST', '/drills/boundary/runs')
  expect(answer.status).toBe(201)
  return answer.json()
}

const verdicts = ({ steps }: DrillRunView): Record<string, string> =>
  Object.fromEntries(steps.map(({ step, verdict }) => [step, verdict]))

describe('a drill', () => {
  it('is due again after its days', async () => {
    const list = async (): Promise<DrillsView> =>
      (await (await stage.api('approver')).call<DrillsView>('GET', '/drills')).json()
    const [first] = (await list()).drills
    expect(first).toMatchObject({ name: 'boundary', last: null, overdue: false, mayRun: true })
    const result = await run()
    const [after] = (await list()).drills
    expect(after?.last?.id).toBe(result.id)
    expect((after?.dueAt ?? 0) - (result.endedAt ?? 0)).toBe(30 * day)
  })

  it('finds that everything holds, and leaves nothing but its own entries', async () => {
    const before = await stage.withStore((store) => store.evidence.size())
    const result = await run()
    expect(result.steps.filter(({ verdict }) => verdict === 'failed')).toEqual([])
    expect(verdicts(result)).toEqual({
      ...Object.fromEntries(drillSteps.map((step) => [step, 'held'])),
      'wrong-place': 'not-applicable',
    })
    expect(result.outcome).toBe('passed')
    const kill = result.steps.find(({ step }) => step === 'kill')
    expect(kill?.tookMs).toBeGreaterThan(0)

    const written = (await stage.evidence()).filter(({ index }) => index >= before)
    // Whatever is decided, refused or begun while it runs is its own; what the gateway does beside is not about people.
    const about = /^(policy|session|safety|conduit\.denied|approval|suspension|grant|auth\.failed)/
    const own = written.filter(({ type }) => about.test(type))
    expect(own.length).toBeGreaterThan(8)
    expect(own.filter(({ data }) => data['drill'] !== result.id)).toEqual([])
    expect(written.filter(({ type }) => type.startsWith('drill.')).map(({ type }) => type)).toEqual([
      'drill.started',
      'drill.completed',
    ])
    // Each step names what it wrote.
    const named = result.steps.flatMap(({ entries }) => entries)
    expect(named.toSorted((a, b) => a - b)).toEqual(own.map(({ index }) => index))
    await stage.withStore(async (store) => {
      expect(await store.sessions.list({ person: null, live: false }, { limit: 10, before: null })).toEqual([])
      expect((await store.people.list()).some(({ login }) => login === 'drill')).toBe(false)
      expect(await store.suspensions.inForce()).toEqual([])
    })
  })

  it('counts its wrong keys against nobody, whatever they are called', async () => {
    await stage.enrol({ login: 'drill', displayName: 'Real', roles: ['engineer'], supplier: null, plants: ['north'] })
    const real = await stage.withStore((store) => store.people.byLogin('drill' as Login))
    const result = await run()
    const failed = (await stage.evidence({ types: ['auth.failed'] })).filter(({ data }) => data['drill'] === result.id)
    expect(failed.map(({ data }) => data['person'])).toEqual([null])
    if (real === null) throw new Error('nobody was enrolled')
    expect(await stage.withStore((store) => store.people.authenticators(real.id))).toMatchObject({ failures: 0 })
  })

  it('is listed and run on the command line', async () => {
    const as = (...args: string[]) => sallyport(args, { env: { XDG_STATE_HOME: join(stage.folder, 'state') } })
    const password = join(stage.folder, 'approver.password')
    await writeFile(password, `${stage.person('approver').password.expose()}\n`, { mode: 0o600 })
    const url = `https://localhost:${stage.gateway.https.port}`
    const where = ['--url', url, '--ca', stage.stage.pki.paths['ca.pem'], '--user', 'approver']
    const entered = await as('login', ...where, '--password-file', password, '--code', stage.code('approver'))
    expect(entered.stderr).toBe('')
    const listed = await as('drill', 'list')
    expect(listed.stdout).toMatch(/^boundary +north /m)
    const done = await as('drill', 'run', 'boundary')
    expect(done).toMatchObject({ status: 0, stderr: '' })
    expect(done.stdout).toMatch(/^kill +held +it ended, `revoked` +[0-9.]+/m)
    const none = await as('drill', 'run', 'no-such')
    expect(none.status).toBe(1)
    expect(none.stderr).toContain('no drill of the bundle is called so')
  })

  it('in which nobody is let in at all has shown nothing: it fails, and opens a nonconformity', async () => {
    const broken = bundleFile('register.yaml').replace(
      'asset: drill-target\n',
      'asset: drill-target\n    steps: [permitted, no-grant]\n',
    )
    // Without an endpoint nothing is let in, so no refusal says anything.
    const assets = bundleFile('assets.yaml').replace(
      /(    drill: true\n)    endpoints:\n(?: {6,}.*\n)+/,
      '$1    endpoints: []\n',
    )
    const other = await stageGateway({
      targets: [],
      logLevel: 'fatal',
      files: { 'register.yaml': broken, 'assets.yaml': assets },
    })
    try {
      const result = await run(other)
      expect(verdicts(result)).toEqual({ permitted: 'failed', 'no-grant': 'held' })
      expect(result.outcome).toBe('failed')
      const [opened] = await other.evidence({ types: ['incident.capa_opened'] })
      expect(opened?.data).toMatchObject({ because: 'drill', name: 'boundary', plant: 'north', drill: result.id })
    } finally {
      await other.stop()
    }
  })

  it('is run by who may end access in its plant, and by nobody else', async () => {
    await stage.enrol({
      login: 'south-lead',
      displayName: 'South',
      roles: ['approver'],
      supplier: null,
      plants: ['south'],
    })
    const refused = async (login: string) =>
      (await (await stage.api(login)).call('POST', '/drills/boundary/runs')).status
    expect(await refused('south-lead')).toBe(403)
    expect(await refused('vendor')).toBe(403)
    expect(await refused('auditor')).toBe(403)
    expect((await stage.evidence({ types: ['standing.step_refused'] })).map(({ data }) => data)).toMatchObject([
      { step: 'run-drill', code: 'role-missing', subject: 'boundary' },
      { step: 'run-drill', code: 'role-missing', subject: 'boundary' },
    ])
    const unknown = await (await stage.api('approver')).call('POST', '/drills/nothing/runs')
    expect(unknown.status).toBe(404)
  })
})

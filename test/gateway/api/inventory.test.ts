// The inventory over the API of a whole gateway: who confirms and reads what, pages of the coverage, and what a vendor is
// not told.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import type {
  ApplicabilityView,
  AssetView,
  ConfirmedView,
  CoverageSnapshotView,
  CoverageView,
  ListView,
  ProblemView,
  RequestView,
  ScopeFitView,
} from '../../../gateway/contract/views.ts'
import { askFor } from '../../../gateway/demo/asking.ts'
import { stageGateway, type GatewayStage } from '../../support/gateway-stage.ts'

const hour = 3_600_000
let stage: GatewayStage

beforeAll(async () => {
  stage = await stageGateway({ targets: [], logLevel: 'error' })
  await stage.enrol({ login: 'isms', displayName: 'ISMS manager', roles: ['isms-manager'], supplier: null, plants: [] })
})
afterAll(() => stage.stop())

async function as<T>(login: string, method: 'GET' | 'POST', path: string, body?: unknown): Promise<T> {
  return (await stage.api(login)).ok<T>(method, path, body)
}
async function refusal(login: string, method: 'GET' | 'POST', path: string, body?: unknown): Promise<ProblemView> {
  return (await (await stage.api(login)).call<ProblemView>(method, path, body)).json()
}
async function assetFor(login: string, id: string): Promise<AssetView | undefined> {
  const { items } = await as<ListView<AssetView>>(login, 'GET', '/assets')
  return items.find((asset) => asset.id === id)
}

describe('walkdowns over the API', () => {
  it('are told to people of the plant, with the age of what was seen, and to no supplier', async () => {
    expect((await assetFor('approver', 'ews-1'))?.confirmation).toMatchObject({ state: 'never', seenOn: null })
    const { items } = await as<ConfirmedView>('approver', 'POST', '/assets/confirmations', {
      items: [{ asset: 'ews-1', note: 'as declared' }],
    })
    expect(items).toMatchObject([{ id: 'ews-1', mayConfirm: true, confirmation: { state: 'fresh' } }])
    expect(await assetFor('vendor', 'ews-1')).toMatchObject({
      confirmation: null,
      mayConfirm: false,
      baseline: 'North OT baseline 2026',
    })
  })

  it('stand with a request for its approver, and the baseline for both', async () => {
    const window = { kind: 'window', from: stage.clock.now(), until: stage.clock.now() + hour } as const
    const asked = await askFor(await stage.api('vendor'), {
      assets: ['ews-1'],
      protocol: 'ssh',
      operationClass: 'operate',
      when: window,
      purpose: 'read the log',
      ticket: 'WO-1',
    })
    expect(asked).toMatchObject({ baseline: 'North OT baseline 2026', confirmation: null })
    expect(asked.decision.leansOn).toEqual(['boundary-name-service'])
    const read = await as<RequestView>('approver', 'GET', `/requests/${asked.id}`)
    expect(read).toMatchObject({ baseline: 'North OT baseline 2026', confirmation: { state: 'fresh' } })
    const [submitted] = await stage.evidence({ types: ['request.submitted'] })
    expect(submitted?.data['baseline']).toBe('North OT baseline 2026')
    const decisions = await stage.evidence({ types: ['policy.decision'] })
    expect(decisions.at(-1)?.data['leansOn']).toEqual(['boundary-name-service'])
  })

  it('are refused whole with every problem', async () => {
    const items = [{ asset: 'ews-2' }, { asset: 'laser-7' }, { asset: 'hmi-3', seenOn: 'yesterday' }]
    const problem = await refusal('approver', 'POST', '/assets/confirmations', { items })
    expect(problem).toMatchObject({ code: 'malformed-body' })
    expect(problem.problems).toHaveLength(2)
    expect((await assetFor('approver', 'ews-2'))?.confirmation?.state).toBe('never')
    expect((await refusal('vendor', 'POST', '/assets/confirmations', { items })).code).toBe('role-missing')
  })
})

describe('coverage over the API', () => {
  it('comes page by page, everything once, what is not covered first', async () => {
    const rows: CoverageView['items'] = []
    let next: string | null = ''
    let counts: CoverageView['counts'] | null = null
    while (next !== null) {
      const path: string = `/register/coverage?limit=20${next === '' ? '' : `&cursor=${next}`}`
      const page: CoverageView = await as<CoverageView>('auditor', 'GET', path)
      rows.push(...page.items)
      counts = page.counts
      next = page.next
    }
    expect(new Set(rows.map(({ kind, id }) => `${kind} ${id}`)).size).toBe(rows.length)
    expect(counts && counts.uncovered + counts.untested + counts.covered).toBe(rows.length)
    expect(rows.find(({ id }) => id === 'ews-1')?.freshest).not.toBeNull()
    expect(rows.findLastIndex(({ state }) => state === 'uncovered')).toBeLessThan(
      rows.findIndex(({ state }) => state === 'covered'),
    )
  })

  it('is kept in the ledger for who oversees, and for no approver', async () => {
    expect((await refusal('approver', 'POST', '/register/coverage/snapshots')).code).toBe('role-missing')
    const kept = await as<CoverageSnapshotView>('auditor', 'POST', '/register/coverage/snapshots')
    const [entry] = await stage.evidence({ types: ['register.coverage_recorded'] })
    expect(entry).toMatchObject({ index: kept.index, data: { digest: kept.digest, counts: kept.counts } })
  })

  it('stands beside a statement of applicability of the scope in force', async () => {
    const statement = await as<ApplicabilityView>('auditor', 'GET', '/register/applicability')
    expect(statement.standards.map(({ regime }) => regime)).toEqual(['iso-27001', 'iec-62443', 'nis2', 'tisax'])
    expect((await refusal('vendor', 'GET', '/register/applicability')).code).toBe('role-missing')
  })
})

describe('scope fit over the API', () => {
  it('is read by who oversees, reviewed by the isms-manager, and then has nothing new', async () => {
    expect((await refusal('approver', 'GET', '/scope/fit')).code).toBe('role-missing')
    const before = await as<ScopeFitView>('auditor', 'GET', '/scope/fit')
    expect(before).toMatchObject({ last: null, isDue: true, mayReview: false })
    const body = { bundle: before.bundle, decisions: 'cam-9 is decided on in March' }
    expect((await refusal('auditor', 'POST', '/scope/fit/reviews', body)).code).toBe('role-missing')
    const after = await as<ScopeFitView>('isms', 'POST', '/scope/fit/reviews', body)
    expect(after).toMatchObject({ isDue: false, mayReview: true, last: { decisions: body.decisions } })
    expect(after.findings.find(({ topic }) => topic === 'new-assets')?.count).toBe(0)
  })
})

// Incidents over the API of a whole gateway: opened by the plant, seen through, owed outside, closed by another person; and
// evidence from outside with its chain of custody.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import type {
  CommitteePackView,
  CustodyLogView,
  IncidentRow,
  IncidentView,
  ListView,
  ProblemView,
} from '../../../gateway/contract/views.ts'
import { stageGateway, type GatewayStage } from '../../support/gateway-stage.ts'

const hour = 3_600_000
let stage: GatewayStage

beforeAll(async () => {
  stage = await stageGateway({ targets: [], logLevel: 'error' })
  const plain = { supplier: null, plants: [] }
  await stage.enrol({ ...plain, login: 'isms', displayName: 'ISMS manager', roles: ['isms-manager'] })
  await stage.enrol({ ...plain, login: 'deputy', displayName: 'Deputy', roles: ['isms-manager'] })
  await stage.enrol({ ...plain, login: 'welder', displayName: 'Welder', roles: ['engineer'] })
}, 120_000)
afterAll(() => stage.stop())

async function as<T>(login: string, method: 'GET' | 'POST', path: string, body?: unknown): Promise<T> {
  return (await stage.api(login)).ok<T>(method, path, body)
}
async function refusal(login: string, method: 'GET' | 'POST', path: string, body?: unknown): Promise<string> {
  const answer = await (await stage.api(login)).call<ProblemView>(method, path, body)
  return `${answer.status} ${answer.json().code}`
}
const open = (login: string, over: object = {}) =>
  as<IncidentView>(login, 'POST', '/incidents', {
    title: 'Unknown writes',
    words: 'setpoints moved twice',
    severity: 'medium',
    touches: { assets: ['ews-1'] },
    ...over,
  })
const step = (login: string, id: string, path: string, body: object) =>
  as<IncidentView>(login, 'POST', `/incidents/${id}/${path}`, body)
const listOf = async (login: string) => (await as<ListView<IncidentRow>>(login, 'GET', '/incidents?state=all')).items
const events = (type: 'incident.raised' | 'incident.closed' | 'incident.step_refused' | 'incident.report_overdue') =>
  stage.evidence({ types: [type] })

/** Seen through to where only the closing is left. */
async function ready(over: object = {}): Promise<IncidentView> {
  const made = await open('welder', over)
  await step('approver', made.id, 'contain', { words: 'the account is off' })
  await step('safety', made.id, 'assessments', { kind: 'safety', words: 'nobody was near' })
  return step('approver', made.id, 'assessments', { kind: 'production', words: 'two pallets' })
}
const closing = { cause: 'a shared password', lessons: 'keys only' }

describe('an incident over the API', () => {
  it('is opened by the plant, with the plant of its assets, and read by whom it concerns', async () => {
    const made = await open('welder')
    expect(made).toMatchObject({
      state: 'open',
      by: { login: 'welder' },
      plants: [{ id: 'north' }],
      assets: [{ id: 'ews-1' }],
      spansBaselines: false,
      reports: [],
      may: { handle: false, close: false },
    })
    expect(made.containBy).toBe(made.at + 4 * hour)
    for (const login of ['welder', 'approver', 'isms', 'auditor'])
      expect((await listOf(login)).map(({ id }) => id)).toContain(made.id)
    expect(await refusal('vendor', 'GET', `/incidents/${made.id}`)).toBe('404 not-found')
    expect(await listOf('vendor')).toEqual([])
    expect(await refusal('vendor', 'POST', '/incidents', { title: 'x', words: 'x', severity: 'low' })).toBe(
      '403 role-missing',
    )
    const entry = (await events('incident.raised')).at(-1)
    expect(JSON.stringify(entry?.data)).not.toContain('Unknown writes')
    expect(entry?.data).toMatchObject({ incident: made.id, assets: ['ews-1'], plants: ['north'] })
  })

  it('is flagged where its plants stand under different baselines', async () => {
    const made = await open('isms', { touches: { plants: ['north', 'south'] } })
    expect(made.spansBaselines).toBe(true)
    expect(new Set(made.plants.map(({ baseline }) => baseline)).size).toBe(2)
    expect((await events('incident.raised')).at(-1)?.data).toMatchObject({ spansBaselines: true })
  })

  it('is not opened on what is not there', async () => {
    const body = (touches: object) => ({ title: 'x', words: 'x', severity: 'low', touches })
    expect(await refusal('isms', 'POST', '/incidents', body({ assets: ['no-such'] }))).toBe('404 not-found')
    expect(await refusal('isms', 'POST', '/incidents', body({ sessions: ['ses_00000000000000000000000000'] }))).toBe(
      '404 not-found',
    )
    expect(
      await refusal('isms', 'POST', '/incidents', { ...body({}), concern: 'con_00000000000000000000000000' }),
    ).toBe('404 not-found')
  })

  it('owes the reports of its severity from when it was opened, also when it is rated later', async () => {
    const made = await open('isms')
    expect(made.reports).toEqual([])
    const rated = await step('approver', made.id, 'severity', { severity: 'high', reason: 'a second line' })
    expect(rated.reports.map(({ id, dueAt }) => [id, (dueAt - made.at) / hour])).toEqual([
      ['early-warning', 24],
      ['notification', 72],
      ['final-report', 792],
    ])
    const told = await step('approver', made.id, 'reports', { report: 'early-warning', reference: 'CSIRT 1' })
    expect(told.reports[0]?.made).toMatchObject({ by: { login: 'approver' }, reference: 'CSIRT 1' })
    expect(
      await refusal('approver', 'POST', `/incidents/${made.id}/reports`, { report: 'early-warning', reference: 'x' }),
    ).toBe('409 state-conflict')
    expect(
      await refusal('approver', 'POST', `/incidents/${made.id}/reports`, { report: 'other', reference: 'x' }),
    ).toBe('404 not-found')
  })

  it('is written to by those who answer for its plants, and refuses others as evidence', async () => {
    const made = await open('isms')
    const before = (await events('incident.step_refused')).length
    for (const login of ['auditor']) {
      expect(await refusal(login, 'POST', `/incidents/${made.id}/contain`, { words: 'x' })).toBe('403 role-missing')
      expect(await refusal(login, 'POST', `/incidents/${made.id}/severity`, { severity: 'low', reason: 'x' })).toBe(
        '403 role-missing',
      )
    }
    expect(await refusal('welder', 'POST', `/incidents/${made.id}/contain`, { words: 'x' })).toBe('404 not-found')
    expect((await events('incident.step_refused')).length).toBe(before + 2)
    const assigned = await step('isms', made.id, 'assign', { to: 'welder' })
    expect(assigned.assignedTo?.login).toBe('welder')
    expect((await step('welder', made.id, 'contain', { words: 'stopped' })).state).toBe('contained')
  })

  it('lets only a safety engineer say what it meant for people where a safety system is touched', async () => {
    const made = await open('isms', { touches: { assets: ['sis-1'] } })
    expect(await refusal('approver', 'POST', `/incidents/${made.id}/assessments`, { kind: 'safety', words: 'x' })).toBe(
      '403 role-missing',
    )
    expect((await step('safety', made.id, 'assessments', { kind: 'safety', words: 'x' })).assessed).toEqual(['safety'])
  })

  it('puts all it touches on hold in one step, once', async () => {
    const made = await open('isms')
    expect(await refusal('approver', 'POST', `/incidents/${made.id}/hold`, { reason: 'x' })).toBe('403 role-missing')
    const held = await step('auditor', made.id, 'hold', { reason: 'until the cause is known' })
    expect(held.holds).toHaveLength(1)
    const standing = await stage.withStore((store) => store.holds.inForce())
    expect(standing.filter(({ reference }) => reference === made.id).map(({ target }) => target)).toEqual([
      { kind: 'asset', id: 'ews-1' },
    ])
    expect(await refusal('auditor', 'POST', `/incidents/${made.id}/hold`, { reason: 'x' })).toBe('409 state-conflict')
  })

  it('is closed by another person, once it is contained and assessed', async () => {
    const made = await open('isms')
    const close = `/incidents/${made.id}/close`
    expect(await refusal('isms', 'POST', close, closing)).toBe('403 policy-denied')
    expect(await refusal('deputy', 'POST', close, closing)).toBe('409 state-conflict')
    await step('approver', made.id, 'contain', { words: 'off' })
    expect(await refusal('deputy', 'POST', close, closing)).toBe('409 state-conflict')
    expect((await events('incident.step_refused')).at(-1)?.data).toMatchObject({ code: 'assessment-missing' })
    await step('approver', made.id, 'assessments', { kind: 'production', words: 'none' })
    await step('safety', made.id, 'assessments', { kind: 'safety', words: 'none' })
    const closed = await step('deputy', made.id, 'close', closing)
    expect(closed).toMatchObject({
      state: 'closed',
      closing: { by: { login: 'deputy' }, decision: null },
      action: null,
    })
    expect(await refusal('deputy', 'POST', close, closing)).toBe('409 state-conflict')
    expect(await refusal('approver', 'POST', `/incidents/${made.id}/contain`, { words: 'x' })).toBe(
      '409 state-conflict',
    )
    expect((await events('incident.closed')).at(-1)?.data).toMatchObject({ assessed: ['production', 'safety'] })
  })

  it('takes a decision of the committee and a corrective action where it is grave', async () => {
    const { id } = await ready({ severity: 'high' })
    const close = `/incidents/${id}/close`
    const action = { what: 'keys for all', owner: 'approver', dueAt: Date.now() + 24 * hour }
    expect(await refusal('isms', 'POST', close, { ...closing, action })).toBe('409 state-conflict')
    expect((await events('incident.step_refused')).at(-1)?.data).toMatchObject({ code: 'decision-missing' })
    expect(await refusal('isms', 'POST', close, { ...closing, decision: 'RC-7' })).toBe('409 state-conflict')
    expect((await events('incident.step_refused')).at(-1)?.data).toMatchObject({ code: 'action-missing' })
    const closed = await step('isms', id, 'close', { ...closing, decision: 'RC-7', action })
    expect(closed).toMatchObject({
      closing: { decision: 'RC-7' },
      action: { owner: { login: 'approver' }, closed: null },
    })
    expect(await refusal('approver', 'POST', `/incidents/${id}/action/close`, { words: 'works' })).toBe(
      '403 policy-denied',
    )
    const works = await step('deputy', id, 'action/close', { words: 'no shared password is left' })
    expect(works.action?.closed).toMatchObject({ by: { login: 'deputy' }, effect: 'no shared password is left' })
    expect(await refusal('deputy', 'POST', `/incidents/${id}/action/close`, { words: 'x' })).toBe('409 state-conflict')
  })

  it('tells in its timeline who did what, with the ledger entry it stands in', async () => {
    const { id } = await ready()
    const { timeline } = await step('approver', id, 'notes', { words: 'asked the supplier' })
    expect(timeline.map(({ type }) => type)).toEqual([
      'incident.raised',
      'incident.contained',
      'incident.assessed',
      'incident.assessed',
      'incident.noted',
    ])
    expect(timeline.at(-1)).toMatchObject({
      by: { login: 'approver' },
      texts: [{ name: 'words', text: 'asked the supplier' }],
    })
    const entry = await stage.withStore((store) => store.evidence.event(timeline.at(-1)?.index ?? -1))
    expect(entry).toMatchObject({ type: 'incident.noted', data: { incident: id } })
  })
})

describe('evidence from outside', () => {
  const sha256 = 'ab'.repeat(32)
  const asked = (dueAt: number) => ({ party: 'Robot Cell Service', what: 'VPN log', why: 'contract 4.2', dueAt })

  it('is asked for, received by its digest, and followed from hand to hand', async () => {
    const made = await open('isms')
    const { requests } = await step('approver', made.id, 'evidence-requests', asked(Date.now() + 24 * hour))
    const request = requests[0]?.id ?? ''
    const end = `/evidence-requests/${request}/end`
    expect(await refusal('approver', 'POST', end, { outcome: 'complete', reason: 'x' })).toBe('409 state-conflict')
    const kept = { holder: 'ISMS manager', place: 'safe 2' }
    const files = [{ name: 'vpn.log', bytes: 12, sha256 }]
    const got = await as<IncidentView>('approver', 'POST', `/evidence-requests/${request}/receive`, { files, ...kept })
    expect(got.exhibits).toMatchObject([{ name: 'vpn.log', bytes: 12, sha256, ...kept, gone: null }])
    const custody = `/exhibits/${got.exhibits[0]?.id}/custody`
    const move = (kind: string, to: string) => ({ kind, to, place: 'their vault', purpose: 'analysis' })
    const copied = await as<IncidentView>('isms', 'POST', custody, move('copied', 'Lab'))
    expect(copied.exhibits[0]?.holder).toBe('ISMS manager')
    const gone = await as<IncidentView>('isms', 'POST', custody, move('returned', 'Robot Cell Service'))
    expect(gone.exhibits[0]).toMatchObject({ holder: 'Robot Cell Service', gone: 'returned' })
    expect(await refusal('isms', 'POST', custody, move('handed-over', 'Lab'))).toBe('409 state-conflict')
    const ended = await as<IncidentView>('approver', 'POST', end, { outcome: 'complete', reason: 'all of it' })
    expect(ended.requests[0]?.ended).toMatchObject({ outcome: 'complete' })
    const log = await as<CustodyLogView>('auditor', 'GET', `/incidents/${made.id}/custody`)
    expect(log.steps.map(({ step: kind, from, to }) => [kind, from, to])).toEqual([
      ['received', 'Robot Cell Service', 'ISMS manager'],
      ['copied', 'ISMS manager', 'Lab'],
      ['returned', 'ISMS manager', 'Robot Cell Service'],
    ])
    expect(log.steps.every((each) => each.sha256 === sha256)).toBe(true)
  })

  it('may be refused, with their reason', async () => {
    const made = await open('isms')
    const { requests } = await step('isms', made.id, 'evidence-requests', asked(Date.now() + hour))
    const path = `/evidence-requests/${requests[0]?.id}`
    const ended = await as<IncidentView>('isms', 'POST', `${path}/end`, {
      outcome: 'refused',
      reason: 'kept 30 days only',
    })
    expect(ended.requests[0]?.ended).toMatchObject({ outcome: 'refused', reason: 'kept 30 days only' })
    const files = [{ name: 'late.log', bytes: 1, sha256 }]
    expect(await refusal('isms', 'POST', `${path}/receive`, { files, holder: 'x', place: 'y' })).toBe(
      '409 state-conflict',
    )
    expect(await refusal('auditor', 'POST', `/incidents/${made.id}/evidence-requests`, asked(Date.now() + hour))).toBe(
      '403 role-missing',
    )
  })
})

describe('what the committee reads', () => {
  it('names incidents with their ledger entries and decisions, for who answers for the whole', async () => {
    const pack = await as<CommitteePackView>('auditor', 'GET', '/committee-pack?since=0')
    const section = (id: string) => pack.sections.find((each) => each.id === id)
    const closed = section('incidents')?.items.find(({ decision }) => decision === 'RC-7')
    const entry = await stage.withStore((store) => store.evidence.event(closed?.index ?? -1))
    expect(entry?.type).toBe('incident.closed')
    expect(section('changes')?.items.at(-1)?.text).toMatch(/: start$/)
    expect(section('exceptions')?.items.map(({ decision }) => decision)).toContain('RC-2026-02')
    expect(await refusal('approver', 'GET', '/committee-pack?since=0')).toBe('403 role-missing')
    expect(await refusal('auditor', 'GET', '/committee-pack?since=9999999999999&until=1')).toBe('400 malformed-query')
  })
})

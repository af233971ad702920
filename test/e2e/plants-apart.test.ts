// Plants apart, on the running gateway: people who look over one plant read, decide and export what is of that plant; a
// plant's own people end its sessions; and what leaves for a customer is what was agreed with them, proved entry by entry.

import { readFile } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type {
  AgreementView,
  ApplicabilityView,
  CoverageView,
  EvidenceView,
  GrantView,
  ListView,
  MeView,
  ProblemView,
  RecordingView,
  RegisterView,
  SessionView,
} from '../../gateway/contract/views.ts'
import type { CampaignView } from '../../gateway/contract/standing-views.ts'
import { unpack } from '../../gateway/cli/unpack.ts'
import { parseTrust, verifyExport, type Report } from '../../recorder/index.ts'
import { describeWith } from '../support/describe-with.ts'
import { eventually } from '../support/eventually.ts'
import { stageGateway, type GatewayStage } from '../support/gateway-stage.ts'
import { openSsh, runSsh } from '../support/ssh-session.ts'

const agreement = (id: string, label: string, evidence: string, until = '2099-12-31') =>
  `  - { id: ${id}, customer: Customer of line 1, reference: QA-1, owner: Head of quality, from: '2000-01-01', until: '${until}', labels: [${label}], evidence: [${evidence}] }`
const handling = `
rules:
  - { id: drives-stay, text: What shows drives belongs to a customer, labels: [drives], export: refused }
agreements:
${agreement('line-1', 'drives', 'recordings, sessions, requests')}
${agreement('with-words', 'drives', 'requests, words')}
${agreement('line-2', 'packaging', 'recordings')}
${agreement('over', 'drives', 'recordings', '2001-12-31')}
`

describeWith(['ssh', 'sshd', 'ssh-keygen'], 'plants apart', () => {
  let stage: GatewayStage
  let session: string
  let exported = 0

  beforeAll(async () => {
    stage = await stageGateway({ files: { 'handling.yaml': handling }, logLevel: 'warn' })
    const auditor = { supplier: null, displayName: 'Auditor', roles: ['auditor'], oversight: 'plants' } as const
    await stage.enrol({ ...auditor, login: 'audit-north', plants: ['north'] })
    await stage.enrol({ ...auditor, login: 'audit-south', plants: ['south'] })
    await stage.enrol({
      supplier: null,
      displayName: 'ISMS manager of South',
      login: 'isms-south',
      roles: ['isms-manager'],
      plants: ['south'],
      oversight: 'plants',
    })
    await stage.grant('ews-1')
    await runSsh(await stage.sshLogin('vendor%ews-1'), { command: 'echo coil 1 on' })
    await stage.quiet()
    const { items } = await (await stage.api('auditor')).ok<ListView<RecordingView>>('GET', '/recordings')
    session = items[0]?.session.id ?? ''
  })
  afterAll(() => stage?.stop())

  const read = async <T>(login: string, path: string) => (await stage.api(login)).ok<T>('GET', path)
  const refused = async (login: string, method: 'GET' | 'POST', path: string, body?: unknown) => {
    const answer = await (await stage.api(login)).call<ProblemView>(method, path, body)
    return `${answer.status} ${answer.json().code}`
  }

  async function exportOf(
    login: string,
    body: Readonly<Record<string, unknown>>,
  ): Promise<{ dir: string; report: Report }> {
    const api = await stage.api(login)
    const answer = await api.call('POST', '/exports', { sessions: [], purpose: 'audit', ...body })
    expect(answer.status).toBe(200)
    const dir = join(stage.folder, `evidence-${exported++}`)
    await unpack(Readable.from([answer.bytes]), dir)
    const trust = parseTrust((await api.call('GET', '/evidence/trust')).json())
    if (trust.kind === 'malformed') throw new Error(trust.problems.join())
    const report = await verifyExport(dir, trust.trust)
    expect(report.findings.filter(({ holds }) => !holds)).toEqual([])
    return { dir, report }
  }

  it('shows recordings and sessions of a plant to who looks over it, and by the plant that is asked for', async () => {
    const idsOf = async (login: string, query = '') =>
      (await read<ListView<RecordingView>>(login, `/recordings${query}`)).items.map((one) => one.session.id)
    expect(await idsOf('audit-north')).toEqual([session])
    expect(await idsOf('audit-south')).toEqual([])
    expect(await idsOf('auditor', '?plant=north')).toEqual([session])
    expect(await idsOf('auditor', '?plant=south')).toEqual([])
    const live = async (login: string, query: string) =>
      (await read<ListView<SessionView>>(login, `/sessions?state=all${query}`)).items.map(({ id }) => id)
    expect(await live('audit-south', '')).toEqual([])
    expect(await live('auditor', '&plant=north')).toEqual([session])
    const body = { purpose: 'look' }
    expect(await refused('audit-south', 'POST', `/recordings/${session}/replay`, body)).toBe('403 viewing-refused')
  })

  it('answers one recording of another plant as one that is not there, and keeps that it was asked for', async () => {
    const asked = (await stage.evidence({ types: ['input.refused'] })).length
    expect(await refused('audit-south', 'GET', `/recordings/${session}`)).toBe('404 not-found')
    expect(await refused('audit-south', 'POST', `/recordings/${session}/verify`)).toBe('404 not-found')
    expect((await stage.evidence({ types: ['input.refused'] })).length).toBe(asked + 2)
    expect((await read<RecordingView>('audit-north', `/recordings/${session}`)).session.id).toBe(session)
  })

  it('gives words of what concerns no plant to who looks over all, and bare entries to others', async () => {
    const asked = { what: 'a ladder stood in the way', anonymous: true }
    await (await stage.api('engineer')).ok('POST', '/concerns', asked)
    const meaningFor = async (login: string) => {
      const { items } = await read<ListView<EvidenceView>>(login, '/evidence?types=incident.near_miss')
      return items.map(({ meaning }) => Object.values(meaning))
    }
    expect(await meaningFor('audit-south')).toEqual([[]])
    expect(await meaningFor('auditor')).toEqual([[asked.what]])
  })

  it('shows who is off, and people under review, to people of their plants', async () => {
    const target = { kind: 'plant', id: 'north' }
    const admin = await stage.api('admin')
    const { suspension } = await admin.ok<{ suspension: { id: string } }>('POST', '/suspensions', {
      target,
      reason: 'customer X stands on the line',
    })
    const off = async (login: string) =>
      (await read<ListView<{ id: string }>>(login, '/suspensions')).items.map(({ id }) => id)
    expect(await off('isms-south')).toEqual([])
    expect(await off('audit-north')).toEqual([suspension.id])
    expect(await off('auditor')).toEqual([suspension.id])
    await (await stage.api('manager')).ok('POST', `/suspensions/${suspension.id}/lift`, { reason: 'gone' })
    const campaign = await admin.ok<CampaignView>('POST', '/campaigns', {
      title: 'who may',
      dueAt: Date.now() + 86_400_000,
    })
    const peopleFor = async (login: string) =>
      (await read<CampaignView>(login, `/campaigns/${campaign.id}`)).items.map(({ person }) => person.login)
    expect(await peopleFor('isms-south')).toContain('audit-south')
    expect(await peopleFor('isms-south')).not.toContain('audit-north')
    expect(await peopleFor('auditor')).toContain('audit-north')
  })

  it('gives words of an incident of two plants to nobody who looks over one of them', async () => {
    const touches = { sessions: [session], plants: ['south'] }
    const words = 'the same account was used in both plants'
    const raised = { title: 'Account used twice', words, severity: 'low', touches }
    await (await stage.api('manager')).ok('POST', '/incidents', raised)
    const meaningFor = async (login: string) => {
      const { items } = await read<ListView<EvidenceView>>(login, '/evidence?types=incident.raised')
      return items.map(({ meaning }) => Object.values(meaning).includes(words))
    }
    expect(await meaningFor('audit-north')).toEqual([false])
    expect(await meaningFor('audit-south')).toEqual([false])
    expect(await meaningFor('auditor')).toEqual([true])
  })

  it('names the plants somebody may ask for, and the agreements they may export under', async () => {
    const readsOf = async (login: string) => (await read<MeView>(login, '/auth/me')).reads.map(({ id }) => id)
    expect(await readsOf('audit-south')).toEqual(['south'])
    expect(await readsOf('auditor')).toEqual(expect.arrayContaining(['north', 'south']))
    expect(await readsOf('vendor')).toEqual([])
    const { items } = await read<ListView<AgreementView>>('audit-south', '/agreements')
    expect(items.map(({ id, fault }) => [id, fault === null])).toEqual([
      ['line-1', true],
      ['with-words', true],
      ['line-2', true],
      ['over', false],
    ])
    expect(await refused('admin', 'GET', '/agreements')).toBe('403 role-missing')
    const grants = async (plant: string) =>
      (await read<ListView<GrantView>>('auditor', `/grants?plant=${plant}`)).items.map(({ asset }) => asset)
    expect(await grants('north')).toContain('ews-1')
    expect(await grants('south')).toEqual([])
  })

  it('leaves what is of every plant to who looks over all', async () => {
    const records = { change: 'C', impact: 'I', test: 'T', rollback: 'R' }
    expect(await refused('isms-south', 'POST', '/platform/releases/0/records', records)).toBe('403 role-missing')
    expect(await refused('audit-south', 'POST', '/search-index/rebuild')).toBe('403 role-missing')
    const proposal = '/proposals/pro_00000000000000000000000000/reject'
    expect(await refused('isms-south', 'POST', proposal, { reason: 'x' })).toBe('403 role-missing')
  })

  it('shows entries of a plant to who looks over it, those of no plant to all, and words only with every plant', async () => {
    const typesOf = async (login: string, query = '') =>
      (await read<ListView<EvidenceView>>(login, `/evidence?limit=200${query}`)).items
    const [south, north] = [await typesOf('audit-south'), await typesOf('audit-north')]
    expect(north.filter(({ type }) => type === 'session.started')).toHaveLength(1)
    expect(south.filter(({ type }) => /^(session|request|grant)\./.test(type) && type !== 'session.refused')).toEqual(
      [],
    )
    expect(south.map(({ type }) => type)).toContain('gateway.started')
    const [started] = north.filter(({ type }) => type === 'session.started')
    expect(started?.meaning[String(started.data['source'])]).toBeDefined()
    expect((await typesOf('auditor', '&plant=south')).some(({ type }) => type === 'session.started')).toBe(false)
    expect(await refused('audit-south', 'GET', '/evidence?plant=north')).toBe('403 role-missing')
  })

  it('has a register, a coverage and a statement of applicability of each plant', async () => {
    const population = async (login: string, query = '') => {
      const { controls, plants } = await read<RegisterView>(login, `/register${query}`)
      return { plants, tested: controls.find(({ id }) => id === 'GW-ACC-01')?.population ?? -1 }
    }
    expect(await population('audit-north')).toEqual({ plants: ['north'], tested: expect.toSatisfy((n) => n > 0) })
    expect(await population('auditor', '?plant=south')).toEqual({ plants: ['south'], tested: 0 })
    expect((await population('auditor')).plants).toBeNull()
    const { items } = await read<CoverageView>('audit-north', '/register/coverage?limit=200')
    expect(items.some(({ id }) => id === 'ews-1')).toBe(true)
    const other = await read<CoverageView>('audit-south', '/register/coverage?limit=200')
    expect(other.items.some(({ id }) => id === 'ews-1')).toBe(false)
    expect((await read<ApplicabilityView>('audit-south', '/register/applicability')).standards.length).toBeGreaterThan(
      0,
    )
  })

  it('lets nobody decide on evidence of a plant they do not look over', async () => {
    const hold = { target: { kind: 'session', id: session }, reason: 'claim', reference: 'INC-1' }
    expect(await refused('audit-south', 'POST', '/holds', hold)).toBe('403 role-missing')
    expect(await refused('audit-north', 'POST', '/holds', { ...hold, target: { kind: 'all', id: '' } })).toMatch(/^40/)
    await (await stage.api('audit-north')).ok('POST', '/holds', hold)
    expect((await read<ListView<unknown>>('audit-south', '/holds')).items).toEqual([])
    const deletion = { sessions: [session], reason: 'x' }
    expect(await refused('audit-south', 'POST', '/deletions', deletion)).toBe('403 role-missing')
    const refusals = await stage.evidence({ types: ['evidence.step_refused'] })
    expect(refusals.map(({ data }) => data['code'])).toContain('other-plant')
  })

  it('exports of a plant what is of it, with the whole ledger, which verifies', async () => {
    const north = await exportOf('auditor', { plants: ['north'] })
    // What the rule keeps in the house stays there.
    expect(north.report.header?.extent).toMatchObject({ plants: ['north'], agreement: null, entries: 'all' })
    expect(north.report.header?.extent?.leftOut).toEqual([
      { why: 'recording kept back by how it is handled', count: 1 },
    ])
    const south = await exportOf('audit-south', {})
    expect(south.report.header?.extent).toMatchObject({ plants: ['south'] })
    // Nor what the scope of another plant leaves out.
    expect(JSON.stringify(south.report.header?.scope)).not.toContain('office systems')
    expect(south.report.header?.extent?.leftOut).toEqual([{ why: 'recording of another plant', count: 1 }])
    const words = JSON.parse(await readFile(join(south.dir, 'disclosures.json'), 'utf8')) as { value: string }[]
    expect(words.map(({ value }) => value)).not.toContain('replace the drive parameter set')
    expect(await refused('audit-south', 'POST', '/exports', { sessions: [], purpose: 'x', plants: ['north'] })).toBe(
      '403 role-missing',
    )
    expect(await refused('audit-south', 'POST', '/exports', { sessions: [session], purpose: 'x' })).toBe(
      '403 not-agreed',
    )
  })

  it('exports under an agreement what it covers, as an excerpt that verifies, and nothing else', async () => {
    const { dir, report } = await exportOf('auditor', { agreement: 'line-1' })
    expect(report.recordings).toMatchObject([{ session, holds: true, decrypted: true }])
    expect(report.header?.scope.notCovered).toEqual(['exclusions from the scope: 2, not named under an agreement'])
    expect(report.header?.extent).toMatchObject({ agreement: { id: 'line-1', reference: 'QA-1' }, entries: 'excerpt' })
    const lines = (await readFile(join(dir, 'ledger/excerpt.jsonl'), 'utf8')).trim().split('\n')
    const types = lines.map((line) => {
      const { entry } = JSON.parse(line) as { entry: string }
      return (JSON.parse(Buffer.from(entry, 'base64').toString()) as { type: string }).type
    })
    expect(types).toContain('session.started')
    expect(types).toContain('session.recording_sealed')
    expect(types.filter((type) => !/^(session|credential|request|grant|change|evidence\.exported)/.test(type))).toEqual(
      [],
    )
    const words = JSON.parse(await readFile(join(dir, 'disclosures.json'), 'utf8')) as { value: string }[]
    expect(words.map(({ value }) => value)).toEqual(['audit'])
    const [last] = (await stage.evidence({ types: ['evidence.exported'] })).slice(-1)
    expect(last?.data).toMatchObject({ agreement: 'line-1', sessions: [session] })
  })

  it('gives out words only where they were agreed, and no recording that was not', async () => {
    const { dir, report } = await exportOf('auditor', { agreement: 'with-words' })
    expect(report.recordings).toEqual([])
    const kept = JSON.parse(await readFile(join(dir, 'disclosures.json'), 'utf8')) as { value: string }[]
    expect(kept.map(({ value }) => value)).not.toContain('echo coil 1 on')
    const other = await exportOf('auditor', { agreement: 'line-2' })
    expect(other.report.recordings).toEqual([])
    expect(other.report.header?.extent?.leftOut).toContainEqual({
      why: 'recording not covered by the agreement',
      count: 1,
    })
    const asked = { sessions: [session], purpose: 'x' }
    expect(await refused('auditor', 'POST', '/exports', { ...asked, agreement: 'line-2' })).toBe('403 not-agreed')
    expect(await refused('auditor', 'POST', '/exports', { ...asked, agreement: 'over' })).toBe('409 agreement-unusable')
    expect(await refused('auditor', 'POST', '/exports', { ...asked, agreement: 'none' })).toBe('404 not-found')
    // Without an agreement the rule holds as it stands.
    expect(await refused('auditor', 'POST', '/exports', asked)).toBe('403 viewing-refused')
  })

  it('ends a session of a plant by its own people, and by nobody of another plant', async () => {
    await stage.grant('ews-1')
    const ssh = await openSsh(await stage.sshLogin('vendor%ews-1'), { command: 'sleep 60' })
    const id = await eventually('a living session', async () => {
      const { items } = await read<ListView<SessionView>>('approver', '/sessions')
      const [found] = items.filter(({ state }) => state === 'active')
      return found?.id ?? null
    })
    expect(await refused('isms-south', 'POST', `/sessions/${id}/kill`, { reason: 'x' })).toBe('404 not-found')
    const body = { target: { kind: 'plant', id: 'north' }, reason: 'x' }
    expect(await refused('isms-south', 'POST', '/revocations', body)).toMatch(/^403/)
    await (await stage.api('approver')).ok('POST', `/sessions/${id}/kill`, { reason: 'line starts', insist: true })
    await ssh.ended
    await stage.quiet()
    const [killed] = (await stage.evidence({ types: ['session.terminated_kill'] })).slice(-1)
    expect(killed?.data['session']).toBe(id)
  })
})

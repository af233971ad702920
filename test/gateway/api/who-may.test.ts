// Over the API of a whole gateway: what somebody who is suspended may still do, what a supplier reads of the plant's
// people, and that every route that changes something refuses whoever has no part in it, as evidence.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { routes, type RouteName } from '../../../gateway/contract/routes.ts'
import type { SuspendedView } from '../../../gateway/contract/standing-views.ts'
import type { ListView, ProblemView, RequestView } from '../../../gateway/contract/views.ts'
import { askFor } from '../../../gateway/demo/asking.ts'
import { stageGateway, type GatewayStage } from '../../support/gateway-stage.ts'

const hour = 3_600_000
let stage: GatewayStage

beforeAll(async () => {
  stage = await stageGateway({ targets: [], logLevel: 'error' })
  const plain = { supplier: null, plants: [] }
  for (const [login, role] of [
    ['chief', 'admin'],
    ['deputy', 'admin'],
    ['isms', 'isms-manager'],
  ] as const)
    await stage.enrol({ ...plain, login, displayName: login, roles: [role] })
  await stage.enrol({ ...plain, login: 'stranger', displayName: 'Stranger', roles: ['engineer'] })
  const every = ['vendor', 'approver', 'escort', 'safety-engineer', 'auditor', 'isms-manager', 'admin']
  await stage.enrol({
    login: 'rival',
    displayName: 'Rival',
    roles: every,
    supplier: 'robot-cell-service',
    plants: ['north'],
  })
})
afterAll(() => stage.stop())

async function refusal(login: string, method: 'GET' | 'POST', path: string, body?: unknown): Promise<string> {
  const answer = await (await stage.api(login)).call<ProblemView>(method, path, body)
  return answer.status < 400 ? String(answer.status) : `${answer.status} ${answer.json().code}`
}
const lengthOfLedger = () => stage.withStore((store) => store.evidence.size())

const id = '00000000000000000000000000'
const digest = '0'.repeat(64)
const window = { from: 0, until: 32_503_680_000_000 }
const reason = { reason: 'because' }
const target = { kind: 'person', id: 'approver' }
/** A body each route takes, so that the refusal is about who asks and not about what. */
const bodies: Partial<Record<RouteName, unknown>> = {
  approve: { digest, comment: '' },
  deny: { digest, comment: 'no' },
  revoke: reason,
  kill: reason,
  extend: { until: window.until, comment: '' },
  replay: { purpose: 'because' },
  askViewing: { purpose: 'because' },
  openSearch: { purpose: 'because' },
  search: { query: 'pump' },
  compareSeen: { addresses: ['192.0.2.7'] },
  triageSeen: { verdict: 'known', ...reason },
  proposeHostKey: { comment: 'new' },
  acceptHostKey: { fingerprint: `SHA256:${'A'.repeat(43)}`, comment: 'compared' },
  rejectHostKey: { fingerprint: `SHA256:${'A'.repeat(43)}`, comment: 'not ours' },
  refuseViewing: reason,
  releaseFile: reason,
  refuseFile: reason,
  export: { sessions: [], purpose: 'because' },
  hold: { target: { kind: 'all', id: '' }, ...reason, reference: 'INC-1' },
  releaseHold: reason,
  proposeDeletion: { sessions: [], ...reason },
  confirmDeletion: reason,
  withdrawDeletion: reason,
  proposeErasure: { subject: { kind: 'person', id: 'approver' }, ...reason },
  confirmErasure: reason,
  withdrawErasure: reason,
  bundleDiff: { files: {} },
  bundleDryRun: { files: {}, days: 1 },
  rollback: { base: digest, ...reason },
  propose: { files: {}, comment: 'mine' },
  activate: { base: digest },
  rebase: { base: digest },
  rejectProposal: reason,
  reviewSafety: { base: digest, verdict: 'rejected', comment: 'no' },
  recordPlatformRelease: { change: 'CHG-1', impact: 'none', test: 'FAT-1', rollback: 'the old package' },
  judgePlatformRelease: { verdict: 'approved', record: 1, comment: 'fine' },
  recordTrial: { result: 'passed', site: 'mirror', reference: 'FAT-1', findings: 'as expected' },
  reviewScopeChange: { verdict: 'accepted', comment: 'fine' },
  explain: {
    person: 'approver',
    asset: 'ews-1',
    action: 'request',
    operationClass: 'operate',
    tier: 'normal',
    at: 0,
    minutes: 60,
    mfa: true,
  },
  suspend: { target, ...reason },
  lift: reason,
  handOverMachine: { to: 'approver', ...reason },
  revokeAccess: { target, ...reason },
  delegate: { to: 'approver', window, ...reason },
  assertPresence: { zone: 'north-control', code: '123456', minutes: 10 },
  attest: { person: 'approver', label: 'x', until: window.until, reference: 'x' },
  withdrawAttestation: reason,
  attestTraining: { person: 'approver', training: 'x', until: window.until, reference: 'x' },
  withdrawTraining: reason,
  attestExpectation: { expectation: 'x', until: window.until, reference: 'x' },
  withdrawExpectation: reason,
  closeReview: { verdict: 'justified', comment: 'fine' },
  confirmAssets: { items: [{ asset: 'ews-1' }] },
  reviewScopeFit: { bundle: digest, decisions: 'none' },
  closeConcern: { learned: 'a lot' },
  touchIncident: { plants: ['north'] },
  rateIncident: { severity: 'low', ...reason },
  assignIncident: { to: 'approver' },
  noteIncident: { words: 'mine' },
  holdIncident: reason,
  linkIncident: { suspension: `sus_${id}` },
  reportIncident: { report: 'early-warning', reference: 'x' },
  assessIncident: { kind: 'safety', words: 'none' },
  containIncident: { words: 'over' },
  closeIncident: { cause: 'none', lessons: 'none' },
  closeIncidentAction: { words: 'works' },
  askEvidence: { party: 'x', what: 'x', why: 'x', dueAt: window.until },
  receiveEvidence: { files: [{ name: 'x', bytes: 1, sha256: digest }], holder: 'x', place: 'x' },
  endAsking: { outcome: 'withdrawn', ...reason },
  moveExhibit: { kind: 'copied', to: 'x', place: 'x', purpose: 'x' },
  drawSample: { count: 3 },
  startCampaign: { title: 'mine', dueAt: window.until },
  decideItem: { person: 'approver', verdict: 'keep', ...reason },
}
const prefixes: Partial<Record<RouteName, string>> = {
  approve: 'req',
  deny: 'req',
  withdraw: 'req',
  revoke: 'gra',
  extend: 'gra',
  kill: 'ses',
  escort: 'ses',
  liftWriteHold: 'ses',
  leaveEscort: 'ses',
  verify: 'ses',
  replay: 'ses',
  askViewing: 'ses',
  confirmViewing: 'vie',
  refuseViewing: 'vie',
  releaseFile: 'fil',
  refuseFile: 'fil',
  activate: 'pro',
  rebase: 'pro',
  rejectProposal: 'pro',
  reviewSafety: 'pro',
  recordTrial: 'pro',
  withdrawProposal: 'pro',
  reviewScopeChange: 'sch',
  lift: 'sus',
  endDelegation: 'del',
  endPresence: 'pre',
  withdrawAttestation: 'att',
  withdrawTraining: 'att',
  withdrawExpectation: 'att',
  closeReview: 'rev',
  closeConcern: 'con',
  touchIncident: 'inc',
  rateIncident: 'inc',
  assignIncident: 'inc',
  noteIncident: 'inc',
  holdIncident: 'inc',
  linkIncident: 'inc',
  reportIncident: 'inc',
  assessIncident: 'inc',
  containIncident: 'inc',
  closeIncident: 'inc',
  closeIncidentAction: 'inc',
  askEvidence: 'inc',
  receiveEvidence: 'evr',
  endAsking: 'evr',
  moveExhibit: 'exh',
  releaseHold: 'hld',
  confirmDeletion: 'dln',
  withdrawDeletion: 'dln',
  confirmErasure: 'era',
  withdrawErasure: 'era',
  withdrawSet: 'set',
  decideItem: 'cam',
  closeCampaign: 'cam',
}
const notAbout: readonly RouteName[] = [
  'login',
  'beginEnrolment',
  'finishEnrolment',
  'takePeopleFeed',
  'refresh',
  'logout',
  'submit',
  'reportConcern',
  'raiseIncident',
  'reportPhysical',
]
const changing = (Object.keys(routes) as RouteName[]).filter(
  (name) => routes[name].method === 'POST' && !notAbout.includes(name),
)
const pathOf = (name: RouteName): string => routes[name].path.replace(':id', `${prefixes[name] ?? 'x'}_${id}`)

describe('a route that changes something', () => {
  for (const who of ['stranger', 'rival'])
    it.each(changing)(`refuses ${who} on %s`, async (name) => {
      const before = await lengthOfLedger()
      const answer = await refusal(who, 'POST', pathOf(name), bodies[name])
      expect(answer).toMatch(/^(?:403|404|400 malformed-id)/)
      // What is not there is no secret, and says nothing of anybody; every other refusal is evidence.
      if (!answer.startsWith('404')) expect(await lengthOfLedger()).toBeGreaterThan(before)
    })
})

describe('an administrator who is suspended', () => {
  it('changes nothing more, and still ends access', async () => {
    const grant = await stage.grant('ews-1')
    const off = await (
      await stage.api('isms')
    ).ok<SuspendedView>('POST', '/suspensions', { target: { kind: 'person', id: 'chief' }, reason: 'under suspicion' })
    const ending: readonly RouteName[] = [
      'deny',
      'withdraw',
      'withdrawSet',
      'revoke',
      'revokeAccess',
      'kill',
      'leaveEscort',
    ]
    const looking: readonly RouteName[] = ['verify', 'bundleDiff', 'bundleDryRun', 'explain']
    const asking: readonly RouteName[] = ['approve', 'extend']
    const taking: readonly RouteName[] = [
      'endDelegation',
      'endPresence',
      'withdrawAttestation',
      'withdrawTraining',
      'withdrawExpectation',
    ]
    const stillOpen = [...ending, ...looking, ...asking, ...taking]
    for (const name of changing.filter((each) => !stillOpen.includes(each)))
      expect(`${name}: ${await refusal('chief', 'POST', pathOf(name), bodies[name])}`).toBe(
        `${name}: 403 policy-denied`,
      )
    // A dry run is a look, and of a proposal a record of its dossier.
    const ofProposal = { proposal: `pro_${'0'.repeat(26)}`, days: 1 }
    expect(await refusal('chief', 'POST', pathOf('bundleDryRun'), ofProposal)).toBe('403 policy-denied')
    expect(await refusal('deputy', 'POST', pathOf('bundleDryRun'), ofProposal)).toBe('404 not-found')
    const refused = await stage.evidence({ types: ['input.refused'] })
    expect(refused.filter(({ data }) => data['code'] === 'suspended-party').length).toBeGreaterThan(10)
    // Not even against who could lift it.
    const against = { target: { kind: 'person', id: 'deputy' }, reason: 'revenge' }
    expect(await refusal('chief', 'POST', '/suspensions', against)).toBe('403 policy-denied')
    expect(await refusal('chief', 'POST', `/suspensions/${off.suspension.id}/lift`, reason)).toBe('403 policy-denied')
    expect(await refusal('chief', 'POST', `/grants/${grant.id}/revoke`, reason)).toBe('200')
    await (await stage.api('deputy')).ok('POST', `/suspensions/${off.suspension.id}/lift`, reason)
    expect(await refusal('chief', 'POST', '/campaigns', { title: 'spring', dueAt: stage.clock.now() + hour })).toBe(
      '201',
    )
  })
})

describe('text that is none', () => {
  it('is refused as a malformed body, and is evidence', async () => {
    const body = { title: 'half of a pair: \ud800', dueAt: window.until }
    expect(await refusal('isms', 'POST', '/campaigns', body)).toBe('400 malformed-body')
  })
})

describe('a person of a supplier', () => {
  it('learns that somebody is on duty, and not who', async () => {
    const now = stage.clock.now()
    const criteria = ['line-down', 'no-other-way']
    const asked = await askFor(await stage.api('vendor'), {
      assets: ['ews-1'],
      protocol: 'ssh',
      operationClass: 'operate',
      when: { kind: 'window', from: now, until: now + hour },
      tier: 'emergency',
      criteria,
      purpose: 'line stands still',
      ticket: 'CHG-1',
    })
    expect(asked.needs).toMatchObject([{ kind: 'duty', onDuty: [] }])
    const [own] = asked.needs
    const read = await (await stage.api('approver')).ok<RequestView>('GET', `/requests/${asked.id}`)
    const [plants] = read.needs
    expect(own?.isOnDuty).toBe(plants?.isOnDuty)
    expect(plants?.onDuty.length).toBe(plants?.isOnDuty ? 1 : 0)
    expect(read.by.supplierName).toBe('Acme Drives')
  })

  it('is explained nothing of what they could not ask for, nor how far an asset leads', async () => {
    const about = { action: 'request', operationClass: 'operate', tier: 'normal', at: stage.clock.now(), minutes: 60 }
    const question = { ...about, mfa: true }
    const vendor = await stage.api('vendor')
    const mine = await vendor.ok<{ decision: object }>('POST', '/explain', { ...question, asset: 'ews-1' })
    expect(mine.decision).toMatchObject({ reach: null })
    const plants = await (
      await stage.api('approver')
    ).ok<{ decision: object }>('POST', '/explain', {
      ...question,
      asset: 'ews-1',
    })
    expect(plants.decision).not.toMatchObject({ reach: null })
    const seen = new Set(
      (await vendor.ok<ListView<{ id: string }>>('GET', '/assets')).items.map(({ id: asset }) => asset),
    )
    const all = (await (await stage.api('chief')).ok<ListView<{ id: string }>>('GET', '/assets')).items
    const hidden = all.find(({ id: asset }) => !seen.has(asset))
    expect(await refusal('vendor', 'POST', '/explain', { ...question, asset: hidden?.id })).toBe('404 not-found')
  })

  it('reads nothing of others, whatever roles they were given beside', async () => {
    await stage.grant('ews-1')
    const rival = await stage.api('rival')
    for (const path of ['/requests', '/grants', '/sessions', '/sessions?state=all'])
      expect((await rival.ok<ListView<unknown>>('GET', path)).items).toEqual([])
    const assets = await rival.ok<ListView<{ plant: string; labels: string[] }>>('GET', '/assets')
    const all = await (await stage.api('chief')).ok<ListView<unknown>>('GET', '/assets')
    expect(assets.items.length).toBeLessThan(all.items.length)
    for (const path of [
      '/evidence',
      '/register',
      '/bundle',
      '/bundles',
      '/scope',
      '/interfaces',
      '/information',
      '/suppliers',
      '/suspensions',
      '/recordings',
    ])
      expect(`${path}: ${await refusal('rival', 'GET', path)}`).toBe(`${path}: 403 role-missing`)
  })
})

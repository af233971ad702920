// The control register: from small streams of events, each control reaches each of its states, and each way to fail
// names the event that shows it.

import { describe, expect, it } from 'vitest'
import type { Events } from '../../../policy/events.ts'
import { catalogue } from '../../../policy/register/catalogue.ts'
import { day, minute, purpose, start, stateOf, stream, window, type Cases, type Loose } from './stream.ts'
import { custodyCases } from './custody-cases.ts'
import { backupCases } from './backup-cases.ts'
import { drillCases } from './drill-cases.ts'
import { fileCases } from './file-cases.ts'
import { recordingReviewCases } from './recording-review-cases.ts'
import { interfaceCases } from './interface-cases.ts'
import { encryptionCases } from './encryption-cases.ts'
import { ledgerCases } from './ledger-cases.ts'
import { atWork, held, inventoryCases, standingCases } from './standing-cases.ts'
import { separated } from './standing-events.ts'

const published: Loose = [0, 'scope.version_published', { scopeVersion: '2026-1', bundle: 'b' }]
const decision = (minutes: number, change: Partial<Record<keyof Events['policy.decision'], unknown>> = {}): Loose => [
  minutes,
  'policy.decision',
  {
    action: 'connect',
    outcome: 'permit',
    person: 'p1',
    asset: 'ews-1',
    grant: 'g1',
    scope: 'in',
    scopeVersion: '2026-1',
    rules: ['grant-may-be-used'],
    ...change,
  },
]
const asked: Loose = [0, 'request.submitted', { request: 'r1', person: 'p1', protocol: 'ssh', window }]
const approved = (minutes = 1, change: Partial<Record<keyof Events['request.approved'], unknown>> = {}): Loose => [
  minutes,
  'request.approved',
  { request: 'r1', grant: 'g1', requester: 'p1', approver: 'p2', asset: 'ews-1', window, ...change },
]
const opened = (minutes = 2, change: Partial<Record<keyof Events['session.started'], unknown>> = {}): Loose => [
  minutes,
  'session.started',
  {
    session: 's1',
    grant: 'g1',
    request: 'r1',
    person: 'p1',
    asset: 'ews-1',
    conduit: 'c1',
    protocol: 'ssh',
    mfa: ['totp'],
    window,
    ...change,
  },
]
const recording = (minutes = 2): Loose => [minutes, 'session.recording_started', { session: 's1', manifest: 'm' }]
const ended = (minutes = 3, change: Partial<Record<keyof Events['session.ended'], unknown>> = {}): Loose => [
  minutes,
  'session.ended',
  {
    session: 's1',
    reason: 'client',
    startedAt: start,
    endedAt: start + minutes * minute,
    windowUntil: window.until,
    hardUntil: window.until,
    bytesIn: 5,
    bytesOut: 7,
    ...change,
  },
]
const degraded: Loose = [
  120,
  'session.degraded',
  { session: 's1', stops: ['window'], windowUntil: window.until, hardUntil: window.until + 10 * minute },
]
const sealed = (minutes = 3, status = 'complete'): Loose => [
  minutes,
  'session.recording_sealed',
  { session: 's1', status },
]
const login = (minutes = 0): Loose => [
  minutes,
  'auth.succeeded',
  { person: 'p1', factor: 'password', mfa: ['totp'], via: 'ssh' },
]
const wrong = (minutes = 0, person: string | null = 'p1', reason = 'wrong-password'): Loose => [
  minutes,
  'auth.failed',
  { person, reason, via: 'ssh' },
]
const lockedOut = (minutes = 0): Loose => [minutes, 'auth.locked_out', { person: 'p1', failures: 5, until: start }]
const replayed = (by: string, why: unknown = purpose, viewing: string | null = null): Loose => [
  5,
  'session.replayed',
  { session: 's1', by, purpose: why, viewing },
]
const agreed = (viewer: string, by: string, viewUntil = start + day): Loose => [
  4,
  'recording.view_confirmed',
  { viewing: 'v1', session: 's1', viewer, by, viewUntil },
]

const firstUsed = (minutes: number, of: object): Loose => [minutes, 'grant.first_used', { grant: 'g1', window: of }]
const brief = { from: start + minute, until: start + 3 * minute }
const brokenGlass: Loose = [
  1,
  'request.break_glass',
  { request: 'r1', grant: 'g1', person: 'p1', asset: 'ews-1', window },
]
const role = (name: string) => ({ kind: 'role', role: name })
const yesBy = (...people: readonly string[]) => people.map((by) => ({ by, onBehalfOf: by }))

const changeProposed = (minutes = 0): Loose => [
  minutes,
  'scope.change_proposed',
  { change: 'c1', asset: 'ews-1', proposer: 'p2', activator: 'p3' },
]
const changeReviewed = (
  minutes = 1,
  change: Partial<Record<keyof Events['scope.change_reviewed'], unknown>> = {},
): Loose => [
  minutes,
  'scope.change_reviewed',
  { change: 'c1', asset: 'ews-1', outcome: 'accepted', by: 'p4', ...change },
]
const changed = (kind: string, proposer: string | null, activator: string | null): Loose => [
  1,
  'policy.changed',
  { from: 'a', to: 'b', kind, proposer, activator },
]

const cases: Readonly<Record<string, Cases>> = {
  ...standingCases,
  ...custodyCases,
  ...encryptionCases,
  ...ledgerCases,
  ...backupCases,
  ...drillCases,
  ...recordingReviewCases,
  ...fileCases,
  ...interfaceCases,
  'GW-INV-01': inventoryCases,
  'GW-CLS-01': {
    fresh: [
      opened(0, { labels: ['drives'] }),
      decision(1, { outcome: 'deny', rules: ['attestation-missing'] }),
      [2, 'recording.view_refused', { session: 's1', why: 'rules' }],
      [3, 'file.transfer_requested', { file: 'f1', asset: 'ews-1', labels: ['drives'] }],
      [4, 'file.blocked', { file: 'f1', session: 's1', because: 'infected' }],
      [4, 'file.crossed', { session: 's1', asset: 'ews-1', labels: ['drives'] }],
    ],
    staleAfter: 366 * day + 5 * minute,
    notExercised: [opened(), [2, 'recording.view_refused', { session: 's1', why: 'unanswered' }]],
    failing: [
      ['which has no label', [opened(0, { labels: [] })], 0],
      ['which has no label', [[0, 'file.transfer_requested', { file: 'f1', asset: 'ews-1', labels: [] }]], 0],
      ['which has no label', [[0, 'file.crossed', { session: 's1', asset: 'ews-1', labels: [] }]], 0],
    ],
  },
  'GW-SCP-01': {
    fresh: [published, decision(1)],
    staleAfter: day + 2 * minute,
    notExercised: [published, decision(1, { outcome: 'deny' })],
    failing: [
      ['was given for an asset whose scope is `out`', [published, decision(1, { scope: 'out' })], 1],
      ['was given for an asset whose scope is `undetermined`', [published, decision(1, { scope: 'undetermined' })], 1],
      ['which was never published', [decision(1)], 0],
    ],
  },
  'GW-SCP-02': {
    fresh: [changeProposed(), changeReviewed(), decision(2)],
    staleAfter: 366 * day,
    notExercised: [published, decision(1), changeProposed(2)],
    failing: [
      ['reviewed by who brought it in', [changeProposed(), changeReviewed(1, { by: 'p2' })], 1],
      ['reviewed by who brought it in', [changeProposed(), changeReviewed(1, { by: 'p3' })], 1],
      ['or by nobody', [changeProposed(), changeReviewed(1, { by: null })], 1],
      ['was decided and never proposed', [changeReviewed()], 0],
      ['while its scope change was not accepted', [changeProposed(), decision(1)], 1],
      [
        'while its scope change was not accepted',
        [changeProposed(), changeReviewed(1, { outcome: 'rejected' }), decision(2)],
        2,
      ],
      ['was not reviewed within 30 days', [changeProposed(-31 * 24 * 60), published], 0],
    ],
  },
  'GW-ACC-01': {
    fresh: [decision(1), opened()],
    staleAfter: day + 3 * minute,
    notExercised: [decision(1)],
    failing: [
      ['without a permit decision', [opened()], 0],
      ['without a permit decision', [decision(1, { outcome: 'deny' }), opened()], 1],
      ['without a permit decision', [decision(1, { action: 'request' }), opened()], 1],
      ['without a permit decision', [decision(1), [1, 'grant.revoked', { grant: 'g1' }], opened()], 2],
      ['on a permit for another person or asset', [decision(1), opened(2, { person: 'p9' })], 1],
      ['on a permit for another person or asset', [decision(1), opened(2, { asset: 'ews-2' })], 1],
    ],
  },
  'GW-ACC-02': {
    fresh: [asked, approved(), opened(), ended()],
    staleAfter: day + 3 * minute,
    notExercised: [asked, approved()],
    failing: [
      ['without an open approval', [asked, opened()], 1],
      ['without an open approval', [approved(), [1, 'grant.revoked', { grant: 'g1' }], opened()], 2],
      ['without an open approval', [approved(), [1, 'grant.expired', { grant: 'g1' }], opened()], 2],
      ['approved by the person who made it', [approved(1, { approver: 'p1' })], 0],
      ['beyond what was approved', [approved(), firstUsed(2, { from: start, until: start + 121 * minute })], 1],
      ['outside its window', [approved(), firstUsed(2, brief), opened(4, { window: brief })], 2],
      ['outside its window', [approved(-9), opened(-1)], 1],
      ['outside its window', [approved(), opened(120)], 1],
      [
        'longer window than the one approved',
        [approved(), opened(2, { window: { from: start, until: start + 121 * minute } })],
        1,
      ],
      ['another person or asset than its approval', [approved(), opened(2, { person: 'p9' })], 1],
      ['after its window', [approved(), opened(), ended(121)], 2],
      ['after its window', [ended(121)], 0],
      ['after its window', [approved(), opened(), ended(121, { hardUntil: window.until + 10 * minute })], 2],
      [
        'past its hard limit',
        [approved(), opened(), degraded, ended(131, { hardUntil: window.until + 10 * minute })],
        3,
      ],
    ],
  },
  'GW-ACC-03': {
    fresh: [approved()],
    staleAfter: day + 2 * minute,
    notExercised: [opened()],
    failing: [
      [
        'needed 2 people and was approved by fewer',
        [approved(1, { needs: [role('approver'), role('safety-engineer')], approvals: yesBy('p2', 'p2') })],
        0,
      ],
      ['approved by the person who made it', [approved(1, { approvals: yesBy('p1', 'p2') })], 0],
      ['approved by the person who made it', [approved(1, { approver: 'p1' })], 0],
      [
        'extended by the person it is for',
        [approved(), [2, 'grant.extended', { grant: 'g1', by: 'p1', to: window }]],
        1,
      ],
      ['opened by the person who approved it', [approved(), opened(2, { person: 'p2' })], 1],
      ['was activated by the person who proposed it', [changed('activate', 'p2', 'p2')], 0],
      ['or by nobody', [changed('activate', 'p2', null)], 0],
      ['holds auditor and approver and shift-lead, which rule `apart` keeps apart', [separated], 0],
    ],
  },
  'GW-AUT-01': {
    fresh: [login(), opened()],
    staleAfter: day + 3 * minute,
    notExercised: [login()],
    failing: [['without a second factor', [opened(2, { mfa: [] })], 0]],
  },
  'GW-AUT-03': {
    fresh: [...Array.from({ length: 5 }, () => wrong()), lockedOut()],
    staleAfter: 7 * day + minute,
    notExercised: [login()],
    failing: [
      ['11 failed logons of person `p1` in a row', Array.from({ length: 11 }, () => wrong()), 10],
      ['in a row', [...Array.from({ length: 10 }, () => wrong()), [1, 'auth.mfa_failed', { person: 'p1' }]], 10],
    ],
  },
  'GW-NET-04': {
    fresh: [opened(), [3, 'session.feature_refused', { session: 's1', person: 'p1', feature: 'agent-forwarding' }]],
    staleAfter: 7 * day + 4 * minute,
    notExercised: [asked, decision(1), opened()],
    failing: [
      ['speaks `telnet`: expected `ssh`', [asked, opened(2, { protocol: 'telnet' })], 1],
      ['crosses no declared conduit', [opened(2, { conduit: '' })], 0],
    ],
  },
  'GW-LOG-02': {
    fresh: [opened(), recording(), ended(), sealed()],
    staleAfter: day + 4 * minute,
    notExercised: [opened(), recording()],
    failing: [
      ['without a recording', [opened(), ended()], 1],
      ['not sealed within 60 seconds', [opened(), recording(), ended()], 2],
      ['not sealed within 60 seconds', [opened(), recording(), ended(), sealed(5)], 2],
      ['is `interrupted`', [opened(), recording(), sealed(3, 'interrupted'), ended()], 2],
    ],
  },
  'GW-CON-01': {
    fresh: [
      opened(),
      replayed('p3'),
      agreed('p1', 'p3'),
      replayed('p1', purpose, 'v1'),
      [6, 'evidence.exported', { by: null, sessions: ['s1'], size: 9, purpose }],
    ],
    staleAfter: day + 7 * minute,
    notExercised: [opened()],
    failing: [
      ['by the person recorded in it', [opened(), replayed('p1')], 1],
      ['by the person recorded in it', [opened(), [5, 'session.watched', { session: 's1', by: 'p1', purpose }]], 1],
      ['on an agreement that nobody gave', [opened(), replayed('p3', purpose, 'v1')], 1],
      ['on an agreement that nobody gave', [opened(), agreed('p4', 'p5'), replayed('p3', purpose, 'v1')], 2],
      [
        'on an agreement that nobody gave',
        [opened(), agreed('p3', 'p4', start + minute), replayed('p3', purpose, 'v1')],
        2,
      ],
      ['who is not another person', [opened(), agreed('p3', 'p3')], 1],
      ['who is not another person', [opened(), agreed('p3', 'p1')], 1],
      ['replayed without a purpose', [opened(), replayed('p3', '')], 1],
      ['exported without a purpose', [[6, 'evidence.exported', { by: null, sessions: [], size: 9 }]], 0],
    ],
  },
}

describe.each(Object.entries(cases))('%s', (control, { fresh, staleAfter, notExercised, failing }) => {
  it('has no evidence while the ledger holds nothing that could say anything', () => {
    const state = stateOf(control, stream([0, 'gateway.started', { version: '1', bundle: 'b' }]))
    expect(state).toMatchObject({ kind: 'no-evidence', population: 0, last: null, offenderCount: 0 })
  })

  it('is not exercised while nothing put it to the test', () => {
    const state = stateOf(control, stream(...notExercised))
    expect(state).toMatchObject({ kind: 'not-exercised', population: 0, last: null })
    expect(Object.values(state.events).reduce((sum, count) => sum + count)).toBe(notExercised.length)
  })

  it('is fresh when it was tested lately and held', () => {
    const state = stateOf(control, stream(...fresh))
    expect(state.kind, state.reason).toBe('fresh')
    expect(state.population).toBeGreaterThan(0)
    expect(state.last?.index).toBeLessThan(fresh.length)
  })

  it('is stale when the last test is too old', () => {
    expect(stateOf(control, stream(...fresh), start + staleAfter)).toMatchObject({ kind: 'stale', offenderCount: 0 })
  })

  it.each(failing)('fails: %s', (sentence, events, index) => {
    const state = stateOf(control, stream(...events))
    expect(state.kind, state.reason).toBe('failing')
    expect(state.offenders.map((each) => [each.index, each.text])).toContainEqual([
      index,
      expect.stringContaining(sentence),
    ])
    expect(state.reason).toContain(sentence)
  })

  it('fails on an event that cannot be read', () => {
    const type = catalogue.get(control)?.evidenceEvents[0] ?? ''
    const state = stateOf(control, [{ index: 7, at: start, type, data: {} }])
    expect(state).toMatchObject({ kind: 'failing', offenders: [{ index: 7 }] })
    expect(state.reason).toContain("can't be read")
  })
})

describe('the controls that go on after a decision', () => {
  it.each(atWork)('%s is exercised by a refusal or an order alone', (control, events) => {
    expect(stateOf(control, stream(...events))).toMatchObject({ kind: 'fresh', population: 1 })
  })

  it.each(held)('hold where %s', (_what, control, events) => {
    const state = stateOf(control, stream(...events))
    expect(state.kind, state.reason).toBe('fresh')
    expect(state.offenders).toEqual([])
  })
})

describe('the register', () => {
  it('covers the whole catalogue, and each control counts exactly the events it names', () => {
    expect(Object.keys(cases).toSorted()).toEqual([...catalogue.keys()].toSorted())
    for (const control of catalogue.values()) {
      const { events } = stateOf(control.id, [])
      expect(Object.keys(events)).toEqual(control.evidenceEvents)
      for (const type of control.evidenceEvents) {
        // Whether it can be read or not, a handler took it: the name is one of the events there are.
        expect(stateOf(control.id, [{ index: 0, at: start, type, data: {} }]).events[type]).toBe(1)
      }
    }
  })

  it('goes on failing for 30 days, and lists the offender after that', () => {
    const events = stream(approved(1, { approver: 'p1' }), approved(31 * 24 * 60, { grant: 'g2' }))
    expect(stateOf('GW-ACC-03', events, start + 30 * day).kind).toBe('failing')
    expect(stateOf('GW-ACC-03', events, start + 31 * day + minute)).toMatchObject({ kind: 'fresh', offenderCount: 1 })
  })

  it('keeps the latest offenders and counts them all', () => {
    const events = Array.from({ length: 50 }, (_, i): Loose => approved(1, { grant: `g${i}`, approver: 'p1' }))
    const state = stateOf('GW-ACC-03', stream(...events))
    expect(state.offenderCount).toBe(50)
    expect(state.offenders).toHaveLength(20)
    expect(state.offenders[0]?.index).toBe(49)
  })

  it('follows an extension: a session inside the longer window holds', () => {
    const longer = { from: start, until: start + 180 * minute }
    const extended: Loose = [3, 'grant.extended', { grant: 'g1', by: 'p2', from: window, to: longer }]
    const events = stream(asked, approved(), opened(), extended, ended(150))
    expect(stateOf('GW-ACC-02', events, start + 200 * minute).kind).toBe('fresh')
  })

  it('takes a broken glass for the approval of its grant', () => {
    expect(stateOf('GW-ACC-02', stream(brokenGlass, opened(), ended()), start + 60 * minute).kind).toBe('fresh')
  })

  it('leaves the other occurrences where they are when one of them is extended', () => {
    const longer = { from: start, until: start + 180 * minute }
    const extended: Loose = [
      3,
      'grant.extended',
      { grant: 'g1', by: 'p2', what: 'occurrence', from: window, to: longer },
    ]
    const wide = { from: start, until: start + 600 * minute }
    const later = opened(400, { window: { from: start + 390 * minute, until: start + 500 * minute } })
    const events = stream(asked, approved(1, { window: wide }), extended, later)
    expect(stateOf('GW-ACC-02', events, start + 401 * minute).kind).toBe('fresh')
  })

  it('does not hold a crash against the window, and holds it against the recording', () => {
    const crash = stream(
      asked,
      approved(),
      opened(),
      recording(),
      ended(500, { reason: 'interrupted' }),
      sealed(500, 'interrupted'),
    )
    expect(stateOf('GW-ACC-02', crash, start + 501 * minute).kind).toBe('fresh')
    expect(stateOf('GW-LOG-02', crash, start + 501 * minute).kind).toBe('failing')
  })

  it('counts a session that never moved a byte neither for nor against its recording', () => {
    const events = stream(opened(), ended(3, { reason: 'target-unreachable', bytesIn: 0, bytesOut: 0 }))
    expect(stateOf('GW-LOG-02', events).kind).toBe('not-exercised')
  })

  it('starts counting failed logons anew after a success or a lockout, and leaves out what is no guess', () => {
    const ten = Array.from({ length: 10 }, () => wrong())
    expect(stateOf('GW-AUT-03', stream(...ten, login(), ...ten, lockedOut(), ...ten)).kind).toBe('fresh')
    expect(stateOf('GW-AUT-03', stream(...ten, wrong(1, 'p1', 'locked-out'), wrong(1, 'p1', 'unknown-key'))).kind).toBe(
      'fresh',
    )
    expect(stateOf('GW-AUT-03', stream(...ten, wrong(1, null, 'unknown-login'), ...ten.slice(0, 0))).kind).toBe('fresh')
  })

  it('takes a throttled source for the limit at work, and for no guess at anybody', () => {
    const throttled: Loose = [1, 'auth.throttled', { source: purpose, via: 'ssh', count: 4000, from: 1, until: 2 }]
    expect(stateOf('GW-AUT-03', stream(throttled))).toMatchObject({ kind: 'fresh', population: 1, offenderCount: 0 })
  })

  it('holds a rollback by one person, and a folder put in force by nobody, against nobody', () => {
    const state = stateOf('GW-ACC-03', stream(changed('rollback', null, 'p2'), changed('folder', null, null)))
    expect(state).toMatchObject({ kind: 'not-exercised', offenderCount: 0 })
    expect(stateOf('GW-ACC-03', stream(changed('activate', 'p2', 'p3'))).kind).toBe('fresh')
  })

  it('takes a lapsed scope change for decided', () => {
    const lapsed = changeReviewed(1, { outcome: 'lapsed', by: null })
    expect(stateOf('GW-SCP-02', stream(changeProposed(), lapsed, decision(2))).kind).toBe('fresh')
  })

  it('takes a refused crossing as a test of the conduits', () => {
    const refused = decision(1, { outcome: 'deny', rules: ['conduit-absent'] })
    expect(stateOf('GW-NET-04', stream(refused)).kind).toBe('fresh')
  })

  it('finds a scope version stale that nobody has renewed for a year', () => {
    const late = 366 * 24 * 60
    const state = stateOf('GW-SCP-01', stream(published, decision(late)), start + (late + 1) * minute)
    expect(state).toMatchObject({ kind: 'stale', reason: expect.stringContaining('12 months') })
  })
})

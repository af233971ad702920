// What is shown of the controls that go on after a decision: taking away, limits, company, reviews, exceptions, changes,
// contracts, boundaries and safety systems.

import type { Events, EventType } from '../../../policy/events.ts'
import { day, minute, purpose, start, window, type Cases, type Loose } from './stream.ts'

/** The keys of every kind of an event that comes in several. */
type KeyOf<Kind> = Kind extends unknown ? keyof Kind : never
type Change<T extends EventType> = { readonly [K in KeyOf<Events[T]>]?: unknown }

const one =
  <T extends EventType>(type: T, data: Change<T>) =>
  (minutes: number, change: Change<T> = {}): Loose =>
    [minutes, type, { ...data, ...change }] as unknown as Loose

const most = { person: 2, asset: null, supplier: null }
export const began = one('session.started', {
  session: 's1',
  grant: 'g1',
  request: 'r1',
  person: 'p1',
  supplier: 'acme',
  asset: 'ews-1',
  plant: 'north',
  zone: 'control',
  window,
  safety: 'none',
  levels: { from: 3.5, to: 2 },
  contractUntil: start + day,
  escortGraceMinutes: null,
  idleEndMinutes: null,
  most,
})
export const over = one('session.ended', {
  session: 's1',
  reason: 'client',
  endedAt: start + 3 * minute,
  windowUntil: window.until,
  hardUntil: window.until,
  idleSince: start + 3 * minute,
})
export const overAt = (minutes: number, change: Change<'session.ended'> = {}): Loose =>
  over(minutes, { endedAt: start + minutes * minute, idleSince: start + minutes * minute, ...change })
const killed = (took: number): Loose => [
  3,
  'session.terminated_kill',
  { session: 's1', by: 'p2', reason: purpose, orderedAt: start, closedAt: start + took },
]
const killOrdered: Loose = [3, 'session.kill_ordered', { session: 's1', by: 'p2', reason: purpose }]
const compared = one('session.heartbeat', { sessions: 3, connections: 3, missing: 0, strangers: 0 })
const unexplained = one('session.socket_unexplained', {
  kind: 'stranger',
  session: null,
  asset: 'ews-1',
  plant: 'north',
  remote: purpose,
})
const seen = (minutes: number): Loose => [
  minutes,
  'asset.unregistered_seen',
  { seen: 'a1', plant: 'north', address: purpose, by: 'p1', triageBy: start + minutes * minute + 7 * day, bundle: 'b' },
]
const triaged = one('asset.seen_triaged', { seen: 'a1', plant: 'north', by: 'p2', verdict: 'known', reason: purpose })
const supplierOff = { kind: 'supplier', id: 'acme' }
export const suspended = one('suspension.created', {
  suspension: 'u1',
  target: supplierOff,
  by: 'p2',
  grants: [],
  sessions: [],
})
export const lifted = one('suspension.lifted', { suspension: 'u1', target: supplierOff, suspendedBy: 'p2', by: 'p3' })
const machineIn = one('identity.machine_registered', { machine: 'm1', owner: 'p9', until: '2099-12-31' })
const machineChanged = one('identity.machine_changed', { machine: 'm1', until: '2099-12-31' })
const handedOver = one('identity.machine_handed_over', { machine: 'm1', from: 'p9', to: 'p8' })
const orphaned = one('identity.machine_orphaned', { machine: 'm1', owner: 'p9' })
const machineOff = one('identity.disabled', { person: 'm1' })
const machineKept = one('review.item_decided', { campaign: 'c1', person: 'm1', verdict: 'keep', by: 'p2' })
const machineRan = (minutes: number): Loose => began(minutes, { person: 'm1', owner: 'p9', mfa: [] })
const blocked = one('session.reconnect_blocked', { suspension: 'u1', person: 'p1', asset: 'ews-1' })
const revoked = one('grant.revoked', { grant: 'g1', by: 'p2' })
const concern = one('incident.near_miss', { concern: 'c1', words: purpose, named: true, dueAt: start + 400 * day })
const learnt = one('incident.near_miss_closed', { concern: 'c1', by: 'p2', learned: purpose, inTime: true })
const corrective = (minutes: number, dueAt: number): Loose =>
  [
    minutes,
    'incident.capa_opened',
    { because: 'incident', incident: 'i1', owner: 'p1', action: purpose, dueAt },
  ] as unknown as Loose
const works = (minutes: number, by: string): Loose =>
  [
    minutes,
    'incident.capa_closed',
    { incident: 'i1', owner: 'p1', by, effect: purpose, inTime: true },
  ] as unknown as Loose
const nonconformity = one('incident.capa_opened', { because: 'break-glass', review: 'v1', dueAt: start + 400 * day })
const comes = one('session.attached_observer', { session: 's1', observer: 'p5' })
const leaves = one('session.observer_lost', { session: 's1', observer: 'p5', because: 'left' })
const awaited = one('session.escort_awaited', { session: 's1', grant: 'g1' })
const stopped = one('session.degraded', { session: 's1', stops: ['escort'] })
const restored = one('session.restored', { session: 's1' })
const approved = one('request.approved', {
  request: 'r1',
  grant: 'g1',
  requester: 'p1',
  approver: 'p2',
  tier: 'normal',
  escort: false,
  operationClass: 'engineer',
  needs: [{ kind: 'role', role: 'approver' }],
})
const escortGrace = { escortGraceMinutes: 5 }

const campaign = one('review.access_campaign_started', { campaign: 'c1', by: 'p3', dueAt: start + 30 * minute })
const decided = one('review.item_decided', { campaign: 'c1', person: 'p1', verdict: 'keep', by: 'p3' })
const closed = one('review.closed', { campaign: 'c1', by: 'p3', undecided: [] })

const declared = one('request.emergency_declared', { request: 'r1', person: 'p1', asset: 'ews-1', reason: purpose })
const answered = one('request.emergency_answered', { request: 'r1', grant: 'g1', session: 's1', minutes: 3 })
const reviewOpened = one('review.opened', {
  review: 'v1',
  kind: 'emergency',
  request: 'r1',
  grant: 'g1',
  person: 'p1',
  dueAt: start + 30 * minute,
})
const reviewed = one('request.retro_reviewed', { review: 'v1', kind: 'emergency', grant: 'g1', by: 'p4' })

const granted = one('exception.granted', {
  exception: 'EX-01',
  from: '2026-01-01',
  until: '2026-03-31',
  renewals: 0,
  risk: 'R-07',
  compensating: ['GW-NET-04'],
  owner: purpose,
  approvedBy: purpose,
})
const leaning = one('policy.decision', {
  action: 'connect',
  outcome: 'permit',
  person: 'p1',
  asset: 'ews-1',
  rules: [],
  exceptions: ['EX-01'],
})
const borne = one('risk.decision', {
  risk: 'R-07',
  decision: 'accepted',
  until: '2026-03-31',
  safety: 'none',
  owner: purpose,
  by: purpose,
  reason: purpose,
})
const touched = one('policy.decision', { outcome: 'permit', exceptions: [], acceptedRisks: ['R-07'] })
const needing = { supplier: 'acme', trainings: ['site-induction'], expectations: ['code-of-conduct'] }
const attestedUntil = { until: start + day, by: 'p3' }
const expectation = { supplier: 'acme', expectation: 'code-of-conduct' }
const training = { person: 'p1', training: 'site-induction' }
const expected = one('supplier.expectation_attested', { attestation: 'a1', ...expectation, ...attestedUntil })
const unexpected = one('supplier.expectation_withdrawn', { attestation: 'a1', ...expectation, by: 'p3' })
const trained = one('training.attested', { attestation: 'a2', ...training, ...attestedUntil })
const untrained = one('training.withdrawn', { attestation: 'a2', ...training, by: 'p3' })
const denied = (...rules: readonly string[]): Loose => leaning(1, { outcome: 'deny', rules, exceptions: [] })

const submitted = one('request.submitted', {
  request: 'r1',
  person: 'p1',
  tier: 'normal',
  operationClass: 'engineer',
  ticket: purpose,
})
const linked = one('change.linked', { request: 'r1', state: 'open' })

const flow = one('conduit.denied_flow', {
  person: 'p1',
  asset: 'plc-1',
  conduit: null,
  levels: { from: 3.5, to: 1 },
  rules: ['conduit-absent'],
})
const there = one('safety.local_enable_on', { presence: 'e1', zone: 'safety', plant: 'north', person: 'p5' })
const gone = one('safety.local_enable_off', { presence: 'e1', zone: 'safety', person: 'p5', reason: 'ended' })
const engineerYes = approved(0, { needs: [{ kind: 'role', role: 'safety-engineer' }] })
const onSafety = began(2, { asset: 'sis-1', zone: 'safety', safety: 'SIS' })
const block = one('safety.block', { person: 'p1', asset: 'sis-1', zone: 'safety', rules: ['sis-unreachable'] })

const inForce = (minutes: number, to: string, from: string | null, change: object = {}): Loose => [
  minutes,
  'policy.changed',
  { from, to, kind: 'activate', proposer: 'p1', activator: 'p2', ...change },
]
const effects = (touches: number, reviewedBy: readonly string[]): object => ({
  effects: { assetsMoved: 0, changes: 1, grants: null, safety: { touches, of: [], reviewedBy } },
})
const decidedUnder = (minutes: number, bundle: string): Loose => [
  minutes,
  'policy.decision',
  { outcome: 'permit', person: 'p1', asset: 'x', bundle },
]
const drift = (minutes: number, change: object = {}): Loose => [
  minutes,
  'policy.baseline_drift',
  { of: 'files', state: 'differs', expected: 'b', found: null, ...change },
]

/** @param due minutes after the start by when another person lets it stand. */
const changedGateway = (minutes: number, due: number): Loose => [
  minutes,
  'gateway.configuration_changed',
  { before: 'x', digest: 'y', since: 0, changes: ['ssh.port'], dueAt: start + due * minute },
]
const releasedGateway = (minutes: number, release: number): Loose => [
  minutes,
  'platform.release_approved',
  { release, record: 1, by: 'p2', comment: purpose },
]

const fed = one('people.feed_applied', { feed: 'hr', left: 1 })
const off: Loose = [1, 'identity.disabled', { person: 'p1', by: null }] as unknown as Loose
const gonePerson = one('person.left', { person: 'p1', because: 'absent', asOf: start, sessions: [] })
const back: Loose = [3, 'identity.prepared', { person: 'p1' }] as unknown as Loose
/** Somebody holds together what a rule keeps apart, on its day. */
export const separated: Loose = [
  0,
  'separation.enforced',
  { person: 'p1', rule: 'apart', roles: ['auditor', 'approver'], duties: ['shift-lead'], withheld: ['auditor'] },
] as unknown as Loose

export const standingCases: Readonly<Record<string, Cases>> = {
  'GW-ACC-05': {
    fresh: [off, gonePerson(1), fed(2)],
    staleAfter: day + 3 * minute,
    notExercised: [off, began(2)],
    failing: [
      ['left and the account was not closed', [gonePerson(1)], 0],
      ['more than 24 hours after the feed', [off, gonePerson(25 * 60)], 1],
      ['session `s1` is of person `p1`, who has left', [off, gonePerson(1), began(2)], 2],
      ['still alive 24 hours after', [began(0), off, gonePerson(1, { sessions: ['s1'] }), fed(25 * 60)], 2],
    ],
  },
  'GW-ACC-06': {
    fresh: [campaign(0), decided(1), closed(2)],
    staleAfter: 90 * day + 3 * minute,
    notExercised: [campaign(0, { dueAt: start + day }), decided(1)],
    failing: [
      ['decided on their own eligibility', [campaign(0), decided(1, { by: 'p1' }), closed(2)], 1],
      ['is still there', [campaign(0), decided(1, { verdict: 'remove' }), closed(2)], 1],
      ['1 people undecided', [campaign(0), closed(2, { undecided: ['p1'] })], 1],
      ['was not closed by its day', [campaign(0), decided(1)], 0],
      ['was not closed by its day', [campaign(0), decided(1), closed(31)], 0],
    ],
  },
  'GW-RAC-03': {
    fresh: [began(0), compared(1)],
    staleAfter: 26 * 60 * minute + 2 * minute,
    notExercised: [began(0)],
    failing: [
      ['2 connections belong to none', [compared(1, { strangers: 2 })], 0],
      ['1 have no connection that they say they have', [compared(1, { missing: 1 })], 0],
      ['a connection to asset `ews-1` belongs to no session', [compared(0), unexplained(1)], 1],
      [
        'session `s1` says it is connected to asset `ews-1`',
        [compared(0), unexplained(1, { kind: 'missing', session: 's1' })],
        1,
      ],
    ],
  },
  'GW-RAC-04': {
    fresh: [killed(900), suspended(4), blocked(5), lifted(6), began(7)],
    staleAfter: 30 * day + 6 * minute,
    notExercised: [began(2)],
    failing: [
      ['the kill of session `s1` was ordered, and no end of it was written', [began(2), killOrdered, began(6)], 1],
      ['took 10001 ms', [killed(10_001)], 0],
      ['one of the times is wrong', [killed(-1)], 0],
      ['which was revoked', [killed(900), revoked(4), began(5)], 2],
      ['while supplier `acme` was suspended', [suspended(1), began(2)], 1],
      ['while everything was suspended', [suspended(1, { target: { kind: 'all' } }), began(2)], 1],
      ['while zone `control` was suspended', [suspended(1, { target: { kind: 'zone', id: 'control' } }), began(2)], 1],
      ['was lifted by the person who ordered it', [suspended(1), lifted(2, { by: 'p2' })], 1],
      [
        'the end of session `s1` was ordered, and no end of it was written',
        [began(1), suspended(2, { sessions: ['s1'] })],
        1,
      ],
      [
        'after its access was taken away: expected at most 10000',
        [began(1), suspended(2, { sessions: ['s1'] }), overAt(2, { endedAt: start + 2 * minute + 10_001 })],
        2,
      ],
      [
        'after its access was taken away',
        [
          began(1),
          [2, 'access.revoked', { target: { kind: 'plant', id: 'north' }, by: 'p2', sessions: ['s1'] }],
          overAt(3),
        ],
        2,
      ],
    ],
  },
  'GW-RAC-05': {
    fresh: [began(1), [2, 'session.idle_locked', { session: 's1', idleSince: start }], overAt(3)],
    staleAfter: 7 * day + 3 * minute,
    notExercised: [began(1), overAt(3)],
    failing: [
      ['past its limit', [began(1), overAt(121)], 1],
      [
        'expected an end after 5 minutes',
        [began(1, { idleEndMinutes: 5 }), overAt(9, { idleSince: start + 3 * minute })],
        1,
      ],
      [
        'person `p1` had 3 sessions at a time: expected at most 2',
        [began(1), began(1, { session: 's2' }), began(1, { session: 's3' })],
        2,
      ],
      [
        'asset `ews-1` had 2 sessions at a time: expected at most 1',
        [began(1), began(1, { session: 's2', person: 'p2', most: { ...most, asset: 1 } })],
        1,
      ],
      [
        'supplier `acme` had 2 sessions at a time: expected at most 1',
        [began(1), began(1, { session: 's2', person: 'p2', asset: 'x', most: { ...most, supplier: 1 } })],
        1,
      ],
    ],
  },
  'GW-RAC-07': {
    fresh: [
      approved(0, { escort: true }),
      awaited(1),
      comes(2),
      began(2, escortGrace),
      leaves(3),
      stopped(3),
      overAt(4),
    ],
    staleAfter: day + 2 * minute,
    notExercised: [approved(0), began(1), overAt(2)],
    failing: [
      ['began with nobody there', [awaited(1), began(2, escortGrace)], 1],
      ['began with nobody there', [comes(1), leaves(2), began(3, escortGrace)], 2],
      ['began without that duty', [approved(0, { escort: true }), began(2)], 1],
      ['no stop of it was written', [comes(1), began(2, escortGrace), leaves(3), overAt(6)], 2],
      ['took input again', [comes(1), began(2, escortGrace), leaves(3), stopped(3), restored(4)], 2],
      ['past the time of grace', [comes(1), began(2, escortGrace), leaves(3), stopped(3)], 2],
      ['past the time of grace', [comes(1), began(2, escortGrace), leaves(3), stopped(3), overAt(8.1)], 2],
    ],
  },
  'GW-NET-01': {
    fresh: [began(1)],
    staleAfter: 7 * day + 2 * minute,
    notExercised: [began(1, { levels: undefined })],
    failing: [['straight to level 2', [began(1, { levels: { from: 4, to: 2 } })], 0]],
  },
  'GW-NET-02': {
    fresh: [flow(1), flow(1, { levels: { from: 3.5, to: 2 }, rules: ['conduit-direction'] })],
    staleAfter: 7 * day + 2 * minute,
    notExercised: [began(1), flow(1, { levels: { from: 3.5, to: 2 }, rules: ['conduit-class'] })],
    failing: [['from level 3.5 to level 1', [began(1, { levels: { from: 3.5, to: 1 } })], 0]],
  },
  'GW-EXC-01': {
    fresh: [granted(0), leaning(1)],
    staleAfter: 90 * day + 2 * minute,
    notExercised: [leaning(1, { exceptions: [] })],
    failing: [
      ['lacks an owner', [granted(0, { owner: null })], 0],
      ['lacks who approved it', [granted(0, { approvedBy: null })], 0],
      ['lacks a risk', [granted(0, { risk: '' })], 0],
      ['lacks a compensating control', [granted(0, { compensating: [] })], 0],
      ['ends before it begins', [granted(0, { from: '2026-04-01' })], 0],
      ['without counting as renewed', [granted(0), granted(1, { until: '2026-06-30' })], 1],
      ['which had ended', [granted(-9, { until: '2026-03-01' }), leaning(1)], 1],
      ['which had ended', [granted(-9), [-5, 'exception.closed', { exception: 'EX-01' }], leaning(1)], 2],
    ],
  },
  'GW-RSK-01': {
    fresh: [borne(0), touched(1)],
    staleAfter: 365 * day + minute,
    notExercised: [touched(1)],
    failing: [
      ['lacks an owner', [borne(0, { owner: null })], 0],
      ['lacks who accepted it', [borne(0, { by: null })], 0],
      ['lacks a reason', [borne(0, { reason: null })], 0],
      ['whose acceptance had ended', [borne(-9, { until: '2026-03-01' }), touched(1)], 1],
      ['whose acceptance had ended', [borne(-9), borne(-5, { decision: 'withdrawn' }), touched(1)], 2],
      ['nobody has decided on risk `R-07`', [borne(-8 * 24 * 60, { decision: 'expired' })], 0],
    ],
  },
  'GW-CHG-01': {
    fresh: [submitted(0), linked(0), approved(1), began(2)],
    staleAfter: day + 3 * minute,
    notExercised: [submitted(0, { operationClass: 'operate', ticket: null }), began(2)],
    failing: [
      ['names no change', [submitted(0, { ticket: null }), began(2)], 1],
      ['rests on a change that is closed', [submitted(0), linked(0), linked(1, { state: 'closed' }), began(2)], 3],
      ['rests on a change that is unknown', [submitted(0), linked(0, { state: 'unknown' }), approved(1), began(2)], 3],
    ],
  },
  'GW-CHG-02': {
    fresh: [declared(0), approved(1, { tier: 'emergency' }), reviewOpened(1), answered(2), reviewed(3)],
    staleAfter: 365 * day + 4 * minute,
    notExercised: [declared(50), approved(51)],
    failing: [
      ['was declared without a reason', [declared(0, { reason: null }), answered(2)], 0],
      ['took 121 minutes', [answered(121, { minutes: 121 })], 0],
      ['led to no session within 120 minutes', [declared(-90)], 0],
      ['nobody is to review grant `g1`', [approved(1, { tier: 'emergency' }), answered(2)], 0],
      ['nobody is to review grant `g1`', [[1, 'request.break_glass', { request: 'r1', grant: 'g1' }], answered(2)], 0],
      ['closed by the person who used the access', [reviewOpened(1), reviewed(3, { by: 'p1' })], 1],
      ['was not closed by its day', [reviewOpened(1)], 0],
    ],
  },
  'GW-INC-03': {
    fresh: [concern(0), learnt(1), nonconformity(2), reviewed(3)],
    staleAfter: 365 * day + 4 * minute,
    notExercised: [nonconformity(1)],
    failing: [
      ['concern `c1` was not looked at by its day', [concern(0, { dueAt: start + minute })], 0],
      ['concern `c1` was not looked at by its day', [concern(0, { dueAt: start + minute }), learnt(2)], 0],
      ['without what was learned', [concern(0), learnt(1, { learned: null })], 1],
      ['the nonconformity of review `v1`', [nonconformity(0, { dueAt: start + minute }), reviewed(3)], 0],
      ['the corrective action of incident `i1` was not looked at', [corrective(0, start + minute)], 0],
      ['was closed by who carried it out', [corrective(0, start + day), works(1, 'p1')], 1],
    ],
  },
  'GW-SUP-03': {
    fresh: [began(1), overAt(3)],
    staleAfter: day + 2 * minute,
    notExercised: [began(1, { supplier: null, contractUntil: null }), overAt(3)],
    failing: [
      ['started without a contract', [began(1, { contractUntil: null })], 0],
      ['started after its contract ended', [began(1, { contractUntil: start })], 0],
      ['beyond its contract', [began(1, { contractUntil: start + 60 * minute })], 0],
      ['after its supplier', [began(1, { contractUntil: start + 30 * minute }), overAt(31)], 1],
    ],
  },
  'GW-SUP-01': {
    fresh: [expected(0), leaning(1, { attestable: needing })],
    staleAfter: 366 * day + 2 * minute,
    notExercised: [leaning(1), leaning(1, { action: 'approve', attestable: needing })],
    failing: [
      ['without `code-of-conduct`, which nothing attests', [leaning(1, { attestable: needing })], 0],
      [
        'whose attestation ended at 2026-03-02T09:00:00Z',
        [expected(-9, { until: start }), leaning(1, { attestable: needing })],
        1,
      ],
      ['which nothing attests', [expected(0), unexpected(0), leaning(1, { attestable: needing })], 2],
      ['which nothing attests', [expected(0, { supplier: 'other' }), leaning(1, { attestable: needing })], 1],
    ],
  },
  'GW-PRV-03': {
    fresh: [machineIn(0), machineRan(1)],
    staleAfter: 90 * day + 2 * minute,
    notExercised: [machineChanged(0), orphaned(0), began(1, { person: 'p1' })],
    failing: [
      ['of a machine that is not registered', [machineRan(1)], 0],
      ['of a machine nobody answers for', [machineIn(0), orphaned(1), machineRan(2)], 2],
      ['past its last day', [machineIn(0, { until: '2026-03-01' }), machineRan(1)], 1],
      ['past its last day', [machineIn(0), machineChanged(1, { until: '2026-03-01' }), machineRan(2)], 2],
      ['logged in without its key', [machineIn(0), [1, 'auth.succeeded', { person: 'm1', factor: 'password' }]], 1],
      ['of a machine that is not registered', [machineIn(0), machineOff(1), machineRan(2)], 2],
    ],
  },
  'GW-AWR-01': {
    fresh: [trained(0), leaning(1, { attestable: needing })],
    staleAfter: 457 * day + 2 * minute,
    notExercised: [leaning(1), untrained(1), leaning(1, { action: 'approve', attestable: needing })],
    failing: [
      ['without training `site-induction`, which nothing attests', [leaning(1, { attestable: needing })], 0],
      ['whose attestation ended', [trained(-9, { until: start }), leaning(1, { attestable: needing })], 1],
      ['which nothing attests', [trained(0), untrained(0), leaning(1, { attestable: needing })], 2],
      ['which nothing attests', [trained(0, { person: 'p2' }), leaning(1, { attestable: needing })], 1],
    ],
  },
  'GW-SAF-01': {
    fresh: [engineerYes, there(1), comes(2), onSafety, gone(3), overAt(3)],
    staleAfter: 7 * day + 3 * minute,
    notExercised: [there(1), began(2), gone(3)],
    failing: [
      ['began without presence on site', [engineerYes, comes(2), onSafety], 2],
      ['began without presence on site', [engineerYes, there(1), gone(1), comes(2), onSafety], 4],
      ['began without an escort', [engineerYes, there(1), onSafety], 2],
      ["began without a safety engineer's yes", [approved(0), there(1), comes(2), onSafety], 3],
      ['after the last presence on site ended', [engineerYes, there(1), comes(2), onSafety, gone(3), began(9)], 4],
      [
        'after the last presence on site ended',
        [
          engineerYes,
          there(1),
          comes(2),
          onSafety,
          [3, 'session.degraded', { session: 's1', stops: ['window'] }],
          gone(4),
          [5, 'session.restored', { session: 's1' }],
          began(9),
        ],
        6,
      ],
      ['put in force without a review', [inForce(1, 'b', null, effects(2, []))], 0],
      ['put in force without a review', [inForce(1, 'b', null, { ...effects(2, []), kind: 'folder' })], 0],
    ],
  },
  'GW-CFG-01': {
    fresh: [inForce(0, 'b', null), decidedUnder(1, 'b')],
    staleAfter: day + 2 * minute,
    notExercised: [drift(0, { of: 'folder' })],
    failing: [
      ['not in force', [inForce(0, 'b', null), decidedUnder(1, 'c')], 1],
      ['not in force', [inForce(0, 'b', null), inForce(1, 'c', 'b'), decidedUnder(2, 'b')], 2],
      ['followed another one', [inForce(0, 'b', null), inForce(1, 'c', 'x')], 1],
      ['what the store holds (files)', [inForce(0, 'b', null), drift(1)], 1],
      ['no second person let that stand', [changedGateway(0, 1), inForce(2, 'b', null)], 0],
      ['no second person let that stand', [changedGateway(0, 1), releasedGateway(1, 7), inForce(2, 'b', null)], 0],
    ],
  },
}

/** Refusals that put a control to the test by themselves. */
const confirmed = one('asset.walkdown_confirmed', {
  asset: 'ews-1',
  plant: 'north',
  zone: 'control',
  seenOn: '2026-03-02',
  until: start + 91 * day,
  by: 'p2',
  bundle: 'b',
})
const named = one('policy.decision', { action: 'request', outcome: 'deny', person: 'p1', asset: null })
/** What is reached was seen. */
export const inventoryCases: Cases = {
  fresh: [began(0), seen(0), triaged(0.5), confirmed(1)],
  staleAfter: 90 * day + 2 * minute,
  notExercised: [began(0)],
  failing: [
    [
      'was seen in plant `north`, and nobody has said what it is',
      [began(0), confirmed(0), seen(1), confirmed(8 * 24 * 60)],
      2,
    ],
    ['was seen in plant `north`, and nobody has said what it is', [seen(0), triaged(8 * 24 * 60)], 0],
    ['something that is no registered asset', [named(1, { outcome: 'permit' })], 0],
  ],
}

export const atWork: readonly (readonly [control: string, events: readonly Loose[]])[] = [
  ['GW-SUP-03', [denied('supplier-contract')]],
  ['GW-SUP-01', [denied('supplier-expectation')]],
  ['GW-AWR-01', [denied('training-missing')]],
  ['GW-SAF-01', [block(1)]],
  ['GW-SAF-01', [inForce(1, 'b', null, effects(1, ['p9']))]],
  ['GW-SAF-01', [[1, 'safety.review_approved', { proposal: 'x' }]]],
  ['GW-NET-01', [flow(1)]],
  ['GW-RAC-04', [suspended(1)]],
  ['GW-RAC-05', [[1, 'session.refused_concurrency', { person: 'p1', asset: 'x', limit: 'person', most: 2 }]]],
  ['GW-RAC-07', [awaited(1)]],
]

/** What looks like a breach and is none. */
export const held: readonly (readonly [what: string, control: string, events: readonly Loose[]])[] = [
  ['who left is back, and has enrolled anew', 'GW-ACC-05', [off, gonePerson(1), back, began(4)]],
  [
    'the session of who left has ended',
    'GW-ACC-05',
    [began(0), off, gonePerson(1, { sessions: ['s1'] }), overAt(2), fed(25 * 60)],
  ],
  [
    'a machine without owner is handed over before it is used again',
    'GW-PRV-03',
    [machineIn(0), orphaned(1), handedOver(2), machineRan(3)],
  ],
  [
    'a machine is kept in a review, and its key is all of its login',
    'GW-PRV-03',
    [
      machineIn(0),
      [1, 'auth.succeeded', { person: 'm1', factor: 'publickey', mfa: [] }],
      machineKept(2),
      machineRan(3),
    ],
  ],
  ['a machine has no second factor', 'GW-AUT-01', [began(0, { mfa: ['totp'] }), machineRan(1)]],
  [
    'one of two attestations of a training is withdrawn',
    'GW-AWR-01',
    [trained(0), trained(0, { attestation: 'a3' }), untrained(0), leaning(1, { attestable: needing })],
  ],
  [
    'a decision was under way while the bundle changed',
    'GW-CFG-01',
    [inForce(0, 'b', null), inForce(1, 'c', 'b'), decidedUnder(1.1, 'b')],
  ],
  [
    'the gateway itself was changed, and another person let it stand',
    'GW-CFG-01',
    [changedGateway(0, 2), releasedGateway(1, 0), inForce(3, 'b', null)],
  ],
  ['the gateway itself was changed a moment ago', 'GW-CFG-01', [inForce(0, 'b', null), changedGateway(1, 2_000)]],
  [
    'the gateway itself was changed before anybody had to let that stand',
    'GW-CFG-01',
    [inForce(0, 'b', null), [1, 'gateway.configuration_changed', { before: 'x', digest: 'y', since: 0, changes: [] }]],
  ],
  ['the configured folder holds another bundle', 'GW-CFG-01', [inForce(0, 'b', null), drift(1, { of: 'folder' })]],
  ['the store agrees again', 'GW-CFG-01', [inForce(0, 'b', null), drift(1, { state: 'agrees' })]],
  [
    'a rollback of what touches the safety path is one person’s',
    'GW-SAF-01',
    [
      engineerYes,
      there(1),
      comes(2),
      onSafety,
      gone(3),
      overAt(3),
      inForce(4, 'b', null, { ...effects(2, []), kind: 'rollback' }),
    ],
  ],
  ['the end of the session overtook the kill', 'GW-RAC-04', [killed(9), began(3), killOrdered, overAt(3), began(9)]],
  [
    'a suspended supplier lets another one work',
    'GW-RAC-04',
    [suspended(1), began(2, { supplier: 'other' }), began(2, { supplier: null })],
  ],
  [
    'a crash closed a session that was suspended',
    'GW-RAC-04',
    [began(1), suspended(2, { sessions: ['s1'] }), overAt(2.5, { reason: 'interrupted', endedAt: start + 9 * minute })],
  ],
  [
    'the escort was back before the grace was over',
    'GW-RAC-07',
    [comes(1), began(2, escortGrace), leaves(3), stopped(3), comes(5), restored(5)],
  ],
  [
    'of two escorts one leaves',
    'GW-RAC-07',
    [comes(1), comes(1, { observer: 'p6' }), began(2, escortGrace), leaves(3)],
  ],
  [
    'a place is given back',
    'GW-RAC-05',
    [
      [0, 'session.idle_locked', { session: 's0', idleSince: start }],
      began(1),
      began(1, { session: 's2' }),
      overAt(2),
      began(3, { session: 's3' }),
    ],
  ],
  [
    'what was taken away is gone',
    'GW-ACC-06',
    [
      campaign(0),
      decided(1, { verdict: 'remove' }),
      [1, 'identity.disabled', { person: 'p1', by: 'p3' }],
      decided(2, { person: 'p2', verdict: 'change' }),
      [2, 'identity.changed', { person: 'p2', by: 'p3' }],
      closed(3),
    ],
  ],
  [
    'a risk is accepted anew in time',
    'GW-RSK-01',
    [borne(-8 * 24 * 60, { decision: 'expired', until: '2026-02-20' }), borne(-7 * 24 * 60, { until: '2026-12-31' })],
  ],
  [
    'a risk is treated after all',
    'GW-RSK-01',
    [borne(-8 * 24 * 60, { decision: 'expired' }), borne(-7 * 24 * 60, { decision: 'withdrawn' })],
  ],
  ['an exception is renewed', 'GW-EXC-01', [granted(0), granted(1, { until: '2026-06-30', renewals: 1 })]],
  [
    'an emergency names no change',
    'GW-CHG-01',
    [submitted(0), began(1), submitted(2, { tier: 'emergency', ticket: null }), began(3)],
  ],
  [
    'an emergency was refused',
    'GW-CHG-02',
    [answered(-200), declared(-190), [-180, 'request.denied', { request: 'r1' }]],
  ],
  [
    'an emergency was let in and then taken away',
    'GW-CHG-02',
    [
      answered(-200, { request: 'r0' }),
      declared(-190),
      approved(-180, { tier: 'emergency' }),
      reviewOpened(-180, { dueAt: start + day }),
      revoked(-170),
    ],
  ],
  [
    'another one on site is still there',
    'GW-SAF-01',
    [engineerYes, there(1), there(1, { presence: 'e2' }), comes(2), onSafety, gone(3), began(9)],
  ],
  [
    'input was stopped before the last on site left',
    'GW-SAF-01',
    [
      engineerYes,
      there(1),
      comes(2),
      onSafety,
      [3, 'session.degraded', { session: 's1', stops: ['window'] }],
      gone(4),
      began(9),
    ],
  ],
  [
    'its day moved with the end of the access',
    'GW-CHG-02',
    [
      declared(0),
      answered(3),
      reviewOpened(4),
      [5, 'review.due_moved', { review: 'v1', grant: 'g1', from: start, dueAt: start + 60 * minute }],
      reviewed(50),
    ],
  ],
  [
    'input was stopped when nobody was on site',
    'GW-SAF-01',
    [
      engineerYes,
      there(1),
      comes(2),
      onSafety,
      gone(3),
      [3, 'session.degraded', { session: 's1', stops: ['lapsed'] }],
      began(9),
    ],
  ],
]

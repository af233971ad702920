// Entries of the ledger as the tests of the register need them, each with what changes in it.

import type { Events, EventType } from '../../../policy/events.ts'
import { day, minute, purpose, start, window, type Loose } from './stream.ts'

/** The keys of every kind of an event that comes in several. */
type KeyOf<Kind> = Kind extends unknown ? keyof Kind : never
type Change<T extends EventType> = { readonly [K in KeyOf<Events[T]>]?: unknown }

export const one =
  <T extends EventType>(type: T, data: Change<T>) =>
  (minutes: number, change: Change<T> = {}): Loose =>
    [minutes, type, { ...data, ...change }] as unknown as Loose

export const most = { person: 2, asset: null, supplier: null }
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
export const killed = (took: number): Loose => [
  3,
  'session.terminated_kill',
  { session: 's1', by: 'p2', reason: purpose, orderedAt: start, closedAt: start + took },
]
export const killOrdered: Loose = [3, 'session.kill_ordered', { session: 's1', by: 'p2', reason: purpose }]
export const compared = one('session.heartbeat', { sessions: 3, connections: 3, missing: 0, strangers: 0 })
export const unexplained = one('session.socket_unexplained', {
  kind: 'stranger',
  session: null,
  asset: 'ews-1',
  plant: 'north',
  remote: purpose,
})
export const seen = (minutes: number): Loose => [
  minutes,
  'asset.unregistered_seen',
  { seen: 'a1', plant: 'north', address: purpose, by: 'p1', triageBy: start + minutes * minute + 7 * day, bundle: 'b' },
]
export const triaged = one('asset.seen_triaged', {
  seen: 'a1',
  plant: 'north',
  by: 'p2',
  verdict: 'known',
  reason: purpose,
})
export const supplierOff = { kind: 'supplier', id: 'acme' }
export const suspended = one('suspension.created', {
  suspension: 'u1',
  target: supplierOff,
  by: 'p2',
  grants: [],
  sessions: [],
})
export const lifted = one('suspension.lifted', { suspension: 'u1', target: supplierOff, suspendedBy: 'p2', by: 'p3' })
export const machineIn = one('identity.machine_registered', { machine: 'm1', owner: 'p9', until: '2099-12-31' })
export const machineChanged = one('identity.machine_changed', { machine: 'm1', until: '2099-12-31' })
export const handedOver = one('identity.machine_handed_over', { machine: 'm1', from: 'p9', to: 'p8' })
export const orphaned = one('identity.machine_orphaned', { machine: 'm1', owner: 'p9' })
export const machineOff = one('identity.disabled', { person: 'm1' })
export const machineKept = one('review.item_decided', { campaign: 'c1', person: 'm1', verdict: 'keep', by: 'p2' })
export const machineRan = (minutes: number): Loose => began(minutes, { person: 'm1', owner: 'p9', mfa: [] })
export const blocked = one('session.reconnect_blocked', { suspension: 'u1', person: 'p1', asset: 'ews-1' })
export const revoked = one('grant.revoked', { grant: 'g1', by: 'p2' })
export const concern = one('incident.near_miss', {
  concern: 'c1',
  words: purpose,
  named: true,
  dueAt: start + 400 * day,
})
export const learnt = one('incident.near_miss_closed', { concern: 'c1', by: 'p2', learned: purpose, inTime: true })
export const corrective = (minutes: number, dueAt: number): Loose =>
  [
    minutes,
    'incident.capa_opened',
    { because: 'incident', incident: 'i1', owner: 'p1', action: purpose, dueAt },
  ] as unknown as Loose
export const works = (minutes: number, by: string): Loose =>
  [
    minutes,
    'incident.capa_closed',
    { incident: 'i1', owner: 'p1', by, effect: purpose, inTime: true },
  ] as unknown as Loose
export const nonconformity = one('incident.capa_opened', {
  because: 'break-glass',
  review: 'v1',
  dueAt: start + 400 * day,
})
export const comes = one('session.attached_observer', { session: 's1', observer: 'p5' })
export const leaves = one('session.observer_lost', { session: 's1', observer: 'p5', because: 'left' })
export const awaited = one('session.escort_awaited', { session: 's1', grant: 'g1' })
export const stopped = one('session.degraded', { session: 's1', stops: ['escort'] })
export const restored = one('session.restored', { session: 's1' })
export const approved = one('request.approved', {
  request: 'r1',
  grant: 'g1',
  requester: 'p1',
  approver: 'p2',
  tier: 'normal',
  escort: false,
  operationClass: 'engineer',
  needs: [{ kind: 'role', role: 'approver' }],
})
export const escortGrace = { escortGraceMinutes: 5 }

export const campaign = one('review.access_campaign_started', { campaign: 'c1', by: 'p3', dueAt: start + 30 * minute })
export const decided = one('review.item_decided', { campaign: 'c1', person: 'p1', verdict: 'keep', by: 'p3' })
export const closed = one('review.closed', { campaign: 'c1', by: 'p3', undecided: [] })

export const declared = one('request.emergency_declared', {
  request: 'r1',
  person: 'p1',
  asset: 'ews-1',
  reason: purpose,
})
export const answered = one('request.emergency_answered', { request: 'r1', grant: 'g1', session: 's1', minutes: 3 })
export const reviewOpened = one('review.opened', {
  review: 'v1',
  kind: 'emergency',
  request: 'r1',
  grant: 'g1',
  person: 'p1',
  dueAt: start + 30 * minute,
})
export const reviewed = one('request.retro_reviewed', { review: 'v1', kind: 'emergency', grant: 'g1', by: 'p4' })

export const granted = one('exception.granted', {
  exception: 'EX-01',
  from: '2026-01-01',
  until: '2026-03-31',
  renewals: 0,
  risk: 'R-07',
  compensating: ['GW-NET-04'],
  owner: purpose,
  approvedBy: purpose,
})
export const leaning = one('policy.decision', {
  action: 'connect',
  outcome: 'permit',
  person: 'p1',
  asset: 'ews-1',
  rules: [],
  exceptions: ['EX-01'],
})
export const borne = one('risk.decision', {
  risk: 'R-07',
  decision: 'accepted',
  until: '2026-03-31',
  safety: 'none',
  owner: purpose,
  by: purpose,
  reason: purpose,
})
export const touched = one('policy.decision', { outcome: 'permit', exceptions: [], acceptedRisks: ['R-07'] })
export const needing = { supplier: 'acme', trainings: ['site-induction'], expectations: ['code-of-conduct'] }
export const attestedUntil = { until: start + day, by: 'p3' }
export const expectation = { supplier: 'acme', expectation: 'code-of-conduct' }
export const training = { person: 'p1', training: 'site-induction' }
export const expected = one('supplier.expectation_attested', { attestation: 'a1', ...expectation, ...attestedUntil })
export const unexpected = one('supplier.expectation_withdrawn', { attestation: 'a1', ...expectation, by: 'p3' })
export const trained = one('training.attested', { attestation: 'a2', ...training, ...attestedUntil })
export const untrained = one('training.withdrawn', { attestation: 'a2', ...training, by: 'p3' })
export const denied = (...rules: readonly string[]): Loose => leaning(1, { outcome: 'deny', rules, exceptions: [] })

export const submitted = one('request.submitted', {
  request: 'r1',
  person: 'p1',
  tier: 'normal',
  operationClass: 'engineer',
  ticket: purpose,
})
export const linked = one('change.linked', { request: 'r1', state: 'open' })

export const flow = one('conduit.denied_flow', {
  person: 'p1',
  asset: 'plc-1',
  conduit: null,
  levels: { from: 3.5, to: 1 },
  rules: ['conduit-absent'],
})
export const there = one('safety.local_enable_on', { presence: 'e1', zone: 'safety', plant: 'north', person: 'p5' })
export const gone = one('safety.local_enable_off', { presence: 'e1', zone: 'safety', person: 'p5', reason: 'ended' })
export const engineerYes = approved(0, { needs: [{ kind: 'role', role: 'safety-engineer' }] })
export const onSafety = began(2, { asset: 'sis-1', zone: 'safety', safety: 'SIS' })
export const block = one('safety.block', { person: 'p1', asset: 'sis-1', zone: 'safety', rules: ['sis-unreachable'] })

export const inForce = (minutes: number, to: string, from: string | null, change: object = {}): Loose => [
  minutes,
  'policy.changed',
  { from, to, kind: 'activate', proposer: 'p1', activator: 'p2', ...change },
]
export const effects = (touches: number, reviewedBy: readonly string[]): object => ({
  effects: { assetsMoved: 0, changes: 1, grants: null, safety: { touches, of: [], reviewedBy } },
})
export const decidedUnder = (minutes: number, bundle: string): Loose => [
  minutes,
  'policy.decision',
  { outcome: 'permit', person: 'p1', asset: 'x', bundle },
]
export const drift = (minutes: number, change: object = {}): Loose => [
  minutes,
  'policy.baseline_drift',
  { of: 'files', state: 'differs', expected: 'b', found: null, ...change },
]

/** @param due minutes after the start by when another person lets it stand. */
export const changedGateway = (minutes: number, due: number): Loose => [
  minutes,
  'gateway.configuration_changed',
  { before: 'x', digest: 'y', since: 0, changes: ['ssh.port'], dueAt: start + due * minute },
]
export const releasedGateway = (minutes: number, release: number): Loose => [
  minutes,
  'platform.release_approved',
  { release, record: 1, by: 'p2', comment: purpose },
]

export const fed = one('people.feed_applied', { feed: 'hr', left: 1 })
export const off: Loose = [1, 'identity.disabled', { person: 'p1', by: null }] as unknown as Loose
export const gonePerson = one('person.left', { person: 'p1', because: 'absent', asOf: start, sessions: [] })
export const back: Loose = [3, 'identity.prepared', { person: 'p1' }] as unknown as Loose
/** Somebody holds together what a rule keeps apart, on its day. */
export const separated: Loose = [
  0,
  'separation.enforced',
  { person: 'p1', rule: 'apart', roles: ['auditor', 'approver'], duties: ['shift-lead'], withheld: ['auditor'] },
] as unknown as Loose

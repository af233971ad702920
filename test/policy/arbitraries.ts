// Random questions about the plant of the scenarios: everybody, every asset, sound and odd windows, schedules and worlds.

import fc from 'fast-check'
import type { AssetId, GrantId, PersonId, RequestId, SupplierId, SuspensionId, ZoneId } from '../../policy/ids.ts'
import {
  operationClasses,
  quietWorld,
  ticketStates,
  tiers,
  weekdays,
  type AccessAsk,
  type DecisionRequest,
  type Facts,
  type Grant,
  type MfaKind,
  type Recurrence,
  type Schedule,
  type SuspensionTarget,
  type World,
} from '../../policy/model.ts'
import { people } from './people.ts'
import { plantWith } from './scenario.ts'

/** A Monday, nine in Berlin's winter, eight in UTC. */
export const monday = Date.parse('2026-03-02T08:00:00Z')
const minute = 60_000

const assetNames = [...plantWith().assets.keys(), 'none' as AssetId]
const anybody = fc.constantFrom(...people.values())
const anyAsset = fc.constantFrom(...assetNames)

/** Within some days of Monday, in minutes; some run backwards. */
const anyWindow = fc.record({
  from: fc.integer({ min: -600, max: 3_000 }).map((minutes) => monday + minutes * minute),
  until: fc.integer({ min: -600, max: 12_000 }).map((minutes) => monday + minutes * minute),
})

const clockTime = fc
  .tuple(fc.integer({ min: 0, max: 23 }), fc.constantFrom('00', '15', '30', '45'))
  .map(([hour, minutes]) => `${String(hour).padStart(2, '0')}:${minutes}`)

export const anyRecurrence: fc.Arbitrary<Recurrence> = fc.record({
  days: fc.subarray([...weekdays], { minLength: 1 }),
  from: clockTime,
  until: clockTime,
})

export const anySchedule: fc.Arbitrary<Schedule> = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Schedule>({ kind: 'whole' }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constantFrom('from-approval' as const, 'from-first-use' as const),
      minutes: fc.integer({ min: 1, max: 600 }),
    }),
  },
  {
    weight: 2,
    arbitrary: anyRecurrence.map((recurrence): Schedule => ({
      kind: 'recurring',
      recurrence,
      timeZone: 'Europe/Berlin',
    })),
  },
)

const anyFile = fc.record({ name: fc.string({ maxLength: 20 }), sha256: fc.constantFrom('a'.repeat(64), 'none') })

const anyAsk: fc.Arbitrary<AccessAsk> = fc.record({
  asset: anyAsset,
  protocol: fc.constant('ssh' as const),
  operationClass: fc.constantFrom(...operationClasses),
  window: anyWindow,
  schedule: anySchedule,
  tier: fc.constantFrom(...tiers),
  criteria: fc.subarray(['line-stopped', 'cannot-wait', 'danger']),
  purpose: fc.string(),
  ticket: fc.constantFrom('', 'CHG-1'),
  rollback: fc.constantFrom('', 'restore the backup'),
  files: fc.array(anyFile, { maxLength: 2 }),
})

/** What people who mean well ask: enough of it is permitted. */
const likelyAsk: fc.Arbitrary<AccessAsk> = fc
  .record({
    asset: fc
      .constantFrom('ews-1', 'ews-2', 'hist-1', 'hmi-3', 'drive-8', 'lathe-1', 'press-4')
      .map((id) => id as AssetId),
    operationClass: fc.constantFrom(...operationClasses),
    hours: fc.integer({ min: 1, max: 4 }),
    tier: fc.constantFrom(...tiers),
  })
  .map(({ asset, operationClass, hours, tier }) => ({
    asset,
    protocol: 'ssh',
    operationClass,
    window: { from: monday, until: monday + hours * 60 * minute },
    schedule: { kind: 'whole' },
    tier,
    criteria: ['line-stopped', 'cannot-wait', 'danger'],
    purpose: 'drive 7 does not start',
    ticket: 'CHG-1',
    rollback: 'restore the backup',
    files: [],
  }))

const anyGrant: fc.Arbitrary<Grant> = fc
  .record({
    person: anybody,
    ask: fc.oneof(anyAsk, likelyAsk),
    kind: fc.constantFrom('open', 'open', 'open', 'expired'),
    escort: fc.boolean(),
  })
  .map(({ person, ask, kind, escort }): Grant => ({
    id: 'gra_00000000000000000000000001' as GrantId,
    request: 'req_00000000000000000000000001' as RequestId,
    person: person.id,
    asset: ask.asset,
    protocol: ask.protocol,
    operationClass: ask.operationClass,
    window: ask.window,
    schedule: ask.schedule,
    tier: ask.tier,
    escort,
    conditions: '',
    ...(kind === 'open' ? { kind: 'open' } : { kind: 'expired', at: monday }),
  }))

const byId = new Map([...people.values()].map((person) => [person.id, person]))

/** A question and who asks it; those who connect mostly hold the grant. */
const anyQuestion: fc.Arbitrary<{ readonly request: DecisionRequest; readonly person: Facts['person'] }> = fc.oneof(
  fc.record({ ask: fc.oneof(anyAsk, likelyAsk), person: anybody }).map(({ ask, person }) => ({
    request: { action: 'request' as const, ask },
    person,
  })),
  fc
    .record({
      action: fc.constantFrom('approve' as const, 'extend' as const),
      ask: fc.oneof(anyAsk, likelyAsk),
      requester: anybody,
      person: anybody,
    })
    .map(({ person, ...request }) => ({ request, person })),
  fc
    .record({ grant: fc.option(anyGrant), asset: anyAsset, person: anybody, fits: fc.boolean() })
    .map(({ grant, asset, person, fits }) => ({
      request: {
        action: 'connect' as const,
        asset: fits && grant !== null ? grant.asset : asset,
        protocol: 'ssh' as const,
        grant,
      },
      person: (fits && grant !== null ? byId.get(grant.person) : undefined) ?? person,
    })),
)

const anyInstant = fc.integer({ min: -600, max: 12_000 }).map((minutes) => monday + minutes * minute)
const personId = anybody.map(({ id }): PersonId => id)
const anyZone = fc.constantFrom('north-control', 'north-operations').map((id) => id as ZoneId)

const anySuspension: fc.Arbitrary<SuspensionTarget> = fc.oneof(
  personId.map((id) => ({ kind: 'person' as const, id })),
  anyAsset.map((id) => ({ kind: 'asset' as const, id })),
  anyZone.map((id) => ({ kind: 'zone' as const, id })),
)

const anyWorld: fc.Arbitrary<World> = fc.record({
  suspensions: fc.array(
    anySuspension.map((target) => ({
      id: 'sus_00000000000000000000000001' as SuspensionId,
      target,
      by: 'per_99999999999999999999999999' as PersonId,
      at: monday,
      reason: 'seen',
    })),
    { maxLength: 1 },
  ),
  presences: fc.array(fc.record({ zone: anyZone, person: personId, until: anyInstant }), { maxLength: 2 }),
  attestations: fc.array(fc.record({ person: personId, label: fc.constant('export-controlled'), until: anyInstant }), {
    maxLength: 2,
  }),
  trainings: fc
    .array(fc.tuple(personId, anyInstant), { maxLength: 2 })
    .map((held) => new Map(held.map(([id, until]) => [id, new Map([['site-induction', until]])]))),
  expectations: fc
    .option(anyInstant)
    .map((until) =>
      until === null ? new Map() : new Map([['acme-drives' as SupplierId, new Map([['incident-contact', until]])]]),
    ),
  delegations: fc.constant([]),
  heldScope: fc
    .array(anyAsset, { maxLength: 1 })
    .map((assets) => new Map(assets.map((asset) => [asset, { kind: 'undetermined' as const }]))),
  unavailable: fc.constantFrom(new Set<string>(), new Set(['change-system'])),
  physical: fc.constant(new Map()),
  brokenSeals: fc.array(anyAsset, { maxLength: 1 }).map((assets) => new Set(assets)),
  confirmations: fc
    .array(fc.record({ asset: anyAsset, zone: anyZone, seenOn: fc.constantFrom('2025-12-02', '2026-02-27') }))
    .map((seen) => new Map(seen.map((one) => [one.asset, { ...one, by: 'per_1' as PersonId, at: monday }]))),
})

const anyFacts: fc.Arbitrary<Omit<Facts, 'person'>> = fc.record({
  now: fc.oneof(fc.constant(monday), anyInstant),
  mfa: fc.constantFrom<readonly MfaKind[]>([], ['totp'], ['totp']),
  source: fc.constantFrom(null, '192.0.2.17', '198.51.100.7', 'nowhere'),
  ticket: fc.constantFrom(...ticketStates, 'open'),
  world: anyWorld,
})

export interface Case {
  readonly request: DecisionRequest
  readonly facts: Facts
}

/** Somebody who may, asking for what they may, on an ordinary morning: half of them are permitted. */
const likelyCase: fc.Arbitrary<Case> = fc
  .record({
    who: fc.constantFrom('plant-engineer', 'supplier-engineer', 'early-lead'),
    approver: fc.constantFrom('approver', 'safety-engineer', 'early-lead'),
    action: fc.constantFrom('request' as const, 'approve' as const, 'extend' as const, 'connect' as const),
    ask: likelyAsk,
    grant: anyGrant,
    now: fc.integer({ min: 0, max: 200 }).map((minutes) => monday + minutes * minute),
  })
  .map(({ who, approver, action, ask, grant, now }) => {
    const [user, judge] = [people.get(who), people.get(approver)]
    if (user === undefined || judge === undefined) throw new Error('nobody plays that part')
    const { asset, protocol, operationClass, window, schedule, tier } = ask
    const held: Grant = { ...grant, kind: 'open', person: user.id, asset, operationClass, window, schedule, tier }
    const facts = { now, mfa: ['totp'] as const, source: null, ticket: 'open' as const, world: somebodyThere }
    switch (action) {
      case 'request':
        return { request: { action, ask }, facts: { ...facts, person: user } }
      case 'connect':
        return { request: { action, asset, protocol, grant: held }, facts: { ...facts, person: user } }
      case 'approve':
      case 'extend':
        return { request: { action, ask, requester: user }, facts: { ...facts, person: judge } }
    }
  })

const somebodyThere: World = {
  ...quietWorld,
  presences: [
    {
      zone: 'north-control' as ZoneId,
      person: 'per_99999999999999999999999999' as PersonId,
      until: monday + 600 * minute,
    },
  ],
}

/** A question and the facts it is asked in. */
export const anyCase: fc.Arbitrary<Case> = fc.oneof(
  fc
    .record({ question: anyQuestion, facts: anyFacts })
    .map(({ question: { request, person }, facts }) => ({ request, facts: { ...facts, person } })),
  likelyCase,
)

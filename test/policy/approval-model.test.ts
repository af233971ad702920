// The state machine of requests and grants, checked by random sequences of everything people and time may do, against a
// model simple enough to be right: who has said yes to which terms, and how many of the needs that can meet.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  approve,
  breakGlass,
  deny,
  expireRequest,
  submit,
  withdraw,
  type SubmittedRequest,
} from '../../policy/approval.ts'
import { expireGrant, extend, firstUse, revoke } from '../../policy/grant.ts'
import type { SupplierId } from '../../policy/ids.ts'
import {
  operationClasses,
  type AccessRequest,
  type Grant,
  type Person,
  type Role,
  type Schedule,
} from '../../policy/model.ts'
import { requestDigest } from '../../policy/request-digest.ts'
import { usableAt } from '../../policy/schedule.ts'
import { another, approver, ask, grantId, minute, ok, requester, requestId, start, voicesIn } from './asking.ts'

const needed: readonly Role[] = ['approver', 'safety-engineer']
const supplier = requester.supplier as SupplierId
/** Everybody who might try. The first made the request; the second is of the same supplier. */
const cast: readonly Person[] = [
  requester,
  another(approver, 1, { supplier, roles: ['approver', 'safety-engineer'] }),
  another(approver, 2, { roles: ['approver'] }),
  another(approver, 3, { roles: ['approver'] }),
  another(approver, 4, { roles: ['safety-engineer', 'approver'] }),
  another(approver, 5, { roles: ['safety-engineer'] }),
  another(approver, 6, { roles: ['engineer'] }),
]
const maxWindowMinutes = 200
const until = start + 120 * minute

interface Model {
  state: AccessRequest['kind']
  grant: 'none' | 'open' | 'revoked' | 'expired'
  now: number
  /** Indexes into the cast: who said yes to the terms as they are, and with whose right. */
  yeses: { readonly by: number; readonly owner: number }[]
  /** Roles as they are now; null when disabled. */
  roles: (readonly Role[] | null)[]
  escort: boolean
  class: number
}

interface Real {
  request: AccessRequest
  grant: Grant | null
  /** How often a grant came into being. */
  grants: number
}

const people = (model: Model): Person[] =>
  cast.map((person, at) => ({ ...person, roles: model.roles[at] ?? person.roles, disabled: model.roles[at] === null }))

/** Neither who made the request nor of their supplier, and neither of the two disabled. */
const isFit = (model: Model, by: number, owner: number): boolean =>
  Math.min(by, owner) > 1 && model.roles[by] !== null && model.roles[owner] !== null

/** The most needs these yeses meet, by trying everything. */
function met(model: Model, yeses: Model['yeses'], needs: readonly Role[] = needed): number {
  const [first, ...rest] = needs
  if (first === undefined) return 0
  const able = yeses.flatMap((yes, at) =>
    model.roles[yes.owner]?.includes(first) ? [1 + met(model, yeses.toSpliced(at, 1), rest)] : [],
  )
  return Math.max(met(model, yeses, rest), ...able)
}

type Command = fc.Command<Model, Real>
const command = (name: string, run: (model: Model, real: Real) => void): Command => ({
  check: () => true,
  toString: () => name,
  run(model, real) {
    run(model, real)
    holds(model, real)
  },
})

/** What holds after whatever was tried. */
function holds(model: Model, { request, grant, grants }: Real): void {
  expect(request.kind).toBe(model.state)
  expect(grant?.kind ?? 'none').toBe(model.grant)
  expect(grants).toBeLessThanOrEqual(1)
  if (request.kind === 'approved') {
    expect(grants).toBe(1)
    const judges = request.approvals.flatMap(({ by, onBehalfOf }) => [by, onBehalfOf])
    for (const judge of judges) {
      expect(judge).not.toBe(requester.id)
      expect(cast.find(({ id }) => id === judge)?.supplier).not.toBe(supplier)
    }
    // Each need by another person, with another person's right.
    expect(new Set(request.approvals.map(({ by }) => by)).size).toBe(needed.length)
    expect(new Set(request.approvals.map(({ onBehalfOf }) => onBehalfOf)).size).toBe(needed.length)
  }
  if (grant !== null) {
    expect(grant.window.from).toBeGreaterThanOrEqual(start)
    expect(operationClasses.indexOf(grant.operationClass)).toBeLessThanOrEqual(model.class)
    const span = usableAt(grant, model.now)
    if (span !== null) expect(span.until).toBeLessThanOrEqual(grant.window.until)
    if (grant.schedule.kind === 'whole')
      expect(grant.window.until - grant.window.from).toBeLessThanOrEqual(maxWindowMinutes * minute)
  }
}

/** The state machine does what the model says it would. */
function agrees(outcome: { readonly kind: 'ok' | 'refused' }, allowed: boolean): void {
  expect(outcome.kind).toBe(allowed ? 'ok' : 'refused')
}
function isSame(actual: unknown, expected: unknown): void {
  expect(actual).toBe(expected)
}

const index = fc.nat({ max: cast.length - 1 })
/** Now and then in somebody else's name. */
const speaker = fc
  .tuple(index, fc.option(index, { freq: 3, nil: null }))
  .map(([by, owner]) => ({ by, owner: owner ?? by }))
const changing = fc.option(fc.constantFrom({ escort: true } as const, { operationClass: 'observe' } as const), {
  freq: 4,
  nil: null,
})

const sayYes = fc.tuple(speaker, changing, fc.boolean()).map(([{ by, owner }, changes, stale]) =>
  command(`yes of ${by} for ${owner} ${JSON.stringify(changes)}${stale ? ' to stale terms' : ''}`, (model, real) => {
    const now = people(model)
    const { request } = real
    const known = request.kind === 'submitted' ? voicesIn(request, now) : []
    const digest =
      request.kind === 'submitted' && !stale ? requestDigest(request) : requestDigest({ ...request, terms: oldTerms })
    const outcome = approve({
      request,
      requester,
      approver: now[by] ?? requester,
      owner: now[owner] ?? requester,
      digest,
      comment: '',
      now: model.now,
      grant: grantId,
      ...(changes === null ? {} : { changes }),
      needs: needed.map((role) => ({ kind: 'role', role })),
      duties: [],
      voices: known,
    })
    const isNarrower =
      changes !== null && ('escort' in changes ? !model.escort : model.class > operationClasses.indexOf('observe'))
    const standing = isNarrower
      ? []
      : model.yeses.filter((yes) => model.roles[yes.by] !== null && model.roles[yes.owner] !== null)
    const isInvolved = standing.some((yes) => [yes.by, yes.owner].some((one) => one === by || one === owner))
    const next = [...standing, { by, owner }]
    const allowed =
      model.state === 'submitted' &&
      model.now < until &&
      isFit(model, by, owner) &&
      !stale &&
      !isInvolved &&
      met(model, next) > met(model, standing)
    agrees(outcome, allowed)
    if (outcome.kind === 'refused') return
    real.request = outcome.request
    model.yeses = next
    if (isNarrower && 'escort' in changes) model.escort = true
    if (isNarrower && 'operationClass' in changes) model.class = 0
    isSame(outcome.grant !== null, met(model, next) === needed.length)
    if (outcome.grant === null) return
    real.grant = outcome.grant
    real.grants += 1
    model.state = 'approved'
    model.grant = 'open'
  }),
)

const oldTerms = {
  window: { from: start, until: until - 1 },
  operationClass: 'operate',
  escort: false,
  conditions: '',
} as const

const commands = [
  sayYes,
  sayYes,
  sayYes,
  sayYes,
  index.map((by) =>
    command(`no of ${by}`, (model, real) => {
      const { request } = real
      const digest = request.kind === 'submitted' ? requestDigest(request) : ''
      const who = people(model)[by] ?? requester
      const given = { request, requester, approver: who, owner: who, digest, comment: 'no', now: model.now }
      const outcome = deny(given)
      agrees(outcome, model.state === 'submitted' && model.now < until && isFit(model, by, by))
      if (outcome.kind === 'ok') [real.request, model.state] = [outcome.request, 'refused']
    }),
  ),
  fc.constantFrom(0, 2).map((by) =>
    command(`taken back by ${by}`, (model, real) => {
      const outcome = withdraw({ request: real.request, by: cast[by]?.id ?? requester.id, now: model.now })
      agrees(outcome, model.state === 'submitted' && by === 0)
      if (outcome.kind === 'ok') [real.request, model.state] = [outcome.request, 'withdrawn']
    }),
  ),
  fc.tuple(index, fc.subarray<Role>(['approver', 'safety-engineer']), fc.boolean()).map(([of, roles, disabled]) =>
    command(`${of} is ${disabled ? 'disabled' : `now ${roles.join('+') || 'nothing'}`}`, (model) => {
      model.roles = model.roles.with(of, disabled ? null : roles)
    }),
  ),
  fc.integer({ min: 1, max: 60 }).map((minutes) =>
    command(`${minutes} min pass`, (model) => {
      model.now += minutes * minute
    }),
  ),
  fc.constant(
    command('the request is swept', (model, real) => {
      const outcome = expireRequest({ request: real.request, answerableUntil: Infinity, now: model.now })
      agrees(outcome, model.state === 'submitted' && model.now >= until)
      if (outcome.kind === 'ok') [real.request, model.state] = [outcome.request, 'expired']
    }),
  ),
  fc.constant(
    command('the seal is broken', (_model, real) => {
      const { request } = real
      if (request.kind !== 'submitted') return
      agrees(breakGlass({ request, grant: grantId, now: start }), false)
    }),
  ),
  fc.constant(
    command('the grant is used', (model, real) => {
      if (real.grant === null) return
      const before = real.grant.window
      const outcome = firstUse({ grant: real.grant, now: model.now })
      const isInside = model.now >= before.from && model.now < before.until
      agrees(outcome, model.grant === 'open' && isInside)
      if (outcome.kind === 'refused') return
      isSame(outcome.grant.window.until <= before.until, true)
      real.grant = outcome.grant
    }),
  ),
  fc.constant(
    command('the grant is swept', (model, real) => {
      if (real.grant === null) return
      const isOver = model.now >= real.grant.window.until
      const outcome = expireGrant({ grant: real.grant, now: model.now })
      agrees(outcome, model.grant === 'open' && isOver)
      if (outcome.kind === 'ok') [real.grant, model.grant] = [outcome.grant, 'expired']
    }),
  ),
  index.map((by) =>
    command(`revoked by ${by}`, (model, real) => {
      if (real.grant === null) return
      const outcome = revoke({ grant: real.grant, by: cast[by]?.id ?? requester.id, reason: 'r', now: model.now })
      agrees(outcome, model.grant === 'open')
      if (outcome.kind === 'ok') [real.grant, model.grant] = [outcome.grant, 'revoked']
    }),
  ),
  fc.tuple(speaker, fc.integer({ min: -60, max: 240 })).map(([{ by, owner }, minutes]) =>
    command(`extended by ${by} for ${owner} to +${minutes} min`, (model, real) => {
      const { grant } = real
      if (grant === null) return
      const [judge, right] = [people(model)[by] ?? requester, people(model)[owner] ?? requester]
      const to = grant.window.until + minutes * minute
      const running = usableAt(grant, model.now)
      const given = {
        grant,
        requester,
        approver: judge,
        owner: right,
        running,
        until: to,
        maxWindowMinutes,
      }
      const outcome = extend({ ...given, now: model.now })
      const isLonger = minutes > 0 && to > model.now
      const isShortEnough =
        grant.schedule.kind === 'from-first-use' || to - grant.window.from <= maxWindowMinutes * minute
      const isOpen = model.grant === 'open' && model.now < grant.window.until
      agrees(outcome, isOpen && isLonger && isShortEnough && isFit(model, by, owner))
      if (outcome.kind === 'ok') real.grant = outcome.grant
    }),
  ),
]

describe('the life of a request', () => {
  const schedules = fc.constantFrom<Schedule>(
    { kind: 'whole' },
    { kind: 'from-approval', minutes: 45 },
    { kind: 'from-first-use', minutes: 45 },
  )

  it('is as the model says, whatever people and time do', () => {
    const property = fc.property(schedules, fc.commands(commands, { maxCommands: 40 }), (schedule, list) => {
      const request: SubmittedRequest = ok(
        submit({ id: requestId, set: null, by: requester.id, ask: { ...ask, schedule }, now: start }),
      ).request
      const model: Model = {
        state: 'submitted',
        grant: 'none',
        now: start,
        yeses: [],
        roles: cast.map(({ roles }) => roles),
        escort: false,
        class: operationClasses.indexOf(ask.operationClass),
      }
      fc.modelRun(() => ({ model, real: { request, grant: null, grants: 0 } }), list)
    })
    fc.assert(property, { numRuns: 4_000 })
  })
})

// Holds and terms: a hold never lets go of anything, and nothing is due before its class says so.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { holdsOn, isHeldBy, keptUntil, type Holdable, type HoldTarget } from '../../policy/index.ts'
import { idOf } from '../support/ids.ts'

const kinds = ['session', 'person', 'supplier', 'asset', 'plant'] as const
const ids = fc.constantFrom('a', 'b', 'c')
const spans = fc
  .tuple(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 1, max: 50 }))
  .map(([from, length]) => ({ from, until: from + length }))
const holds = fc.record({
  target: fc.oneof(
    fc.constant<HoldTarget>({ kind: 'all' }),
    fc.record({ kind: fc.constantFrom(...kinds), id: ids }).map((target) => target as HoldTarget),
  ),
  span: fc.option(spans),
})
const holdables = fc
  .record({
    ...(Object.fromEntries(kinds.map((kind) => [kind, fc.option(ids)])) as Record<(typeof kinds)[number], typeof ids>),
    from: fc.integer({ min: 0, max: 150 }),
    length: fc.option(fc.integer({ min: 0, max: 50 })),
  })
  .map(
    ({ from, length, ...rest }) =>
      ({ ...rest, from, until: length === null ? null : from + length }) as unknown as Holdable,
  )

describe('a legal hold', () => {
  const session: Holdable = {
    session: idOf.session('ses_00000000000000000000000001'),
    person: idOf.person('per_00000000000000000000000001'),
    supplier: null,
    asset: idOf.asset('ews-1'),
    plant: idOf.plant('north'),
    from: 100,
    until: 200,
  }

  it.each([
    ['that begins as it ends', { from: 200, until: 300 }, true],
    ['that begins after it ended', { from: 201, until: 300 }, false],
    ['that ends as it begins', { from: 0, until: 100 }, false],
    ['inside of it', { from: 120, until: 130 }, true],
  ])('covers a session in a span %s: only where they touch', (_, span, covers) => {
    expect(isHeldBy({ target: { kind: 'all' }, span }, session)).toBe(covers)
  })

  it('covers a session that is not over in every span that has begun after it', () => {
    const living = { ...session, until: null }
    expect(isHeldBy({ target: { kind: 'all' }, span: { from: 1e12, until: 2e12 } }, living)).toBe(true)
  })

  it('about a supplier does not cover what is of none', () => {
    expect(isHeldBy({ target: { kind: 'supplier', id: idOf.supplier('acme') }, span: null }, session)).toBe(false)
  })

  it('keeps everything the fewer holds kept, and more', () => {
    fc.assert(
      fc.property(fc.array(holds), holds, holdables, (some, another, of) => {
        const before = holdsOn(some, of).length
        expect(holdsOn([...some, another], of).length).toBeGreaterThanOrEqual(before)
      }),
    )
  })

  it('without a span covers whatever the same hold with one covers', () => {
    fc.assert(
      fc.property(holds, holdables, (hold, of) => {
        if (isHeldBy(hold, of)) expect(isHeldBy({ ...hold, span: null }, of)).toBe(true)
      }),
    )
  })
})

it('keeps so many days from the end, and a longer class never less', () => {
  fc.assert(
    fc.property(fc.nat(), fc.nat(5_000), fc.nat(5_000), (endedAt, less, more) => {
      expect(keptUntil(endedAt, { keepDays: less })).toBe(endedAt + less * 86_400_000)
      expect(keptUntil(endedAt, { keepDays: less + more })).toBeGreaterThanOrEqual(
        keptUntil(endedAt, { keepDays: less }),
      )
    }),
  )
})

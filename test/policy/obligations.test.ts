// What a permit obliges to: how policies write it, and which of two is the stricter.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseBundle } from '../../policy/bundle/parse.ts'
import { obligationKinds, roles, type ApprovalNeed, type Obligation } from '../../policy/model.ts'
import {
  joinNeeds,
  nameOfNeed,
  parseObligation,
  sayObligation,
  strictest,
  writeObligation,
} from '../../policy/obligations.ts'
import { plantFiles } from './scenario.ts'

const need: fc.Arbitrary<ApprovalNeed> = fc.oneof(
  fc.constantFrom(...roles).map((role) => ({ kind: 'role' as const, role })),
  fc.constantFrom('shift-lead', 'ot-security').map((duty) => ({ kind: 'duty' as const, duty })),
)
const amount = fc.integer({ min: 1, max: 672 })
const obligation: fc.Arbitrary<Obligation> = fc.oneof(
  fc
    .constantFrom('record', 'mfa', 'notify-approver', 'local-presence', 'observe-only')
    .map((kind): Obligation => ({ kind: kind as 'record' })),
  fc.array(need, { minLength: 1, maxLength: 4 }).map((needs): Obligation => ({ kind: 'approvals', needs })),
  amount.map((graceMinutes): Obligation => ({ kind: 'escort', graceMinutes })),
  amount.map((withinHours): Obligation => ({ kind: 'review', withinHours })),
  fc
    .record({ kind: fc.constantFrom('idle-lock' as const, 'idle-end' as const), minutes: amount })
    .map((each): Obligation => each),
)

describe('parseObligation', () => {
  it('reads back what is written', () => {
    fc.assert(
      fc.property(obligation, (each) => {
        expect(parseObligation(writeObligation(each))).toEqual({ kind: 'ok', obligation: each })
      }),
    )
  })

  it.each([
    ['escrot:5', 'unknown obligation `escrot`'],
    ['escort', 'obligation `escort`: expected minutes from 1 to 672, as `escort:5`, got none'],
    ['escort:0', 'got `0`'],
    ['review:soon', 'expected hours from 1 to 672'],
    ['mfa:2', 'obligation `mfa` takes nothing after it, got `2`'],
    ['approvals', 'expected who has to approve'],
    ['approvals:aprover', 'expected a role'],
    ['approvals:approver+duty=', 'got `duty=`'],
  ])('says what is wrong with `%s`', (word, part) => {
    const parsed = parseObligation(word)
    expect(parsed).toMatchObject({ kind: 'malformed', reason: expect.stringContaining(part) as string })
  })
})

describe('strictest', () => {
  it('always records, gives one of each kind in a fixed order, and is not changed by order or repetition', () => {
    fc.assert(
      fc.property(fc.array(obligation), (list) => {
        const merged = strictest(list)
        expect(merged[0]).toEqual({ kind: 'record' })
        const kinds = merged.map(({ kind }) => kind)
        expect(kinds).toEqual(obligationKinds.filter((kind) => kinds.includes(kind)))
        expect(sorted(strictest([...list.toReversed(), ...merged]))).toEqual(sorted(merged))
      }),
    )
  })

  it('never loosens: the fewest minutes, and every yes', () => {
    fc.assert(
      fc.property(fc.array(obligation, { minLength: 1 }), obligation, (list, more) => {
        for (const after of strictest([...list, more])) {
          const before = strictest(list).find(({ kind }) => kind === after.kind)
          if (before === undefined) continue
          if (before.kind === 'approvals' && after.kind === 'approvals') {
            expect(joinNeeds([after.needs, before.needs])).toHaveLength(after.needs.length)
          } else {
            const amountOf = (each: Obligation): number => Number(/\d+$/.exec(writeObligation(each))?.[0] ?? 0)
            expect(amountOf(after)).toBeLessThanOrEqual(amountOf(before))
          }
        }
      }),
    )
  })

  it('keeps two approvers two', () => {
    const two: Obligation = { kind: 'approvals', needs: [approver, approver] }
    const other: Obligation = { kind: 'approvals', needs: [approver, { kind: 'role', role: 'safety-engineer' }] }
    expect(strictest([two, other]).map(writeObligation)).toEqual([
      'record',
      'approvals:approver+approver+safety-engineer',
    ])
  })
})

describe('sayObligation', () => {
  it('is a sentence for every kind', () => {
    fc.assert(fc.property(obligation, (each) => /^[A-Z].*\.$/.test(sayObligation(each))))
    expect(sayObligation({ kind: 'escort', graceMinutes: 1 })).toContain('gone for 1 minute,')
    expect(sayObligation({ kind: 'approvals', needs: [approver, { kind: 'duty', duty: 'shift-lead' }] })).toBe(
      'It needs a yes of somebody with the role approver and of whoever is on duty as shift lead, each another person.',
    )
  })
})

describe('@duty', () => {
  const problemsOf = (policy: string): readonly string[] => {
    const parsed = parseBundle(plantFiles().set('policies/scenario.cedar', policy))
    return parsed.kind === 'invalid' ? parsed.problems.map(({ reason }) => reason) : []
  }

  it.each([
    ['on a forbid', '@duty forbid (principal, action, resource);', '`@duty` on a forbid'],
    ['without an obligation', '@duty permit (principal, action, resource);', '`@duty` without an obligation'],
    [
      'by the name of a rule in code',
      '@duty @obligation("mfa") permit (principal, action, resource);',
      'is a rule the gateway enforces in code',
    ],
  ])('is refused %s', (_, policy, part) => {
    const id = part.includes('rule the gateway') ? 'mfa-missing' : 'watched'
    expect(problemsOf(`@id("${id}") @text("Watched.") ${policy}`).join('\n')).toContain(part)
  })

  it('gives the rule its effect, and its obligations their structure', () => {
    const files = plantFiles().set(
      'policies/scenario.cedar',
      '@id("watched") @text("Watched.") @duty @obligation("escort:5, approvals:approver+duty=shift-lead") permit (principal, action, resource);',
    )
    const parsed = parseBundle(files)
    const rule = parsed.kind === 'ok' ? parsed.bundle.policies.get('watched') : undefined
    expect(rule).toMatchObject({
      effect: 'duty',
      obligations: [
        { kind: 'escort', graceMinutes: 5 },
        { kind: 'approvals', needs: [approver, { kind: 'duty', duty: 'shift-lead' }] },
      ],
    })
  })

  it('names every obligation that is wrong, with what to write instead', () => {
    const reasons = problemsOf(
      '@id("odd") @text("Odd.") @obligation("recrod, escort") permit (principal, action, resource);',
    )
    expect(reasons).toHaveLength(2)
    expect(reasons.join('\n')).toMatch(/recrod[\s\S]*record[\s\S]*escort:5/)
  })
})

const approver: ApprovalNeed = { kind: 'role', role: 'approver' }

function sorted(list: readonly Obligation[]): readonly string[] {
  return list.map((each) =>
    each.kind === 'approvals' ? each.needs.map(nameOfNeed).toSorted().join('+') : writeObligation(each),
  )
}

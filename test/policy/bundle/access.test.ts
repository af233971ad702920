// access.yaml, and the exceptions of register.yaml: limits somebody set, and what goes beyond them.

import { describe, expect, it } from 'vitest'
import { defaultAccess } from '../../../policy/bundle/access.ts'
import { smallBundle } from './small-bundle.ts'
import { expectProblem, problemsOf, replace, type Spoilt } from './spoilt.ts'

const spoilt: readonly Spoilt[] = [
  [
    'a tier that is none',
    replace('access.yaml', '  normal:', '  usual:'),
    'access.yaml',
    'tiers.usual',
    'unknown key `usual`',
  ],
  [
    'an alarm before the target',
    replace('access.yaml', 'targetMinutes: 20', 'targetMinutes: 20\n    alarmMinutes: 10'),
    'access.yaml',
    'tiers.emergency.alarmMinutes',
    'expected `alarmMinutes` to be `targetMinutes` (20) or more, got `10`',
  ],
  [
    'a target after the alarm that holds by default',
    replace('access.yaml', 'targetMinutes: 20', 'targetMinutes: 240'),
    'access.yaml',
    'tiers.emergency',
    'expected `alarmMinutes` to be `targetMinutes` (240) or more, got `120`',
  ],
  [
    'a criterion twice',
    replace('access.yaml', 'criteria:\n', 'criteria:\n      - { id: line-down, text: x }\n'),
    'access.yaml',
    'tiers.emergency.criteria[1].id',
    'duplicate criterion `line-down`',
  ],
  [
    'a reminder after the request expired',
    replace('access.yaml', 'remindMinutes: 15', 'remindMinutes: 90'),
    'access.yaml',
    'answers',
    'expected `escalateMinutes` to be `remindMinutes` (90) or more, got `60`',
  ],
  [
    'an expiry before the escalation',
    replace('access.yaml', 'remindMinutes: 15', 'expireMinutes: 45'),
    'access.yaml',
    'answers.expireMinutes',
    '`escalateMinutes` (60 by default) or more',
  ],
  [
    'a choice for an unreachable ticket system that is none',
    replace('access.yaml', 'maxRenewals: 3', 'ticketUnreachable: allow'),
    'access.yaml',
    'ticketUnreachable',
    'expected `deny` or `permit`, got `allow`',
  ],
  [
    'a recurring access of a lifetime',
    replace('access.yaml', 'maxRenewals: 3', 'maxRecurringDays: 4000'),
    'access.yaml',
    'maxRecurringDays',
    'from 1 to 366',
  ],
  [
    'an exception renewed too often',
    replace('register.yaml', 'renewals: 1', 'renewals: 4'),
    'register.yaml',
    'exceptions[0].renewals',
    'expected at most 3 renewals, as access.yaml has it, got 4',
  ],
  [
    'an exception that ends before it begins',
    replace('register.yaml', 'until: 2026-12-31', 'until: 2025-12-31'),
    'register.yaml',
    'exceptions[0].until',
    '`2026-01-01` or later',
  ],
  [
    'an exception about an undeclared asset',
    replace('register.yaml', 'assets: [hist-1]', 'assets: [hist-2]'),
    'register.yaml',
    'exceptions[0].assets[0]',
    'did you mean `hist-1`?',
  ],
  [
    'an exception about no asset',
    replace('register.yaml', 'assets: [hist-1]', 'assets: []'),
    'register.yaml',
    'exceptions[0].assets',
    'at least one entry',
  ],
  [
    'an exception with an undeclared risk',
    replace('register.yaml', 'risk: R-04', 'risk: R-44'),
    'register.yaml',
    'exceptions[0].risk',
    'unknown risk `R-44`',
  ],
  [
    'an exception that nothing compensates',
    replace('register.yaml', 'compensating: [GW-LOG-02]', 'compensating: []'),
    'register.yaml',
    'exceptions[0].compensating',
    'at least one entry',
  ],
  [
    'an exception compensated by an unknown control',
    replace('register.yaml', 'compensating: [GW-LOG-02]', 'compensating: [GW-LOG-22]'),
    'register.yaml',
    'exceptions[0].compensating[0]',
    'unknown control `GW-LOG-22`',
  ],
  [
    'an exception declared twice',
    replace(
      'register.yaml',
      'exceptions:\n',
      'exceptions:\n  - { id: EX-01, title: x, owner: x, approvedBy: x, reason: x, risk: R-01, compensating: [GW-LOG-02], from: 2026-01-01, until: 2026-01-02, renewals: 0 }\n',
    ),
    'register.yaml',
    'exceptions[1].id',
    'duplicate exception `EX-01`',
  ],
]

describe('a bundle by its rules of handling', () => {
  it.each(spoilt)('%s is refused, saying where and why', (_, change, file, path, reason) => {
    expectProblem(change, file, path, reason)
  })

  it('has the defaults where access.yaml is silent, part by part', () => {
    const { access } = smallBundle()
    expect(access.tiers.emergency).toEqual({
      criteria: [{ id: 'line-down', text: 'A line stands still or is about to' }],
      maxWindowMinutes: null,
      targetMinutes: 20,
      alarmMinutes: 120,
      reviewHours: 72,
      rollback: false,
    })
    expect(access.tiers['break-glass']).toEqual(defaultAccess.tiers['break-glass'])
    expect(access.answers).toEqual({ remindMinutes: 15, escalateMinutes: 60, expireMinutes: 1440 })
    expect(access).toMatchObject({ ticketUnreachable: 'deny', maxRecurringDays: 31, maxRenewals: 3 })
  })

  it('has the defaults where the file is missing or empty', () => {
    expect(problemsOf((files) => void files.delete('access.yaml'))).toEqual([])
    const empty = smallBundle({ 'access.yaml': () => '{}' })
    expect(empty.access).toEqual(defaultAccess)
  })
})

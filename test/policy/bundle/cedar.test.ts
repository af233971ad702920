// Policies: what a bundle must not have among its rules.

import { describe, expect, it } from 'vitest'
import { expectProblem, expectWarning, policy, warningsOf, type Spoilt } from './spoilt.ts'

const forbid = (condition: string): string =>
  `@id("x") @text("x.") forbid (principal, action, resource) when { ${condition} };`

const spoilt: readonly Spoilt[] = [
  ['cedar that is none', policy('permit (principal, action resource);'), 'policies/extra.cedar', '', 'not valid cedar'],
  [
    'a misspelt attribute',
    policy('@id("x") @text("x.") permit (principal, action, resource) when { resource.zon == Zone::"north-dmz" };'),
    'policies/extra.cedar',
    'policy[0]',
    'does not fit the schema: attribute `zon`',
  ],
  [
    'a misspelt role',
    policy(
      '@id("x") @text("x.") permit (principal, action, resource) when { principal.roles.contains(Role::"vendr") };',
    ),
    'policies/extra.cedar',
    'policy[0]',
    '`Role::"vendr"` is of an enumerated entity type',
  ],
  [
    'an unknown action',
    policy('@id("x") @text("x.") permit (principal, action == Action::"reqest", resource);'),
    'policies/extra.cedar',
    'policy[0]',
    'does not fit the schema',
  ],
  [
    'a policy that can never apply',
    policy('@id("x") @text("x.") permit (principal, action, resource) when { false };'),
    'policies/extra.cedar',
    'policy[0]',
    'policy is impossible',
  ],
  [
    'a policy about an undeclared zone',
    policy('@id("x") @text("x.") permit (principal, action, resource in Zone::"north-contrl");'),
    'policies/extra.cedar',
    'policy[0]',
    'unknown zone `north-contrl`: did you mean `north-control`?',
  ],
  [
    'a policy about an undeclared supplier',
    policy('@id("x") @text("x.") permit (principal in Supplier::"acme", action, resource);'),
    'policies/extra.cedar',
    'policy[0]',
    'unknown supplier `acme`',
  ],
  [
    'a template',
    policy('@id("x") @text("x.") permit (principal == ?principal, action, resource);'),
    'policies/extra.cedar',
    '',
    'got a template',
  ],
  [
    'a policy without an id',
    policy('@text("x.") permit (principal, action, resource);'),
    'policies/extra.cedar',
    'policy[0]',
    'missing `@id`',
  ],
  [
    'a policy without a text',
    policy('@id("x") permit (principal, action, resource);'),
    'policies/extra.cedar',
    'policy[0]',
    'missing `@text`',
  ],
  [
    'a policy id used twice',
    policy('@id("own-request") @text("x.") forbid (principal, action, resource);'),
    'policies/extra.cedar',
    'policy[0]',
    'duplicate policy `own-request`: first declared at policies/duties.cedar:',
  ],
  [
    'a policy with an id of the gateway',
    policy('@id("default-deny") @text("x.") forbid (principal, action, resource);'),
    'policies/extra.cedar',
    'policy[0]',
    'taken by the gateway',
  ],
  [
    'a permit that takes the name of an invariant',
    policy('@id("grant-missing") @text("x.") permit (principal, action, resource);'),
    'policies/extra.cedar',
    'policy[0]',
    'a permit needs another name',
  ],
  [
    'a policy for a control that is not in the catalogue',
    policy('@id("x") @text("x.") @control("GW-ACC-1") permit (principal, action, resource);'),
    'policies/extra.cedar',
    'policy[0]',
    'unknown control `GW-ACC-1`',
  ],
  [
    'an obligation nobody knows',
    policy('@id("x") @text("x.") @obligation("record,mfaa") permit (principal, action, resource);'),
    'policies/extra.cedar',
    'policy[0]',
    'unknown obligation `mfaa`',
  ],
  [
    'an obligation on a forbid',
    policy('@id("x") @text("x.") @obligation("mfa") forbid (principal, action, resource);'),
    'policies/extra.cedar',
    'policy[0]',
    'a refusal obliges nobody',
  ],
  [
    'a day on a permit',
    policy('@id("x") @text("x.") @enforceFrom("2026-12-01") permit (principal, action, resource);'),
    'policies/extra.cedar',
    'policy[0]',
    '`@enforceFrom` on a permit: expected it on a forbid or a `@duty`',
  ],
  [
    'a day that does not exist',
    policy(`@enforceFrom("2026-02-30") ${forbid('true')}`),
    'policies/extra.cedar',
    'policy[0]',
    '`@enforceFrom`: expected a day that exists, as `@enforceFrom("2026-12-01")`, got `2026-02-30`',
  ],
  [
    'a day that is missing',
    policy(`@enforceFrom ${forbid('context.presence')}`),
    'policies/extra.cedar',
    'policy[0]',
    'got none',
  ],
  [
    'a day on what the gateway enforces in code',
    policy(
      '@id("own-supplier") @text("x.") @enforceFrom("2026-12-01") forbid (principal, action, resource) when { context.presence };',
    ),
    'policies/extra.cedar',
    'policy[0]',
    'the gateway enforces this rule in code already',
  ],
  [
    'an annotation nobody knows',
    policy('@id("x") @text("x.") @controls("GW-ACC-01") permit (principal, action, resource);'),
    'policies/extra.cedar',
    'policy[0]',
    'unknown annotation `@controls`: did you mean `control`?',
  ],
  [
    'a policy that names an undeclared exception',
    policy(forbid('!context.exceptions.contains("EX-11")')),
    'policies/extra.cedar',
    '',
    'unknown exception `EX-11`: did you mean `EX-01`?',
  ],
]

describe('a bundle by its policies', () => {
  it.each(spoilt)('%s is refused, saying where and why', (_, change, file, path, reason) => {
    expectProblem(change, file, path, reason)
  })
  const misspelt: readonly (readonly [string, string, string])[] = [
    ['a type', 'resource.type == "histrian"', 'no asset has the type `histrian`: did you mean `historian`?'],
    ['a type among several', '["hmi", "plcc"].contains(resource.type)', 'no asset has the type `plcc`'],
    ['a label', 'resource.labels.containsAny(["drivs", "line-1"])', 'has the label `drivs`: did you mean `drives`?'],
    ['a line', 'resource has line && resource.line != "line-77"', 'no asset has the line `line-77`'],
    [
      'a duty',
      'context.onDuty.contains("shift-leed")',
      'no roster has the duty `shift-leed`: did you mean `shift-lead`?',
    ],
  ]
  it.each(misspelt)('is warned of %s that nothing has', (_, condition, reason) => {
    expectWarning(policy(forbid(condition)), 'policies/extra.cedar', '', reason)
  })

  it('is warned of an approval by a duty that no roster has', () => {
    const rule = '@id("x") @text("x.") @obligation("approvals:duty=shift-leed") permit (principal, action, resource);'
    expectWarning(
      policy(rule),
      'policies/extra.cedar',
      '',
      'no roster has the duty `shift-leed`: what needs it is never',
    )
  })

  it('is not warned of words that are declared', () => {
    const words =
      'resource.type == "historian" && !context.exceptions.contains("EX-01") && resource.labels.contains("drives")'
    expect(warningsOf(policy(forbid(words)))).toEqual([])
  })
})

// Policies: what a bundle must not have among its rules.

import { describe, it } from 'vitest'
import { policy, expectProblem, type Spoilt } from './spoilt.ts'

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
    'unknown obligation `mfaa`: did you mean `mfa`?',
  ],
  [
    'an obligation on a forbid',
    policy('@id("x") @text("x.") @obligation("mfa") forbid (principal, action, resource);'),
    'policies/extra.cedar',
    'policy[0]',
    'a refusal obliges nobody',
  ],
  [
    'an annotation nobody knows',
    policy('@id("x") @text("x.") @controls("GW-ACC-01") permit (principal, action, resource);'),
    'policies/extra.cedar',
    'policy[0]',
    'unknown annotation `@controls`: did you mean `control`?',
  ],
]

describe('a bundle by its policies', () => {
  it.each(spoilt)('%s is refused, saying where and why', (_, change, file, path, reason) => {
    expectProblem(change, file, path, reason)
  })
})

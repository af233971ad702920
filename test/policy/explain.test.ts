// A decision in words.

import { describe, expect, it } from 'vitest'
import { explain } from '../../policy/explain.ts'
import { assetsFor } from '../../policy/reach.ts'
import { exclusionsOf } from '../../policy/scope.ts'
import { bundleWith } from './demo-bundle.ts'
import { person } from './people.ts'

const cited = { bundle: '0123456789abcdef', scopeVersion: '2026-1' }

describe('explain', () => {
  it('says what is permitted, why, and what it obliges to', () => {
    const reasons = [
      { rule: 'grant-may-be-used', text: 'Who holds a grant may connect.', controls: ['GW-ACC-02', 'GW-LOG-02'] },
    ]
    const scope = { kind: 'in', rule: 'north', reason: 'phase 1' } as const
    expect(explain({ kind: 'permit', reasons, obligations: ['record', 'mfa'], ...cited, scope })).toEqual([
      'Permitted.',
      'Who holds a grant may connect. (rule grant-may-be-used, for GW-ACC-02, GW-LOG-02)',
      'The session is recorded.',
      'A second factor is needed to use it.',
      'In scope by rule north of scope version 2026-1.',
      'Decided under policy bundle 0123456789ab.',
    ])
  })

  it('says what is denied, and every reason', () => {
    const reasons = [
      { rule: 'own-request', text: 'nobody decides on their own request', controls: ['GW-ACC-03'] },
      { rule: 'plain', text: 'closed', controls: [] },
    ]
    expect(explain({ kind: 'deny', reasons, ...cited, scope: { kind: 'undetermined' } })).toEqual([
      'Denied.',
      'Nobody decides on their own request. (rule own-request, for GW-ACC-03)',
      'Closed. (rule plain)',
      'Scope version 2026-1 does not say whether it is in or out.',
      'Decided under policy bundle 0123456789ab.',
    ])
  })
})

describe('the lists people see', () => {
  const demo = bundleWith()

  it('hold for a supplier only what is in scope, of its plants and labels, and no safety system', () => {
    expect(assetsFor(person('supplier-engineer'), demo).map(({ id }) => id)).toEqual([
      'ews-1',
      'hist-1',
      'hmi-3',
      'plc-7',
    ])
    expect(assetsFor(person('south-engineer'), demo)).toEqual([])
  })

  it('name what is not covered', () => {
    expect(exclusionsOf(demo)).toEqual([
      'Plant South: run by another company until the takeover is complete, and covered by its own certificate',
    ])
  })
})

import { describe, expect, it } from 'vitest'
import { endReasonFor } from '../../../gateway/sessions/end-reasons.ts'
import { guardRules } from '../../../policy/index.ts'

const because = (...rules: string[]) => endReasonFor(rules.map((rule) => ({ rule, text: '', controls: [] })))

describe('the reason a session ends for', () => {
  it.each([
    [['suspended', 'grant-closed'], 'suspended'],
    [['scope-out', 'window-too-long'], 'scope-changed'],
    [['phase-closed'], 'scope-changed'],
    [['supplier-contract', 'default-deny'], 'contract-ended'],
    [['training-missing'], 'attestation-ended'],
    [['supplier-expectation', 'default-deny'], 'attestation-ended'],
    [['attestation-missing'], 'attestation-ended'],
    [['conduit-overdue'], 'conduit-closed'],
    [['local-presence'], 'presence-gone'],
    [['grant-outside-window'], 'expired'],
    [['a-rule-of-the-plant'], 'policy-changed'],
    [['default-deny'], 'policy-changed'],
  ])('of %j is %s', (rules, reason) => expect(because(...rules)).toBe(reason))

  it('names rules that are there', () => {
    const named = ['suspended', 'person-disabled', 'grant-closed', 'supplier-contract', 'grant-outside-window']
    const attested = ['supplier-expectation', 'training-missing', 'attestation-missing']
    for (const rule of [...named, ...attested]) expect(guardRules).toContain(rule)
    for (const pattern of [/^scope-/, /^phase-/, /^conduit-/, /presence/])
      expect(guardRules.some((rule) => pattern.test(rule))).toBe(true)
  })
})

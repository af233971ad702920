// Decisions, from scenarios a plant engineer can read: scenarios/*.json. Rules are compared in order; `says` are parts
// that the reasons' texts must hold.

import { describe, expect, it } from 'vitest'
import { decide } from '../../policy/decide.ts'
import { writeObligation } from '../../policy/obligations.ts'
import { bundleOf, factsOf, readScenarios, requestOf } from './scenario.ts'

for (const [file, scenarios] of readScenarios()) {
  describe(`decisions: ${file}`, () => {
    for (const scenario of scenarios) {
      it(`${scenario.expect.kind}: ${scenario.name}`, () => {
        const decision = decide(requestOf(scenario), bundleOf(scenario), factsOf(scenario))
        const { obligations, remedies, scope, says = [], ...expected } = scenario.expect
        const found = {
          ...decision,
          scope: decision.scope.kind,
          watched: decision.watched.map(({ would, rule }) => `${would} ${rule}`),
          rules: decision.reasons.map((reason) => reason.rule),
          obligations: decision.kind === 'permit' ? decision.obligations.map(writeObligation) : undefined,
          remedies: decision.kind === 'deny' ? decision.remedies.map(({ kind }) => kind) : undefined,
        }
        const texts = decision.reasons.map((reason) => reason.text).join('\n')
        expect(found, texts).toMatchObject({
          ...expected,
          ...(obligations && { obligations }),
          ...(remedies && { remedies }),
          ...(scope && { scope }),
        })
        for (const part of says) expect(texts).toContain(part)
        for (const reason of decision.reasons) expect(reason.text).not.toBe('')
      })
    }
  })
}

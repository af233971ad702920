// Faults of Cedar's type checker: one misspelt word is one problem.

import { describe, expect, it } from 'vitest'
import { policy, problemsOf } from './spoilt.ts'

const reasonsOf = (condition: string, head = 'principal, action, resource'): readonly string[] =>
  problemsOf(policy(`@id("x") @text("x.") forbid (${head}) when { ${condition} };`)).map(({ reason }) => reason)

describe('a policy that does not fit the schema', () => {
  it('is told of a misspelt attribute of the context once, and not once for each action', () => {
    expect(reasonsOf('context.windowMinuts > 60')).toEqual([
      'does not fit the schema: attribute `windowMinuts` is not in the context of the action `approve`, `connect`, `extend` or `request`: did you mean `windowMinutes`?',
    ])
  })

  it('is told which actions do not know an attribute that another knows', () => {
    expect(reasonsOf('context.escort')).toEqual([
      'does not fit the schema: attribute `escort` is not in the context of the action `approve`, `extend` or `request`: if other actions know it, name them in the head, or ask `context has escort` first',
    ])
    expect(reasonsOf('context has escort && context.escort')).toEqual([])
    expect(reasonsOf('context.escort', 'principal, action == Action::"connect", resource')).toEqual([])
  })

  it('is told of two misspelt words as two problems, each at its line', () => {
    const problems = problemsOf(
      policy(
        [
          '@id("x") @text("x.") forbid (principal, action, resource) when {',
          '  context.windowMinuts > 60 &&',
          '  context.spanMinuts > 60',
          '};',
        ].join('\n'),
      ),
    )
    expect(problems.map(({ line, reason }) => [line, /`\w+`/.exec(reason)?.[0]])).toEqual([
      [3, '`windowMinuts`'],
      [4, '`spanMinuts`'],
    ])
  })

  it('keeps what is said of an entity as it is', () => {
    expect(reasonsOf('resource.zon == Zone::"north-dmz"')).toEqual([
      'does not fit the schema: attribute `zon` on entity type `Asset` not found: did you mean `zone`?',
    ])
  })
})

// Risks, impact scales and committee of register.yaml: what is refused, and what people read then.

import { describe, expect, it } from 'vitest'
import { parseBundle } from '../../../policy/bundle/parse.ts'
import { showProblem } from '../../../policy/bundle/problem.ts'
import { smallFiles } from './small-bundle.ts'
import { append, expectProblem, problemsOf, replace, type Change, type Spoilt } from './spoilt.ts'

const file = 'register.yaml'
/** More of risk R-04, which exception EX-01 rests on. */
const risk = (more: string): Change =>
  replace(file, '  - id: R-04\n', `  - id: R-04\n${more.trim().replace(/^/gm, '    ')}\n`)
const scales = (levels: string): Change =>
  append(
    file,
    `impactScales:\n  - plant: north\n    version: 2026-a\n    currency: EUR\n    levels:\n${levels.trim().replace(/^ */gm, '      ')}\n`,
  )
const good = scales(`
  - { level: medium, fromHours: 1, fromCost: 10000 }
  - { level: high, fromHours: 4, fromCost: 100000 }
`)
const committee = append(file, 'committee: { above: medium }\n')
const all =
  (...changes: readonly Change[]): Change =>
  (files) => {
    for (const change of changes) change(files)
  }

const spoilt: readonly Spoilt[] = [
  ['an unknown severity', risk('safety: deth'), file, 'risks[3].safety', 'got `deth`: did you mean `death`?'],
  ['a sil that does not exist', risk('safety: death\nsil: 5'), file, 'risks[3].sil', '`4`, got the number `5`'],
  ['a sil and no harm', risk('sil: 2'), file, 'risks[3].sil', 'has a `sil` and harms nobody'],
  [
    'an impact and no plant',
    all(good, risk('impact: { hours: 1, cost: 0 }')),
    file,
    'risks[3].impact',
    'has an `impact` and no `plant`: say on whose scale',
  ],
  [
    'an impact that no scale measures',
    risk('plant: north\nimpact: { hours: 1, cost: 0 }'),
    file,
    'risks[3].impact',
    'no impact scale for plant `north`: declare one under `impactScales`',
  ],
  ['a line and no plant', risk('line: line-1'), file, 'risks[3].line', 'has a `line` and no `plant`'],
  ['an undeclared plant', risk('plant: nort'), file, 'risks[3].plant', 'unknown plant `nort`: did you mean `north`?'],
  ['an undeclared asset', risk('assets: [hist-11]'), file, 'risks[3].assets[0]', 'unknown asset `hist-11`'],
  [
    'an acceptance without an end',
    risk('acceptance: { by: Plant manager, reason: old }'),
    file,
    'risks[3].acceptance.until',
    'missing: expected `until` here',
  ],
  [
    'a scale that falls',
    scales('- { level: medium, fromHours: 4, fromCost: 10000 }\n- { level: high, fromHours: 4, fromCost: 100000 }'),
    file,
    'impactScales[0].levels',
    'expected levels that rise, in hours and in cost, got `high` from 4 hours and 100000 after `medium` from 4 hours',
  ],
  [
    'a level without a beginning',
    scales('- { level: low, fromHours: 0, fromCost: 0 }'),
    file,
    'impactScales[0].levels[0].level',
    'expected `medium`, `high` or `very-high`, got `low`',
  ],
  [
    'two scales of one plant',
    all(
      good,
      append(
        file,
        '  - { plant: north, version: b, currency: EUR, levels: [{ level: high, fromHours: 1, fromCost: 1 }] }\n',
      ),
    ),
    file,
    'impactScales[1]',
    'duplicate impact scale `north`',
  ],
  [
    'a currency that is none',
    all(good, replace(file, 'currency: EUR', 'currency: euro')),
    file,
    'impactScales[0].currency',
    'expected a currency as ISO 4217 has it, as `EUR`, got `euro`',
  ],
  [
    'a threshold that nothing lies above',
    append(file, 'committee: { above: very-high }\n'),
    file,
    'committee.above',
    'expected `low`, `medium` or `high`, got `very-high`',
  ],
  [
    'an exception above the threshold that no committee decided',
    all(good, committee, risk('plant: north\nimpact: { hours: 4, cost: 0 }')),
    file,
    'exceptions[0].risk',
    'exception `EX-01` without `decision`: risk `R-04` is `high`, above `medium`',
  ],
  [
    'an acceptance of what can harm people that no committee decided',
    all(
      committee,
      risk('safety: minor-injury\nacceptance: { by: Plant manager, reason: old, until: 2030-12-31 }'),
      replace(file, 'risk: R-04', 'risk: R-04\n    decision: RC-2026-04'),
    ),
    file,
    'risks[3].acceptance',
    'acceptance of risk `R-04` without `decision`: risk `R-04` is `very-high`, for it can harm people, above `medium`',
  ],
  [
    'an exception to what nobody rated, where a committee decides',
    committee,
    file,
    'exceptions[0].risk',
    'risk `R-04` is not rated, and the committee decides above `medium`',
  ],
]

describe('a bundle by its risks', () => {
  it.each(spoilt)('%s is refused, saying where and why', (_, change, at, path, reason) => {
    expectProblem(change, at, path, reason)
  })

  it('takes what is measured, and accepted by who may', () => {
    const decided = replace(file, 'risk: R-04', 'risk: R-04\n    decision: RC-2026-04')
    const measured = risk('plant: north\nimpact: { hours: 4, cost: 0 }')
    expect(problemsOf(good, committee, decided, measured).map(showProblem)).toEqual([])
  })

  it('reads what an older register leaves out as harmless, unmeasured and not accepted', () => {
    const parsed = parseBundle(smallFiles())
    if (parsed.kind === 'invalid') throw new Error(parsed.problems.map(showProblem).join('\n'))
    const { risks, impactScales, committee: decides } = parsed.bundle.register
    expect(risks[0]).toMatchObject({
      safety: 'none',
      sil: null,
      plant: null,
      assets: [],
      impact: null,
      acceptance: null,
    })
    expect([impactScales, decides]).toEqual([[], null])
  })

  it('refuses a risk to a safety system that does not say what could happen and how sure the system has to be', () => {
    const sis = 'sis-1'
    const reasons = problemsOf(risk(`assets: [${sis}]`)).map(({ reason }) => reason)
    expect(reasons).toEqual([
      expect.stringContaining(`touches safety system \`${sis}\`: expected \`safety\` to say`),
      expect.stringContaining(`touches safety system \`${sis}\`: expected \`sil: `),
    ])
  })
})

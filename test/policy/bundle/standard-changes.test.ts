// Standard changes as a plant writes them, and what is wrong with those it cannot have meant.

import { describe, expect, it } from 'vitest'
import { parseBundle } from '../../../policy/bundle/parse.ts'
import { showProblem } from '../../../policy/bundle/problem.ts'
import { diffBundles } from '../../../policy/diff/diff.ts'
import { describeDiff } from '../../../policy/diff/words.ts'
import { smallBundle, smallFiles } from './small-bundle.ts'
import { append, expectProblem, problemsOf, warningsOf, type Spoilt } from './spoilt.ts'

const fields = {
  id: 'restart-historian',
  title: 'Restart the historian',
  assets: '[hist-1]',
  protocols: '[ssh]',
  operationClass: 'operate',
  maxWindowMinutes: '60',
  rollback: 'Start it by hand',
  approvedBy: 'Automation lead',
  until: '2027-03-31',
}
const written = (over: Partial<Record<keyof typeof fields | 'types' | 'labels', string | null>> = {}): string =>
  `  - { ${Object.entries({ ...fields, ...over })
    .flatMap(([key, value]) => (value === null ? [] : [`${key}: ${value}`]))
    .join(', ')} }`
const withChanges = (...changes: readonly string[]) =>
  append('access.yaml', `standardChanges:\n${changes.join('\n')}\n`)

const at = (path: string): string => `standardChanges[0]${path}`
const spoilt: readonly Spoilt[] = [
  ['one about nothing', withChanges(written({ assets: null })), 'access.yaml', at(''), 'at least one of `assets`'],
  [
    'an asset nobody declared',
    withChanges(written({ assets: '[hist-2]' })),
    'access.yaml',
    at('.assets[0]'),
    'did you mean `hist-1`?',
  ],
  ['an empty list of types', withChanges(written({ types: '[]' })), 'access.yaml', at('.types'), 'at least one entry'],
  ['a class that is none', withChanges(written({ operationClass: 'look' })), 'access.yaml', at('.operationClass'), ''],
  [
    'a protocol that is none',
    withChanges(written({ protocols: '[teleport]' })),
    'access.yaml',
    at('.protocols[0]'),
    '',
  ],
  [
    'a stretch of weeks',
    withChanges(written({ maxWindowMinutes: '99999' })),
    'access.yaml',
    at('.maxWindowMinutes'),
    '',
  ],
  ['a day that does not exist', withChanges(written({ until: '2027-02-30' })), 'access.yaml', at('.until'), ''],
  ['no way back', withChanges(written({ rollback: null })), 'access.yaml', at('.rollback'), 'missing'],
  [
    'one declared twice',
    withChanges(written(), written({ title: 'Again' })),
    'access.yaml',
    'standardChanges[1].id',
    'duplicate standard change `restart-historian`',
  ],
]

const bundleWithChanges = (...changes: readonly string[]) => {
  const files = smallFiles()
  withChanges(...changes)(files)
  const parsed = parseBundle(files)
  if (parsed.kind === 'invalid') throw new Error(parsed.problems.map(showProblem).join('\n'))
  return parsed.bundle
}

describe('standard changes of a bundle', () => {
  it.each(spoilt)('%s is refused, saying where and why', (_, change, file, path, reason) => {
    expectProblem(change, file, path, reason)
  })

  it('are none where access.yaml is silent', () => {
    expect(smallBundle().access.standardChanges).toEqual([])
  })

  it('are read with what they are about, each list that is left out empty', () => {
    expect(bundleWithChanges(written()).access.standardChanges).toEqual([
      {
        ...fields,
        assets: ['hist-1'],
        types: [],
        labels: [],
        protocols: ['ssh'],
        maxWindowMinutes: 60,
      },
    ])
  })

  it('are reported all at once', () => {
    const problems = problemsOf(withChanges(written({ assets: null }), written({ id: 'b', until: 'soon' })))
    expect(problems.map(({ path }) => path)).toEqual(expect.arrayContaining([at(''), 'standardChanges[1].until']))
  })

  it('that are about no asset there is are warned of', () => {
    const [warning] = warningsOf(withChanges(written({ assets: null, types: '[nothing-like-it]' }))).filter(
      ({ file }) => file === 'access.yaml',
    )
    expect(warning?.reason).toBe(
      'standard change `restart-historian` is about no declared asset: check its types and labels',
    )
  })

  it('are named one by one in a difference', () => {
    const longer = bundleWithChanges(written({ maxWindowMinutes: '90' }))
    const lines = describeDiff(diffBundles(bundleWithChanges(written()), longer)).flatMap((each) => each.lines)
    expect(lines).toEqual(['standard change restart-historian changed: maxWindowMinutes from 60 to 90'])
  })
})

// What a comparison says of access that it would end.

import { expect, it } from 'vitest'
import { comparisonText } from '../../../gateway/cli/bundle-text.ts'
import type { ComparisonView } from '../../../gateway/contract/bundle-views.ts'

const nothing: ComparisonView = {
  from: { digest: `sha256:${'0'.repeat(64)}`, scopeVersion: '1' },
  to: { digest: `sha256:${'1'.repeat(64)}`, scopeVersion: '1' },
  words: [],
  rules: [],
  moves: { count: 0, items: [] },
  changes: { count: 0, items: [] },
  ends: { count: 0, items: [] },
  grantsLookedAt: 3,
  sessionsEnded: 0,
  unbelieved: { sessions: 0, assets: [] },
  warnings: [],
}
const told = (change: Partial<ComparisonView>): readonly string[] =>
  comparisonText({ ...nothing, ...change })
    .split('\n')
    .filter((line) => line.startsWith('ends'))

it('says that nothing ends', () => {
  expect(told({})).toEqual(['ends no grant and no session: 3 open grants looked at'])
})

it('tells sessions that end with their grants from those that end without', () => {
  const unbelieved = { sessions: 2, assets: ['ews-1', 'hist-1'] }
  const line = 'ends 2 living sessions whose grants stay: the host key of ews-1, hist-1 is believed no longer'
  expect(told({ sessionsEnded: 2, unbelieved })).toEqual(['ends no grant: 3 open grants looked at', line])
  expect(told({ ends: { count: 1, items: [] }, sessionsEnded: 5, unbelieved })).toEqual([
    'ends 1 of 3 open grants, with 3 living sessions:',
    line,
  ])
})

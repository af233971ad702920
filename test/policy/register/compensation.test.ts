// Whether what stands in for an exception was put to the test on what the exception covers, and since it began.

import { describe, expect, it } from 'vitest'
import type { AssetId } from '../../../policy/ids.ts'
import { catalogue } from '../../../policy/register/catalogue.ts'
import { compensationOf, type Compensation } from '../../../policy/register/compensation.ts'
import { startRegister } from '../../../policy/register/evaluate.ts'
import { day, minute, start, stream, type Loose } from './stream.ts'

const refusalAt = (minutes: number, asset: string): Loose => [
  minutes,
  'policy.decision',
  {
    action: 'connect',
    outcome: 'deny',
    person: 'p1',
    asset,
    scope: 'in',
    scopeVersion: '2026-1',
    rules: ['default-deny'],
  },
]
const published: Loose = [0, 'scope.version_published', { scopeVersion: '2026-1', bundle: 'b' }]

function judge(
  events: readonly Loose[],
  { assets = ['cnc-1'], from = '2026-03-02', control = 'GW-ACC-01', at = start + 60 * minute } = {},
): Compensation {
  const register = startRegister(catalogue.values(), start)
  for (const event of stream(published, ...events)) register.feed(event)
  const states = new Map(register.result(at).map((state) => [state.control.id, state]))
  const of = { compensating: [control], assets: assets as AssetId[], from }
  return compensationOf(of, states, register.subjects, at)[0] ?? expect.fail('no answer')
}

describe('a compensating control', () => {
  it('that was tested on what the exception covers holds, with the entry that shows it', () => {
    expect(judge([refusalAt(5, 'cnc-1'), refusalAt(9, 'ews-1')])).toMatchObject({
      kind: 'fresh',
      reason: expect.stringContaining('tested on asset `cnc-1`'),
      last: { index: 1, at: start + 5 * minute },
    })
  })

  it('that is only tested elsewhere is not exercised there, however fresh it is for the plant', () => {
    expect(judge([refusalAt(5, 'ews-1')])).toMatchObject({ kind: 'not-exercised', last: null })
    expect(judge([refusalAt(5, 'ews-1')], { assets: ['cnc-1', 'ews-1'] })).toMatchObject({ kind: 'fresh' })
    expect(judge([refusalAt(5, 'ews-1')], { assets: [] })).toMatchObject({ kind: 'fresh' })
  })

  it('that was tested there before the exception began does not count for it', () => {
    expect(judge([refusalAt(5, 'cnc-1')], { from: '2026-03-03' })).toMatchObject({
      kind: 'not-exercised',
      reason: expect.stringContaining('since the exception began: last at'),
      last: { index: 1 },
    })
  })

  it('that was tested there too long ago is stale, while others keep it fresh for the plant', () => {
    const late = [refusalAt(5, 'cnc-1'), refusalAt(3 * 24 * 60, 'ews-1')]
    const at = start + 3 * day + 60 * minute
    expect(judge(late, { at })).toMatchObject({ kind: 'stale', last: { index: 1 } })
    expect(judge(late, { at, assets: ['ews-1'] })).toMatchObject({ kind: 'fresh', last: { index: 2 } })
  })

  it('that fails anywhere fails here', () => {
    const session: Loose = [
      7,
      'session.started',
      {
        session: 's9',
        grant: 'g9',
        request: 'r9',
        person: 'p1',
        asset: 'ews-1',
        conduit: 'c1',
        protocol: 'ssh',
        mfa: [],
      },
    ]
    expect(judge([refusalAt(5, 'cnc-1'), session])).toMatchObject({ kind: 'failing' })
  })

  it('without evidence has none here either', () => {
    expect(judge([], { control: 'GW-LOG-02' })).toMatchObject({ kind: 'no-evidence', last: null })
  })
})

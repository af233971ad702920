import { describe, expect, it } from 'vitest'

import {
  composeAsk,
  emptyDraft,
  offeredMinutes,
  type AskDraft,
  type TierRules,
} from '../../../admin-ui/src/vendor/ask.ts'
import { composeWhen } from '../../../admin-ui/src/vendor/when-asked.ts'
import type { AssetView } from '../../../gateway/contract/views.ts'

const now = Date.parse('2026-11-21T13:00:00Z')
const hour = 3_600_000

const asset: AssetView = {
  id: 'ews-1',
  name: 'Engineering workstation',
  plant: 'north',
  plantName: 'North',
  timeZone: 'Europe/Stockholm',
  baseline: null,
  zone: 'cell-1',
  zoneName: 'Cell 1',
  level: 2,
  owner: 'Automation lead',
  type: 'engineering-workstation',
  criticality: 'medium',
  safety: 'none',
  labels: [],
  inheritedLabels: [],
  protocols: ['ssh'],
  maxWindowMinutes: 240,
  scope: 'in',
  scopeReason: '',
  connect: null,
  confirmation: null,
  mayConfirm: false,
  files: null,
}
const draft: AskDraft = {
  ...emptyDraft,
  asset: 'ews-1',
  duration: '2 h',
  purpose: ' Read the fault log. ',
  ticket: ' INC-1 ',
}
const emergency: TierRules = {
  tier: 'emergency',
  criteria: [
    { id: 'line-down', text: 'a line stands still' },
    { id: 'told', text: 'the shift lead knows' },
  ],
  maxWindowMinutes: 120,
  targetMinutes: 30,
  reviewHours: 72,
  rollback: true,
}

describe('a request composed from the form', () => {
  it('asks for no tunnel only to look: it would be opened to nobody', () => {
    const both: AssetView = { ...asset, protocols: ['ssh', 'tcp'] }
    const looking: AskDraft = { ...draft, operationClass: 'observe' }
    expect(composeAsk({ ...looking, protocol: 'tcp' }, both, null, now)).toMatchObject({
      kind: 'incomplete',
      problems: { operationClass: expect.stringContaining('tunnel') },
    })
    expect(composeAsk({ ...looking, protocol: 'ssh' }, both, null, now).kind).toBe('ok')
    expect(composeAsk({ ...draft, operationClass: 'operate', protocol: 'tcp' }, both, null, now).kind).toBe('ok')
  })

  it('starts now and lasts as long as typed', () => {
    expect(composeAsk(draft, asset, null, now)).toEqual({
      kind: 'ok',
      body: {
        assets: ['ews-1'],
        protocol: 'ssh',
        operationClass: 'operate',
        when: { kind: 'window', from: now, until: now + 2 * hour },
        tier: 'normal',
        criteria: [],
        purpose: 'Read the fault log.',
        ticket: 'INC-1',
        rollback: '',
        files: [],
      },
    })
  })

  it('starts at a time on the plant’s clock', () => {
    const composed = composeWhen({ ...draft, start: 'later', startAt: '2026-11-22T08:00' }, asset, now)
    expect(composed.window).toEqual({
      from: Date.parse('2026-11-22T07:00:00Z'),
      until: Date.parse('2026-11-22T09:00:00Z'),
    })
  })

  it('names every problem at once', () => {
    const composed = composeAsk({ ...draft, operationClass: 'all', duration: 'long', purpose: ' ' }, asset, null, now)
    expect(composed.kind).toBe('incomplete')
    if (composed.kind === 'incomplete') {
      expect(Object.keys(composed.problems).toSorted()).toEqual(['duration', 'operationClass', 'purpose'])
    }
  })

  it('needs an asset', () => {
    expect(composeAsk(draft, null, null, now)).toMatchObject({
      kind: 'incomplete',
      problems: { asset: expect.any(String) },
    })
  })

  it('is not longer than the plant allows, and says how long that is', () => {
    expect(composeWhen({ ...draft, duration: '5 h' }, asset, now).problems.duration).toBe('North allows at most 4 h.')
    expect(composeWhen({ ...draft, duration: '4 h' }, asset, now).problems).toEqual({})
  })

  it('does not start in the past, but for the minutes it takes to fill in the form', () => {
    const later = (startAt: string) => composeWhen({ ...draft, start: 'later', startAt }, asset, now)
    expect(later('2026-11-21T13:30').problems.startAt).toBe('This time is in the past.')
    expect(later('2026-11-21T13:57').problems).toEqual({})
  })

  it('does not start at a time that never comes', () => {
    const composed = composeWhen({ ...draft, start: 'later', startAt: '2027-03-28T02:30' }, asset, now)
    expect(composed.problems.startAt).toContain('skip')
    expect(composed.window).toBeNull()
  })
})

describe('when access is wanted', () => {
  it('may be counted from the approval', () => {
    const { when, window } = composeWhen({ ...draft, start: 'from-approval' }, asset, now)
    expect(when).toEqual({ kind: 'from-approval', minutes: 120 })
    expect(window).toBeNull()
  })

  it('may be counted from the first connection, which has to come within a longer time', () => {
    const first = (within: string) => composeWhen({ ...draft, start: 'from-first-use', within }, asset, now)
    expect(first('8 h').when).toEqual({ kind: 'from-first-use', minutes: 120, from: now, until: now + 8 * hour })
    expect(first('1 h').problems.within).toContain('longer')
    expect(first('soon').problems).toHaveProperty('within')
  })

  it('may come round on days of the week', () => {
    const round = { ...draft, start: 'recurring', firstDay: '2026-11-23', lastDay: '2026-12-04' } as const
    expect(composeWhen(round, asset, now).when).toEqual({
      kind: 'recurring',
      days: ['mon', 'tue', 'wed', 'thu', 'fri'],
      from: '09:00',
      until: '18:00',
      firstDay: '2026-11-23',
      lastDay: '2026-12-04',
    })
    const wrong = composeWhen({ ...round, days: [], dayFrom: '9', lastDay: '2026-11-01' }, asset, now)
    expect(Object.keys(wrong.problems).toSorted()).toEqual(['dayFrom', 'days', 'firstDay'])
    expect(wrong.when).toBeNull()
  })
})

describe('what a tier demands', () => {
  const asked = { ...draft, tier: 'emergency' } as const

  it('is named where it is missing', () => {
    const composed = composeAsk({ ...asked, criteria: ['line-down'] }, asset, emergency, now)
    expect(composed).toMatchObject({ kind: 'incomplete' })
    if (composed.kind === 'incomplete')
      expect(Object.keys(composed.problems).toSorted()).toEqual(['criteria', 'rollback'])
  })

  it('goes with the request, and nothing of another tier does', () => {
    const given = {
      ...asked,
      criteria: ['told', 'line-down', 'of-another-tier'],
      rollback: ' Put the old drive back. ',
    }
    const composed = composeAsk(given, asset, emergency, now)
    expect(composed).toMatchObject({
      kind: 'ok',
      body: { tier: 'emergency', criteria: ['line-down', 'told'], rollback: 'Put the old drive back.' },
    })
  })
})

it('asks for further assets beside the first, each once', () => {
  const composed = composeAsk({ ...draft, others: ['hist-1', 'ews-1'] }, asset, null, now)
  expect(composed).toMatchObject({ kind: 'ok', body: { assets: ['ews-1', 'hist-1'] } })
})

describe('the durations offered', () => {
  it('end with the longest the plant allows, and never exceed it', () => {
    expect(offeredMinutes(480)).toEqual([30, 60, 120, 240, 480])
    expect(offeredMinutes(60)).toEqual([30, 60])
    expect(offeredMinutes(20)).toEqual([20])
  })
})

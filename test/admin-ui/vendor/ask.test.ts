import { describe, expect, it } from 'vitest'

import { composeAsk, composeWindow, offeredMinutes, type AskDraft } from '../../../admin-ui/src/vendor/ask.ts'
import type { AssetView } from '../../../gateway/contract/views.ts'

const now = Date.parse('2026-11-21T13:00:00Z')
const hour = 3_600_000

const asset: AssetView = {
  id: 'ews-1',
  name: 'Engineering workstation',
  plant: 'north',
  plantName: 'North',
  timeZone: 'Europe/Stockholm',
  zone: 'cell-1',
  zoneName: 'Cell 1',
  level: 2,
  owner: 'Automation lead',
  type: 'engineering-workstation',
  criticality: 'medium',
  safety: 'none',
  labels: [],
  protocols: ['ssh'],
  maxWindowMinutes: 240,
  scope: 'in',
  scopeReason: '',
  connect: null,
}
const draft: AskDraft = {
  asset: 'ews-1',
  operationClass: 'operate',
  start: 'now',
  startAt: '',
  duration: '2 h',
  purpose: ' Read the fault log. ',
  ticket: ' INC-1 ',
}

describe('a request composed from the form', () => {
  it('starts now and lasts as long as typed', () => {
    expect(composeAsk(draft, asset, now)).toEqual({
      kind: 'ok',
      body: {
        asset: 'ews-1',
        protocol: 'ssh',
        operationClass: 'operate',
        window: { from: now, until: now + 2 * hour },
        purpose: 'Read the fault log.',
        ticket: 'INC-1',
      },
    })
  })

  it('starts at a time on the plant’s clock', () => {
    const composed = composeWindow({ ...draft, start: 'later', startAt: '2026-11-22T08:00' }, asset, now)
    expect(composed.window).toEqual({
      from: Date.parse('2026-11-22T07:00:00Z'),
      until: Date.parse('2026-11-22T09:00:00Z'),
    })
  })

  it('names every problem at once', () => {
    const composed = composeAsk({ ...draft, operationClass: 'all', duration: 'long', purpose: ' ' }, asset, now)
    expect(composed.kind).toBe('incomplete')
    if (composed.kind === 'incomplete') {
      expect(Object.keys(composed.problems).toSorted()).toEqual(['duration', 'operationClass', 'purpose'])
    }
  })

  it('needs an asset', () => {
    expect(composeAsk(draft, null, now)).toMatchObject({ kind: 'incomplete', problems: { asset: expect.any(String) } })
  })

  it('is not longer than the plant allows, and says how long that is', () => {
    expect(composeWindow({ ...draft, duration: '5 h' }, asset, now).problems.duration).toBe('North allows at most 4 h.')
    expect(composeWindow({ ...draft, duration: '4 h' }, asset, now).problems).toEqual({})
  })

  it('does not start in the past, but for the minutes it takes to fill in the form', () => {
    const later = (startAt: string) => composeWindow({ ...draft, start: 'later', startAt }, asset, now)
    expect(later('2026-11-21T13:30').problems.startAt).toBe('This time is in the past.')
    expect(later('2026-11-21T13:57').problems).toEqual({})
  })

  it('does not start at a time that never comes', () => {
    const composed = composeWindow({ ...draft, start: 'later', startAt: '2027-03-28T02:30' }, asset, now)
    expect(composed.problems.startAt).toContain('skip')
    expect(composed.window).toBeNull()
  })
})

describe('the durations offered', () => {
  it('end with the longest the plant allows, and never exceed it', () => {
    expect(offeredMinutes(480)).toEqual([30, 60, 120, 240, 480])
    expect(offeredMinutes(60)).toEqual([30, 60])
    expect(offeredMinutes(20)).toEqual([20])
  })
})

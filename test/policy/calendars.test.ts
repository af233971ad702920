// Who is on duty, and when lines stand still.

import { describe, expect, it } from 'vitest'
import type { AssetId, PlantId } from '../../policy/ids.ts'
import { maintenanceAt } from '../../policy/maintenance.ts'
import { dutiesOf, escalationFor, nextOnDuty, onDuty } from '../../policy/roster.ts'
import { named, plantWith } from './scenario.ts'

const plant = plantWith()
const north = 'north' as PlantId
const at = (text: string): number => Date.parse(text)

describe('onDuty', () => {
  it.each([
    ['2026-03-02T05:00Z', ['early-lead']],
    ['2026-03-02T04:59Z', ['night-lead']],
    ['2026-03-02T13:00Z', ['late-lead']],
    ['2026-03-02T21:30Z', ['night-lead']],
    // In summer the shift begins an hour earlier in UTC.
    ['2026-03-30T04:00Z', ['early-lead']],
    // Nobody on Saturday: a gap.
    ['2026-03-07T10:00Z', []],
  ])('at %s is %j', (instant, people) => {
    expect(onDuty(plant, north, 'shift-lead', at(instant))).toEqual(people)
  })

  it('is nobody for a duty or a plant without a roster', () => {
    expect(onDuty(plant, north, 'fire-watch', at('2026-03-02T05:00Z'))).toEqual([])
    expect(onDuty(plant, 'south' as PlantId, 'shift-lead', at('2026-03-02T05:00Z'))).toEqual([])
  })

  it('has a next shift, across a gap, and somebody to tell of the gap', () => {
    expect(nextOnDuty(plant, north, 'shift-lead', at('2026-03-07T10:00Z'))).toEqual({
      from: at('2026-03-08T21:00Z'),
      people: ['night-lead'],
    })
    expect(nextOnDuty(plant, north, 'fire-watch', at('2026-03-07T10:00Z'))).toBeNull()
    expect(escalationFor(plant, north, 'shift-lead')).toEqual(['approver'])
  })

  it('is what a person is told of their own duties', () => {
    const { login } = named('early-lead')
    expect(dutiesOf(plant, north, login, at('2026-03-02T08:00Z'))).toEqual(['shift-lead'])
    expect(dutiesOf(plant, north, login, at('2026-03-02T13:00Z'))).toEqual([])
  })
})

describe('maintenanceAt', () => {
  const state = (asset: string, from: string, until: string): ReturnType<typeof maintenanceAt> => {
    const declared = plant.assets.get(asset as AssetId)
    if (declared === undefined) throw new Error(`no asset \`${asset}\``)
    return maintenanceAt(plant, declared, { from: at(from), until: at(until) })
  }

  it('is inside only if the whole span is', () => {
    expect(state('drive-8', '2026-03-07T05:00Z', '2026-03-07T13:00Z')).toMatchObject({
      kind: 'inside',
      id: 'line-2-saturdays',
    })
    expect(state('drive-8', '2026-03-07T04:59Z', '2026-03-07T13:00Z').kind).toBe('outside')
  })

  it('names the next window, the nearest of all that are declared', () => {
    expect(state('drive-8', '2026-03-02T09:00Z', '2026-03-02T10:00Z')).toMatchObject({
      next: { id: 'line-2-saturdays', window: { from: at('2026-03-07T05:00Z') } },
    })
    expect(state('drive-8', '2026-04-04T13:00Z', '2026-04-04T14:00Z')).toMatchObject({
      next: { id: 'line-2-easter', window: { from: at('2026-04-04T22:00Z') } },
    })
  })

  it('falls away on a holiday', () => {
    expect(state('drive-8', '2026-05-30T05:00Z', '2026-05-30T06:00Z')).toMatchObject({
      kind: 'outside',
      next: { window: { from: at('2026-06-06T04:00Z') } },
    })
  })

  it('is not declared for an asset on no line, or on one without windows', () => {
    expect(state('ews-1', '2026-03-07T05:00Z', '2026-03-07T06:00Z').kind).toBe('none-declared')
    expect(state('pump-3', '2026-03-07T05:00Z', '2026-03-07T06:00Z').kind).toBe('none-declared')
  })
})

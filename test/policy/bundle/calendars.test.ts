// calendars.yaml: maintenance windows, holidays and rosters.

import { describe, expect, it } from 'vitest'
import type { PlantId } from '../../../policy/ids.ts'
import { smallBundle } from './small-bundle.ts'
import { expectProblem, expectWarning, problemsOf, replace, type Spoilt } from './spoilt.ts'

const spoilt: readonly Spoilt[] = [
  [
    'a maintenance window at an unknown line',
    replace('calendars.yaml', '[line-1, line-2]', '[line-1, line-22]'),
    'calendars.yaml',
    'maintenance[0].lines',
    'unknown line `line-22`: no asset of plant `north` has it: did you mean `line-2`?',
  ],
  [
    'a maintenance window of an unknown plant',
    replace('calendars.yaml', 'id: north-saturdays\n    plant: north', 'id: north-saturdays\n    plant: nord'),
    'calendars.yaml',
    'maintenance[0].plant',
    'unknown plant `nord`',
  ],
  [
    'a maintenance window that never is',
    replace('calendars.yaml', /    weekly: .*\n/, ''),
    'calendars.yaml',
    'maintenance[0]',
    'expected `weekly` or `once`, got neither',
  ],
  [
    'a maintenance window of both kinds',
    replace(
      'calendars.yaml',
      '    notOnHolidays: true',
      "    once: { from: '2026-12-24T06:00', until: '2026-12-24T08:00' }",
    ),
    'calendars.yaml',
    'maintenance[0]',
    'got both',
  ],
  [
    'a day of the week that is none',
    replace('calendars.yaml', '[sat]', '[saturday]'),
    'calendars.yaml',
    'maintenance[0].weekly.days[0]',
    'expected `mon`, `tue`',
  ],
  [
    'a day of the week twice',
    replace('calendars.yaml', '[sat]', '[sat, sat]'),
    'calendars.yaml',
    'maintenance[0].weekly.days[1]',
    'listed twice',
  ],
  [
    'a time of day that is none',
    replace('calendars.yaml', "until: '14:00'", "until: '25:00'"),
    'calendars.yaml',
    'maintenance[0].weekly.until',
    'a time of day from 00:00 to 23:59',
  ],
  [
    'a time of day without its zero',
    replace('calendars.yaml', "from: '06:00', until: '14:00'", "from: '6:00', until: '14:00'"),
    'calendars.yaml',
    'maintenance[0].weekly.from',
    'write `06:00`',
  ],
  [
    'the end of a day',
    replace('calendars.yaml', "until: '14:00'", "until: '24:00'"),
    'calendars.yaml',
    'maintenance[0].weekly.until',
    'write `00:00`',
  ],
  [
    'a time with an offset',
    replace('calendars.yaml', '2026-12-24T06:00', '2026-12-24T06:00Z'),
    'calendars.yaml',
    'maintenance[1].once.from',
    'leave the offset out',
  ],
  [
    'a maintenance window that ends before it begins',
    replace('calendars.yaml', '2026-12-31T18:00', '2026-12-24T05:00'),
    'calendars.yaml',
    'maintenance[1].once.until',
    'expected a time after `2026-12-24T06:00`',
  ],
  [
    'a maintenance window written twice',
    replace(
      'calendars.yaml',
      'holidays:',
      "  - { id: again, plant: north, lines: [line-2], weekly: { days: [sat], from: '06:00', until: '14:00' } }\n\nholidays:",
    ),
    'calendars.yaml',
    'maintenance[2].lines',
    'line `line-2`: the same time as in maintenance window `north-saturdays`',
  ],
  [
    'a holiday written twice',
    replace(
      'calendars.yaml',
      'name: Christmas Day }',
      'name: Christmas Day }\n      - { day: 2026-12-25, name: Xmas }',
    ),
    'calendars.yaml',
    'holidays[0].days[1].day',
    'duplicate holiday `2026-12-25 of north`',
  ],
  [
    'a roster of an unknown plant',
    replace('calendars.yaml', 'id: north-shift-lead\n    plant: north', 'id: north-shift-lead\n    plant: nord'),
    'calendars.yaml',
    'rosters[0].plant',
    'unknown plant',
  ],
  [
    'a roster without shifts',
    replace('calendars.yaml', /shifts:\n.*\n.*\n/, 'shifts: []\n'),
    'calendars.yaml',
    'rosters[0].shifts',
    'at least one entry',
  ],
  [
    'a shift of somebody who is no login',
    replace('calendars.yaml', '[lead-early]', '[Lead Early]'),
    'calendars.yaml',
    'rosters[0].shifts[0].people[0]',
    'login `Lead Early`: expected 1 to 32',
  ],
  [
    'a shift of nobody',
    replace('calendars.yaml', '[lead-early]', '[]'),
    'calendars.yaml',
    'rosters[0].shifts[0].people',
    'at least one entry',
  ],
  [
    'a shift of the same person twice',
    replace('calendars.yaml', '[lead-early]', '[lead-early, lead-early]'),
    'calendars.yaml',
    'rosters[0].shifts[0].people[1]',
    'listed twice',
  ],
  [
    'a person in two shifts at one time',
    replace(
      'calendars.yaml',
      "from: '18:00', until: '06:00', people: [lead-late]",
      "from: '17:00', until: '06:00', people: [lead-early]",
    ),
    'calendars.yaml',
    'rosters[0].shifts[1].people',
    'login `lead-early` has another shift at the same time, on mon 17:00',
  ],
  [
    "a person whose Sunday night runs into Monday's shift",
    replace('calendars.yaml', "until: '06:00', people: [lead-late]", "until: '06:30', people: [lead-early]"),
    'calendars.yaml',
    'rosters[0].shifts[1].people',
    'another shift at the same time',
  ],
  [
    'a roster nobody is told about',
    replace('calendars.yaml', '    escalateTo: [plant-manager]', '    escalateTo: []'),
    'calendars.yaml',
    'rosters[0].escalateTo',
    'at least one entry',
  ],
  [
    'two rosters of one duty',
    replace(
      'calendars.yaml',
      'rosters:\n',
      "rosters:\n  - { id: more, plant: north, duty: shift-lead, shifts: [{ days: [mon, tue, wed, thu, fri, sat, sun], from: '00:00', until: '00:00', people: [a] }], escalateTo: [b] }\n",
    ),
    'calendars.yaml',
    'rosters[1].duty',
    'roster `more` is about `shift-lead` of plant `north` already',
  ],
]

describe('a bundle by its calendars', () => {
  it.each(spoilt)('%s is refused, saying where and why', (_, change, file, path, reason) => {
    expectProblem(change, file, path, reason)
  })

  const gaps: readonly (readonly [string, string, string, string])[] = [
    ['in the morning', "from: '06:00', until: '18:00'", "from: '08:00', until: '18:00'", 'mon 06:00 to mon 08:00'],
    [
      'of the weekend',
      'days: [mon, tue, wed, thu, fri, sat, sun]',
      'days: [mon, tue, wed, thu, fri]',
      'sat 06:00 to sat 18:00',
    ],
    [
      'at the end of the week',
      "from: '18:00', until: '06:00'",
      "from: '18:00', until: '00:00'",
      'mon 00:00 to mon 06:00',
    ],
  ]
  it.each(gaps)('warns of a gap %s, naming the first', (_, from, to, gap) => {
    const change = replace('calendars.yaml', from, to)
    const between = gap.split(' to ')
    expectWarning(
      change,
      'calendars.yaml',
      'rosters[0].shifts',
      `nobody is on duty from ${between[0]} to ${between[1]}`,
    )
  })

  it('finds no gap where shifts overlap at the hand-over', () => {
    const change = replace('calendars.yaml', "until: '18:00', people", "until: '18:30', people")
    expect(problemsOf(change)).toEqual([])
    expect(smallBundle().calendars.rosters).toHaveLength(1)
  })

  it('is read as written, and may be missing or empty', () => {
    const bundle = smallBundle()
    expect(bundle.calendars.maintenance[0]?.when).toEqual({
      kind: 'weekly',
      recurrence: { days: ['sat'], from: '06:00', until: '14:00' },
    })
    expect(bundle.calendars.maintenance[1]).toMatchObject({
      when: { kind: 'once', from: '2026-12-24T06:00', until: '2026-12-31T18:00' },
      notOnHolidays: false,
    })
    expect([...(bundle.holidaysOf.get('north' as PlantId) ?? [])]).toEqual(['2026-12-25'])
    expect(problemsOf((files) => void files.delete('calendars.yaml'))).toEqual([])
    expect(problemsOf((files) => void files.set('calendars.yaml', '{}'))).toEqual([])
  })
})

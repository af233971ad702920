// What calendars say together: lines that exist, nothing written twice, and rosters without a gap in the week.

import { quote } from '../ids.ts'
import { weekdays, type Asset, type Calendars, type Recurrence, type Roster, type Shift, type Zone } from '../model.ts'
import type { PolicyRule } from './bundle.ts'
import { suggestion } from './problem.ts'
import type { Reading } from './reading.ts'

export function checkCalendars(
  calendars: Calendars,
  zones: readonly Zone[],
  assets: readonly Asset[],
  reading: Reading,
): void {
  checkLines(calendars, linesOf(zones, assets), reading)
  checkTwice(calendars, reading)
  for (const roster of calendars.rosters) {
    checkShifts(roster, reading)
    const gap = firstGap(roster.shifts)
    if (gap === null) continue
    reading.warnings.report(
      reading.at(roster, 'shifts'),
      `roster \`${roster.id}\`: nobody is on duty from ${gap.from} to ${gap.until}: what needs \`${roster.duty}\` then waits, and is escalated`,
    )
  }
}

/** An approval by who is on duty, for a duty that no roster knows, would wait for nobody. */
export function checkDuties(policies: readonly PolicyRule[], { rosters }: Calendars, { warnings }: Reading): void {
  const known = new Set(rosters.map(({ duty }) => duty))
  for (const { id, obligations, file, line } of policies) {
    const needs = obligations.flatMap((obligation) => (obligation.kind === 'approvals' ? obligation.needs : []))
    for (const need of needs) {
      if (need.kind !== 'duty' || known.has(need.duty)) continue
      const hint = suggestion(need.duty, known) || ': declare it in calendars.yaml'
      warnings.report(
        { file, path: '', line },
        `policy \`${id}\`: no roster has the duty ${quote(need.duty)}: what needs it is never approved${hint}`,
      )
    }
  }
}

/** The lines assets stand at, by plant. */
function linesOf(zones: readonly Zone[], assets: readonly Asset[]): ReadonlyMap<string, ReadonlySet<string>> {
  const plantOf = new Map(zones.map((zone) => [zone.id, zone.plant]))
  const lines = new Map<string, Set<string>>()
  for (const { zone, line } of assets) {
    const plant = plantOf.get(zone)
    if (plant === undefined || line === null) continue
    const known = lines.get(plant) ?? new Set()
    lines.set(plant, known.add(line))
  }
  return lines
}

function checkLines(calendars: Calendars, lines: ReadonlyMap<string, ReadonlySet<string>>, reading: Reading): void {
  for (const maintenance of calendars.maintenance) {
    const known = lines.get(maintenance.plant) ?? new Set()
    for (const line of maintenance.lines) {
      if (known.has(line)) continue
      const hint = suggestion(line, known) || ': set `line` of the assets it is about'
      reading.problems.report(
        reading.at(maintenance, 'lines'),
        `unknown line ${quote(line)}: no asset of plant \`${maintenance.plant}\` has it${hint}`,
      )
    }
  }
}

/** The same written twice is a copy somebody forgot to change. */
function checkTwice(calendars: Calendars, reading: Reading): void {
  const windows = new Map<string, string>()
  for (const maintenance of calendars.maintenance) {
    for (const line of maintenance.lines) {
      const key = JSON.stringify([maintenance.plant, line, maintenance.when])
      const first = windows.get(key)
      if (first === undefined) windows.set(key, maintenance.id)
      else if (first !== maintenance.id)
        reading.problems.report(
          reading.at(maintenance, 'lines'),
          `line ${quote(line)}: the same time as in maintenance window ${quote(first)}: leave one of them out`,
        )
    }
  }
  const duties = new Map<string, string>()
  for (const roster of calendars.rosters) {
    const key = JSON.stringify([roster.plant, roster.duty])
    const first = duties.get(key)
    if (first === undefined) duties.set(key, roster.id)
    else
      reading.problems.report(
        reading.at(roster, 'duty'),
        `roster \`${first}\` is about \`${roster.duty}\` of plant \`${roster.plant}\` already: write the shifts of both in one`,
      )
  }
}

/** Two shifts may overlap, as at a hand-over; the same person in two of them at one time is a slip. */
function checkShifts(roster: Roster, reading: Reading): void {
  const spans = new Map<string, { readonly shift: Shift; readonly from: number; readonly until: number }[]>()
  for (const shift of roster.shifts) {
    const times = spansOf(shift.recurrence)
    for (const login of shift.people) {
      const known = spans.get(login) ?? []
      spans.set(login, known)
      const clash = times.find((time) => known.some((other) => overlaps(time, other)))
      if (clash !== undefined) {
        reading.problems.report(
          reading.at(shift, 'people'),
          `login \`${login}\` has another shift at the same time, on ${showMinute(clash.from)}: leave the login out of one`,
        )
      }
      known.push(...times.map((time) => ({ shift, ...time })))
    }
  }
}

interface Span {
  /** Minutes since Monday 00:00 on the clock; `until` may lie in the next week. */
  readonly from: number
  readonly until: number
}

const dayMinutes = 24 * 60
const weekMinutes = 7 * dayMinutes

function spansOf({ days, from, until }: Recurrence): readonly Span[] {
  const [start, end] = [minuteOf(from), minuteOf(until)]
  return days.map((day) => {
    const midnight = weekdays.indexOf(day) * dayMinutes
    return { from: midnight + start, until: midnight + (end > start ? end : end + dayMinutes) }
  })
}

function overlaps(a: Span, b: Span): boolean {
  return [-weekMinutes, 0, weekMinutes].some((shift) => a.from + shift < b.until && b.from < a.until + shift)
}

/** The first span of a week, Monday first, in which no shift is on. */
function firstGap(shifts: readonly Shift[]): { readonly from: string; readonly until: string } | null {
  const spans = shifts.flatMap((shift) => spansOf(shift.recurrence))
  // What ends in the next week covers the beginning of this one.
  const around = [
    ...spans,
    ...spans.map(({ from, until }) => ({ from: from - weekMinutes, until: until - weekMinutes })),
  ]
  let covered = 0
  for (const { from, until } of around.toSorted((a, b) => a.from - b.from)) {
    if (from > covered && from <= weekMinutes) return { from: showMinute(covered), until: showMinute(from) }
    covered = Math.max(covered, until)
  }
  return covered >= weekMinutes ? null : { from: showMinute(covered), until: showMinute(weekMinutes) }
}

function minuteOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3))
}

function showMinute(minute: number): string {
  const inWeek = ((minute % weekMinutes) + weekMinutes) % weekMinutes
  const clock = [Math.floor((inWeek % dayMinutes) / 60), inWeek % 60].map((part) => String(part).padStart(2, '0'))
  return `${weekdays[Math.floor(inWeek / dayMinutes)] ?? ''} ${clock.join(':')}`
}

// Maintenance windows of production lines: is a span inside one, and when is the next? Wall clock of the plant; windows
// that fall away on holidays do so by the day they begin on.

import { Temporal } from 'temporal-polyfill'
import type { Bundle } from './bundle/bundle.ts'
import type { Asset, Instant, MaintenanceWindow, Window } from './model.ts'
import { dayAt, nextOccurrence, occurrenceAt } from './recurrence.ts'
import { remembered } from './remembered.ts'
import { isWithin } from './window.ts'

export type MaintenanceState =
  | { readonly kind: 'inside'; readonly id: string; readonly window: Window }
  | { readonly kind: 'outside'; readonly next: { readonly id: string; readonly window: Window } | null }
  /** The asset is on no line, or its line has no maintenance windows. */
  | { readonly kind: 'none-declared' }

type Calendar = Pick<Bundle, 'calendars' | 'plants' | 'zones' | 'holidaysOf'>

/** Holidays in a row are few: after so many windows that fall away, none is near. */
const mostSkipped = 60

/** A plant's single maintenance windows are fewer. */
const mostInstants = 2_000

/** Where a span lies among the maintenance windows of the asset's line: inside only if all of it is in one. */
export function maintenanceAt(bundle: Calendar, asset: Asset, span: Window): MaintenanceState {
  const plant = bundle.zones.get(asset.zone)?.plant
  const { line } = asset
  if (plant === undefined || line === null) return { kind: 'none-declared' }
  const declared = bundle.calendars.maintenance.filter((each) => each.plant === plant && each.lines.includes(line))
  if (declared.length === 0) return { kind: 'none-declared' }
  const timeZone = bundle.plants.get(plant)?.timeZone ?? 'UTC'
  const holidays = bundle.holidaysOf.get(plant) ?? new Set<string>()
  for (const each of declared) {
    const window = windowAt(each, timeZone, holidays, span.from)
    if (window !== null && isWithin(span, window)) return { kind: 'inside', id: each.id, window }
  }
  const coming = declared.flatMap((each) => {
    const window = windowAfter(each, timeZone, holidays, span.from)
    return window === null ? [] : [{ id: each.id, window }]
  })
  const [next] = coming.toSorted((a, b) => a.window.from - b.window.from)
  return { kind: 'outside', next: next ?? null }
}

function windowAt(
  { when, notOnHolidays }: MaintenanceWindow,
  timeZone: string,
  holidays: ReadonlySet<string>,
  at: Instant,
): Window | null {
  const window = when.kind === 'once' ? onceOf(when, timeZone) : occurrenceAt(when.recurrence, timeZone, at)
  if (window === null || at < window.from || at >= window.until) return null
  return notOnHolidays && holidays.has(dayAt(window.from, timeZone)) ? null : window
}

function windowAfter(
  { when, notOnHolidays }: MaintenanceWindow,
  timeZone: string,
  holidays: ReadonlySet<string>,
  after: Instant,
): Window | null {
  const fallsAway = (window: Window): boolean => notOnHolidays && holidays.has(dayAt(window.from, timeZone))
  if (when.kind === 'once') {
    const window = onceOf(when, timeZone)
    return window.from > after && !fallsAway(window) ? window : null
  }
  let next = nextOccurrence(when.recurrence, timeZone, after)
  for (let skipped = 0; next !== null && fallsAway(next) && skipped < mostSkipped; skipped += 1) {
    next = nextOccurrence(when.recurrence, timeZone, next.from)
  }
  return next === null || fallsAway(next) ? null : next
}

function onceOf(when: { readonly from: string; readonly until: string }, timeZone: string): Window {
  return { from: instantOf(when.from, timeZone), until: instantOf(when.until, timeZone) }
}

const instantOf: (text: string, timeZone: string) => Instant = remembered(
  (text, timeZone) => Temporal.PlainDateTime.from(text).toZonedDateTime(timeZone).epochMilliseconds,
  (text, timeZone) => `${text} ${timeZone}`,
  mostInstants,
)

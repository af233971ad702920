// When access is wanted, from the fields of the form: a window, a time from the approval or from the first connection, or
// days that come round. Everything is on the plant's clock. Pure: the time comes in.

import type { WhenBody } from '../../../gateway/contract/bodies.ts'
import type { AssetView, WeekdayView, WindowView } from '../../../gateway/contract/views.ts'
import { formatMinutes, parseDuration } from '../time/duration.ts'
import { fromLocalField } from '../time/plant-time.ts'

const minute = 60_000
/** A start this far back is still meant as now: filling in the form takes time, and policy allows for it. */
const startGrace = 5 * minute

export const starts = ['now', 'later', 'from-approval', 'from-first-use', 'recurring'] as const
export type Start = (typeof starts)[number]

export interface WhenDraft {
  readonly start: Start
  /** A `datetime-local` value on the plant's clock; used when `start` is `later`. */
  readonly startAt: string
  readonly duration: string
  /** For `from-first-use`: how long the first connection may take to come. */
  readonly within: string
  /** For `recurring`. */
  readonly days: readonly WeekdayView[]
  readonly dayFrom: string
  readonly dayUntil: string
  readonly firstDay: string
  readonly lastDay: string
}

export type WhenField = 'startAt' | 'duration' | 'within' | 'days' | 'dayFrom' | 'firstDay'
export type WhenProblems = Readonly<Partial<Record<WhenField, string>>>

export interface ComposedWhen {
  readonly when: WhenBody | null
  readonly problems: WhenProblems
  /** The span it would fill, where that is known beforehand. */
  readonly window: WindowView | null
  /** The start happens twice on the plant's clock; the first was taken. */
  readonly twice: boolean
}

type Problems = Partial<Record<WhenField, string>>

/** Minutes as typed, or null with the problem noted. */
function lengthOf(draft: WhenDraft, asset: AssetView, problems: Problems): number | null {
  const duration = parseDuration(draft.duration)
  if (duration.kind === 'malformed') {
    problems.duration = duration.reason
    return null
  }
  if (duration.minutes <= asset.maxWindowMinutes) return duration.minutes
  problems.duration = `${asset.plantName} allows at most ${formatMinutes(asset.maxWindowMinutes)}.`
  return null
}

function composeSpan(draft: WhenDraft, asset: AssetView, now: number): ComposedWhen {
  const problems: Problems = {}
  let from: number | null = now
  let twice = false
  if (draft.start === 'later') {
    const start = fromLocalField(asset.timeZone, draft.startAt)
    from = start.kind === 'ok' ? start.at : null
    twice = start.kind === 'ok' && start.twice
    if (start.kind === 'malformed') problems.startAt = 'Give a date and a time.'
    if (start.kind === 'skipped') problems.startAt = 'The clocks at the plant skip this time. Choose another.'
    if (from !== null && from < now - startGrace) problems.startAt = 'This time is in the past.'
  }
  const minutes = lengthOf(draft, asset, problems)
  if (from === null || minutes === null || problems.startAt !== undefined) {
    return { when: null, problems, window: null, twice }
  }
  const window = { from, until: from + minutes * minute }
  return { when: { kind: 'window', ...window }, problems, window, twice }
}

function composeFromEvent(draft: WhenDraft, asset: AssetView, now: number): ComposedWhen {
  const problems: Problems = {}
  const minutes = lengthOf(draft, asset, problems)
  const nothing = { when: null, problems, window: null, twice: false }
  if (draft.start === 'from-approval') {
    return minutes === null ? nothing : { ...nothing, when: { kind: 'from-approval', minutes } }
  }
  const within = parseDuration(draft.within)
  if (within.kind === 'malformed') problems.within = within.reason
  if (minutes === null || within.kind === 'malformed') return nothing
  if (within.minutes < minutes) {
    problems.within = 'It has to be longer than the duration, or nobody could use all of it.'
    return nothing
  }
  const window = { from: now, until: now + within.minutes * minute }
  return { when: { kind: 'from-first-use', minutes, ...window }, problems, window, twice: false }
}

const timeOfDay = /^([01][0-9]|2[0-3]):[0-5][0-9]$/
const calendarDay = /^\d{4}-\d{2}-\d{2}$/

function composeRecurring(draft: WhenDraft): ComposedWhen {
  const { days, dayFrom, dayUntil, firstDay, lastDay } = draft
  const problems: Problems = {}
  if (days.length === 0) problems.days = 'Choose at least one day.'
  if (!timeOfDay.test(dayFrom) || !timeOfDay.test(dayUntil)) problems.dayFrom = 'Give two times of day.'
  if (!calendarDay.test(firstDay) || !calendarDay.test(lastDay)) problems.firstDay = 'Give a first and a last day.'
  else if (lastDay < firstDay) problems.firstDay = 'The last day comes before the first.'
  const when: WhenBody | null =
    Object.keys(problems).length > 0
      ? null
      : { kind: 'recurring', days: [...days], from: dayFrom, until: dayUntil, firstDay, lastDay }
  return { when, problems, window: null, twice: false }
}

/** What a draft means, on the asset's plant clock and within its longest window. */
export function composeWhen(draft: WhenDraft, asset: AssetView, now: number): ComposedWhen {
  switch (draft.start) {
    case 'now':
    case 'later':
      return composeSpan(draft, asset, now)
    case 'from-approval':
    case 'from-first-use':
      return composeFromEvent(draft, asset, now)
    case 'recurring':
      return composeRecurring(draft)
  }
}

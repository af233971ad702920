// When access is wanted, from the options of a command line: a fixed window, so long from the approval or the first
// use, or again and again between two days. Every fault is said before anything is asked for.

import type { WhenBody } from '../contract/bodies.ts'
import type { WeekdayView } from '../contract/views.ts'
import { misused } from './failure.ts'

export interface WhenOptions {
  readonly for?: number
  readonly from?: number
  readonly until?: number
  readonly start?: 'approval' | 'first-use'
  readonly days?: readonly string[]
  readonly between?: string
  readonly firstDay?: string
  readonly lastDay?: string
}

const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const satisfies readonly WeekdayView[]
const isWeekday = (word: string): word is WeekdayView => weekdays.some((day) => day === word)

/** @throws Failure `misused` with what is missing, or does not go together. */
export function whenAsked(options: WhenOptions, now: number): WhenBody {
  const recurring = ['days', 'between', 'firstDay', 'lastDay'] as const
  if (recurring.some((name) => options[name] !== undefined)) return recurringOf(options)
  if (options.for === undefined) {
    throw misused('give --for and how long, or --days, --between, --first-day and --last-day for what comes round')
  }
  const from = options.from ?? now
  if (options.start === undefined) {
    if (options.until !== undefined)
      throw misused('--until: only beside --start: a window ends --for after its beginning')
    return { kind: 'window', from, until: from + options.for }
  }
  const minutes = Math.ceil(options.for / 60_000)
  if (options.start === 'approval') {
    if (options.from !== undefined) throw misused('--from: not beside --start approval: it begins when it is approved')
    return { kind: 'from-approval', minutes, ...(options.until === undefined ? {} : { until: options.until }) }
  }
  if (options.until === undefined) {
    throw misused('--start first-use: give --until and by when the access is over, used or not')
  }
  return { kind: 'from-first-use', minutes, from, until: options.until }
}

function recurringOf(options: WhenOptions): WhenBody {
  const { days, between, firstDay, lastDay } = options
  if (days === undefined || between === undefined || firstDay === undefined || lastDay === undefined) {
    throw misused('what comes round needs --days, --between, --first-day and --last-day together')
  }
  if (options.for !== undefined || options.start !== undefined || options.from !== undefined)
    throw misused('--days: not beside --for, --from or --start: --between says from when to when')
  const odd = days.find((day) => !isWeekday(day))
  if (odd !== undefined) throw misused(`--days: expected days of the week as mon,tue,wed, got \`${odd}\``)
  const times = /^([0-9]{2}:[0-9]{2})-([0-9]{2}:[0-9]{2})$/.exec(between)
  const [, from, until] = times ?? []
  if (from === undefined || until === undefined) {
    throw misused(`--between: expected two times of day on the plant's clock as 09:00-18:00, got \`${between}\``)
  }
  return { kind: 'recurring', days: days.filter(isWeekday), from, until, firstDay, lastDay }
}

// Time as access is given in it: spans, and what comes round in the plant’s own day.

/** Milliseconds since 1970-01-01T00:00:00Z. */
export type Instant = number

/** A span in which access may be used: `from` inclusive, `until` exclusive. */
export interface Window {
  readonly from: Instant
  readonly until: Instant
}

export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
export type Weekday = (typeof weekdays)[number]

/**
 * A time of day that comes round, as the plant's own clock shows it: from `from` (`09:00`) to before `until`, on the
 * days of the week given. Where `until` is not after `from` it lies in the next day. Days and times are wall clock:
 * across a change of summer time the span keeps its hours on the clock and not its length.
 */
export interface Recurrence {
  readonly days: readonly Weekday[]
  readonly from: string
  readonly until: string
}

/** When, inside its window, access may be used. */
export type Schedule =
  | { readonly kind: 'whole' }
  /** For so long from the moment it is approved; the window is the span in which that moment may lie. */
  | { readonly kind: 'from-approval'; readonly minutes: number }
  /** For so long from the first connection, which may come any time in the window. */
  | { readonly kind: 'from-first-use'; readonly minutes: number }
  /** Again and again inside the window, such as work days from 09:00 to 18:00. */
  | {
      readonly kind: 'recurring'
      readonly recurrence: Recurrence
      readonly timeZone: string
      /** One occurrence that an approver made longer: its span as it is now. Only a grant has it. */
      readonly extended?: Window
    }

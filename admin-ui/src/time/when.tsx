// Times as people read them: how far away, and when exactly, always with the zone, always in a <time> element.

import { formatDuration, formatRelative } from './duration.ts'
import {
  clocksDiffer,
  formatInstant,
  formatInstantExactly,
  formatShort,
  formatWindow,
  readerZone,
} from './plant-time.ts'
import { useNow } from './clock.ts'

const iso = (at: number): string => new Date(at).toISOString()

/** An instant: `3 min ago · 14:02 CET`. The full date stands in the title. */
export function When({ at, zone = readerZone() }: { at: number; zone?: string }) {
  const now = useNow()
  return (
    <time dateTime={iso(at)} title={formatInstantExactly(at, zone)}>
      <span className="sp-whole">{formatRelative(at, now)}</span>
      <span className="sp-muted sp-dot"> · </span>
      <span className="sp-muted sp-whole sp-exact">{formatShort(at, zone, now)}</span>
    </time>
  )
}

/** A time of day without the distance, and with the day where it is not today: `14:02 CET`. */
export function ClockTime({ at, zone = readerZone() }: { at: number; zone?: string }) {
  const now = useNow()
  return (
    <time dateTime={iso(at)} title={formatInstantExactly(at, zone)}>
      {formatShort(at, zone, now)}
    </time>
  )
}

/** An instant to the second, for evidence. */
export function ExactTime({ at, zone = readerZone() }: { at: number; zone?: string }) {
  return (
    <time dateTime={iso(at)} className="sp-whole">
      {formatInstantExactly(at, zone)}
    </time>
  )
}

/** A date and time without the distance. */
export function Moment({ at, zone = readerZone() }: { at: number; zone?: string }) {
  return <time dateTime={iso(at)}>{formatInstant(at, zone)}</time>
}

/** A window on the plant's clock, its length, and the reader's clock below where it differs. */
export function WindowTimes({ window, zone }: { window: { from: number; until: number }; zone: string }) {
  const mine = readerZone()
  const differs = clocksDiffer(zone, mine, window.from) || clocksDiffer(zone, mine, window.until)
  return (
    <span className="sp-window">
      <span>
        <time dateTime={iso(window.from)}>{formatWindow(window, zone)}</time>{' '}
        <span className="sp-muted sp-whole">({formatDuration(window.until - window.from)})</span>
      </span>
      {differs && (
        <span className="sp-muted sp-small">
          Your time: <time dateTime={iso(window.from)}>{formatWindow(window, mine)}</time>
        </span>
      )}
    </span>
  )
}

/** What is left until an instant, counting down: `58 min 12 s left`. */
export function TimeLeft({ until }: { until: number }) {
  const now = useNow()
  return (
    <time dateTime={iso(until)} className="sp-whole">
      {until > now ? `${formatDuration(until - now)} left` : 'over'}
    </time>
  )
}

/** How long something has been going on, counting up; fixed once it has ended. */
export function Elapsed({ from, until }: { from: number; until: number | null }) {
  const now = useNow()
  return <span className="sp-whole">{formatDuration((until ?? now) - from)}</span>
}

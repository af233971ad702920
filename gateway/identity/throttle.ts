// A limit to wrong tries from one place, whoever they are for: above it no credential is looked at, and what is refused
// then is counted and kept as one entry a place and minute instead of one a try. Locking a person out is for
// `authenticate.ts`; counting connections is for the listeners.

import { isIPv6 } from 'node:net'
import type { Via } from '../../policy/index.ts'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import type { Store } from '../store/store.ts'

/** Where an attempt comes from. `source` is the peer's address. */
export interface Origin {
  readonly via: Via
  readonly source: string
}

export interface ThrottleRule {
  /** Wrong tries one place may make at once after a quiet time. */
  readonly burst: number
  /** Wrong tries one place may make a minute, on and on. */
  readonly perMinute: number
}

/** People behind one address mistype now and then; a guesser needs thousands. */
export const usualRule: ThrottleRule = { burst: 10, perMinute: 30 }

const minute = 60_000
/** Places remembered at a time; those beyond share one allowance. */
const mostPlaces = 10_000
const elsewhere = 'elsewhere'

interface Allowance {
  /** Below zero after tries that were looked at side by side: they are paid back before the next one. */
  left: number
  at: number
}

interface Refused {
  readonly via: Via
  readonly place: string
  count: number
  readonly from: number
  until: number
}

export interface Throttle {
  /** May a credential from this place be looked at? A no is counted for the summary. */
  admits(origin: Origin): boolean
  /** A credential from this place was wrong. */
  charge(origin: Origin): void
  /**
   * Writes what was refused since the last time, one `auth.throttled` a place and way in.
   * @throws when it cannot be written; it is kept for the next time then.
   */
  settle(): Promise<void>
}

/** The address of an IPv4 peer; of an IPv6 peer the network of 64 bits, which is what one subscriber is given. */
export function placeOf(source: string): string {
  const plain = source.replace(/^::ffff:(?=\d+\.)/i, '')
  if (!isIPv6(plain)) return plain
  const [before = '', after] = plain.replace(/%.*$/, '').toLowerCase().split('::')
  const head = before === '' ? [] : before.split(':')
  const tail = after === undefined || after === '' ? [] : after.split(':')
  const zeros = after === undefined ? 0 : Math.max(8 - head.length - tail.length, 0)
  const groups = [...head, ...Array.from({ length: zeros }, () => '0'), ...tail]
  return `${groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':')}::/64`
}

export function openThrottle(deps: {
  readonly store: Store
  readonly clock: Clock
  readonly rule?: ThrottleRule
  readonly log?: Log
}): Throttle {
  const { store, clock, log, rule = usualRule } = deps
  const allowances = new Map<string, Allowance>()
  const refused = new Map<string, Refused>()
  let timer: NodeJS.Timeout | null = null

  function refill(allowance: Allowance): Allowance {
    const now = clock.now()
    // A clock that was set back refills nothing.
    const gained = (Math.max(now - allowance.at, 0) * rule.perMinute) / minute
    allowance.left = Math.min(allowance.left + gained, rule.burst)
    allowance.at = now
    return allowance
  }

  function forgetWhole(): void {
    for (const [place, allowance] of allowances) if (refill(allowance).left >= rule.burst) allowances.delete(place)
  }

  function allowanceOf(origin: Origin): Allowance {
    const place = placeOf(origin.source)
    const known = allowances.get(place)
    if (known) return refill(known)
    if (allowances.size >= mostPlaces) forgetWhole()
    const name = allowances.size >= mostPlaces ? elsewhere : place
    const fresh = allowances.get(name) ?? { left: rule.burst, at: clock.now() }
    allowances.set(name, fresh)
    return refill(fresh)
  }

  function note(entry: Refused): void {
    const own = `${entry.via} ${entry.place}`
    const name = refused.has(own) || refused.size < mostPlaces ? own : `${entry.via} ${elsewhere}`
    const known = refused.get(name)
    if (known) {
      known.count += entry.count
      known.until = Math.max(known.until, entry.until)
    } else refused.set(name, name === own ? entry : { ...entry, place: elsewhere })
    timer ??= setTimeout(() => {
      timer = null
      throttle.settle().catch((err: unknown) => log?.error({ err }, 'Throttled logins not kept yet; tried again'))
    }, minute).unref()
  }

  const throttle: Throttle = {
    admits(origin) {
      if (allowanceOf(origin).left >= 1) return true
      const now = clock.now()
      note({ via: origin.via, place: placeOf(origin.source), count: 1, from: now, until: now })
      return false
    },
    charge(origin) {
      allowanceOf(origin).left--
    },
    async settle() {
      if (timer) clearTimeout(timer)
      timer = null
      forgetWhole()
      const due = [...refused.values()]
      refused.clear()
      if (due.length === 0) return
      try {
        await store.change(async ({ ledger }) => {
          for (const { via, place, count, from, until } of due)
            await ledger.append('auth.throttled', clock.now(), {
              source: await ledger.commit(place),
              via,
              count,
              from,
              until,
            })
        })
      } catch (error) {
        for (const entry of due) note(entry)
        throw error
      }
    },
  }
  return throttle
}

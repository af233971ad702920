// A limit to wrong tries from one place, whoever they are for: above it no credential is looked at, and what is refused
// then is counted and kept as one entry a place and minute instead of one a try. Locking a person out is for
// `authenticate.ts`; counting connections is for the listeners.

import { isIPv6 } from 'node:net'
import type { Via } from '../../policy/index.ts'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import type { Store } from '../store/store.ts'
import { elsewhere, mostPlaces, openTally } from './tally.ts'

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

interface Allowance {
  /** Below zero after tries that were looked at side by side: they are paid back before the next one. */
  left: number
  at: number
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
  const { clock, rule = usualRule } = deps
  const allowances = new Map<string, Allowance>()
  const refused = openTally<Via>(deps, async ({ ledger }, { what: via, place, count, from, until }) => {
    const source = await ledger.commit(place)
    await ledger.append('auth.throttled', clock.now(), { source, via, count, from, until })
  })

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

  return {
    admits(origin) {
      if (allowanceOf(origin).left >= 1) return true
      refused.note(origin.via, placeOf(origin.source))
      return false
    },
    charge(origin) {
      allowanceOf(origin).left--
    },
    async settle() {
      forgetWhole()
      await refused.settle()
    },
  }
}

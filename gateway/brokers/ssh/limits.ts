// What peers may use of the listener: a number of connections in all and from one source, fewer of them before login, and
// a time to log in. ssh2 has none of these.

import { placeOf } from '../../identity/throttle.ts'

export interface LimitRules {
  readonly connections: number
  readonly connectionsPerSource: number
  readonly unauthenticated: number
  readonly unauthenticatedPerSource: number
  readonly loginGraceMs: number
}

export interface Place {
  readonly kind: 'ok'
  /** No stranger any more: gives the place among strangers back. */
  admitted(): void
  /** The connection is gone. Safe to call twice, as is `admitted`. */
  leave(): void
}

export interface Limits {
  /** Takes a place, or says which limit is reached. */
  enter(source: string): Place | { readonly kind: 'full'; readonly limit: string }
}

/** Places in all and for one source. `take` gives what gives the place back, once, or the limit that is reached. */
function openPlaces(most: number, mostOfSource: number, what: string) {
  let total = 0
  const bySource = new Map<string, number>()
  return {
    take(source: string): (() => void) | string {
      const here = bySource.get(source) ?? 0
      if (total >= most) return what
      if (here >= mostOfSource) return `${what} of one address`
      total++
      bySource.set(source, here + 1)
      let held = true
      return () => {
        if (!held) return
        held = false
        total--
        const left = (bySource.get(source) ?? 1) - 1
        if (left === 0) bySource.delete(source)
        else bySource.set(source, left)
      }
    },
  }
}

export function openLimits(rules: LimitRules): Limits {
  const all = openPlaces(rules.connections, rules.connectionsPerSource, 'connections')
  const strangers = openPlaces(rules.unauthenticated, rules.unauthenticatedPerSource, 'unauthenticated connections')
  return {
    enter(address) {
      // Of IPv6 a network of 64 bits: a single machine has every address of it.
      const source = placeOf(address)
      const leave = all.take(source)
      if (typeof leave === 'string') return { kind: 'full', limit: leave }
      const admitted = strangers.take(source)
      if (typeof admitted === 'string') {
        leave()
        return { kind: 'full', limit: admitted }
      }
      return {
        kind: 'ok',
        admitted,
        leave() {
          admitted()
          leave()
        },
      }
    },
  }
}

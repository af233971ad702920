// What an unauthenticated peer may use: a number of connections in all and from one address, and a time to log in.
// ssh2 has none of these.

export interface LimitRules {
  readonly unauthenticated: number
  readonly unauthenticatedPerSource: number
  readonly loginGraceMs: number
}

export interface Limits {
  /** Takes a place, or says which limit is reached. The place is given back by `leave`, once. */
  enter(source: string): { readonly kind: 'ok'; leave(): void } | { readonly kind: 'full'; readonly limit: string }
}

export function openLimits(rules: LimitRules): Limits {
  let total = 0
  const bySource = new Map<string, number>()
  return {
    enter(source) {
      const here = bySource.get(source) ?? 0
      if (total >= rules.unauthenticated) return { kind: 'full', limit: 'unauthenticated connections' }
      if (here >= rules.unauthenticatedPerSource)
        return { kind: 'full', limit: 'unauthenticated connections of one address' }
      total++
      bySource.set(source, here + 1)
      let held = true
      return {
        kind: 'ok',
        leave() {
          if (!held) return
          held = false
          total--
          const left = (bySource.get(source) ?? 1) - 1
          if (left === 0) bySource.delete(source)
          else bySource.set(source, left)
        },
      }
    },
  }
}

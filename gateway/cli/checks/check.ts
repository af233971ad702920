// One thing that doctor looked at.

import type { StartProblem } from '../../start-problem.ts'
import { plain } from '../plain.ts'

export interface Check {
  readonly what: string
  /** `warn` works but should be seen to; `fail` does not work. */
  readonly state: 'ok' | 'warn' | 'fail'
  /** What was found, made plain where it comes from elsewhere. */
  readonly found: string
  /** What to do; empty when all is well. */
  readonly next: string
}

export const ok = (what: string, found: string): Check => ({ what, state: 'ok', found, next: '' })
export const warn = (what: string, found: string, next: string): Check => ({ what, state: 'warn', found, next })
export const fail = (what: string, found: string, next: string): Check => ({ what, state: 'fail', found, next })

/** What would keep the gateway from starting, in the start's own words. */
export const failOn = ({ field, found, next }: StartProblem): Check => fail(field, plain(found), plain(next))

// One thing that doctor looked at.

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

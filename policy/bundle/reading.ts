// What the parsers of one bundle share while they read: where problems and warnings are collected, the names declared
// and used, and where in the files each value was written, for checks that look at values of several files.

import type { Spot } from './problem.ts'
import { Problems } from './problem.ts'
import type { Place } from './document.ts'
import { References } from './references.ts'

type Origin = Spot & { readonly value?: Place['value'] }
const nowhere: Origin = { file: '', path: '', line: null }

export class Reading {
  /** What makes the bundle unusable. */
  readonly problems = new Problems()
  /** What somebody should look at; the bundle can be used, and the stricter reading of it holds. */
  readonly warnings = new Problems()
  readonly references = new References(this.problems)
  readonly #origins = new Map<object, Origin>()

  /** Remember where a value was written. Gives the value back. */
  keep<T extends object>(value: T, at: Origin): T {
    this.#origins.set(value, at)
    return value
  }

  /** Another value stands for one that was kept: it was written in the same place. Gives it back. */
  replace<T extends object>(value: T, by: T): T {
    return this.keep(by, this.#origins.get(value) ?? nowhere)
  }

  /** Where a value was written, or one of its fields, such as `endpoints`. */
  at(value: object, key?: string): Spot {
    const origin = this.#origins.get(value) ?? nowhere
    const entries = origin.value?.kind === 'map' ? origin.value.entries : null
    return (key === undefined ? undefined : entries?.get(key)) ?? origin
  }
}

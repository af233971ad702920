// A credential past its parser. It prints as `<secret>` wherever it lands: logs, JSON, templates, the inspector.

import { inspect } from 'node:util'

export class Secret<T> {
  readonly #value: T

  constructor(value: T) {
    this.#value = value
  }

  /** The value itself. The only way out, so that every use can be found by name. */
  expose(): T {
    return this.#value
  }

  toString(): string {
    return '<secret>'
  }

  toJSON(): string {
    return '<secret>'
  }

  [inspect.custom](): string {
    return '<secret>'
  }
}

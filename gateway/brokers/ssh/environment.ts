// What a client asks to be set in the environment of what it starts (RFC 4254 section 6.4). Collected until it starts
// something, because only then it is known where; what may be set there is the endpoint's.

/** Variables of one channel, and bytes of one value. */
const most = 32
const longestName = 64
const longestValue = 4096
const nameForm = /^[A-Za-z_][A-Za-z0-9_]*$/

export interface SettledEnvironment {
  readonly set: Readonly<Record<string, string>>
  /** By name, each once. */
  readonly refused: readonly string[]
}

export class AskedEnvironment {
  readonly #asked = new Map<string, string>()

  /**
   * Keeps a variable until it is settled. False where it can be set nowhere: no name, too long, too many, or a value that
   * is not text. ssh2 puts U+FFFD in place of bytes that are no UTF-8; something else than was asked is never set.
   */
  take(name: string, value: string): boolean {
    if (name.length > longestName || !nameForm.test(name)) return false
    if (Buffer.byteLength(value) > longestValue || /[\0\ufffd]/.test(value)) return false
    if (this.#asked.size >= most && !this.#asked.has(name)) return false
    this.#asked.set(name, value)
    return true
  }

  /** @param may whether a variable of this name may be set on the target. */
  settle(may: (name: string) => boolean): SettledEnvironment {
    const all = [...this.#asked]
    return {
      set: Object.fromEntries(all.filter(([name]) => may(name))),
      refused: all.flatMap(([name]) => (may(name) ? [] : [name])),
    }
  }
}

// Takes one secret out of what a target says, wherever the stream is split: a target that echoes the password the gateway
// has sent shows it to nobody and leaves it in no record.

const shown = Buffer.from('********')

export class SecretMask {
  readonly #secret: Buffer
  /** What may be the beginning of the secret. */
  #held: Buffer = Buffer.alloc(0)

  constructor(secret: string) {
    this.#secret = Buffer.from(secret, 'utf8')
  }

  /** Does something wait, because it may be the beginning of the secret? */
  get holds(): boolean {
    return this.#held.length > 0
  }

  take(bytes: Uint8Array): Uint8Array {
    if (this.#secret.length === 0) return bytes
    let rest = Buffer.concat([this.#held, bytes])
    const out: Uint8Array[] = []
    for (let at = rest.indexOf(this.#secret); at >= 0; at = rest.indexOf(this.#secret)) {
      out.push(rest.subarray(0, at), shown)
      rest = rest.subarray(at + this.#secret.length)
    }
    const begun = this.#begunIn(rest)
    this.#held = Buffer.from(rest.subarray(rest.length - begun))
    out.push(rest.subarray(0, rest.length - begun))
    return Buffer.concat(out)
  }

  /** What was held back, which was not the secret after all. */
  release(): Uint8Array {
    const held = this.#held
    this.#held = Buffer.alloc(0)
    return held
  }

  /** How many bytes at the end are the beginning of the secret. */
  #begunIn(rest: Buffer): number {
    for (let length = Math.min(rest.length, this.#secret.length - 1); length > 0; length--)
      if (rest.subarray(rest.length - length).equals(this.#secret.subarray(0, length))) return length
    return 0
  }
}

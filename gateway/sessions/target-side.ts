// What a session is connected to: its connections to the target, and what it knows the target by. Whether that is still
// believed is asked by beliefs.ts, and by a decision.

import type { TargetLeg } from '../brokers/broker.ts'

export class TargetSide {
  readonly #legs = new Map<number, TargetLeg>()
  #hostKey: string | null = null
  #address: string | null = null

  /** Its connections to the target, those there are. */
  get legs(): readonly TargetLeg[] {
    return [...this.#legs.values()]
  }

  /** The fingerprint of the host key its target has shown; null before, and where it has none. */
  get hostKey(): string | null {
    return this.#hostKey
  }

  /** Where its target is dialled by what was declared when it was let in, and where that alone says who answers; or null. */
  get address(): string | null {
    return this.#address
  }

  /** A connection to the target is there, or gone. */
  connected(leg: TargetLeg | null, number = 0): void {
    if (leg === null) this.#legs.delete(number)
    else this.#legs.set(number, leg)
  }

  /** Its target has shown this host key, by its fingerprint, and the session goes on with it. */
  reliesOn(hostKey: string): void {
    this.#hostKey = hostKey
  }

  /** Its target shows no host key: it is whoever answers there. */
  answersAt(address: string): void {
    this.#address = address
  }
}

// Who of the plant is along with a session, each for as long as they are heard of, and who of them has let its input
// through. Whether somebody has to be, and what
// happens while nobody is, is due.ts's and the session's.

import type { Instant, Person, PersonId, Suspension } from '../../policy/index.ts'
import type { SessionFacts } from './facts.ts'

export interface Escorted {
  readonly facts: Pick<SessionFacts, 'person' | 'plant'>
}

/**
 * May this person come along? Never who works in the session or answers for the machine account that does, nobody of a
 * supplier, and nobody who is suspended.
 */
export function mayEscort(
  person: Person,
  { facts }: Escorted,
  worker: Pick<Person, 'machine'> | null,
  suspensions: readonly Suspension[],
): boolean {
  const here: readonly string[] = ['escort', 'approver', 'safety-engineer']
  return (
    !person.disabled &&
    person.supplier === null &&
    person.id !== facts.person &&
    person.id !== worker?.machine?.owner.id &&
    !suspensions.some(({ target }) => target.kind === 'person' && target.id === person.id) &&
    person.plants.includes(facts.plant) &&
    person.roles.some((role) => here.includes(role))
  )
}

export class Observers {
  readonly #leases = new Map<PersonId, Instant>()
  #attendedUntil: Instant
  #lifter: PersonId | null = null

  /** @param since nobody is there yet, and has not been since. */
  constructor(since: Instant) {
    this.#attendedUntil = since
  }

  get people(): readonly PersonId[] {
    return [...this.#leases.keys()]
  }

  /** Until when somebody is there; in the past, since when nobody is. */
  get attendedUntil(): Instant {
    return this.#attendedUntil
  }

  /** Who has let its input through; they do for as long as they are there, and no longer when they come back. */
  get lifter(): PersonId | null {
    return this.#lifter
  }

  /** When the next of them is to be heard of again. */
  get nextLapse(): Instant | null {
    return this.#leases.size === 0 ? null : Math.min(...this.#leases.values())
  }

  /** Nobody had to be there before. */
  beginAt(now: Instant): void {
    this.#attendedUntil = Math.max(now, ...this.#leases.values())
  }

  renew(person: PersonId, until: Instant): void {
    this.#leases.set(person, until)
    this.#attendedUntil = Math.max(this.#attendedUntil, until)
  }

  /** Who is there lets its input through. */
  lift(person: PersonId): void {
    if (this.#leases.has(person)) this.#lifter = person
  }

  /** False: they were not there. */
  leave(person: PersonId, now: Instant): boolean {
    if (!this.#delete(person)) return false
    this.#attendedUntil = Math.max(Math.min(this.#attendedUntil, now), ...this.#leases.values())
    return true
  }

  /** Takes off who was not heard of in time, and says who. */
  lapse(now: Instant): readonly PersonId[] {
    const gone = [...this.#leases].filter(([, until]) => until <= now).map(([person]) => person)
    for (const person of gone) this.#delete(person)
    return gone
  }

  #delete(person: PersonId): boolean {
    if (this.#lifter === person) this.#lifter = null
    return this.#leases.delete(person)
  }
}

// The rules of what has to be shown beforehand: trainings of people, expectations of suppliers. What a decision needed
// stands in it; whether it was attested at that moment is worked out here anew, from the attestations alone.

import { quote } from '../ids.ts'
import type { EvidenceEvent, Instant } from '../model.ts'
import { show } from '../window.ts'
import { instantOf, listOf, optionalTextOf, partOf, RecentMap, textOf, textsOf } from './evidence.ts'
import { days, type Rule } from './rule.ts'

/** People by trainings: more than a ledger's other things. */
const mostAttested = 100_000

/** Attestations by what they are of, each with its end. */
class Attested {
  readonly #ends = new RecentMap<string, Map<string, Instant>>(mostAttested)

  add(of: string, event: EvidenceEvent): void {
    const held = [...(this.#ends.get(of) ?? [])].filter(([, until]) => event.at < until)
    this.#ends.set(of, new Map([...held, [textOf(event, 'attestation'), instantOf(event, 'until')]]))
  }

  withdraw(of: string, event: EvidenceEvent): void {
    this.#ends.get(of)?.delete(textOf(event, 'attestation'))
  }

  /** The latest end of what was not withdrawn, or null. */
  until(of: string): Instant | null {
    const ends = [...(this.#ends.get(of)?.values() ?? [])]
    return ends.length === 0 ? null : Math.max(...ends)
  }
}

/** Whose it is, an id without spaces, and what. */
const keyOf = (whose: string, what: string): string => `${whose} ${what}`

/** A decision on access by the person who would use it, with what it needed; null for every other. */
function needsOf(event: EvidenceEvent): EvidenceEvent | null {
  const action = textOf(event, 'action')
  if (action !== 'request' && action !== 'connect') return null
  return event.data['attestable'] === undefined ? null : partOf(event, 'attestable')
}

function sayUntil(until: Instant | null): string {
  return until === null ? 'which nothing attests' : `whose attestation ended at ${show(until)}`
}

const isRefusedFor = (event: EvidenceEvent, rule: string): boolean =>
  textOf(event, 'outcome') === 'deny' && listOf(event, 'rules').includes(rule)

export const suppliersAttested: Rule = {
  control: 'GW-SUP-01',
  freshMs: days(366),
  start(tally) {
    const attested = new Attested()
    const keyIn = (event: EvidenceEvent): string => keyOf(textOf(event, 'supplier'), textOf(event, 'expectation'))
    return {
      on: {
        'supplier.expectation_attested': (event) => {
          attested.add(keyIn(event), event)
          tally.exercise(event)
        },
        'supplier.expectation_withdrawn': (event) => attested.withdraw(keyIn(event), event),
        'policy.decision': (event) => {
          if (isRefusedFor(event, 'supplier-expectation')) tally.exercise(event)
          const needs = needsOf(event)
          const supplier = needs && optionalTextOf(needs, 'supplier')
          if (needs === null || supplier === null || textOf(event, 'outcome') !== 'permit') return
          const expectations = textsOf(needs, 'expectations')
          if (expectations.length > 0) tally.exercise(event)
          for (const expectation of expectations) {
            const until = attested.until(keyOf(supplier, expectation))
            if (until === null || event.at >= until)
              tally.offend(
                event,
                `a person of supplier ${quote(supplier)} was let through without ${quote(expectation)}, ${sayUntil(until)}`,
              )
          }
        },
      },
    }
  },
}

export const trainingFirst: Rule = {
  control: 'GW-AWR-01',
  freshMs: days(457),
  start(tally) {
    const attested = new Attested()
    const keyIn = (event: EvidenceEvent): string => keyOf(textOf(event, 'person'), textOf(event, 'training'))
    return {
      on: {
        'training.attested': (event) => {
          attested.add(keyIn(event), event)
          tally.exercise(event)
        },
        'training.withdrawn': (event) => attested.withdraw(keyIn(event), event),
        'policy.decision': (event) => {
          if (isRefusedFor(event, 'training-missing')) tally.exercise(event)
          const needs = needsOf(event)
          if (needs === null || textOf(event, 'outcome') !== 'permit') return
          const person = textOf(event, 'person')
          const trainings = textsOf(needs, 'trainings')
          if (trainings.length > 0) tally.exercise(event)
          for (const training of trainings) {
            const until = attested.until(keyOf(person, training))
            if (until === null || event.at >= until)
              tally.offend(
                event,
                `person ${quote(person)} was let through without training ${quote(training)}, ${sayUntil(until)}`,
              )
          }
        },
      },
    }
  },
}

// What the demo's people have learnt and its suppliers have shown before the curtain rises: the ISMS manager has attested
// all of it, through the same step as everybody else.

import { isTrainingFor, expectationsOf, quietWorld, type Bundle, type Person } from '../../policy/index.ts'
import { openAttestations } from '../access/attestations.ts'
import type { Clock } from '../clock.ts'
import type { Store } from '../store/store.ts'

const day = 24 * 3_600_000

export interface AttestedCast {
  readonly store: Store
  readonly clock: Clock
  readonly bundle: Bundle
  /** Attests; an isms-manager, who attests nothing of their own. */
  readonly manager: Person
  readonly people: readonly Person[]
}

/** Attests every training these people may need, and what is expected of their suppliers where it is not attested yet. */
export async function attestCast({ store, clock, bundle, manager, people }: AttestedCast): Promise<void> {
  // No gateway runs yet, or it reads the store by itself: nobody has to be told.
  const world = { now: () => quietWorld, refresh: () => Promise.resolve() }
  const attestations = openAttestations({ store, clock, bundle: () => bundle, world })
  const actor = { person: manager, mfa: ['totp'], source: null } as const
  const now = clock.now()
  for (const person of people.filter(({ id }) => id !== manager.id)) {
    for (const { id, validDays } of bundle.access.trainings.filter((each) => isTrainingFor(each, person)))
      await attestations.attest(
        actor,
        { kind: 'training', person: person.id, training: id },
        { until: now + validDays * day, reference: 'training record of the demo' },
      )
  }
  const { expectations: attested } = await store.attestations.ends()
  for (const id of new Set(people.map(({ supplier }) => supplier))) {
    const supplier = id === null ? undefined : bundle.suppliers.get(id)
    if (supplier === undefined || attested.has(supplier.id)) continue
    for (const { id: expectation, validDays } of expectationsOf(supplier, bundle))
      await attestations.attest(
        actor,
        { kind: 'expectation', supplier: supplier.id, expectation },
        { until: now + validDays * day, reference: 'supplier file of the demo' },
      )
  }
}

// Where messages to a person go, set or removed as evidence. The address itself is personal data and stands in the ledger
// only as a commitment.

import type { Person, PersonId } from '../../policy/index.ts'
import type { Clock } from '../clock.ts'
import type { Store, Tx } from '../store/store.ts'

/** Writes the evidence of a new address, or of none any more, in the caller's transaction. */
export async function recordAddress(
  tx: Pick<Tx, 'ledger'>,
  person: PersonId,
  by: PersonId | null,
  address: string | null,
  now: number,
): Promise<void> {
  const committed = address === null ? null : await tx.ledger.commit(address)
  await tx.ledger.append('identity.contact_changed', now, { person, by, address: committed })
}

/** Sets or removes where messages to a person go. @param by null from the command line of the machine itself. */
export async function setAddress(
  { store, clock }: { readonly store: Store; readonly clock: Clock },
  person: Person,
  by: PersonId | null,
  address: string | null,
): Promise<void> {
  await store.change(async (tx) => {
    await tx.people.setEmail(person.id, address)
    await recordAddress(tx, person.id, by, address, clock.now())
  })
}

// Taking a person's access away: logins end, open grants stay on record and permit nothing, living sessions end within a
// second, also when this runs in another process than the gateway.

import type { Person, PersonId } from '../../policy/index.ts'
import type { Clock } from '../clock.ts'
import type { Store } from '../store/store.ts'

/** @param by who did it; null from the command line of the machine itself. */
export async function disablePerson(
  { store, clock }: { readonly store: Store; readonly clock: Clock },
  person: Person,
  by: PersonId | null,
  reason: string,
): Promise<void> {
  await store.change(async (tx) => {
    await tx.people.setDisabled(person.id, true)
    await tx.tokens.endPerson(person.id)
    const entry = { person: person.id, by, reason: await tx.ledger.commit(reason) }
    await tx.ledger.append('identity.disabled', clock.now(), entry)
  })
}

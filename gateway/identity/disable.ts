// Taking a person's access away: logins end, open grants stay on record and permit nothing, living sessions end within a
// second, also when this runs in another process than the gateway. Machine accounts they answered for are of no use until
// somebody else does.

import type { Person, PersonId } from '../../policy/index.ts'
import type { Clock } from '../clock.ts'
import type { Store, Tx } from '../store/store.ts'

/** @param by who did it; null from the command line of the machine itself. */
export async function disablePerson(
  { store, clock }: { readonly store: Store; readonly clock: Clock },
  person: Person,
  by: PersonId | null,
  reason: string,
): Promise<void> {
  await store.change((tx) => disableIn(tx, clock.now(), person.id, by, reason))
}

/** The same in the caller's transaction. Sessions of this process are told by the signal `person-disabled`. */
export async function disableIn(
  tx: Tx,
  now: number,
  person: PersonId,
  by: PersonId | null,
  reason: string,
): Promise<void> {
  const machines = await tx.machines.ownedBy(person)
  await tx.people.setDisabled(person, true)
  await tx.tokens.endPerson(person)
  await tx.ledger.append('identity.disabled', now, { person, by, reason: await tx.ledger.commit(reason) })
  for (const machine of machines) await tx.ledger.append('identity.machine_orphaned', now, { machine, owner: person })
}

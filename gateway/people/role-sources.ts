// Where the roles of a person come from, told as evidence whenever it changes: a feed, with the mapping that gives each, or
// a hand. What was given by hand stays marked so, whatever a feed says later.

import { heldRoles, type Events, type Person, type PlantId, type Role } from '../../policy/index.ts'
import type { PersonSource } from '../store/people-sources.ts'
import type { Tx } from '../store/store.ts'

type Cause = Events['person.role_source']['cause']

/** Keeps the source with its evidence, in the caller's transaction. */
export async function keepSource(
  tx: Pick<Tx, 'peopleSources' | 'ledger'>,
  now: number,
  source: PersonSource,
  plants: readonly PlantId[],
  cause: Cause,
): Promise<void> {
  await tx.peopleSources.put(source)
  await tx.ledger.append('person.role_source', now, {
    person: source.person,
    cause,
    feed: source.feed,
    byFeed: source.feedRoles.filter(({ role }) => !source.withheldRoles.includes(role)),
    byHand: source.handRoles,
    withheld: source.withheldRoles,
    plants,
  })
}

/** What somebody holds is set to this by a hand: what of it the feed gives stays the feed's, the rest of that is withheld. */
export function setByHand(
  source: PersonSource,
  to: { readonly roles: readonly Role[]; readonly plants: readonly PlantId[] },
): PersonSource {
  const fromFeed = source.feedRoles.map(({ role }) => role)
  return {
    ...source,
    handRoles: to.roles.filter((role) => !fromFeed.includes(role)),
    handPlants: to.plants.filter((plant) => !source.feedPlants.includes(plant)),
    withheldRoles: fromFeed.filter((role) => !to.roles.includes(role)),
    withheldPlants: source.feedPlants.filter((plant) => !to.plants.includes(plant)),
  }
}

/**
 * After a review or a hand has set what somebody holds, in the same transaction. Nothing to keep where no feed answers for
 * them: all of it is by hand then.
 */
export async function noteByHand(
  tx: Pick<Tx, 'peopleSources' | 'ledger'>,
  now: number,
  person: Person['id'],
  to: { readonly roles: readonly Role[]; readonly plants: readonly PlantId[] },
  cause: 'by-hand' | 'review',
): Promise<void> {
  const source = await tx.peopleSources.ofPerson(person)
  if (source !== null) await keepSource(tx, now, setByHand(source, to), to.plants, cause)
}

/** Of each role somebody holds, what gives it: `by hand`, or the feed and its mapping. */
export function sourcesOf(
  person: Person,
  source: PersonSource | null,
): readonly { readonly role: Role; readonly feed: string | null; readonly mapping: string | null }[] {
  return heldRoles(person).map((role) => {
    const given = source?.feedRoles.find((one) => one.role === role)
    const isByHand = source === null || given === undefined || source.handRoles.includes(role)
    return isByHand ? { role, feed: null, mapping: null } : { role, feed: source.feed, mapping: given.mapping }
  })
}

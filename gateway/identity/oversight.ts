// How far an account looks that has a role which looks over a house, changed as evidence: over all plants, or over those it
// is named for. What it decides by other roles is not touched.

import { houseRoles, type Person, type PersonId, type PlantId } from '../../policy/index.ts'
import type { Clock } from '../clock.ts'
import type { Store } from '../store/store.ts'

export type OversightChange =
  | { readonly kind: 'ok'; readonly person: Person }
  | { readonly kind: 'invalid'; readonly problem: string }

/**
 * @param plants the plants the person acts for from now on.
 * @param by null from the command line of the machine itself.
 */
export async function changeOversight(
  { store, clock }: { readonly store: Store; readonly clock: Clock },
  person: Person,
  to: { readonly oversight: 'all' | 'plants'; readonly plants: readonly PlantId[] },
  by: PersonId | null,
  reason: string,
): Promise<OversightChange> {
  const { oversight, plants } = to
  if (!person.roles.some((role) => (houseRoles as readonly string[]).includes(role)))
    return { kind: 'invalid', problem: `\`${person.login}\` has none of the roles ${houseRoles.join(', ')}` }
  if (oversight === 'plants' && plants.length === 0)
    return { kind: 'invalid', problem: 'who looks over plants by name looks over one at least: name it with --plant' }
  await store.change(async (tx) => {
    await tx.people.setOversight(person.id, oversight, plants)
    await tx.ledger.append('identity.oversight_changed', clock.now(), {
      person: person.id,
      by,
      reason: await tx.ledger.commit(reason),
      oversight,
      plants,
    })
  })
  const { oversight: _before, ...rest } = person
  return { kind: 'ok', person: { ...rest, plants, ...(oversight === 'plants' && { oversight }) } }
}

// Roles and plants given by hand, after the account was made. What rules of separation keep apart is refused; nobody gets a
// role out of nothing but here, on the gateway's own machine, and at a feed's word.

import {
  newBreaches,
  parsePlantId,
  roles as knownRoles,
  sayBreach,
  type Breach,
  type Bundle,
  type Login,
  type Person,
  type PersonId,
  type PlantId,
  type Role,
  type SupplierId,
} from '../../policy/index.ts'
import { findAccess, revokeGrants, type Ended } from '../access/ending.ts'
import type { Clock } from '../clock.ts'
import type { Store, Tx } from '../store/store.ts'
import { noteByHand } from './role-sources.ts'

export type RolesChanged =
  | {
      readonly kind: 'ok'
      readonly person: Person
      readonly ended: Ended
      /** What a rule will keep apart from its day on. */
      readonly notes: readonly string[]
    }
  | { readonly kind: 'invalid'; readonly problems: readonly string[] }

const isRole = (word: string): word is Role => (knownRoles as readonly string[]).includes(word)

/** Reads roles and says what is wrong with them for somebody of this supplier, or of none. */
export function readRoles(given: readonly string[], supplier: SupplierId | null, problems: string[]): readonly Role[] {
  for (const role of given)
    if (!isRole(role)) problems.push(`role \`${role}\`: expected one of ${knownRoles.join(', ')}`)
  const roles = [...new Set(given.filter(isRole))]
  if (given.length === 0) problems.push('a person needs at least one role')
  if (roles.includes('vendor') !== (supplier !== null))
    problems.push('a vendor has a supplier, and only a vendor has one')
  return roles
}

/** What rules say of these roles together: why they are refused, or what is to come. Keeps a refusal as evidence. */
export async function keptApart(
  { store, clock, bundle }: { readonly store: Store; readonly clock: Clock; readonly bundle: Bundle },
  before: Person | null,
  after: { readonly login: Login; readonly roles: readonly Role[] },
  step: 'enrol' | 'role-change',
): Promise<{ readonly problems: readonly string[]; readonly notes: readonly string[] }> {
  const now = clock.now()
  const found = newBreaches(before, after, bundle, now)
  const refused = found.filter(({ isEnforced }) => isEnforced)
  const say = (breach: Breach): string => `would hold ${sayBreach(breach)}: ${breach.rule.text}`
  for (const { rule, roles, duties } of refused)
    await store.change(async (tx) => {
      const login = await tx.ledger.commit(after.login)
      const entry = { person: before?.id ?? null, login, rule: rule.id, roles, duties, step }
      await tx.ledger.append('separation.refused', now, entry)
    })
  return { problems: refused.map(say), notes: found.filter(({ isEnforced }) => !isEnforced).map(say) }
}

/**
 * Sets what somebody holds. What of it a feed gives stays the feed's; what it gives and is left out here is withheld.
 * @param by null from the command line of the machine itself.
 */
export async function changeRoles(
  deps: { readonly store: Store; readonly clock: Clock; readonly bundle: Bundle },
  person: Person,
  given: { readonly roles: readonly string[]; readonly plants: readonly string[] },
  by: PersonId | null,
  reason: string,
): Promise<RolesChanged> {
  const { store, clock, bundle } = deps
  if (person.machine !== undefined) return { kind: 'invalid', problems: [`\`${person.login}\` is a machine account`] }
  if (by === person.id) return { kind: 'invalid', problems: ['nobody changes their own roles'] }
  const problems: string[] = []
  const roles = readRoles(given.roles, person.supplier, problems)
  const plants = readPlants(given.plants, problems)
  if (problems.length > 0) return { kind: 'invalid', problems }
  const apart = await keptApart(deps, person, { login: person.login, roles }, 'role-change')
  if (apart.problems.length > 0) return { kind: 'invalid', problems: apart.problems }
  const ended = await store.change((tx) => set(tx, clock.now(), bundle, person, { roles, plants }, by, reason))
  return { kind: 'ok', person: { ...person, roles, plants }, ended, notes: apart.notes }
}

function readPlants(given: readonly string[], problems: string[]): readonly PlantId[] {
  return [...new Set(given)].flatMap((text) => {
    const parsed = parsePlantId(text)
    if (parsed.kind === 'ok') return [parsed.id]
    problems.push(parsed.reason)
    return []
  })
}

async function set(
  tx: Tx,
  now: number,
  bundle: Bundle,
  { id }: Person,
  to: { readonly roles: readonly Role[]; readonly plants: readonly PlantId[] },
  by: PersonId | null,
  reason: string,
): Promise<Ended> {
  const { grants: open, sessions } = await findAccess(tx, bundle, { kind: 'person', id })
  await tx.people.setEligibility(id, to.roles, to.plants)
  await tx.ledger.append('identity.changed', now, { person: id, by, ...to, reason: await tx.ledger.commit(reason) })
  await noteByHand(tx, now, id, to, 'by-hand')
  const gone = open.filter(({ plant }) => !to.plants.includes(plant))
  const grants = await revokeGrants(tx, gone, { by, reason, now })
  return { grants, sessions: sessions.filter(({ grant }) => grants.includes(grant)) }
}

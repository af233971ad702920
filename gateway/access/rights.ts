// Whose right somebody uses when they decide: their own, or one that was delegated to them; and who stands behind the
// yeses given before, as they are now.

import {
  mfaKinds,
  newBreaches,
  usableDuties,
  withUsableRoles,
  type AccessAsk,
  type Bundle,
  type Delegation,
  type Person,
  type PersonId,
  type PlantId,
  type TicketState,
  type Voice,
} from '../../policy/index.ts'
import type { StoredRequest } from '../store/requests.ts'
import type { Tables } from '../store/store.ts'
import type { Actor, Door } from './authorize.ts'
import { suspensionOfPerson } from './suspensions.ts'

/** What an approver would grant: what was asked, with the terms as they are. */
export function askAsTermed({ request, terms }: StoredRequest, less: Partial<StoredRequest['terms']> = {}): AccessAsk {
  const { window, operationClass, transfer } = { ...terms, ...less }
  const { transfer: _, ...ask } = request.ask
  return { ...ask, window, operationClass, ...(transfer && { transfer }) }
}

/**
 * The person as policy is asked about them when they use a right: with the owner's roles, plants and place in the
 * rosters (which go by login), and still themselves. What speaks against either of the two speaks against both.
 */
export function acting(actor: Actor, owner: Person): Actor {
  const { person } = actor
  if (person.id === owner.id) return actor
  const { withheld: _, ...self } = person
  return {
    ...actor,
    person: {
      ...self,
      login: owner.login,
      roles: owner.roles,
      ...(owner.withheld ? { withheld: owner.withheld } : {}),
      plants: owner.plants,
      supplier: person.supplier ?? owner.supplier,
      disabled: person.disabled || owner.disabled,
    },
  }
}

/** The owners of the rights a person may use now: first themselves, then who lets them decide in their name. */
export async function rightsOf(
  { people, suspensions }: Pick<Tables, 'people' | 'suspensions'>,
  person: Person,
  {
    delegations,
    bundle,
    now,
  }: { readonly delegations: readonly Delegation[]; readonly bundle: Bundle; readonly now: number },
): Promise<readonly Person[]> {
  const given = delegations.filter(
    ({ to, from, window }) => to === person.id && from.id !== person.id && window.from <= now && now < window.until,
  )
  // As they are now: who gave their right away may have lost it since.
  const owners = await people.byIds(given.map(({ from }) => from.id))
  const off = given.length === 0 ? [] : await suspensions.inForce()
  const lent = given
    .flatMap(({ from }) => owners.get(from.id) ?? [])
    .map((owner) => withUsableRoles(owner, bundle, now))
    .filter((owner) => suspensionOfPerson(off, owner) === null && !isKeptApart(owner))
  return [person, ...lent]

  /** Nobody borrows what a rule keeps apart from what they hold. */
  function isKeptApart({ roles }: Person): boolean {
    const both = { ...person, roles: [...new Set([...person.roles, ...roles])] }
    return newBreaches(person, both, bundle, now).some(({ isEnforced }) => isEnforced)
  }
}

/** Who stands behind each yes of a request: they as they are now, their duties as they were then. */
export async function voicesOf(
  { people, suspensions: standing }: Pick<Tables, 'people' | 'suspensions'>,
  door: Door,
  { stored, requester, ticket, now }: { stored: StoredRequest; requester: Person; ticket: TicketState; now: number },
): Promise<readonly Voice[]> {
  const { request, plant } = stored
  if (request.kind !== 'submitted') return []
  const suspensions = await standing.inForce()
  const known = await people.byIds(request.approvals.flatMap(({ by, onBehalfOf }) => [by, onBehalfOf]))
  return request.approvals.map((approval) => {
    const approver = countedOf(approval.by)
    const owner = countedOf(approval.onBehalfOf)
    const duties = owner === null ? [] : dutiesAt(door, plant, owner, approval.at)
    const objection = approver === null || owner === null ? null : objectionTo(approver, owner)
    return { approval, approver, owner, duties, objection }
  })

  function countedOf(id: PersonId): Person | null {
    const person = known.get(id)
    return person === undefined ? null : withUsableRoles(person, door.bundle(), now)
  }

  function objectionTo(approver: Person, owner: Person): string | null {
    // Policy looks at who said it; a right that was lent is off with its owner too.
    if (suspensionOfPerson(suspensions, owner) !== null) return 'who lent the right is suspended'
    // The second factor was shown when they said yes, and is not asked for again.
    const actor = acting({ person: approver, mfa: mfaKinds, source: null }, owner)
    const decision = door.preview(actor, { action: 'approve', ask: askAsTermed(stored), requester }, ticket)
    if (decision.kind === 'permit') return null
    return decision.reasons[0]?.text ?? 'policy no longer lets them decide'
  }
}

/** What somebody is on duty for, in a plant, at an instant. */
export function dutiesAt(door: Door, plant: PlantId, person: Person, at: number): readonly string[] {
  return usableDuties(person, door.bundle(), plant, at)
}

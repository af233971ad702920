// What is looked at to say who is told what: the store, the bundle in force and the people there are, at one moment.

import { withUsableRoles } from '../../policy/index.ts'
import type { AssetId, Bundle, Instant, Person, PersonId, PlantId, World } from '../../policy/index.ts'
import type { StoredRequest } from '../store/requests.ts'
import type { Tables } from '../store/store.ts'
import { tame, type Letter } from './letter.ts'

export interface Look {
  readonly tables: Tables
  readonly bundle: Bundle
  readonly world: World
  readonly now: Instant
  /** Everybody whose account is open, with the roles that are of use. Read once a look. */
  people(): Promise<readonly Person[]>
}

/** What one event has to say, and to whom. */
export interface Told {
  /** Told by mail, each once. Empty: nobody; webhooks hear of it all the same. */
  readonly people: readonly Person[]
  /** For webhooks: ids and display names. */
  readonly facts: Readonly<Record<string, unknown>>
  /** What one of them reads; null when this one has nothing to do any more. */
  readonly letter: (reader: Person) => Letter | null
  /** Set where the reader is asked to decide: the message then carries an approval link for this request. */
  readonly asks: StoredRequest | null
  /** Events of one type with the same group are one message to a reader; null stands for itself. */
  readonly group?: string | null
}

export function lookAt(tables: Tables, bundle: Bundle, world: World, now: Instant): Look {
  let read: Promise<readonly Person[]> | null = null
  return {
    tables,
    bundle,
    world,
    now,
    people: () =>
      (read ??= tables.people
        .list()
        .then((all) => all.filter(({ disabled }) => !disabled).map((person) => withUsableRoles(person, bundle, now)))),
  }
}

export const zoneOfPlant = ({ bundle }: Look, plant: PlantId): string => bundle.plants.get(plant)?.timeZone ?? 'UTC'
export const plantName = ({ bundle }: Look, plant: PlantId): string => tame(bundle.plants.get(plant)?.name ?? plant)
export const assetName = ({ bundle }: Look, asset: AssetId): string => {
  const name = bundle.assets.get(asset)?.name
  return name === undefined ? asset : `${tame(name)} (${asset})`
}

/** A person as others read them; with the supplier, where they are one's. */
export function nameOf({ bundle }: Look, person: Person | null): string {
  if (person === null) return 'somebody whose account is gone'
  const { displayName, supplier } = person
  if (supplier === null) return tame(displayName)
  return `${tame(displayName)} of ${tame(bundle.suppliers.get(supplier)?.name ?? supplier)}`
}

/** The people with these ids whose accounts are open, in the order of the ids, each once. */
export async function openAccounts(look: Look, ids: readonly (PersonId | null)[]): Promise<readonly Person[]> {
  const people = new Map((await look.people()).map((person) => [person.id, person]))
  return [...new Set(ids)].flatMap((id) => {
    const person = id === null ? undefined : people.get(id)
    return person === undefined ? [] : [person]
  })
}

/** Facts about a person for a webhook. */
export const refOf = (person: Person | null, id: PersonId) => ({ id, name: person?.displayName ?? null })

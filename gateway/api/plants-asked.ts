// Which plants a list is asked for: the one that is named, of those the person may read; else all of these.

import { Type } from 'typebox'
import { overseenPlants, parsePlantId, type Bundle, type Person, type Plant, type PlantId } from '../../policy/index.ts'
import type { Actor } from '../access/authorize.ts'
import { GatewayError } from '../errors.ts'

/** For the query of a route that can be asked for one plant. */
export const PlantQuery = { plant: Type.Optional(Type.String({ maxLength: 64 })) }

const plantsOf = (person: Person): readonly PlantId[] | null => {
  const overseen = overseenPlants(person)
  return overseen !== null && overseen.length === 0 ? person.plants : overseen
}

/** The plants that the person may ask for, by name; none for somebody of a supplier, who reads their own. */
export function plantsRead(person: Person, { plants }: Pick<Bundle, 'plants'>): readonly Plant[] {
  if (person.supplier !== null) return []
  const theirs = plantsOf(person)
  return [...plants.values()].filter(({ id }) => theirs?.includes(id) ?? true)
}

/**
 * Null: all plants there are, and what belongs to none. Somebody with no role that looks over a house reads of the plants
 * they act for.
 * @throws GatewayError `malformed-query`; `role-missing` for a plant that is not theirs to read
 */
export function plantsAsked({ person }: Actor, plant: string | undefined): readonly PlantId[] | null {
  const theirs = plantsOf(person)
  if (plant === undefined) return theirs
  const parsed = parsePlantId(plant)
  if (parsed.kind === 'malformed') throw new GatewayError('malformed-query', parsed.reason)
  if (theirs !== null && !theirs.includes(parsed.id))
    throw new GatewayError('role-missing', `this needs somebody who looks over plant \`${parsed.id}\``)
  return [parsed.id]
}

/** Is a row of this plant among what was asked for? */
export const isAsked = (plants: readonly PlantId[] | null, plant: PlantId): boolean => plants?.includes(plant) ?? true

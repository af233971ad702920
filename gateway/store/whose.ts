// Whose rows are listed: one person's, those of one of several (a person and the machine accounts they answer for), those
// that somebody reads beside, or everybody's.

import { sql, type RawBuilder, type SqlBool } from 'kysely'
import type { PersonId, PlantId } from '../../policy/index.ts'

/** What somebody reads: rows of these people, and every row of these plants; null: of all plants. */
export interface Reach {
  readonly people: readonly PersonId[]
  readonly plants: readonly PlantId[] | null
}

export type Whose = PersonId | readonly PersonId[] | Reach | null

/** For a table with the columns `person` and `plant`; null where every row is meant. */
export function isOf(whose: Whose): RawBuilder<SqlBool> | null {
  const { people, plants } = reachOf(whose)
  if (plants === null) return null
  // Of people alone an index serves, and not every list of SQL may be empty.
  const parts = [
    ...(people.length > 0 ? [sql`person in (${sql.join(people)})`] : []),
    ...(plants.length > 0 ? [sql`plant in (${sql.join(plants)})`] : []),
  ]
  return parts.length === 0 ? sql`false` : sql`(${sql.join(parts, sql` or `)})`
}

function reachOf(whose: Whose): Reach {
  if (whose === null) return { people: [], plants: null }
  if (typeof whose === 'string') return { people: [whose], plants: [] }
  return 'people' in whose ? whose : { people: whose, plants: [] }
}

// Breaches of separation that were noticed and stand, so that each is told once, and once more on its day.

import type { PersonId, Role } from '../../policy/index.ts'
import type { Db } from './schema.ts'

export interface SeenBreach {
  readonly person: PersonId
  readonly rule: string
  /** What was held together when it was told last. */
  readonly found: { readonly roles: readonly Role[]; readonly duties: readonly string[] }
  readonly foundAt: number
  readonly enforcedAt: number | null
}

export interface SeparationBreaches {
  all(): Promise<readonly SeenBreach[]>
  put(breach: SeenBreach): Promise<void>
  /** False when it was gone already. */
  remove(person: PersonId, rule: string): Promise<boolean>
}

export function separationBreachesIn(db: Db): SeparationBreaches {
  return {
    async all() {
      const rows = await db.selectFrom('separation_breach').selectAll().orderBy('person').orderBy('rule').execute()
      return rows.map((row) => ({
        person: row.person as PersonId,
        rule: row.rule,
        found: JSON.parse(row.found) as SeenBreach['found'],
        foundAt: row.found_at,
        enforcedAt: row.enforced_at,
      }))
    },
    async put({ person, rule, found, foundAt, enforcedAt }) {
      const row = { person, rule, found: JSON.stringify(found), found_at: foundAt, enforced_at: enforcedAt }
      await db
        .insertInto('separation_breach')
        .values(row)
        .onConflict((c) => c.columns(['person', 'rule']).doUpdateSet(row))
        .execute()
    },
    async remove(person, rule) {
      const done = await db
        .deleteFrom('separation_breach')
        .where('person', '=', person)
        .where('rule', '=', rule)
        .executeTakeFirst()
      return done.numDeletedRows === 1n
    },
  }
}

// What is to be brought out of the gateway and fails at the moment: since when, and whether the ledger says so.

import type { DeliveryKind, Instant } from '../../policy/index.ts'
import type { Db } from './schema.ts'

export interface StoredSetback {
  readonly what: DeliveryKind
  /** Its name in the configuration. */
  readonly to: string
  readonly since: Instant
  /** A clause for people. */
  readonly reason: string
  readonly told: boolean
}

export interface StoredSetbacks {
  list(): Promise<readonly StoredSetback[]>
  put(setback: StoredSetback): Promise<void>
  remove(what: DeliveryKind, to: string): Promise<void>
}

export function setbacksIn(db: Db): StoredSetbacks {
  return {
    async list() {
      const rows = await db.selectFrom('setback').selectAll().orderBy('since').execute()
      return rows.map(({ what, place, since, reason, told }) => ({
        what: what as DeliveryKind,
        to: place,
        since,
        reason,
        told: told === 1,
      }))
    },
    async put({ what, to, since, reason, told }) {
      const row = { what, place: to, since, reason, told: told ? 1 : 0 }
      await db
        .insertInto('setback')
        .values(row)
        .onConflict((c) => c.columns(['what', 'place']).doUpdateSet(row))
        .execute()
    },
    async remove(what, to) {
      await db.deleteFrom('setback').where('what', '=', what).where('place', '=', to).execute()
    },
  }
}

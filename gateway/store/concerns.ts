// Concerns that people reported. Who reported one is kept here and nowhere else, and not at all where they did not want
// to be named.

import type { AssetId, ConcernId, Instant, PersonId, PlantId, SessionId } from '../../policy/index.ts'
import type { Db, Schema } from './schema.ts'

export interface OpenConcern {
  readonly id: ConcernId
  readonly plant: PlantId | null
  readonly asset: AssetId | null
  readonly session: SessionId | null
  readonly words: string
  /** Null: reported without a name. */
  readonly person: PersonId | null
  readonly at: Instant
  readonly dueAt: Instant
}

export interface StoredConcern extends OpenConcern {
  readonly closed: { readonly by: PersonId; readonly at: Instant; readonly learned: string } | null
}

export interface Concerns {
  insert(concern: OpenConcern): Promise<void>
  byId(id: ConcernId): Promise<StoredConcern | null>
  /** False when somebody closed it meanwhile. */
  close(id: ConcernId, closing: NonNullable<StoredConcern['closed']>): Promise<boolean>
  /** Newest first; of one person where a person is given. */
  list(filter: { readonly open: boolean; readonly person: PersonId | null }): Promise<readonly StoredConcern[]>
}

function concernOf(row: Schema['concern']): StoredConcern {
  return {
    id: row.id as ConcernId,
    plant: row.plant as PlantId | null,
    asset: row.asset as AssetId | null,
    session: row.session as SessionId | null,
    words: row.words,
    person: row.person as PersonId | null,
    at: row.at,
    dueAt: row.due_at,
    closed:
      row.closed_at === null ? null : { by: row.closed_by as PersonId, at: row.closed_at, learned: row.learned ?? '' },
  }
}

export function concernsIn(db: Db): Concerns {
  return {
    async insert({ id, plant, asset, session, words, person, at, dueAt }) {
      await db
        .insertInto('concern')
        .values({
          id,
          plant,
          asset,
          session,
          words,
          person,
          at,
          due_at: dueAt,
          closed_by: null,
          closed_at: null,
          learned: null,
        })
        .execute()
    },
    async byId(id) {
      const row = await db.selectFrom('concern').selectAll().where('id', '=', id).executeTakeFirst()
      return row ? concernOf(row) : null
    },
    async close(id, { by, at, learned }) {
      const done = await db
        .updateTable('concern')
        .set({ closed_by: by, closed_at: at, learned })
        .where('id', '=', id)
        .where('closed_at', 'is', null)
        .executeTakeFirst()
      return done.numUpdatedRows === 1n
    },
    async list({ open, person }) {
      let query = db.selectFrom('concern').selectAll().orderBy('id', 'desc')
      if (open) query = query.where('closed_at', 'is', null)
      if (person !== null) query = query.where('person', '=', person)
      return (await query.execute()).map(concernOf)
    },
  }
}

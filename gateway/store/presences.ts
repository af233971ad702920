// Who is on site in which zone, and which codes of a zone's device were used.

import type { Instant, PersonId, PlantId, PresenceId, ZoneId } from '../../policy/index.ts'
import type { Db, Schema } from './schema.ts'

export interface StoredPresence {
  readonly id: PresenceId
  readonly zone: ZoneId
  readonly plant: PlantId
  readonly person: PersonId
  readonly from: Instant
  readonly until: Instant
  /** `by` is null where time ended it. */
  readonly ended: { readonly by: PersonId | null; readonly at: Instant } | null
}

export interface Presences {
  insert(presence: Omit<StoredPresence, 'ended'>): Promise<void>
  byId(id: PresenceId): Promise<StoredPresence | null>
  /** False when it was ended meanwhile. */
  end(id: PresenceId, by: PersonId | null, at: Instant): Promise<boolean>
  /** Not ended, those whose time is over as well: ending them is the sweep's. */
  open(): Promise<readonly StoredPresence[]>
  /** Accepts a time step of a zone's device once: false when this or a later one was accepted before. Atomic. */
  acceptStep(zone: ZoneId, step: number): Promise<boolean>
}

function presenceOf(row: Schema['presence']): StoredPresence {
  return {
    id: row.id as PresenceId,
    zone: row.zone as ZoneId,
    plant: row.plant as PlantId,
    person: row.person as PersonId,
    from: row.from_at,
    until: row.until_at,
    ended: row.ended_at === null ? null : { by: row.ended_by as PersonId | null, at: row.ended_at },
  }
}

export function presencesIn(db: Db): Presences {
  const all = () => db.selectFrom('presence').selectAll()
  return {
    async insert({ id, zone, plant, person, from, until }) {
      await db
        .insertInto('presence')
        .values({ id, zone, plant, person, from_at: from, until_at: until, ended_by: null, ended_at: null })
        .execute()
    },
    async byId(id) {
      const row = await all().where('id', '=', id).executeTakeFirst()
      return row ? presenceOf(row) : null
    },
    async end(id, by, at) {
      const done = await db
        .updateTable('presence')
        .set({ ended_by: by, ended_at: at })
        .where('id', '=', id)
        .where('ended_at', 'is', null)
        .executeTakeFirst()
      return done.numUpdatedRows === 1n
    },
    async open() {
      return (await all().where('ended_at', 'is', null).orderBy('id', 'desc').execute()).map(presenceOf)
    },
    async acceptStep(zone, step) {
      const done = await db
        .insertInto('presence_step')
        .values({ zone, step })
        .onConflict((c) => c.column('zone').doUpdateSet({ step }).where('presence_step.step', '<', step))
        .executeTakeFirst()
      return done.numInsertedOrUpdatedRows === 1n
    },
  }
}

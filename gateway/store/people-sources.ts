// Where what people hold comes from: the feed that answers for an account, what it gives and what was given by hand beside
// it; and the last feed that was taken of each source.

import type { MappedRole, PersonId, PlantId, Role } from '../../policy/index.ts'
import type { Db, Schema } from './schema.ts'

/** What a feed and hands have given one person. What they may use is all of it but what a review withholds. */
export interface PersonSource {
  readonly person: PersonId
  readonly feed: string
  /** As the feed calls them; it stays when the login changes. */
  readonly externalId: string
  readonly handRoles: readonly Role[]
  readonly handPlants: readonly PlantId[]
  readonly feedRoles: readonly MappedRole[]
  readonly feedPlants: readonly PlantId[]
  /** What a review took away: the feed does not give it back. */
  readonly withheldRoles: readonly Role[]
  readonly withheldPlants: readonly PlantId[]
  /** When the feed said they left; null while they are here. */
  readonly leftAt: number | null
}

export interface TakenFeed {
  readonly feed: string
  readonly asOf: number
  readonly digest: string
  readonly takenAt: number
  readonly rows: number
}

export interface PeopleSources {
  ofPerson(person: PersonId): Promise<PersonSource | null>
  list(): Promise<readonly PersonSource[]>
  /** Puts one in the place of what is there. */
  put(source: PersonSource): Promise<void>
  feeds(): Promise<readonly TakenFeed[]>
  taken(feed: TakenFeed): Promise<void>
}

export function peopleSourcesIn(db: Db): PeopleSources {
  return {
    async ofPerson(person) {
      const row = await db.selectFrom('person_source').selectAll().where('person', '=', person).executeTakeFirst()
      return row ? sourceOf(row) : null
    },
    async list() {
      return (await db.selectFrom('person_source').selectAll().orderBy('person').execute()).map(sourceOf)
    },
    async put(source) {
      const row = rowOf(source)
      await db
        .insertInto('person_source')
        .values(row)
        .onConflict((c) => c.column('person').doUpdateSet(row))
        .execute()
    },
    async feeds() {
      const rows = await db.selectFrom('people_feed').selectAll().orderBy('feed').execute()
      return rows.map(({ as_of: asOf, taken_at: takenAt, ...row }) => ({ ...row, asOf, takenAt }))
    },
    async taken({ feed, asOf, digest, takenAt, rows }) {
      const row = { feed, as_of: asOf, digest, taken_at: takenAt, rows }
      await db
        .insertInto('people_feed')
        .values(row)
        .onConflict((c) => c.column('feed').doUpdateSet(row))
        .execute()
    },
  }
}

function sourceOf(row: Schema['person_source']): PersonSource {
  return {
    person: row.person as PersonId,
    feed: row.feed,
    externalId: row.external_id,
    handRoles: JSON.parse(row.hand_roles) as Role[],
    handPlants: JSON.parse(row.hand_plants) as PlantId[],
    feedRoles: JSON.parse(row.feed_roles) as MappedRole[],
    feedPlants: JSON.parse(row.feed_plants) as PlantId[],
    withheldRoles: JSON.parse(row.withheld_roles) as Role[],
    withheldPlants: JSON.parse(row.withheld_plants) as PlantId[],
    leftAt: row.left_at,
  }
}

function rowOf(source: PersonSource): Schema['person_source'] {
  return {
    person: source.person,
    feed: source.feed,
    external_id: source.externalId,
    hand_roles: JSON.stringify(source.handRoles),
    hand_plants: JSON.stringify(source.handPlants),
    feed_roles: JSON.stringify(source.feedRoles),
    feed_plants: JSON.stringify(source.feedPlants),
    withheld_roles: JSON.stringify(source.withheldRoles),
    withheld_plants: JSON.stringify(source.withheldPlants),
    left_at: source.leftAt,
  }
}

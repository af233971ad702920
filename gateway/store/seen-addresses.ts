// Addresses seen in a plant's networks that no declared asset has.

import type { Instant, PersonId, PlantId, SeenAddressId, SeenVerdict } from '../../policy/index.ts'
import type { Page } from './page.ts'
import type { Db, Schema } from './schema.ts'

export interface StoredSeen {
  readonly id: SeenAddressId
  readonly address: string
  readonly plant: PlantId
  readonly firstAt: Instant
  readonly lastAt: Instant
  /** Null while nobody has said what it is. */
  readonly decided: {
    readonly verdict: SeenVerdict
    readonly by: PersonId
    readonly at: Instant
    readonly reason: string
  } | null
}

export interface SeenAddresses {
  insert(seen: StoredSeen): Promise<void>
  /** They were seen again. */
  again(ids: readonly SeenAddressId[], at: Instant): Promise<void>
  decide(id: SeenAddressId, decided: NonNullable<StoredSeen['decided']>): Promise<void>
  byId(id: SeenAddressId): Promise<StoredSeen | null>
  byAddresses(addresses: readonly string[]): Promise<ReadonlyMap<string, StoredSeen>>
  /** Newest first, of some plants or, for null, all; only those nobody has decided on, where asked. */
  list(
    filter: { readonly open: boolean; readonly plants: readonly PlantId[] | null },
    page: Page,
  ): Promise<readonly StoredSeen[]>
  /** How many there are, and how many of them nobody has decided on. */
  counts(): Promise<{ readonly all: number; readonly open: number }>
}

type SeenRow = Schema['seen_address']

export function seenAddressesIn(db: Db): SeenAddresses {
  const rows = () => db.selectFrom('seen_address').selectAll()
  return {
    async insert({ id, address, plant, firstAt, lastAt }) {
      await db
        .insertInto('seen_address')
        .values({
          id,
          address,
          plant,
          first_at: firstAt,
          last_at: lastAt,
          state: 'open',
          by_person: null,
          decided_at: null,
          reason: null,
        })
        .execute()
    },
    async again(ids, at) {
      if (ids.length === 0) return
      await db.updateTable('seen_address').set({ last_at: at }).where('id', 'in', ids).execute()
    },
    async decide(id, { verdict, by, at, reason }) {
      await db
        .updateTable('seen_address')
        .set({ state: verdict, by_person: by, decided_at: at, reason })
        .where('id', '=', id)
        .execute()
    },
    async byId(id) {
      const row = await rows().where('id', '=', id).executeTakeFirst()
      return row === undefined ? null : seenOf(row)
    },
    async byAddresses(addresses) {
      if (addresses.length === 0) return new Map()
      const found = await rows().where('address', 'in', addresses).execute()
      return new Map(found.map((row) => [row.address, seenOf(row)]))
    },
    async list({ open, plants }, { limit, before }) {
      if (plants?.length === 0) return []
      let query = rows().orderBy('id', 'desc').limit(limit)
      if (open) query = query.where('state', '=', 'open')
      if (plants !== null) query = query.where('plant', 'in', plants)
      if (before !== null) query = query.where('id', '<', before)
      return (await query.execute()).map(seenOf)
    },
    async counts() {
      const found = await db
        .selectFrom('seen_address')
        .select(({ fn }) => ['state', fn.countAll<number>().as('count')])
        .groupBy('state')
        .execute()
      const of = (wanted: (state: string) => boolean): number =>
        found.filter(({ state }) => wanted(state)).reduce((sum, { count }) => sum + Number(count), 0)
      return { all: of(() => true), open: of((state) => state === 'open') }
    },
  }
}

function seenOf(row: SeenRow): StoredSeen {
  const { state, by_person: by, decided_at: at, reason } = row
  return {
    id: row.id as SeenAddressId,
    address: row.address,
    plant: row.plant as PlantId,
    firstAt: row.first_at,
    lastAt: row.last_at,
    decided:
      state === 'open' || by === null || at === null || reason === null
        ? null
        : { verdict: state as SeenVerdict, by: by as PersonId, at, reason },
  }
}

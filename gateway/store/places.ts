// Where the sessions, grants and requests of the ledger were, by their rows. A row says it as it was when it came into
// being: a plant or label that an asset has got since does not move what happened.

import type { AssetId, PlantId, SessionId } from '../../policy/index.ts'
import type { Db } from './schema.ts'

/** Where one of them was, and to what. */
export interface Spot {
  readonly plant: PlantId
  readonly asset: AssetId
  /** Null of a grant or a request. */
  readonly session: SessionId | null
  /** Of the asset when the session began; null where nobody kept them. */
  readonly labels: readonly string[] | null
}

export interface Places {
  /** By id, of these sessions, grants and requests. What has no row is left out. */
  spots(ids: readonly string[]): Promise<ReadonlyMap<string, Spot>>
}

/** Ids in one query. */
const mostAtOnce = 1_000

export function placesIn(db: Db): Places {
  const found = (rows: readonly { id: string; plant: string; asset: string }[]): [string, Spot][] =>
    rows.map(({ id, plant, asset }) => [
      id,
      { plant: plant as PlantId, asset: asset as AssetId, session: null, labels: null },
    ])
  return {
    async spots(ids) {
      const all = new Map<string, Spot>()
      const wanted = [...new Set(ids)]
      for (let from = 0; from < wanted.length; from += mostAtOnce)
        for (const [id, spot] of await some(wanted.slice(from, from + mostAtOnce))) all.set(id, spot)
      return all
    },
  }

  async function some(ids: readonly string[]): Promise<ReadonlyMap<string, Spot>> {
    const of = (prefix: string): string[] => ids.filter((id) => id.startsWith(prefix))
    const [sessions, grants, requests] = [of('ses_'), of('gra_'), of('req_')]
    const spots = new Map<string, Spot>()
    if (sessions.length > 0) {
      const rows = await db
        .selectFrom('session')
        .select(['id', 'plant', 'asset', 'labels', 'asset_type'])
        .where('id', 'in', sessions)
        .execute()
      for (const row of rows)
        spots.set(row.id, {
          plant: row.plant as PlantId,
          asset: row.asset as AssetId,
          session: row.id as SessionId,
          labels: row.asset_type === null ? null : (JSON.parse(row.labels) as string[]),
        })
    }
    if (grants.length > 0) {
      const rows = await db
        .selectFrom('access_grant')
        .select(['id', 'plant', 'asset'])
        .where('id', 'in', grants)
        .execute()
      for (const [id, spot] of found(rows)) spots.set(id, spot)
    }
    if (requests.length > 0) {
      const rows = await db.selectFrom('request').select(['id', 'plant', 'asset']).where('id', 'in', requests).execute()
      for (const [id, spot] of found(rows)) spots.set(id, spot)
    }
    return spots
  }
}

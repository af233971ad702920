// What was confirmed of assets at walkdowns: every time anew, nothing overwritten.

import type { AssetId, Confirmation, PersonId, ZoneId } from '../../policy/index.ts'
import type { Db, Schema } from './schema.ts'

export interface StoredConfirmation extends Confirmation {
  readonly seq: number
  readonly note: string | null
}

export interface Confirmations {
  /** Numbers them onward. Only inside a write transaction, so that no number is given twice. */
  insert(confirmations: readonly Omit<StoredConfirmation, 'seq'>[]): Promise<void>
  /** Those after a number, oldest first: what is read once is not read again. */
  after(seq: number): Promise<readonly StoredConfirmation[]>
}

function confirmationOf(row: Schema['asset_confirmation']): StoredConfirmation {
  return {
    seq: Number(row.seq),
    asset: row.asset as AssetId,
    zone: row.zone as ZoneId,
    seenOn: row.seen_on,
    by: row.by_person as PersonId,
    at: row.at,
    note: row.note,
  }
}

export function confirmationsIn(db: Db): Confirmations {
  return {
    async insert(confirmations) {
      const last = await db
        .selectFrom('asset_confirmation')
        .select((one) => one.fn.max('seq').as('seq'))
        .executeTakeFirst()
      let seq = Number(last?.seq ?? 0)
      for (const { asset, zone, seenOn, by, at, note } of confirmations) {
        seq += 1
        const row = { seq, asset, zone, seen_on: seenOn, by_person: by, at, note }
        await db.insertInto('asset_confirmation').values(row).execute()
      }
    },
    async after(seq) {
      const rows = await db.selectFrom('asset_confirmation').selectAll().where('seq', '>', seq).orderBy('seq').execute()
      return rows.map(confirmationOf)
    },
  }
}

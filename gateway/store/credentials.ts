// Target credentials at rest: sealed bytes by name. Opening them is the vault's work.

import type { Db } from './schema.ts'

/** `authority`: signs a certificate for each session. */
export type CredentialKind = 'password' | 'private-key' | 'authority'

export interface SealedCredential {
  readonly name: string
  readonly kind: CredentialKind
  readonly sealed: Uint8Array
}

export interface Credentials {
  put(credential: SealedCredential, now: number): Promise<void>
  get(name: string): Promise<SealedCredential | null>
  remove(name: string): Promise<void>
  /** Those of the names that it holds. */
  held(names: readonly string[]): Promise<ReadonlySet<string>>
}

export function credentialsIn(db: Db): Credentials {
  return {
    async put({ name, kind, sealed }, now) {
      await db
        .insertInto('credential')
        .values({ name, kind, sealed, changed_at: now })
        .onConflict((c) => c.column('name').doUpdateSet({ kind, sealed, changed_at: now }))
        .execute()
    },
    async remove(name) {
      await db.deleteFrom('credential').where('name', '=', name).execute()
    },
    async held(names) {
      if (names.length === 0) return new Set()
      const rows = await db.selectFrom('credential').select('name').where('name', 'in', names).execute()
      return new Set(rows.map(({ name }) => name))
    },
    async get(name) {
      const row = await db.selectFrom('credential').selectAll().where('name', '=', name).executeTakeFirst()
      return row ? { name: row.name, kind: row.kind as CredentialKind, sealed: row.sealed } : null
    },
  }
}

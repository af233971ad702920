// Bundles that were in force, by digest, with their files, so that any decision can be read under the rules of its day.

import type { Db } from './schema.ts'

export interface StoredBundle {
  readonly digest: string
  readonly scopeVersion: string
  readonly activatedAt: number
  readonly files: ReadonlyMap<string, string>
}

export interface Bundles {
  latest(): Promise<StoredBundle | null>
  put(bundle: StoredBundle): Promise<void>
}

export function bundlesIn(db: Db): Bundles {
  return {
    async latest() {
      const row = await db.selectFrom('bundle').selectAll().orderBy('activated_at', 'desc').limit(1).executeTakeFirst()
      if (!row) return null
      return {
        digest: row.digest,
        scopeVersion: row.scope_version,
        activatedAt: row.activated_at,
        files: new Map(Object.entries(JSON.parse(row.files) as Record<string, string>)),
      }
    },
    async put({ digest, scopeVersion, activatedAt, files }) {
      await db
        .insertInto('bundle')
        .values({
          digest,
          scope_version: scopeVersion,
          activated_at: activatedAt,
          files: JSON.stringify(Object.fromEntries(files)),
        })
        .onConflict((c) => c.column('digest').doUpdateSet({ activated_at: activatedAt }))
        .execute()
    },
  }
}

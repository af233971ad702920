// Refresh tokens, by hash. A token is used once and replaced by one that ends when it would have; a second use of the same token means it was copied, and
// ends the whole family.

import type { MfaKind, PersonId } from '../../policy/index.ts'
import type { Db } from './schema.ts'

export interface RefreshToken {
  readonly hash: string
  readonly person: PersonId
  readonly family: string
  readonly expiresAt: number
  readonly mfa: readonly MfaKind[]
}

export type TokenUse =
  | { readonly kind: 'ok'; readonly token: RefreshToken }
  | { readonly kind: 'reused'; readonly person: PersonId }
  | { readonly kind: 'unknown' | 'expired' }

export interface Tokens {
  insert(token: RefreshToken): Promise<void>
  /** Marks the token used and returns it; a second use ends its family. */
  use(hash: string, now: number): Promise<TokenUse>
  endFamily(family: string): Promise<void>
  /** Is any token of this login still good? A logged-out or disabled login has none. */
  isAlive(family: string, now: number): Promise<boolean>
  endPerson(person: PersonId): Promise<void>
  prune(now: number): Promise<void>
}

export function tokensIn(db: Db): Tokens {
  return {
    async insert({ hash, person, family, expiresAt, mfa }) {
      await db
        .insertInto('refresh_token')
        .values({ hash, person, family, expires_at: expiresAt, used_at: null, mfa: JSON.stringify(mfa) })
        .execute()
    },
    async use(hash, now) {
      const row = await db.selectFrom('refresh_token').selectAll().where('hash', '=', hash).executeTakeFirst()
      if (!row) return { kind: 'unknown' }
      if (row.used_at !== null) {
        await db.deleteFrom('refresh_token').where('family', '=', row.family).execute()
        return { kind: 'reused', person: row.person as PersonId }
      }
      if (row.expires_at <= now) return { kind: 'expired' }
      await db.updateTable('refresh_token').set({ used_at: now }).where('hash', '=', hash).execute()
      return {
        kind: 'ok',
        token: {
          hash,
          person: row.person as PersonId,
          family: row.family,
          expiresAt: row.expires_at,
          mfa: JSON.parse(row.mfa) as MfaKind[],
        },
      }
    },
    async endFamily(family) {
      await db.deleteFrom('refresh_token').where('family', '=', family).execute()
    },
    async isAlive(family, now) {
      const row = await db
        .selectFrom('refresh_token')
        .select('hash')
        .where('family', '=', family)
        .where('used_at', 'is', null)
        .where('expires_at', '>', now)
        .executeTakeFirst()
      return row !== undefined
    },
    async endPerson(person) {
      await db.deleteFrom('refresh_token').where('person', '=', person).execute()
    },
    async prune(now) {
      await db.deleteFrom('refresh_token').where('expires_at', '<=', now).execute()
    },
  }
}

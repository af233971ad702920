// Prepared accounts whose person has a one-time secret and has not used it yet.

import type { PersonId } from '../../policy/index.ts'
import type { Secret } from '../secret.ts'
import type { Db } from './schema.ts'

export interface Enrolling {
  readonly person: PersonId
  /** SHA-256 of the one-time secret, hex. */
  readonly secretHash: string
  /** The authenticator's seed, sealed by the vault: shown to whoever has the one-time secret. */
  readonly totpSealed: Uint8Array
  readonly until: number
}

export interface Enrolments {
  /** A new secret; an earlier one of the same person is worth nothing any more. */
  put(enrolling: Enrolling): Promise<void>
  ofPerson(person: PersonId): Promise<Enrolling | null>
  /** Another authenticator is shown than before; false when the secret is used, replaced or gone. */
  reseal(enrolling: Pick<Enrolling, 'person' | 'secretHash'>, totpSealed: Uint8Array): Promise<boolean>
  /** Uses it up, with the authenticators it was for; false when it is used, replaced or gone. */
  finish(enrolling: Enrolling, passwordHash: Secret<string>, totpStep: number): Promise<boolean>
  remove(person: PersonId): Promise<void>
}

export function enrolmentsIn(db: Db): Enrolments {
  return {
    async put({ person, secretHash, totpSealed, until }) {
      const row = { person, secret_hash: secretHash, totp_secret: totpSealed, until_at: until }
      await db
        .insertInto('enrolment')
        .values(row)
        .onConflict((c) => c.column('person').doUpdateSet(row))
        .execute()
    },
    async ofPerson(person) {
      const row = await db.selectFrom('enrolment').selectAll().where('person', '=', person).executeTakeFirst()
      return row ? { person, secretHash: row.secret_hash, totpSealed: row.totp_secret, until: row.until_at } : null
    },
    async reseal({ person, secretHash }, totpSealed) {
      const done = await db
        .updateTable('enrolment')
        .set({ totp_secret: totpSealed })
        .where('person', '=', person)
        .where('secret_hash', '=', secretHash)
        .executeTakeFirst()
      return done.numUpdatedRows === 1n
    },
    async finish({ person, secretHash, totpSealed }, passwordHash, totpStep) {
      const used = await db
        .deleteFrom('enrolment')
        .where('person', '=', person)
        .where('secret_hash', '=', secretHash)
        .executeTakeFirst()
      if (used.numDeletedRows !== 1n) return false
      const done = await db
        .updateTable('person')
        .set({
          password_hash: passwordHash.expose(),
          totp_secret: totpSealed,
          totp_step: totpStep,
          failures: 0,
          locked_until: 0,
        })
        .where('id', '=', person)
        .where('password_hash', '=', '')
        .where('disabled', '=', 0)
        .executeTakeFirst()
      return done.numUpdatedRows === 1n
    },
    async remove(person) {
      await db.deleteFrom('enrolment').where('person', '=', person).execute()
    },
  }
}

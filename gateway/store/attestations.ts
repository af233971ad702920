// Who may touch what carries a controlled label: references to proofs, never the proofs.

import type { AttestationId, Instant, PersonId } from '../../policy/index.ts'
import type { Db, Schema } from './schema.ts'

export interface StoredAttestation {
  readonly id: AttestationId
  readonly person: PersonId
  readonly label: string
  readonly until: Instant
  /** Where the proof is kept, in words. */
  readonly reference: string
  readonly by: PersonId
  readonly at: Instant
  readonly ended: { readonly by: PersonId; readonly at: Instant } | null
}

export interface Attestations {
  insert(attestation: Omit<StoredAttestation, 'ended'>): Promise<void>
  byId(id: AttestationId): Promise<StoredAttestation | null>
  /** False when it was withdrawn meanwhile. */
  end(id: AttestationId, by: PersonId, at: Instant): Promise<boolean>
  inForce(now: Instant): Promise<readonly StoredAttestation[]>
  /** Newest first. */
  list(): Promise<readonly StoredAttestation[]>
}

function attestationOf(row: Schema['attestation']): StoredAttestation {
  return {
    id: row.id as AttestationId,
    person: row.person as PersonId,
    label: row.label,
    until: row.until_at,
    reference: row.reference,
    by: row.by_person as PersonId,
    at: row.at,
    ended: row.ended_at === null ? null : { by: row.ended_by as PersonId, at: row.ended_at },
  }
}

export function attestationsIn(db: Db): Attestations {
  const all = () => db.selectFrom('attestation').selectAll()
  return {
    async insert({ id, person, label, until, reference, by, at }) {
      await db
        .insertInto('attestation')
        .values({ id, person, label, until_at: until, reference, by_person: by, at, ended_by: null, ended_at: null })
        .execute()
    },
    async byId(id) {
      const row = await all().where('id', '=', id).executeTakeFirst()
      return row ? attestationOf(row) : null
    },
    async end(id, by, at) {
      const done = await db
        .updateTable('attestation')
        .set({ ended_by: by, ended_at: at })
        .where('id', '=', id)
        .where('ended_at', 'is', null)
        .executeTakeFirst()
      return done.numUpdatedRows === 1n
    },
    async inForce(now) {
      const rows = await all().where('ended_at', 'is', null).where('until_at', '>', now).orderBy('id').execute()
      return rows.map(attestationOf)
    },
    async list() {
      return (await all().orderBy('id', 'desc').execute()).map(attestationOf)
    },
  }
}

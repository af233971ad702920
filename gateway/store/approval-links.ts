// Approval links that were sent out: for which request as it then was, to whom, until when, and whether it was opened.
// The link itself is not kept: without the gateway's key nobody makes one from what stands here.

import type { PersonId, RequestId } from '../../policy/index.ts'
import type { Db } from './schema.ts'

export interface ApprovalLink {
  readonly id: string
  readonly request: RequestId
  /** Of the request and its terms when the link was made. */
  readonly digest: string
  readonly person: PersonId
  readonly expiresAt: number
}

export interface StoredApprovalLink extends ApprovalLink {
  readonly usedAt: number | null
}

export interface ApprovalLinks {
  insert(link: ApprovalLink): Promise<void>
  byId(id: string): Promise<StoredApprovalLink | null>
  /** False when it was used before. */
  use(id: string, at: number): Promise<boolean>
}

export function approvalLinksIn(db: Db): ApprovalLinks {
  return {
    async insert({ id, request, digest, person, expiresAt }) {
      await db
        .insertInto('approval_link')
        .values({ id, request, digest, person, expires_at: expiresAt, used_at: null })
        .execute()
    },
    async byId(id) {
      const row = await db.selectFrom('approval_link').selectAll().where('id', '=', id).executeTakeFirst()
      if (!row) return null
      return {
        id: row.id,
        request: row.request as RequestId,
        digest: row.digest,
        person: row.person as PersonId,
        expiresAt: row.expires_at,
        usedAt: row.used_at,
      }
    },
    async use(id, at) {
      const done = await db
        .updateTable('approval_link')
        .set({ used_at: at })
        .where('id', '=', id)
        .where('used_at', 'is', null)
        .executeTakeFirst()
      return done.numUpdatedRows === 1n
    },
  }
}

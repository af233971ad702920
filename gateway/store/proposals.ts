// Bundles somebody proposed, with their files, until somebody else puts them in force, refuses them, or they are taken
// back. The files stay: what was refused can be read as well.

import type { PersonId, ProposalId } from '../../policy/index.ts'
import { filesOfText, textOfFiles } from './bundles.ts'
import type { Page } from './requests.ts'
import type { Db, Schema } from './schema.ts'

export const proposalStates = ['open', 'activated', 'rejected', 'withdrawn'] as const
export type ProposalState = (typeof proposalStates)[number]

export interface Proposal {
  readonly id: ProposalId
  readonly digest: string
  /** Digest of the bundle it was made to follow; when another is in force it is outdated. */
  readonly base: string
  readonly scopeVersion: string
  /** Null where it is the configured folder, which differed when the gateway started. */
  readonly by: PersonId | null
  readonly at: number
  readonly comment: string
  readonly state: ProposalState
  readonly decidedBy: PersonId | null
  readonly decidedAt: number | null
  readonly reason: string | null
  /** The change it belongs to in the plant's own change control. */
  readonly change: string | null
  /** How to go back. */
  readonly rollback: string | null
}

export interface Proposals {
  insert(proposal: Proposal, files: ReadonlyMap<string, string>): Promise<void>
  byId(id: ProposalId): Promise<Proposal | null>
  files(id: ProposalId): Promise<ReadonlyMap<string, string> | null>
  /** Newest first, without the files. */
  list(filter: { readonly state: ProposalState | null }, page: Page): Promise<readonly Proposal[]>
  /** Writes the end of a proposal only if it is still open; false when somebody was faster. */
  decide(
    id: ProposalId,
    end: { state: ProposalState; by: PersonId | null; at: number; reason: string | null },
  ): Promise<boolean>
  /** Puts an open proposal on another base; false when it is not open any more. */
  rebase(id: ProposalId, base: string): Promise<boolean>
}

const columns = [
  'id',
  'digest',
  'base',
  'scope_version',
  'person',
  'at',
  'comment',
  'state',
  'decided_by',
  'decided_at',
  'reason',
  'change_ref',
  'rollback',
] as const

function proposalOf(row: Pick<Schema['bundle_proposal'], (typeof columns)[number]>): Proposal {
  return {
    id: row.id as ProposalId,
    digest: row.digest,
    base: row.base,
    scopeVersion: row.scope_version,
    by: row.person as PersonId | null,
    at: Number(row.at),
    comment: row.comment,
    state: row.state as ProposalState,
    decidedBy: row.decided_by as PersonId | null,
    decidedAt: row.decided_at === null ? null : Number(row.decided_at),
    reason: row.reason,
    change: row.change_ref,
    rollback: row.rollback,
  }
}

export function proposalsIn(db: Db): Proposals {
  return {
    async insert(proposal, files) {
      await db
        .insertInto('bundle_proposal')
        .values({
          id: proposal.id,
          digest: proposal.digest,
          base: proposal.base,
          scope_version: proposal.scopeVersion,
          person: proposal.by,
          at: proposal.at,
          comment: proposal.comment,
          files: textOfFiles(files),
          state: proposal.state,
          decided_by: proposal.decidedBy,
          decided_at: proposal.decidedAt,
          reason: proposal.reason,
          change_ref: proposal.change,
          rollback: proposal.rollback,
        })
        .execute()
    },
    async byId(id) {
      const row = await db.selectFrom('bundle_proposal').select(columns).where('id', '=', id).executeTakeFirst()
      return row ? proposalOf(row) : null
    },
    async files(id) {
      const row = await db.selectFrom('bundle_proposal').select('files').where('id', '=', id).executeTakeFirst()
      return row ? filesOfText(row.files) : null
    },
    async list({ state }, { limit, before }) {
      let query = db.selectFrom('bundle_proposal').select(columns).orderBy('id', 'desc').limit(limit)
      if (state !== null) query = query.where('state', '=', state)
      if (before !== null) query = query.where('id', '<', before)
      return (await query.execute()).map(proposalOf)
    },
    async decide(id, { state, by, at, reason }) {
      const done = await db
        .updateTable('bundle_proposal')
        .set({ state, decided_by: by, decided_at: at, reason })
        .where('id', '=', id)
        .where('state', '=', 'open')
        .executeTakeFirst()
      return done.numUpdatedRows === 1n
    },
    async rebase(id, base) {
      const done = await db
        .updateTable('bundle_proposal')
        .set({ base })
        .where('id', '=', id)
        .where('state', '=', 'open')
        .executeTakeFirst()
      return done.numUpdatedRows === 1n
    },
  }
}

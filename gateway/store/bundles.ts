// Bundles that are or were in force, by digest, with their files, so that any decision can be read under the rules of
// its day; and the activations that put them in force, in order.

import type { PersonId, ProposalId } from '../../policy/index.ts'
import type { Page } from './requests.ts'
import type { Db, Schema } from './schema.ts'

export interface StoredBundle {
  readonly digest: string
  readonly scopeVersion: string
  /** When it was last put in force. */
  readonly activatedAt: number
  readonly files: ReadonlyMap<string, string>
}

export type ActivationKind = 'start' | 'folder' | 'activate' | 'rollback'

/** One step in the life of what is in force. */
export interface Activation {
  /** Counted from 1 without gaps. */
  readonly seq: number
  readonly digest: string
  readonly previous: string | null
  readonly scopeVersion: string
  readonly at: number
  readonly kind: ActivationKind
  readonly proposal: ProposalId | null
  readonly proposer: PersonId | null
  readonly activator: PersonId | null
  /** Why, for a rollback. */
  readonly reason: string | null
}

export interface Bundles {
  /** The latest activation: what it names is in force. Null before the first start. */
  latest(): Promise<Activation | null>
  byDigest(digest: string): Promise<StoredBundle | null>
  /** Newest first; a page's `before` is the text of a `seq`. */
  history(page: Page): Promise<readonly Activation[]>
  /** Keeps the files and appends the activation. */
  activate(files: ReadonlyMap<string, string>, activation: Omit<Activation, 'seq'>): Promise<void>
}

export const textOfFiles = (files: ReadonlyMap<string, string>): string => JSON.stringify(Object.fromEntries(files))
export const filesOfText = (text: string): ReadonlyMap<string, string> =>
  new Map(Object.entries(JSON.parse(text) as Record<string, string>))

function activationOf(row: Schema['bundle_activation'] & { scope_version: string }): Activation {
  return {
    seq: Number(row.seq),
    digest: row.digest,
    previous: row.previous,
    scopeVersion: row.scope_version,
    at: Number(row.at),
    kind: row.kind as ActivationKind,
    proposal: row.proposal as ProposalId | null,
    proposer: row.proposer as PersonId | null,
    activator: row.activator as PersonId | null,
    reason: row.reason,
  }
}

export function bundlesIn(db: Db): Bundles {
  const activations = () =>
    db
      .selectFrom('bundle_activation')
      .innerJoin('bundle', 'bundle.digest', 'bundle_activation.digest')
      .selectAll('bundle_activation')
      .select('bundle.scope_version')
      .orderBy('seq', 'desc')
  return {
    async latest() {
      const row = await activations().limit(1).executeTakeFirst()
      return row ? activationOf(row) : null
    },
    async byDigest(digest) {
      const row = await db.selectFrom('bundle').selectAll().where('digest', '=', digest).executeTakeFirst()
      if (!row) return null
      return {
        digest: row.digest,
        scopeVersion: row.scope_version,
        activatedAt: Number(row.activated_at),
        files: filesOfText(row.files),
      }
    },
    async history({ limit, before }) {
      let query = activations().limit(limit)
      if (before !== null) query = query.where('seq', '<', Number(before))
      return (await query.execute()).map(activationOf)
    },
    async activate(files, { digest, previous, scopeVersion, at, kind, proposal, proposer, activator, reason }) {
      await db
        .insertInto('bundle')
        .values({ digest, scope_version: scopeVersion, activated_at: at, files: textOfFiles(files) })
        .onConflict((c) => c.column('digest').doUpdateSet({ activated_at: at }))
        .execute()
      const last = await db
        .selectFrom('bundle_activation')
        .select((eb) => eb.fn.max('seq').as('seq'))
        .executeTakeFirst()
      await db
        .insertInto('bundle_activation')
        .values({ seq: Number(last?.seq ?? 0) + 1, digest, previous, at, kind, proposal, proposer, activator, reason })
        .execute()
    },
  }
}

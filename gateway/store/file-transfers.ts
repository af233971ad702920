// Files on their way through the airlock: what was offered, what was found in it, what became of it. Their bytes are the
// airlock's to keep.

import type {
  AssetId,
  FileBlockReason,
  FileDemand,
  FileHoldReason,
  FileReleaseReason,
  FileTransferId,
  GrantId,
  Instant,
  MalwareVerdict,
  PersonId,
  PlantId,
  SessionId,
  SupplierId,
} from '../../policy/index.ts'
import type { FileDirection, FileProgram } from '../airlock/airlock.ts'
import type { Page } from './requests.ts'
import { isOf, type Whose } from './whose.ts'
import type { Db, Schema } from './schema.ts'

/**
 * `receiving` -> `checking` -> `waiting` (for a person) -> `released` -> `delivered`; or `refused`; or `broken-off` at any
 * point before: one that was released and did not arrive, too. `joined` in place of `waiting`: the same content waits
 * already, and a person's word on that one is the word on this one.
 */
export type FileTransferState =
  | 'receiving'
  | 'checking'
  | 'waiting'
  | 'joined'
  | 'released'
  | 'delivered'
  | 'refused'
  | 'broken-off'

/** What a scanner said, and by which signatures. */
export interface FileVerdictFound {
  readonly verdict: MalwareVerdict
  readonly found: string | null
  readonly engine: string | null
  readonly signaturesAt: Instant | null
  readonly why: string | null
}

/** What an archive says it holds. Names come from outside. */
export interface ArchiveFound {
  readonly entries: number
  readonly bytes: number
  /** The first of them. */
  readonly names: readonly { readonly name: string; readonly size: number }[]
  readonly oddities: readonly string[]
}

export interface FileFound {
  readonly size: number
  readonly sha256: string
  readonly contentType: string
  readonly archive: ArchiveFound | null
  /** The name it was declared under; null where its digest stands in no request. */
  readonly declaredAs: string | null
  readonly verdict: FileVerdictFound
}

export interface StoredFileTransfer extends FileDemand {
  readonly id: FileTransferId
  readonly session: SessionId
  readonly grant: GrantId
  readonly person: PersonId
  readonly supplier: SupplierId | null
  readonly asset: AssetId
  readonly plant: PlantId
  readonly program: FileProgram
  readonly direction: FileDirection
  readonly path: string
  readonly rules: readonly string[]
  readonly retention: readonly string[]
  readonly askedAt: Instant
  readonly state: FileTransferState
  readonly size: number
  /** Null until it was there whole. */
  readonly found: FileFound | null
  readonly settledAt: Instant | null
  readonly heldBecause: FileHoldReason | null
  /** Why it was let go, or was not. */
  readonly outcome: FileReleaseReason | FileBlockReason | null
  readonly decided: { readonly by: PersonId; readonly at: Instant; readonly reason: string } | null
  readonly endedAt: Instant | null
}

export type NewFileTransfer = Omit<
  StoredFileTransfer,
  'state' | 'size' | 'found' | 'settledAt' | 'heldBecause' | 'outcome' | 'decided' | 'endedAt'
>

export interface FileTransferStep {
  readonly state: FileTransferState
  readonly size?: number
  readonly found?: FileFound
  readonly settledAt?: Instant
  readonly heldBecause?: FileHoldReason
  readonly outcome?: FileReleaseReason | FileBlockReason
  readonly decided?: NonNullable<StoredFileTransfer['decided']>
  readonly endedAt?: Instant
}

/** What one decision of a person is about. */
export interface SameFile {
  readonly grant: GrantId
  readonly asset: AssetId
  readonly direction: FileDirection
  readonly path: string
  readonly sha256: string
}

export interface FileTransferFilter {
  readonly state?: FileTransferState | undefined
  readonly session?: SessionId | undefined
  /** Everybody's, where left out. */
  readonly person?: Whose
}

export interface FileTransfers {
  insert(transfer: NewFileTransfer): Promise<void>
  byId(id: FileTransferId): Promise<StoredFileTransfer | null>
  /** Goes on from one of these states; false where it is in another by now. */
  step(id: FileTransferId, from: readonly FileTransferState[], step: FileTransferStep): Promise<boolean>
  /** Newest first. */
  list(filter: FileTransferFilter, page: Page): Promise<readonly StoredFileTransfer[]>
  inState(states: readonly FileTransferState[]): Promise<readonly StoredFileTransfer[]>
  /** Has a person let go of this content, for this path, in this grant? */
  wasReleased(of: SameFile): Promise<boolean>
  /** The one of the same content, for the same path and in the same grant, that waits for a person. */
  waitingLike(of: SameFile): Promise<FileTransferId | null>
  /** How many files of this person wait for somebody to decide. */
  waitingOf(person: PersonId): Promise<number>
  /** Puts something else in place of its path and of the name it was declared under; what its archive names goes. */
  eraseNames(id: FileTransferId, by: string): Promise<void>
  /** Puts something else in place of what was written when it was decided on. */
  eraseReason(id: FileTransferId, by: string): Promise<void>
  /** All that brought or fetched this content. */
  ofContent(sha256: string): Promise<readonly StoredFileTransfer[]>
}

// INVARIANT: rows are written from the types above only.
function transferOf(row: Schema['file_transfer']): StoredFileTransfer {
  const { sha256, content_type: contentType, verdict, archive } = row
  return {
    id: row.id as FileTransferId,
    session: row.session as SessionId,
    grant: row.grant_id as GrantId,
    person: row.person as PersonId,
    supplier: row.supplier as SupplierId | null,
    asset: row.asset as AssetId,
    plant: row.plant as PlantId,
    program: row.program as FileProgram,
    direction: row.direction as FileDirection,
    path: row.path,
    rules: JSON.parse(row.rules) as readonly string[],
    crossing: row.crossing as FileDemand['crossing'],
    withoutVerdict: row.without_verdict as FileDemand['withoutVerdict'],
    releasedBy: JSON.parse(row.released_by) as FileDemand['releasedBy'],
    declaredOnly: row.declared_only === 1,
    retention: JSON.parse(row.retention) as readonly string[],
    askedAt: row.asked_at,
    state: row.state as FileTransferState,
    size: row.size,
    found:
      sha256 === null || contentType === null || verdict === null
        ? null
        : {
            size: row.size,
            sha256,
            contentType,
            archive: archive === null ? null : (JSON.parse(archive) as ArchiveFound),
            declaredAs: row.is_declared === 1 ? (row.declared_as ?? '') : null,
            verdict: JSON.parse(verdict) as FileVerdictFound,
          },
    settledAt: row.settled_at,
    heldBecause: row.held_because as FileHoldReason | null,
    outcome: row.outcome as StoredFileTransfer['outcome'],
    decided:
      row.decided_at === null ? null : { by: row.decided_by as PersonId, at: row.decided_at, reason: row.reason ?? '' },
    endedAt: row.ended_at,
  }
}

function changesOf({ state, size, found, settledAt, heldBecause, outcome, decided, endedAt }: FileTransferStep) {
  return {
    state,
    ...(size !== undefined && { size }),
    ...(found && {
      size: found.size,
      sha256: found.sha256,
      content_type: found.contentType,
      archive: found.archive === null ? null : JSON.stringify(found.archive),
      declared_as: found.declaredAs,
      is_declared: found.declaredAs === null ? 0 : 1,
      verdict: JSON.stringify(found.verdict),
    }),
    ...(settledAt !== undefined && { settled_at: settledAt }),
    ...(heldBecause && { held_because: heldBecause }),
    ...(outcome && { outcome }),
    ...(decided && { decided_by: decided.by, decided_at: decided.at, reason: decided.reason }),
    ...(endedAt !== undefined && { ended_at: endedAt }),
  }
}

export function fileTransfersIn(db: Db): FileTransfers {
  const all = () => db.selectFrom('file_transfer').selectAll()
  const like = ({ grant, asset, direction, path, sha256 }: SameFile) =>
    db
      .selectFrom('file_transfer')
      .select('id')
      .where('sha256', '=', sha256)
      .where('grant_id', '=', grant)
      .where('asset', '=', asset)
      .where('direction', '=', direction)
      .where('path', '=', path)
  return {
    async insert(one) {
      await db
        .insertInto('file_transfer')
        .values({
          id: one.id,
          session: one.session,
          grant_id: one.grant,
          person: one.person,
          supplier: one.supplier,
          asset: one.asset,
          plant: one.plant,
          program: one.program,
          direction: one.direction,
          path: one.path,
          rules: JSON.stringify(one.rules),
          crossing: one.crossing,
          without_verdict: one.withoutVerdict,
          released_by: JSON.stringify(one.releasedBy),
          declared_only: one.declaredOnly ? 1 : 0,
          retention: JSON.stringify(one.retention),
          asked_at: one.askedAt,
          state: 'receiving',
          size: 0,
          is_declared: 0,
          sha256: null,
          content_type: null,
          archive: null,
          declared_as: null,
          verdict: null,
          settled_at: null,
          held_because: null,
          outcome: null,
          decided_by: null,
          decided_at: null,
          reason: null,
          ended_at: null,
        })
        .execute()
    },
    async byId(id) {
      const row = await all().where('id', '=', id).executeTakeFirst()
      return row ? transferOf(row) : null
    },
    async step(id, from, step) {
      const done = await db
        .updateTable('file_transfer')
        .set(changesOf(step))
        .where('id', '=', id)
        .where('state', 'in', [...from])
        .executeTakeFirst()
      return done.numUpdatedRows === 1n
    },
    async list({ state, session, person = null }, { limit, before }) {
      let query = all().orderBy('id', 'desc').limit(limit)
      const theirs = isOf(person)
      if (theirs !== null) query = query.where(theirs)
      if (state !== undefined) query = query.where('state', '=', state)
      if (session !== undefined) query = query.where('session', '=', session)
      if (before !== null) query = query.where('id', '<', before)
      return (await query.execute()).map(transferOf)
    },
    async inState(states) {
      return (
        await all()
          .where('state', 'in', [...states])
          .orderBy('id')
          .execute()
      ).map(transferOf)
    },
    async wasReleased(of) {
      const row = await like(of)
        .where('outcome', '=', 'person' satisfies FileReleaseReason)
        .where('state', 'in', ['released', 'delivered', 'broken-off'])
        .limit(1)
        .executeTakeFirst()
      return row !== undefined
    },
    async waitingLike(of) {
      const row = await like(of).where('state', '=', 'waiting').orderBy('id').limit(1).executeTakeFirst()
      return row === undefined ? null : (row.id as FileTransferId)
    },
    async waitingOf(person) {
      const { count } = await db
        .selectFrom('file_transfer')
        .select((e) => e.fn.countAll<number>().as('count'))
        .where('state', '=', 'waiting')
        .where('person', '=', person)
        .executeTakeFirstOrThrow()
      return Number(count)
    },
    async eraseNames(id, by) {
      const row = await all().where('id', '=', id).executeTakeFirst()
      if (!row) return
      const archive = row.archive === null ? null : { ...(JSON.parse(row.archive) as ArchiveFound), names: [] }
      await db
        .updateTable('file_transfer')
        .set({
          path: by,
          declared_as: row.declared_as === null ? null : by,
          archive: archive === null ? null : JSON.stringify(archive),
        })
        .where('id', '=', id)
        .execute()
    },
    async eraseReason(id, by) {
      await db
        .updateTable('file_transfer')
        .set({ reason: by })
        .where('id', '=', id)
        .where('reason', 'is not', null)
        .execute()
    },
    async ofContent(sha256) {
      return (await all().where('sha256', '=', sha256).orderBy('id').execute()).map(transferOf)
    },
  }
}

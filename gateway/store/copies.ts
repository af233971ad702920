// Copies of sealed recordings in the object store: what is due, what stands there under which name, and whether the local
// streams are still there. Moving them is copies/copies.ts's.

import type { Instant, SessionId } from '../../policy/index.ts'
import type { Db, Schema } from './schema.ts'

/**
 * `due`: not there yet. `stored`: there, and local too. `leaving`: the local streams are being removed. `away`: only there.
 * `removed`: deleted with its recording.
 */
export type CopyState = 'due' | 'stored' | 'leaving' | 'away' | 'removed'

export interface StoredCopy {
  readonly session: SessionId
  readonly sealIndex: number
  readonly state: CopyState
  /** Tries in a row that failed. */
  readonly attempts: number
  readonly nextAt: Instant
  /** Why it is not as it should be, a clause for people. */
  readonly problem: string | null
  /** Of all its files in the store. */
  readonly bytes: number
  readonly storedAt: Instant | null
  readonly lockedUntil: Instant | null
}

export interface CopiedFile {
  /** In the recording's folder. */
  readonly name: string
  readonly key: string
  readonly bytes: number
  readonly sha256: string
  readonly version: string | null
}

export interface CopyCounts {
  readonly due: number
  readonly stored: number
  readonly away: number
  /** Of what is there. */
  readonly bytes: number
  /** With a problem. */
  readonly troubled: number
}

export interface RecordingCopies {
  of(session: SessionId): Promise<StoredCopy | null>
  files(session: SessionId): Promise<readonly CopiedFile[]>
  /** Recordings sealed after every one that was taken up, in the order of their seals. */
  untaken(limit: number): Promise<readonly Pick<StoredCopy, 'session' | 'sealIndex'>[]>
  /** Takes one up as due; nothing happens when it was. */
  insert(sealed: Pick<StoredCopy, 'session' | 'sealIndex'>): Promise<void>
  /** What can be gone on with now: due ones first, then those stored before `storedBefore` or already leaving. */
  next(now: Instant, storedBefore: Instant, limit: number): Promise<readonly StoredCopy[]>
  update(session: SessionId, change: Partial<Omit<StoredCopy, 'session' | 'sealIndex'>>): Promise<void>
  /** Puts these in place of what was there. */
  setFiles(session: SessionId, files: readonly CopiedFile[]): Promise<void>
  counts(): Promise<CopyCounts>
}

function copyOf(row: Schema['recording_copy']): StoredCopy {
  return {
    session: row.session as SessionId,
    sealIndex: row.seal_index,
    state: row.state as CopyState,
    attempts: row.attempts,
    nextAt: row.next_at,
    problem: row.problem,
    bytes: row.bytes,
    storedAt: row.stored_at,
    lockedUntil: row.locked_until,
  }
}

function rowOf(change: Partial<StoredCopy>): Partial<Schema['recording_copy']> {
  const row: Partial<Schema['recording_copy']> = {}
  if (change.state !== undefined) row.state = change.state
  if (change.attempts !== undefined) row.attempts = change.attempts
  if (change.nextAt !== undefined) row.next_at = change.nextAt
  if (change.problem !== undefined) row.problem = change.problem
  if (change.bytes !== undefined) row.bytes = change.bytes
  if (change.storedAt !== undefined) row.stored_at = change.storedAt
  if (change.lockedUntil !== undefined) row.locked_until = change.lockedUntil
  return row
}

export function copiesIn(db: Db): RecordingCopies {
  const all = () => db.selectFrom('recording_copy').selectAll()
  return {
    async of(session) {
      const row = await all().where('session', '=', session).executeTakeFirst()
      return row ? copyOf(row) : null
    },
    files: (session) =>
      db
        .selectFrom('recording_object')
        .select(['name', 'key', 'bytes', 'sha256', 'version'])
        .where('session', '=', session)
        .orderBy('name')
        .execute(),
    async untaken(limit) {
      const last = await db
        .selectFrom('recording_copy')
        .select((e) => e.fn.max('seal_index').as('index'))
        .executeTakeFirst()
      const sealed = await db
        .selectFrom('session')
        .select(['id', 'seal_index'])
        .where('seal_index', '>', last?.index ?? -1)
        .where('recording', 'in', ['complete', 'interrupted'])
        .orderBy('seal_index')
        .limit(limit)
        .execute()
      return sealed.map((row) => ({ session: row.id as SessionId, sealIndex: row.seal_index ?? 0 }))
    },
    async insert({ session, sealIndex }) {
      const empty = { attempts: 0, next_at: 0, problem: null, bytes: 0, stored_at: null, locked_until: null }
      await db
        .insertInto('recording_copy')
        .values({ session, seal_index: sealIndex, state: 'due', ...empty })
        .onConflict((c) => c.column('session').doNothing())
        .execute()
    },
    async next(now, storedBefore, limit) {
      const due = await all()
        .where('state', '=', 'due')
        .where('next_at', '<=', now)
        .orderBy('next_at')
        .orderBy('seal_index')
        .limit(limit)
        .execute()
      const aged = await all()
        .where('state', 'in', ['stored', 'leaving'])
        .where('next_at', '<=', now)
        .where('stored_at', '<=', storedBefore)
        .orderBy('seal_index')
        .limit(limit)
        .execute()
      return [...due, ...aged].map(copyOf)
    },
    async update(session, change) {
      await db.updateTable('recording_copy').set(rowOf(change)).where('session', '=', session).execute()
    },
    async setFiles(session, files) {
      await db.deleteFrom('recording_object').where('session', '=', session).execute()
      for (const file of files)
        await db
          .insertInto('recording_object')
          .values({ session, ...file })
          .execute()
    },
    async counts() {
      const rows = await db
        .selectFrom('recording_copy')
        .select((e) => [
          'state',
          e.fn.countAll<number>().as('count'),
          e.fn.sum<number>('bytes').as('bytes'),
          e.fn.count<number>('problem').as('troubled'),
        ])
        .where('state', '!=', 'removed')
        .groupBy('state')
        .execute()
      const count = (...states: readonly string[]): number =>
        rows.filter(({ state }) => states.includes(state)).reduce((sum, row) => sum + row.count, 0)
      return {
        due: count('due'),
        stored: count('stored'),
        away: count('leaving', 'away'),
        bytes: rows.reduce((sum, { bytes }) => sum + Number(bytes ?? 0), 0),
        troubled: rows.reduce((sum, { troubled }) => sum + troubled, 0),
      }
    },
  }
}

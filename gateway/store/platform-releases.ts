// Releases of the gateway itself: what became another at a start, the records it rests on, and a second person's verdict on
// those. Who may give them is evidence/platform-releases.ts's.

import type { Instant, PersonId } from '../../policy/index.ts'
import type { Db, Schema } from './schema.ts'

/** What somebody gave for a release; `entry` is the ledger's. */
export interface ReleaseRecord {
  readonly entry: number
  readonly by: PersonId
  readonly at: Instant
  readonly change: string
  readonly impact: string
  readonly test: string
  readonly rollback: string
}

export interface ReleaseVerdict {
  readonly verdict: 'approved' | 'sent-back'
  readonly entry: number
  readonly by: PersonId
  readonly at: Instant
  readonly comment: string
}

export interface PlatformRelease {
  /** Index of the `gateway.configuration_changed` that found it: its name. */
  readonly entry: number
  readonly at: Instant
  /** By when another person lets it stand. */
  readonly dueAt: Instant
  /** What became another, in words. */
  readonly changes: readonly string[]
  readonly record: ReleaseRecord | null
  /** On the record above; none while nobody looked at that one. */
  readonly verdict: ReleaseVerdict | null
}

export interface PlatformReleases {
  open(found: Pick<PlatformRelease, 'entry' | 'at' | 'dueAt' | 'changes'>): Promise<void>
  byEntry(entry: number): Promise<PlatformRelease | null>
  /** Newest first. @param before entries below this index only. */
  list(page: { readonly limit: number; readonly before: number | null }): Promise<readonly PlatformRelease[]>
  /** Replaces what was recorded, and takes a verdict on that away. */
  record(entry: number, record: ReleaseRecord): Promise<void>
  judge(entry: number, verdict: ReleaseVerdict): Promise<void>
}

export function platformReleasesIn(db: Db): PlatformReleases {
  const rows = () => db.selectFrom('platform_release').selectAll()
  const one = (entry: number) => db.updateTable('platform_release').where('entry', '=', entry)
  return {
    async open({ entry, at, dueAt, changes }) {
      await db
        .insertInto('platform_release')
        .values({ ...nothing, entry, at, due_at: dueAt, changes: JSON.stringify(changes) })
        .execute()
    },
    async byEntry(entry) {
      const row = await rows().where('entry', '=', entry).executeTakeFirst()
      return row === undefined ? null : releaseOf(row)
    },
    async list({ limit, before }) {
      const page = before === null ? rows() : rows().where('entry', '<', before)
      return (await page.orderBy('entry', 'desc').limit(limit).execute()).map(releaseOf)
    },
    async record(entry, { entry: record_entry, by, at, change, impact, test, rollback }) {
      const given = { record_entry, recorded_by: by, recorded_at: at, change_reference: change, impact, test }
      await one(entry)
        .set({ ...nothing, ...given, rollback_plan: rollback })
        .execute()
    },
    async judge(entry, { verdict, entry: verdict_entry, by, at, comment }) {
      await one(entry)
        .set({ verdict, verdict_entry, verdict_by: by, verdict_at: at, verdict_comment: comment })
        .execute()
    },
  }
}

type Row = Schema['platform_release']

const nothing = {
  record_entry: null,
  recorded_by: null,
  recorded_at: null,
  change_reference: null,
  impact: null,
  test: null,
  rollback_plan: null,
  verdict: null,
  verdict_entry: null,
  verdict_by: null,
  verdict_at: null,
  verdict_comment: null,
} satisfies Partial<Row>

function releaseOf(row: Row): PlatformRelease {
  return {
    entry: row.entry,
    at: row.at,
    dueAt: row.due_at,
    changes: JSON.parse(row.changes) as string[],
    record: recordOf(row),
    verdict: verdictOf(row),
  }
}

function recordOf(row: Row): ReleaseRecord | null {
  const { record_entry: entry, recorded_by: by, recorded_at: at } = row
  if (entry === null || by === null || at === null) return null
  const { change_reference: change, impact, test, rollback_plan: rollback } = row
  return {
    entry,
    by: by as PersonId,
    at,
    change: change ?? '',
    impact: impact ?? '',
    test: test ?? '',
    rollback: rollback ?? '',
  }
}

function verdictOf(row: Row): ReleaseVerdict | null {
  const { verdict, verdict_entry: entry, verdict_by: by, verdict_at: at, verdict_comment: comment } = row
  if (verdict === null || entry === null || by === null || at === null) return null
  return {
    verdict: verdict === 'approved' ? 'approved' : 'sent-back',
    entry,
    by: by as PersonId,
    at,
    comment: comment ?? '',
  }
}

// Drills that were run, and which of them were found overdue.

import type { AssetId, DrillRunId, DrillStep, DrillVerdict, Instant, PersonId, PlantId } from '../../policy/index.ts'
import type { Db, Schema } from './schema.ts'

export interface DrillStepResult {
  readonly step: DrillStep
  readonly verdict: DrillVerdict
  readonly expected: string
  readonly got: string
  readonly tookMs?: number
  /** Ledger indexes of what it wrote. */
  readonly entries: readonly number[]
}

export interface StoredDrillRun {
  readonly id: DrillRunId
  readonly name: string
  readonly asset: AssetId
  readonly plant: PlantId
  readonly by: PersonId
  readonly bundle: string
  readonly startedAt: Instant
  /** Null while it runs, and where the gateway stopped in the middle of it. */
  readonly ended: {
    readonly at: Instant
    readonly outcome: 'passed' | 'failed'
    readonly steps: readonly DrillStepResult[]
  } | null
}

export interface DrillRuns {
  insert(run: StoredDrillRun): Promise<void>
  end(id: DrillRunId, ended: NonNullable<StoredDrillRun['ended']>): Promise<void>
  byId(id: DrillRunId): Promise<StoredDrillRun | null>
  /** Newest first. */
  list(limit: number): Promise<readonly StoredDrillRun[]>
  /** The last of a name that came to its end, or null. */
  lastOf(name: string): Promise<StoredDrillRun | null>
  /** When a drill of this name was first seen in a bundle: from then on it is owed. */
  seen(name: string, now: Instant): Promise<Instant>
  wasOverdue(name: string, dueAt: Instant): Promise<boolean>
  /** Notes that it was due at an instant and not done. */
  overdue(name: string, dueAt: Instant): Promise<void>
}

function runOf(row: Schema['drill_run']): StoredDrillRun {
  const { ended_at: at, outcome, steps } = row
  return {
    id: row.id as DrillRunId,
    name: row.name,
    asset: row.asset as AssetId,
    plant: row.plant as PlantId,
    by: row.by_person as PersonId,
    bundle: row.bundle,
    startedAt: row.started_at,
    ended:
      at === null || outcome === null
        ? null
        : {
            at,
            outcome: outcome === 'passed' ? 'passed' : 'failed',
            steps: JSON.parse(steps ?? '[]') as DrillStepResult[],
          },
  }
}

export function drillRunsIn(db: Db): DrillRuns {
  const rows = () => db.selectFrom('drill_run').selectAll()
  return {
    async insert({ id, name, asset, plant, by, bundle, startedAt }) {
      const open = { ended_at: null, outcome: null, steps: null }
      const row = { id, name, asset, plant, by_person: by, bundle, started_at: startedAt, ...open }
      await db.insertInto('drill_run').values(row).execute()
    },
    async end(id, { at, outcome, steps }) {
      const row = { ended_at: at, outcome, steps: JSON.stringify(steps) }
      await db.updateTable('drill_run').set(row).where('id', '=', id).execute()
    },
    async byId(id) {
      const row = await rows().where('id', '=', id).executeTakeFirst()
      return row ? runOf(row) : null
    },
    async list(limit) {
      return (await rows().orderBy('id', 'desc').limit(limit).execute()).map(runOf)
    },
    async lastOf(name) {
      const found = rows().where('name', '=', name).where('ended_at', 'is not', null)
      const row = await found.orderBy('ended_at', 'desc').limit(1).executeTakeFirst()
      return row ? runOf(row) : null
    },
    async seen(name, now) {
      await db
        .insertInto('drill_seen')
        .values({ name, at: now })
        .onConflict((conflict) => conflict.doNothing())
        .execute()
      const row = await db.selectFrom('drill_seen').select('at').where('name', '=', name).executeTakeFirstOrThrow()
      return row.at
    },
    async wasOverdue(name, dueAt) {
      const found = db.selectFrom('drill_stage').select('name').where('name', '=', name).where('due_at', '=', dueAt)
      return (await found.executeTakeFirst()) !== undefined
    },
    async overdue(name, dueAt) {
      await db.insertInto('drill_stage').values({ name, due_at: dueAt }).execute()
    },
  }
}

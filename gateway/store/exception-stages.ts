// How far each exception of the register has aged, as far as it was written as evidence. A renewal has another last day,
// and its stages begin anew.

import type { Instant } from '../../policy/index.ts'
import type { Db } from './schema.ts'

export type ExceptionStage = 'granted' | 'expiring' | 'expired' | 'closed'

export interface SeenStage {
  readonly exception: string
  /** Last day (ISO 8601) of the term this stage is of. */
  readonly until: string
  readonly stage: ExceptionStage
}

export interface ExceptionStages {
  all(): Promise<readonly SeenStage[]>
  /** False when it was there already. */
  insert(seen: SeenStage, at: Instant): Promise<boolean>
}

export function exceptionStagesIn(db: Db): ExceptionStages {
  return {
    async all() {
      const rows = await db.selectFrom('exception_stage').selectAll().execute()
      return rows.map((row) => ({
        exception: row.exception,
        until: row.until_day,
        stage: row.stage as ExceptionStage,
      }))
    },
    async insert({ exception, until, stage }, at) {
      const inserted = await db
        .insertInto('exception_stage')
        .values({ exception, until_day: until, stage, at })
        .onConflict((c) => c.doNothing())
        .executeTakeFirst()
      return inserted.numInsertedOrUpdatedRows === 1n
    },
  }
}

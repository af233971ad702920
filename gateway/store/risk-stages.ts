// How far the acceptance of each risk of the register has aged, as far as it was written as evidence. One accepted anew
// has another last day, and its stages begin anew.

import type { Events, Instant } from '../../policy/index.ts'
import type { Db } from './schema.ts'

export type RiskStage = Events['risk.decision']['decision']

export interface SeenRisk {
  readonly risk: string
  /** Last day (ISO 8601) of the term this stage is of. */
  readonly until: string
  readonly stage: RiskStage
}

export interface RiskStages {
  /** In the order in which they were written. */
  all(): Promise<readonly SeenRisk[]>
  /** False when it was there already. */
  insert(seen: SeenRisk, at: Instant): Promise<boolean>
}

export function riskStagesIn(db: Db): RiskStages {
  return {
    async all() {
      const rows = await db.selectFrom('risk_stage').selectAll().orderBy('at').orderBy('until_day').execute()
      return rows.map((row) => ({ risk: row.risk, until: row.until_day, stage: row.stage as RiskStage }))
    },
    async insert({ risk, until, stage }, at) {
      const inserted = await db
        .insertInto('risk_stage')
        .values({ risk, until_day: until, stage, at })
        .onConflict((c) => c.doNothing())
        .executeTakeFirst()
      return inserted.numInsertedOrUpdatedRows === 1n
    },
  }
}

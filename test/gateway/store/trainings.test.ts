// Migration 6: what was attested of a person's eligibility before it is still there, and stays withdrawn where it was.

import { sql } from 'kysely'
import { expect, it } from 'vitest'
import { attestationsIn } from '../../../gateway/store/attestations.ts'
import { up as first } from '../../../gateway/store/migrations/first.ts'
import { up as standing } from '../../../gateway/store/migrations/standing.ts'
import { up as trainings } from '../../../gateway/store/migrations/trainings.ts'
import { openSqlite } from '../../../gateway/store/sqlite.ts'
import { person } from '../../policy/people.ts'

it('keeps what was attested of a label, and what was withdrawn', async () => {
  const db = openSqlite(':memory:')
  const { id } = person('supplier-engineer')
  await first(db as never)
  await standing(db as never)
  await sql`insert into person values (${id}, 'v', 'V', '[]', null, '[]', 0, '', x'', 0, 0, 0, 0)`.execute(db)
  for (const [name, ended] of [
    ['att_1', null],
    ['att_2', 3_000],
  ] as const) {
    const by = ended === null ? null : 'per_2'
    const values = [name, id, 'export-controlled', 9_000, 'file 7', 'per_1', 1_000, by, ended]
    await sql`insert into attestation values (${sql.join(values)})`.execute(db)
  }
  await trainings(db as never)
  const attestations = attestationsIn(db)
  expect(await attestations.list('label')).toEqual([
    {
      id: 'att_2',
      of: { kind: 'label', person: id, label: 'export-controlled' },
      until: 9_000,
      reference: 'file 7',
      by: 'per_1',
      at: 1_000,
      ended: { by: 'per_2', at: 3_000 },
    },
    {
      id: 'att_1',
      of: { kind: 'label', person: id, label: 'export-controlled' },
      until: 9_000,
      reference: 'file 7',
      by: 'per_1',
      at: 1_000,
      ended: null,
    },
  ])
  expect(await attestations.labelsInForce(8_999)).toEqual([{ person: id, label: 'export-controlled', until: 9_000 }])
  expect(await attestations.labelsInForce(9_000)).toEqual([])
  await db.destroy()
})

// What is kept of a machine account beside the person it is in the store. Reading it comes with the person: see people.ts.

import type { Machine, Person, PersonId } from '../../policy/index.ts'
import { newPersonRow } from './people.ts'
import type { Db } from './schema.ts'

/** What of a machine account is set by administrators. */
export type MachineFacts = Pick<Machine, 'purpose' | 'until' | 'sources'>

export interface Machines {
  /** A new account. It has no password and no authenticator: nothing but its keys logs it in. */
  insert(
    person: Person,
    given: MachineFacts & { readonly owner: PersonId },
    createdAt: number,
  ): Promise<'ok' | 'login-taken'>
  change(id: PersonId, to: Pick<MachineFacts, 'until' | 'sources'>): Promise<void>
  /** Hands it over; false when `from` owned it no more. */
  handOver(id: PersonId, from: PersonId, to: PersonId): Promise<boolean>
  /** Ids of those a person answers for, the disabled ones left out. */
  ownedBy(owner: PersonId): Promise<readonly PersonId[]>
}

export function machinesIn(db: Db): Machines {
  return {
    async insert(person, { owner, purpose, until, sources }, createdAt) {
      const inserted = await db
        .insertInto('person')
        .values(newPersonRow(person, createdAt))
        .onConflict((c) => c.column('login').doNothing())
        .executeTakeFirst()
      if (inserted.numInsertedOrUpdatedRows !== 1n) return 'login-taken'
      const row = { person: person.id, owner, purpose, until_day: until, sources: JSON.stringify(sources) }
      await db.insertInto('machine').values(row).execute()
      return 'ok'
    },
    async change(id, { until, sources }) {
      await db
        .updateTable('machine')
        .set({ until_day: until, sources: JSON.stringify(sources) })
        .where('person', '=', id)
        .execute()
    },
    async handOver(id, from, to) {
      const done = await db
        .updateTable('machine')
        .set({ owner: to })
        .where('person', '=', id)
        .where('owner', '=', from)
        .executeTakeFirst()
      return done.numUpdatedRows === 1n
    },
    async ownedBy(owner) {
      const rows = await db
        .selectFrom('machine')
        .innerJoin('person', 'person.id', 'machine.person')
        .select('machine.person')
        .where('machine.owner', '=', owner)
        .where('person.disabled', '=', 0)
        .orderBy('machine.person')
        .execute()
      return rows.map(({ person }) => person as PersonId)
    },
  }
}

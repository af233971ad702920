// Concerns: what nearly went wrong, reported without blame by anybody, and what was learned from it. The evidence says
// that there is one and what it is about, never who reported it: that is in the store alone, for isms-managers, and
// nowhere at all where somebody did not want to be named.

import {
  oversees,
  overseesAll,
  type AssetId,
  type ConcernId,
  type PlantId,
  type SessionId,
} from '../../policy/index.ts'
import { mint, type Clock } from '../clock.ts'
import { GatewayError } from '../errors.ts'
import type { StoredConcern } from '../store/concerns.ts'
import type { Store } from '../store/store.ts'
import type { Actor } from './authorize.ts'
import { keepRefusal } from './refusal.ts'

const day = 24 * 3_600_000
/** Looked at within a month, while people still remember. */
export const concernDueMs = 30 * day

export interface ReportedConcern {
  readonly what: string
  readonly plant: PlantId | null
  readonly asset: AssetId | null
  readonly session: SessionId | null
  readonly anonymous: boolean
}

export interface Concerns {
  /** Anybody who is logged in; what it is about is for the caller to have looked at. */
  report(actor: Actor, concern: ReportedConcern): Promise<StoredConcern>
  /** @throws GatewayError `role-missing` for all but an isms-manager, `not-found`, `state-conflict` when it is closed. */
  close(actor: Actor, id: ConcernId, learned: string): Promise<StoredConcern>
}

/**
 * Who reads concerns, with who reported them, and closes them: of a plant, or all and those about none. Not an admin: who
 * runs the gateway learns no names.
 */
export function mayLearn({ person }: Pick<Actor, 'person'>, about: PlantId | null): boolean {
  return about === null ? overseesAll(person, ['isms-manager']) : oversees(person, about, ['isms-manager'])
}

export function openConcerns({ store, clock }: { readonly store: Store; readonly clock: Clock }): Concerns {
  return {
    async report(actor, { what, plant, asset, session, anonymous }) {
      const at = clock.now()
      const person = anonymous ? null : actor.person.id
      const row = { id: mint.concern(at), plant, asset, session, words: what, person, at, dueAt: at + concernDueMs }
      await store.change(async (tx) => {
        await tx.concerns.insert(row)
        await tx.ledger.append('incident.near_miss', at, {
          concern: row.id,
          plant,
          asset,
          session,
          words: await tx.ledger.commit(what),
          named: !anonymous,
          dueAt: row.dueAt,
        })
      })
      return { ...row, closed: null }
    },

    async close(actor, id, learned) {
      const by = actor.person.id
      const concern = await store.concerns.byId(id)
      if (!mayLearn(actor, concern?.plant ?? null))
        return keepRefusal(
          { store, clock },
          { person: by, step: 'close-concern', code: 'role-missing', subject: id },
          'a concern is closed by an isms-manager of its plant',
        )
      if (!concern) throw new GatewayError('not-found', `no concern \`${id}\``)
      const closing = { by, at: clock.now(), learned }
      await store.change(async (tx) => {
        if (!(await tx.concerns.close(id, closing)))
          throw new GatewayError('state-conflict', `concern \`${id}\` is closed already`)
        await tx.ledger.append('incident.near_miss_closed', closing.at, {
          concern: id,
          by,
          learned: await tx.ledger.commit(learned),
          inTime: closing.at < concern.dueAt,
        })
      })
      return { ...concern, closed: closing }
    },
  }
}

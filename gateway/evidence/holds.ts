// Legal holds: while one stands, nothing it covers is deleted or erased. One person sets it and another releases it, who is
// not the one it is about, so that nobody alone can make evidence deletable (ISO/IEC 27001:2022 A.5.28).

import {
  oversees,
  overseesAll,
  plantOf,
  type Bundle,
  type Hold,
  type HoldId,
  type HoldTarget,
  type Instant,
  type Person,
  type PersonId,
  type Role,
  type Window,
} from '../../policy/index.ts'
import type { Actor } from '../access/authorize.ts'
import { mint, type Clock } from '../clock.ts'
import { GatewayError } from '../errors.ts'
import type { StoredHold } from '../store/holds.ts'
import type { Store, Tx } from '../store/store.ts'
import { whoAnswered, whoseIs } from './own-session.ts'
import { refuseStep } from './refused-step.ts'
import { viewers } from './viewing.ts'

export interface WantedHold {
  readonly target: HoldTarget
  readonly span: Window | null
  readonly reason: string
  /** Where it is written down: a case, an incident, a letter. */
  readonly reference: string
}

export interface LegalHolds {
  hold(actor: Actor, wanted: WantedHold): Promise<StoredHold>
  /** @throws GatewayError `policy-denied` for who set it and whom it is about; `not-found`; `state-conflict` when it was released. */
  release(actor: Actor, id: HoldId, reason: string): Promise<StoredHold>
}

/** Does a hold on this keep what is about this person, or a machine account they answer for or ever did? */
export async function isHeldAbout(
  tables: Pick<Store, 'people' | 'sessions' | 'evidence'>,
  target: HoldTarget,
  person: PersonId,
): Promise<boolean> {
  if (target.kind === 'person') return (await whoAnswered(tables, target.id, 0)).has(person)
  const session = target.kind === 'session' ? await tables.sessions.byId(target.id) : null
  return session !== null && (await whoseIs(tables, session)).has(person)
}

/**
 * Does the person look over what a hold is on? One on a session, an asset or a plant is of that plant; one on a person, a
 * supplier or everything is of all plants.
 */
export async function overseesHeld(
  { sessions }: Pick<Store, 'sessions'>,
  bundle: Bundle,
  person: Person,
  target: HoldTarget,
  roles: readonly Role[] = viewers,
): Promise<boolean> {
  if (overseesAll(person, roles)) return true
  const asset = target.kind === 'asset' ? bundle.assets.get(target.id) : undefined
  if (target.kind === 'plant') return oversees(person, target.id, roles)
  if (target.kind === 'asset') return asset !== undefined && oversees(person, plantOf(asset, bundle).id, roles)
  const session = target.kind === 'session' ? await sessions.byId(target.id) : null
  return session !== null && oversees(person, session.plant, roles)
}

/** Sets a hold in the caller's transaction, as evidence. */
export async function writeHold({ holds, ledger }: Tx, hold: Hold): Promise<void> {
  const { id, target, span, by, at, reason, reference } = hold
  await holds.insert(hold)
  await ledger.append('evidence.held', at, {
    hold: id,
    target,
    span,
    by,
    reason: await ledger.commit(reason),
    reference: await ledger.commit(reference),
  })
}

export function openHolds(deps: {
  readonly store: Store
  readonly bundle: () => Bundle
  readonly clock: Clock
}): LegalHolds {
  const { store, bundle, clock } = deps

  async function needOverseen(person: Person, step: 'set-hold' | 'release-hold', target: HoldTarget): Promise<void> {
    if (await overseesHeld(store, bundle(), person, target)) return
    return refuseStep(
      { store, clock },
      { person: person.id, step, code: 'other-plant', subject: null },
      'this legal hold is on what is not of the plants you look over: somebody who does sets and releases it',
    )
  }

  return {
    async hold({ person }, { target, span, reason, reference }) {
      await needOverseen(person, 'set-hold', target)
      if (span !== null && span.from >= span.until)
        throw new GatewayError('malformed-body', 'the span of a hold: expected its end after its beginning')
      const at: Instant = clock.now()
      const hold: Hold = { id: mint.hold(at), target, span, by: person.id, at, reason, reference }
      await store.change((tx) => writeHold(tx, hold))
      return { ...hold, released: null }
    },

    async release({ person }, id, reason) {
      const held = await store.holds.byId(id)
      if (!held) throw new GatewayError('not-found', `no legal hold \`${id}\``)
      if (held.by === person.id)
        return refuseStep(
          { store, clock },
          { person: person.id, step: 'release-hold', code: 'own-hold', subject: id },
          'who set a legal hold does not release it: another person has to',
        )
      if (await isHeldAbout(store, held.target, person.id))
        return refuseStep(
          { store, clock },
          { person: person.id, step: 'release-hold', code: 'own-data', subject: id },
          'this legal hold keeps what is about yourself: another person has to release it',
        )
      await needOverseen(person, 'release-hold', held.target)
      const released = { by: person.id, at: clock.now(), reason }
      await store.change(async (tx) => {
        if (!(await tx.holds.release(id, released)))
          throw new GatewayError('state-conflict', `legal hold \`${id}\` was released already`)
        await tx.ledger.append('evidence.hold_released', released.at, {
          hold: id,
          target: held.target,
          heldBy: held.by,
          by: person.id,
          reason: await tx.ledger.commit(reason),
        })
      })
      return { ...held, released }
    },
  }
}

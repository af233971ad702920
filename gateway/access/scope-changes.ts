// Scope changes under review: for each asset that waits, the stricter outcome holds. Kept in memory for the door, which
// asks at every decision; the store is the record.

import { stricterScope, type AssetId, type ScopeChangeId, type ScopeStatus } from '../../policy/index.ts'
import type { Bus } from '../bus/bus.ts'
import type { Clock } from '../clock.ts'
import { GatewayError } from '../errors.ts'
import type { ScopeChange } from '../store/scope-changes.ts'
import type { Store } from '../store/store.ts'
import type { Actor } from './authorize.ts'

export interface ScopeReview {
  /** What holds now, for `World.heldScope`. */
  held(): ReadonlyMap<AssetId, ScopeStatus>
  /** Reads what holds anew: after an activation, and every second for what another process wrote. */
  refresh(): Promise<void>
  /**
   * Accepts a change, which lets the bundle's own word hold, or rejects it, which keeps the stricter one. Neither who
   * proposed nor who activated the bundle that raised it reviews it.
   * @throws GatewayError `own-proposal`, `state-conflict`, `not-found`.
   */
  review(actor: Actor, id: ScopeChangeId, verdict: 'accepted' | 'rejected', comment: string): Promise<void>
}

export async function openScopeReview(deps: {
  readonly store: Store
  readonly bus: Bus
  readonly clock: Clock
}): Promise<ScopeReview> {
  const { store, bus, clock } = deps
  let held = heldOf(await store.scopeChanges.holding())

  async function refresh(): Promise<void> {
    const found = heldOf(await store.scopeChanges.holding())
    const same = found.size === held.size && [...found].every(([asset, { kind }]) => held.get(asset)?.kind === kind)
    held = found
    if (!same) bus.publish({ kind: 'reevaluate', because: 'world' })
  }

  return {
    held: () => held,
    refresh,
    async review(actor, id, verdict, comment) {
      const change = await store.scopeChanges.byId(id)
      if (!change) throw new GatewayError('not-found', `no scope change \`${id}\``)
      const by = actor.person.id
      const own = by === change.proposer || by === change.activator
      const done = await store.change(async (tx) => {
        const now = clock.now()
        if (own) {
          await tx.ledger.append('scope.review_refused', now, { change: id, person: by, code: 'own-proposal' })
          return false
        }
        const settled = await tx.scopeChanges.settle(id, { state: verdict, by, at: now, comment })
        if (!settled) {
          await tx.ledger.append('scope.review_refused', now, { change: id, person: by, code: 'already-decided' })
          return false
        }
        await tx.ledger.append('scope.change_reviewed', now, {
          change: id,
          asset: change.asset,
          outcome: verdict,
          by,
          comment: await tx.ledger.commit(comment),
        })
        return true
      })
      if (own)
        throw new GatewayError(
          'own-proposal',
          'who proposed or activated the bundle does not review what it moves: a third person has to',
        )
      if (!done) throw new GatewayError('state-conflict', `scope change \`${id}\` was decided already: read it again`)
      await refresh()
    },
  }
}

function heldOf(changes: readonly ScopeChange[]): ReadonlyMap<AssetId, ScopeStatus> {
  return new Map(changes.map(({ asset, was, becomes }) => [asset, stricterScope(was, becomes)]))
}

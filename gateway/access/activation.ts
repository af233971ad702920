// Writing an activation: the row, the evidence, and a scope change for every asset that an attribute of its own moves in
// or out of scope. In the caller's transaction, so that all of it is there or none.

import {
  attributeMoves,
  changeNeedsDecision,
  scopeOf,
  stricterScope,
  type ActivationEffects,
  type AssetId,
  type AttributeMove,
  type Bundle,
  type PersonId,
} from '../../policy/index.ts'
import { mint } from '../clock.ts'
import type { Activation } from '../store/bundles.ts'
import type { Tx } from '../store/store.ts'
import { diffInTurns, safetyInTurns } from './comparing.ts'
import type { Impact } from './impact.ts'
import { namesOf } from './safety-reviews.ts'

export interface ActivationStep extends Pick<
  Activation,
  'at' | 'kind' | 'proposal' | 'proposer' | 'activator' | 'reason'
> {
  /** What is in force until then; null on the very first start. */
  readonly from: Bundle | null
  readonly to: Bundle
  readonly files: ReadonlyMap<string, string>
  readonly effects: ActivationEffects | null
  /** Reference of the committee's decision; nothing where none was named. */
  readonly decision?: string | null
}

/** What going from one bundle to another changes, as the evidence counts it. `impact` is null where nobody asked. */
export async function effectsOf(
  from: Bundle,
  to: Bundle,
  impact: Impact | null,
  reviewedBy: readonly PersonId[],
): Promise<ActivationEffects> {
  const { moves, changes } = await diffInTurns(from, to)
  const path = await safetyInTurns(from, to)
  const grants = impact === null ? null : { open: impact.grants, ended: impact.ends.count, sessions: impact.sessions }
  const safety = { touches: path.touches.count, of: namesOf(path), reviewedBy }
  return { assetsMoved: moves.count, changes: changes.count, grants, safety }
}

/** Does going from one bundle to another take a decision of the committee? The rule is put aside with one, and not without. */
export function isForCommittee(from: Bundle, to: Bundle, effects: ActivationEffects): boolean {
  const counted = { safetyTouches: effects.safety?.touches ?? 0, assetsMoved: effects.assetsMoved }
  return changeNeedsDecision(from.register, counted) || changeNeedsDecision(to.register, counted)
}

/** What stands on an asset. */
export interface Standing {
  readonly grants: number
  readonly sessions: number
}

/** Writes it and gives the row. `standing` says what stands on each asset that moves; nothing where it is not given. */
export async function writeActivation(
  tx: Tx,
  step: ActivationStep,
  standing: ReadonlyMap<AssetId, Standing> = new Map(),
): Promise<Activation> {
  const { from, to, files, at, kind, proposal, proposer, activator, reason, effects, decision = null } = step
  const previous = await tx.bundles.latest()
  const scopeVersion = to.scope.version
  await tx.bundles.activate(files, {
    digest: to.digest,
    previous: previous?.digest ?? null,
    scopeVersion,
    at,
    kind,
    proposal,
    proposer,
    activator,
    reason,
  })
  await tx.ledger.append('policy.changed', at, {
    from: previous?.digest ?? null,
    to: to.digest,
    scopeVersion,
    kind,
    proposal,
    proposer,
    activator,
    reason: reason === null ? null : await tx.ledger.commit(reason),
    decision: decision === null ? null : await tx.ledger.commit(decision),
    effects,
  })
  if (previous?.scopeVersion !== scopeVersion)
    await tx.ledger.append('scope.version_published', at, { scopeVersion, bundle: to.digest })
  if (from !== null) await raiseScopeChanges(tx, { ...step, from }, standing)
  const written = await tx.bundles.latest()
  if (!written) throw new Error('an activation was written and is not there')
  return written
}

async function raiseScopeChanges(
  tx: Tx,
  { from, to, at, proposer, activator }: ActivationStep & { readonly from: Bundle },
  standing: ReadonlyMap<AssetId, Standing>,
): Promise<void> {
  const moves = new Map<AssetId, AttributeMove>(attributeMoves(from, to).map((move) => [move.asset, move]))
  for (const change of await tx.scopeChanges.holding()) {
    const asset = to.assets.get(change.asset)
    const becomes = asset === undefined ? null : scopeOf(asset, to)
    // Coming back, or going further, is measured from what somebody last accepted and not from the bundle in between.
    moves.delete(change.asset)
    if (becomes?.kind === change.becomes.kind) continue
    const comment = becomes === null ? 'the asset is not declared any more' : 'a later bundle says otherwise again'
    await tx.scopeChanges.settle(change.id, { state: 'lapsed', by: null, at, comment })
    await tx.ledger.append('scope.change_reviewed', at, {
      change: change.id,
      asset: change.asset,
      outcome: 'lapsed',
      by: null,
      comment: await tx.ledger.commit(comment),
    })
    if (becomes !== null && becomes.kind !== change.was.kind)
      moves.set(change.asset, { asset: change.asset, was: change.was, becomes, attributes: change.attributes })
  }
  for (const { asset, was, becomes, attributes } of moves.values()) {
    const change = mint.scopeChange(at)
    await tx.scopeChanges.insert({
      id: change,
      asset,
      before: from.digest,
      bundle: to.digest,
      was,
      becomes,
      attributes,
      raisedAt: at,
      proposer,
      activator,
      state: 'open',
      reviewedBy: null,
      reviewedAt: null,
      comment: null,
    })
    const strict = stricterScope(was, becomes).kind
    await tx.ledger.append('scope.change_proposed', at, {
      change,
      asset,
      before: from.digest,
      bundle: to.digest,
      from: was.kind,
      to: becomes.kind,
      held: strict === 'in' ? 'undetermined' : strict,
      attributes,
      impact: standing.get(asset) ?? { grants: 0, sessions: 0 },
      proposer,
      activator,
    })
  }
}

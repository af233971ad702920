// What happened to what is declared: the bundle in force and proposed, its scope, and the gateway that decides by it.

import type { AssetId, PersonId, ProposalId, ScopeChangeId } from '../ids.ts'
import type { Commitment } from './words.ts'

export interface RulesEvents {
  readonly 'gateway.started': { readonly version: string; readonly bundle: string }
  readonly 'gateway.stopped': { readonly reason: string }
  /** The wall clock moved otherwise than time did; the gateway followed it only where that shortens access. */
  readonly 'time.drift': { readonly wall: number; readonly byMs: number }
  readonly 'scope.version_published': { readonly scopeVersion: string; readonly bundle: string }
  /** Another bundle is in force. */
  readonly 'policy.changed': {
    readonly from: string | null
    readonly to: string
    readonly scopeVersion: string
    /** `start`: the first ever, from the configured folder; `folder`: from that folder again, by who has the machine. */
    readonly kind: 'start' | 'folder' | 'activate' | 'rollback'
    readonly proposal: ProposalId | null
    /** Null for a folder: whoever has the machine's files is not a person the gateway knows. */
    readonly proposer: PersonId | null
    readonly activator: PersonId | null
    /** Why, for a rollback. */
    readonly reason: Commitment | null
  }
  /** A bundle was proposed, or a proposal was put on what is in force now (`rebased`). Changes nothing yet. */
  readonly 'policy.proposed': {
    readonly proposal: ProposalId
    readonly bundle: string
    /** Digest of the bundle it is meant to follow. */
    readonly base: string
    readonly scopeVersion: string
    /** Null where the configured folder differed at the start. */
    readonly by: PersonId | null
    readonly comment: Commitment
    readonly rebased: boolean
  }
  /** A proposal will not be activated: somebody refused it, or its proposer took it back. */
  readonly 'policy.rejected': {
    readonly proposal: ProposalId
    readonly bundle: string
    readonly kind: 'rejected' | 'withdrawn'
    /** Null where a newer folder took its place. */
    readonly by: PersonId | null
    readonly reason: Commitment
  }
  /** A step on a bundle that was refused; nothing was changed. */
  readonly 'policy.step_refused': {
    readonly proposal: ProposalId | null
    readonly person: PersonId
    readonly step: 'propose' | 'rebase' | 'activate' | 'reject' | 'withdraw' | 'rollback'
    readonly code:
      | 'bundle-invalid'
      | 'bundle-outdated'
      | 'own-proposal'
      | 'not-the-proposer'
      | 'already-decided'
      | 'nothing-to-roll-back'
      | 'in-force-already'
  }
  /** An activation moved an asset in or out of scope by one of its attributes. The stricter outcome holds. */
  readonly 'scope.change_proposed': {
    readonly change: ScopeChangeId
    readonly asset: AssetId
    /** Digests of the bundles before and after. */
    readonly before: string
    readonly bundle: string
    readonly from: 'in' | 'out' | 'undetermined'
    readonly to: 'in' | 'out' | 'undetermined'
    /** What is decided by until it is reviewed. */
    readonly held: 'out' | 'undetermined'
    readonly attributes: readonly string[]
    /** How many open grants and living sessions stand on the asset. */
    readonly impact: { readonly grants: number; readonly sessions: number }
    readonly proposer: PersonId | null
    readonly activator: PersonId | null
  }
  /** A review that was refused; nothing was changed. */
  readonly 'scope.review_refused': {
    readonly change: ScopeChangeId
    readonly person: PersonId
    readonly code: 'own-proposal' | 'already-decided'
  }
  readonly 'scope.change_reviewed': {
    readonly change: ScopeChangeId
    readonly asset: AssetId
    /** `lapsed`: a later bundle took the change back before anybody had accepted it. */
    readonly outcome: 'accepted' | 'rejected' | 'lapsed'
    /** Null only where it lapsed. */
    readonly by: PersonId | null
    readonly comment: Commitment
  }
}

// What happened to what is declared: the bundle in force and proposed, its scope, and the gateway that decides by it.

import type { AssetId, FitReviewId, PersonId, PlantId, ProposalId, ScopeChangeId, ZoneId } from '../ids.ts'
import type { Commitment } from './words.ts'

/** What an activation changed, as counted right before it. */
export interface ActivationEffects {
  readonly assetsMoved: number
  readonly changes: number
  /** Open grants looked at, and how many of them it ended, with the living sessions on them; null where nobody counted. */
  readonly grants: { readonly open: number; readonly ended: number; readonly sessions: number } | null
  readonly safety: {
    readonly touches: number
    /** The first of them, as `asset sis-1`. */
    readonly of: readonly string[]
    /** Safety engineers whose yes it rests on. */
    readonly reviewedBy: readonly PersonId[]
  }
}

export interface SafetyReviewEvent {
  readonly proposal: ProposalId
  readonly bundle: string
  /** Digest of the bundle it was compared with. */
  readonly base: string
  readonly by: PersonId
  /** The validation record: a test report, a response-time measurement. Null only where it was rejected. */
  readonly reference: Commitment | null
  readonly comment: Commitment
  readonly touches: number
  /** The first of what is touched, as `asset sis-1`. */
  readonly of: readonly string[]
}

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
    /** What was known of it when it was put in force; null for the first ever, which changes nothing. */
    readonly effects: ActivationEffects | null
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
    /** The change it belongs to, in the plant's own change control; null where none was named. */
    readonly change: Commitment | null
    /** How to go back; null where nobody said. */
    readonly rollback: Commitment | null
    /** How many declarations on the safety path it touches: from one on, a safety engineer has to review it. */
    readonly safetyTouches: number
  }
  /** A proposal was held against the decisions of the last days. Changes nothing. */
  readonly 'policy.dry_run': {
    readonly proposal: ProposalId
    readonly bundle: string
    readonly by: PersonId
    readonly days: number
    /** Recorded decisions in that time, and how many of them could be asked again. */
    readonly decisions: number
    readonly rebuilt: number
    readonly nowDenied: number
    readonly nowPermitted: number
    readonly otherRules: number
  }
  /**
   * A safety engineer has looked at what a proposal changes on the safety path, against a record that the change was
   * validated. Holds for this proposal on this base: one that is rebased is looked at anew.
   */
  readonly 'safety.review_approved': SafetyReviewEvent
  readonly 'safety.review_rejected': SafetyReviewEvent
  /**
   * What is configured or stored is not what the ledger says is in force, or is so again. Written once a difference.
   * `folder`: the configured bundle folder; `store`: which bundle the store names; `files`: the stored files of that
   * bundle, by their own digest.
   */
  readonly 'policy.baseline_drift': {
    readonly of: 'folder' | 'store' | 'files'
    readonly state: 'differs' | 'agrees'
    /** Digest of what the ledger says is in force. */
    readonly expected: string
    /** Digest of what was found; null where it cannot be read. */
    readonly found: string | null
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
    readonly step: 'propose' | 'rebase' | 'review' | 'activate' | 'reject' | 'withdraw' | 'rollback'
    readonly code:
      | 'bundle-invalid'
      /** Reading it was broken off: it took more time or memory than a bundle may. */
      | 'bundle-too-costly'
      | 'bundle-outdated'
      | 'own-proposal'
      /** Who reviewed its safety does not put it in force. */
      | 'own-review'
      | 'safety-review-missing'
      /** Nothing of it is on the safety path, or the reviewer is none of the plant's. */
      | 'no-review-needed'
      | 'not-the-plants'
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
  /** At a walkdown the asset was found in its zone and as the bundle declares it. */
  readonly 'asset.walkdown_confirmed': {
    readonly asset: AssetId
    readonly plant: PlantId
    readonly zone: ZoneId
    /** The day it was seen (ISO 8601), in the plant's own zone. */
    readonly seenOn: string
    /** The first instant at which this is stale. */
    readonly until: number
    readonly by: PersonId
    readonly note: Commitment | null
    /** The bundle it is as declared in. */
    readonly bundle: string
  }
  /** Somebody went through the scope-fit report and said what follows from it. */
  readonly 'scope.fit_reviewed': {
    readonly review: FitReviewId
    readonly by: PersonId
    readonly bundle: string
    readonly scopeVersion: string
    /** How much the report had of each topic. */
    readonly findings: Readonly<Record<string, number>>
    readonly decisions: Commitment
    /** When the next one is due, and when this one was; null for the first. */
    readonly dueAt: number
    readonly wasDueAt: number | null
  }
  /** How well everything in scope is covered, kept to be held against later ones. */
  readonly 'register.coverage_recorded': {
    readonly by: PersonId
    readonly bundle: string
    readonly scopeVersion: string
    /** How far the ledger had been read. */
    readonly ledgerSize: number
    readonly counts: { readonly uncovered: number; readonly untested: number; readonly covered: number }
    /** The first two hundred, as `asset ews-1`. */
    readonly uncovered: readonly string[]
    /** SHA-256 (hex) over what the report says of each thing. */
    readonly digest: string
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

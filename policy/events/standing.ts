// What stands beside requests and touches many of them: suspensions, delegations, presences, attestations, reviews, exceptions.

import type {
  AssetId,
  AttestationId,
  CampaignId,
  ConcernId,
  DelegationId,
  GrantId,
  PersonId,
  PlantId,
  PresenceId,
  RequestId,
  ReviewId,
  SessionId,
  SupplierId,
  SuspensionId,
  ZoneId,
} from '../ids.ts'
import type { ImpactLevel, Role, SafetySeverity, SuspensionTarget, Window } from '../model.ts'
import type { Commitment, RevocationTarget } from './words.ts'

export interface StandingEvents {
  /** Somebody or something was taken off; nothing of it may be asked for, granted or used until it is lifted. */
  readonly 'suspension.created': {
    readonly suspension: SuspensionId
    readonly target: SuspensionTarget
    readonly by: PersonId
    readonly via: 'https' | 'local'
    readonly reason: Commitment
    /** What it ended at once. */
    readonly grants: readonly GrantId[]
    readonly sessions: readonly SessionId[]
  }
  /** Beside `suspension.created`, where a supplier was taken off. */
  readonly 'supplier.suspended': {
    readonly suspension: SuspensionId
    readonly supplier: SupplierId
    readonly by: PersonId
    readonly reason: Commitment
  }
  /** Lifted by another person than the one who suspended. What was ended stays ended. */
  readonly 'suspension.lifted': {
    readonly suspension: SuspensionId
    readonly target: SuspensionTarget
    readonly suspendedBy: PersonId
    readonly by: PersonId
    readonly reason: Commitment
  }
  /** Somebody tried to connect while they, or the asset, were suspended. */
  readonly 'session.reconnect_blocked': {
    readonly suspension: SuspensionId
    readonly person: PersonId
    readonly supplier: SupplierId | null
    readonly asset: AssetId
    readonly source: Commitment | null
  }
  /** Access was ended at one stroke, without keeping anybody off. Each grant has its `grant.revoked` beside it. */
  readonly 'access.revoked': {
    readonly target: RevocationTarget
    readonly by: PersonId
    readonly via: 'https' | 'local'
    readonly reason: Commitment
    /** Was it insisted on although an asset asks for a safe state first? */
    readonly insisted: boolean
    readonly grants: readonly GrantId[]
    readonly sessions: readonly SessionId[]
  }
  /** A step on suspensions, delegations, presences, attestations, reviews or campaigns that was refused. */
  readonly 'standing.step_refused': {
    readonly person: PersonId
    readonly step:
      | 'suspend'
      | 'lift'
      | 'revoke'
      | 'delegate'
      | 'end-delegation'
      | 'assert-presence'
      | 'end-presence'
      | 'attest'
      | 'withdraw-attestation'
      | 'review'
      | 'close-concern'
      | 'start-campaign'
      | 'decide-item'
      | 'confirm-asset'
      | 'review-scope-fit'
      | 'close-campaign'
    readonly code:
      | 'own-access'
      | 'own-suspension'
      | 'own-item'
      | 'own-eligibility'
      | 'own-training'
      | 'own-supplier'
      /** Who is suspended lifts nothing of it. */
      | 'suspended-party'
      | 'role-missing'
      | 'to-oneself'
      | 'to-a-supplier'
      | 'confirm-safe-state'
      | 'wrong-code'
      | 'code-replayed'
      | 'too-many-tries'
    /** What it was about: an id of this gateway or of the bundle; null where there is none. */
    readonly subject: string | null
  }
  readonly 'delegation.created': {
    readonly delegation: DelegationId
    readonly from: PersonId
    readonly to: PersonId
    readonly window: Window
    readonly reason: Commitment
  }
  readonly 'delegation.ended': { readonly delegation: DelegationId; readonly by: PersonId }
  /** Somebody on site has shown, with the code of the zone's device, that they are there. */
  readonly 'safety.local_enable_on': {
    readonly presence: PresenceId
    readonly zone: ZoneId
    readonly plant: PlantId
    readonly person: PersonId
    readonly until: number
  }
  readonly 'safety.local_enable_off': {
    readonly presence: PresenceId
    readonly zone: ZoneId
    readonly person: PersonId
    /** `renewed`: the same person showed it again, for another time. */
    readonly reason: 'ended' | 'time' | 'renewed'
    /** Null where time ended it. */
    readonly by: PersonId | null
  }
  /** That a person may touch a controlled label: by whom, until when, and where the proof is. */
  readonly 'eligibility.attested': {
    readonly attestation: AttestationId
    readonly person: PersonId
    readonly label: string
    readonly until: number
    readonly by: PersonId
    readonly reference: Commitment
  }
  readonly 'eligibility.withdrawn': {
    readonly attestation: AttestationId
    readonly person: PersonId
    readonly by: PersonId
    readonly reason: Commitment
  }
  /** That a person has done a training: by whom, until when, and where the proof is. */
  readonly 'training.attested': {
    readonly attestation: AttestationId
    readonly person: PersonId
    readonly training: string
    readonly until: number
    readonly by: PersonId
    readonly reference: Commitment
  }
  readonly 'training.withdrawn': {
    readonly attestation: AttestationId
    readonly person: PersonId
    readonly training: string
    readonly by: PersonId
    readonly reason: Commitment
  }
  /** It ends within 30 days, and none that lasts longer is attested. */
  readonly 'training.expiring': {
    readonly attestation: AttestationId
    readonly person: PersonId
    readonly training: string
    readonly until: number
  }
  /** That a supplier does what is expected of it: by whom, until when, and where the proof is. */
  readonly 'supplier.expectation_attested': {
    readonly attestation: AttestationId
    readonly supplier: SupplierId
    readonly expectation: string
    readonly until: number
    readonly by: PersonId
    readonly reference: Commitment
  }
  readonly 'supplier.expectation_withdrawn': {
    readonly attestation: AttestationId
    readonly supplier: SupplierId
    readonly expectation: string
    readonly by: PersonId
    readonly reason: Commitment
  }
  /** It ends within 30 days, and none that lasts longer is attested. */
  readonly 'supplier.expectation_expiring': {
    readonly attestation: AttestationId
    readonly supplier: SupplierId
    readonly expectation: string
    readonly until: number
  }
  /** Access that has to be looked at afterwards, by a day. */
  readonly 'review.opened': {
    readonly review: ReviewId
    readonly kind: 'emergency' | 'break-glass' | 'session'
    readonly request: RequestId
    readonly grant: GrantId
    readonly session?: SessionId
    readonly person: PersonId
    readonly asset: AssetId
    readonly plant: PlantId
    readonly dueAt: number
  }
  /** The access was extended, and so ends later: its review is due as long after its end as before. */
  readonly 'review.due_moved': {
    readonly review: ReviewId
    readonly grant: GrantId
    readonly from: number
    readonly dueAt: number
  }
  /** Its day has passed, and nobody has looked. Once each. */
  readonly 'review.overdue':
    | {
        readonly review: ReviewId
        readonly kind: 'emergency' | 'break-glass' | 'session'
        readonly request: RequestId
        readonly grant: GrantId
        readonly session?: SessionId
        readonly dueAt: number
      }
    | { readonly campaign: CampaignId; readonly undecided: number; readonly dueAt: number }
  /** Emergency or break-glass access was looked at by somebody who did not use it. */
  readonly 'request.retro_reviewed': {
    readonly review: ReviewId
    readonly kind: 'emergency' | 'break-glass' | 'session'
    readonly request: RequestId
    readonly grant: GrantId
    readonly by: PersonId
    readonly verdict: 'justified' | 'not-justified'
    readonly comment: Commitment
    readonly inTime: boolean
  }
  readonly 'session.reviewed': {
    readonly review: ReviewId
    readonly session: SessionId
    readonly by: PersonId
    readonly verdict: 'justified' | 'not-justified'
    readonly comment: Commitment
    readonly inTime: boolean
  }
  /** Something nearly went wrong, told without blame. Who told it stands nowhere in the ledger. */
  readonly 'incident.near_miss': {
    readonly concern: ConcernId
    /** Null where it is about no asset or session. */
    readonly plant: PlantId | null
    readonly asset: AssetId | null
    readonly session: SessionId | null
    readonly words: Commitment
    /** Does the gateway keep, outside the ledger, who told it? */
    readonly named: boolean
    /** By when it should have been looked at. */
    readonly dueAt: number
  }
  /** A concern was looked at, and this was learned. */
  readonly 'incident.near_miss_closed': {
    readonly concern: ConcernId
    readonly by: PersonId
    readonly learned: Commitment
    readonly inTime: boolean
  }
  /** The standing eligibility of everybody enabled is to be decided on anew. */
  readonly 'review.access_campaign_started': {
    readonly campaign: CampaignId
    readonly by: PersonId
    readonly title: Commitment
    readonly dueAt: number
    readonly people: number
  }
  readonly 'review.item_decided': {
    readonly campaign: CampaignId
    readonly person: PersonId
    readonly verdict: 'keep' | 'change' | 'remove'
    readonly by: PersonId
    readonly reason: Commitment
    readonly before: { readonly roles: readonly Role[]; readonly plants: readonly PlantId[] }
    readonly after: { readonly roles: readonly Role[]; readonly plants: readonly PlantId[] } | null
  }
  readonly 'review.closed': {
    readonly campaign: CampaignId
    readonly by: PersonId
    readonly kept: number
    readonly changed: number
    readonly removed: number
    /** Those nobody decided on before its day. */
    readonly undecided: readonly PersonId[]
  }
  /** Roles or plants were taken from a person. */
  readonly 'identity.changed': {
    readonly person: PersonId
    readonly by: PersonId
    readonly roles: readonly Role[]
    readonly plants: readonly PlantId[]
    readonly campaign: CampaignId
  }
  /** An exception of the register is in force for the first time, or for another term (`renewals`). */
  readonly 'exception.granted': {
    readonly exception: string
    readonly from: string
    readonly until: string
    readonly renewals: number
    readonly risk: string
    /** Controls that make up for it: ids of the register. */
    readonly compensating: readonly string[]
    readonly assets: readonly AssetId[]
    readonly owner: Commitment
    readonly approvedBy: Commitment
    /** The committee's decision it rests on; null where none was needed. */
    readonly decision: Commitment | null
    readonly bundle: string
  }
  /** It ends within 14 days. */
  readonly 'exception.expiring': { readonly exception: string; readonly until: string; readonly bundle: string }
  /** Its last day has passed: the rules hold again. */
  readonly 'exception.expired': { readonly exception: string; readonly until: string; readonly bundle: string }
  /** It was taken out of the bundle before its last day. */
  readonly 'exception.closed': { readonly exception: string; readonly until: string; readonly bundle: string }
  /** A risk of the register is borne as it is, for a term; or that term ends within 14 days, is over, or was given up. */
  readonly 'risk.decision':
    | {
        readonly risk: string
        readonly decision: 'accepted'
        readonly until: string
        readonly safety: SafetySeverity
        readonly sil: number | null
        /** Null: nobody measured it. `scale` is the version of what it was measured on. */
        readonly level: ImpactLevel | null
        readonly scale: string | null
        readonly plant: PlantId | null
        /** What it touches; none: all of its line or plant, or everything. */
        readonly assets: readonly AssetId[]
        readonly owner: Commitment
        readonly by: Commitment
        readonly reason: Commitment
        /** The committee's decision it rests on; null where none was needed. */
        readonly reference: Commitment | null
        readonly bundle: string
      }
    | {
        readonly risk: string
        readonly decision: 'expiring' | 'expired' | 'withdrawn'
        readonly until: string
        readonly bundle: string
      }
}

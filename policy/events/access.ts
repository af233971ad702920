// What was decided, asked, approved and granted.

import type { RefusalCode } from '../outcome.ts'
import type {
  AssetId,
  ConduitId,
  GrantId,
  PersonId,
  PlantId,
  RequestId,
  RequestSetId,
  ReviewId,
  SessionId,
  SupplierId,
  ZoneId,
} from '../ids.ts'
import type { ApprovalNeed, OperationClass, Protocol, Schedule, Tier, Window } from '../model.ts'
import type { Commitment, DecisionEvent, Levels, ToldReach } from './words.ts'

export interface AccessEvents {
  readonly 'policy.decision': DecisionEvent
  /** Beside a refusal because of the crossing: which flow the plant's zones and conduits did not let through. */
  readonly 'conduit.denied_flow': {
    readonly action: DecisionEvent['action']
    readonly person: PersonId
    readonly asset: AssetId
    readonly plant: PlantId
    readonly protocol: Protocol
    /** Null where none leads there. */
    readonly conduit: ConduitId | null
    readonly zone: ZoneId
    /** Null where the plant has no gateway zone to start from. */
    readonly levels: Levels | null
    /** The invariants that stood in the way. */
    readonly rules: readonly string[]
  }
  /** Beside a refusal to reach a safety instrumented system, for a precondition that does not hold. */
  readonly 'safety.block': {
    readonly action: DecisionEvent['action']
    readonly person: PersonId
    readonly asset: AssetId
    readonly plant: PlantId
    readonly zone: ZoneId
    readonly rules: readonly string[]
  }
  readonly 'request.submitted': {
    readonly request: RequestId
    /** The requests made with it; null when it stands alone. */
    readonly set: RequestSetId | null
    readonly person: PersonId
    readonly supplier: SupplierId | null
    readonly asset: AssetId
    readonly plant: PlantId
    /** Name of the plant's baseline of controls then; absent where it names none. */
    readonly baseline?: string
    readonly protocol: Protocol
    readonly operationClass: OperationClass
    readonly window: Window
    readonly schedule: Schedule
    readonly tier: Tier
    /** Ids of the tier's criteria that were affirmed. */
    readonly criteria: readonly string[]
    readonly purpose: Commitment
    readonly ticket: Commitment | null
    readonly rollback: Commitment | null
    /** Id of the standard change it was, under the bundle then in force; absent where it was none. */
    readonly standardChange?: string
    /** SHA-256 (hex) of the files to be brought; their names stand in the request. */
    readonly files: readonly string[]
    readonly needs: readonly ApprovalNeed[]
    /** When it expires if nobody decides. */
    readonly answerBy: number
    readonly digest: string
  }
  /** An emergency was declared: from now on the time to the first session is measured. */
  readonly 'request.emergency_declared': {
    readonly request: RequestId
    readonly person: PersonId
    readonly asset: AssetId
    readonly plant: PlantId
    readonly criteria: readonly string[]
    readonly reason: Commitment
    /** When the first session should have begun, and when waiting longer is an alarm; null where the tier says neither. */
    readonly targetAt: number | null
    readonly alarmAt: number | null
  }
  /** The first session on an emergency's grant has begun. */
  readonly 'request.emergency_answered': {
    readonly request: RequestId
    readonly grant: GrantId
    readonly session: SessionId
    readonly submittedAt: number
    /** Minutes from the asking to the session, a begun one counted whole. */
    readonly minutes: number
    readonly targetMinutes: number | null
    readonly inTime: boolean
  }
  /** Access was taken without anybody's yes, as the tier allows: an alarm, reviewed afterwards. */
  readonly 'request.break_glass': {
    readonly request: RequestId
    readonly grant: GrantId
    readonly person: PersonId
    readonly supplier: SupplierId | null
    readonly asset: AssetId
    readonly plant: PlantId
    readonly window: Window
    readonly criteria: readonly string[]
    readonly reason: Commitment
    readonly digest: string
  }
  /** A nonconformity (ISO/IEC 27001:2022 clause 10.2) was opened, to be corrected by a day. */
  readonly 'incident.capa_opened': {
    readonly because: 'break-glass'
    readonly request: RequestId
    readonly grant: GrantId
    readonly review: ReviewId
    readonly person: PersonId
    readonly asset: AssetId
    readonly plant: PlantId
    readonly dueAt: number
  }
  /** A yes that is not the last one needed. */
  readonly 'request.approval_given': {
    readonly request: RequestId
    readonly requester: PersonId
    readonly approver: PersonId
    /** Whose right was used; the approver unless it was delegated. */
    readonly onBehalfOf: PersonId
    readonly asset: AssetId
    readonly reach: ToldReach
    readonly digest: string
    readonly comment: Commitment
    /** What is still needed. */
    readonly open: readonly ApprovalNeed[]
  }
  /** An approver narrowed what would be granted: the digest is another, and yeses for the old one count no longer. */
  readonly 'request.terms_changed': {
    readonly request: RequestId
    readonly by: PersonId
    readonly from: string
    readonly to: string
    readonly window: Window
    readonly operationClass: OperationClass
    readonly escort: boolean
    readonly conditions: Commitment | null
  }
  /** A yes given before counts no longer; its giver is asked again. */
  readonly 'request.approval_lapsed': {
    readonly request: RequestId
    readonly approver: PersonId
    readonly because: 'terms-changed' | 'no-longer-theirs'
  }
  readonly 'request.approved': {
    readonly request: RequestId
    readonly grant: GrantId
    readonly requester: PersonId
    /** Whose yes was the last. */
    readonly approver: PersonId
    /** Everybody whose yes counted, in order, and whose right each used. */
    readonly approvals: readonly { readonly by: PersonId; readonly onBehalfOf: PersonId }[]
    readonly needs: readonly ApprovalNeed[]
    readonly asset: AssetId
    readonly reach: ToldReach
    readonly operationClass: OperationClass
    readonly window: Window
    readonly schedule: Schedule
    readonly tier: Tier
    readonly escort: boolean
    readonly conditions: Commitment | null
    readonly digest: string
    readonly comment: Commitment
  }
  readonly 'request.denied': {
    readonly request: RequestId
    readonly requester: PersonId
    readonly approver: PersonId
    readonly onBehalfOf: PersonId
    readonly digest: string
    readonly comment: Commitment
  }
  readonly 'request.withdrawn': { readonly request: RequestId; readonly person: PersonId }
  readonly 'request.expired': { readonly request: RequestId }
  /** Nobody has answered for as long as the bundle allows; who can answer was told again. */
  readonly 'request.reminded': { readonly request: RequestId; readonly people: readonly PersonId[] }
  /** Others were told: nobody has answered, or nobody is on duty who could. It opens nothing. */
  readonly 'request.escalated': {
    readonly request: RequestId
    readonly because: 'unanswered' | 'nobody-on-duty'
    /** Duties that nobody has at the moment. */
    readonly duties: readonly string[]
    readonly people: readonly PersonId[]
  }
  /** From an emergency's request to its first session it has taken longer than the tier allows. */
  readonly 'request.emergency_overdue': {
    readonly request: RequestId
    readonly submittedAt: number
    readonly alarmMinutes: number
  }
  /** An approval link was opened by whom it was made for. It approves nothing. */
  readonly 'approval.link_used': {
    readonly request: RequestId
    readonly person: PersonId
    readonly digest: string
  }
  readonly 'approval.link_refused': {
    /** Null where no link of ours was shown. */
    readonly request: RequestId | null
    readonly person: PersonId
    readonly reason: 'forged' | 'used' | 'expired' | 'another-person' | 'request-changed' | 'second-factor-missing'
  }
  /** What the plant's change system said of the ticket a request names. */
  readonly 'change.linked': {
    readonly request: RequestId
    readonly reference: Commitment
    readonly state: 'open' | 'closed' | 'unknown' | 'unreachable'
    /** SHA-256 (hex) of its answer as it came; null when there was none. */
    readonly snapshot: string | null
  }
  /** A step on a request or grant that its state or its terms do not allow; nothing was changed. */
  readonly 'request.refused': {
    readonly request?: RequestId
    readonly grant?: GrantId
    readonly person: PersonId
    readonly step: 'submit' | 'approve' | 'deny' | 'withdraw' | 'revoke' | 'extend'
    /** Why, by the state machine; `state-conflict` when somebody else was faster. */
    readonly code: RefusalCode | 'state-conflict'
  }
  /** A grant that counts from its first use was used: its window is now what is left of it. */
  readonly 'grant.first_used': { readonly grant: GrantId; readonly session: SessionId; readonly window: Window }
  /** `window`: all of it; `occurrence`: of a recurring access the one that was running, and no other. */
  readonly 'grant.extended': {
    readonly grant: GrantId
    readonly by: PersonId
    readonly onBehalfOf: PersonId
    readonly what: 'window' | 'occurrence'
    readonly from: Window
    readonly to: Window
    readonly comment: Commitment
  }
  readonly 'grant.revoked': { readonly grant: GrantId; readonly by: PersonId; readonly reason: Commitment }
  readonly 'grant.expired': { readonly grant: GrantId }
}

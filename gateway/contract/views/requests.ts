// What is answered about requests, approvals and grants.

import { Type, type Static } from 'typebox'
import { ConfirmationView, ReachView } from './assets.ts'
import { FileTermsView, OperationClassView, ScheduleView, TierView } from './handling.ts'
import { TransferView } from './transfers.ts'
import { PathLegView } from './network.ts'
import { DecisionView, PersonRef, WindowView } from './parts.ts'
import { AcceptedRiskView } from './risks.ts'
import { Instant, closed, orNull } from '../primitives.ts'

export const GrantView = Type.Object(
  {
    id: Type.String(),
    request: Type.String(),
    person: PersonRef,
    asset: Type.String(),
    assetName: Type.String(),
    protocol: Type.String(),
    operationClass: Type.String(),
    window: WindowView,
    state: Type.Union([
      Type.Literal('scheduled'),
      Type.Literal('active'),
      Type.Literal('revoked'),
      Type.Literal('expired'),
    ]),
    /** Why it ended, when it was revoked. */
    reason: orNull(Type.String()),
    schedule: ScheduleView,
    /** The schedule in words, on the plant's clock. */
    scheduleText: Type.String(),
    timeZone: Type.String(),
    /** The span in which it may be used now, else the next one; null when there is none any more. */
    usable: orNull(WindowView),
    tier: TierView,
    /** An approver wants somebody of the plant to be there. */
    escort: Type.Boolean(),
    /** What the approvers set as conditions, in words; empty when nothing. */
    conditions: Type.String(),
    /** Which files may cross; null for none. */
    transfer: orNull(TransferView),
    /** What holds in a session on it, in sentences: escort, presence on site, idle times, the end. */
    hints: Type.Array(Type.String()),
    connect: orNull(Type.String()),
  },
  closed,
)
export type GrantView = Static<typeof GrantView>

/** What would be granted: as asked, or less where an approver changed it. */
export const TermsView = Type.Object(
  {
    window: WindowView,
    operationClass: OperationClassView,
    escort: Type.Boolean(),
    conditions: Type.String(),
    /** Which files would cross; null for none. */
    transfer: orNull(FileTermsView),
    /** Is any of it not as it was asked? */
    changed: Type.Boolean(),
  },
  closed,
)
export type TermsView = Static<typeof TermsView>

/** One yes that the request needs; each of another person. */
export const NeedView = Type.Object(
  {
    kind: Type.Union([Type.Literal('role'), Type.Literal('duty')]),
    /** The role, or the duty. */
    name: Type.String(),
    text: Type.String(),
    /** Whose yes meets it; null while it is open. */
    metBy: orNull(PersonRef),
    /** Of a duty: who is on it now and could answer. Empty for a role, for a gap, and for a reader of a supplier. */
    onDuty: Type.Array(PersonRef),
    /** Of a duty: is anybody on it now who could answer; null for a role. */
    isOnDuty: orNull(Type.Boolean()),
  },
  closed,
)
export type NeedView = Static<typeof NeedView>

export const ApprovalView = Type.Object(
  {
    by: PersonRef,
    /** Whose right was used, where it was delegated. */
    onBehalfOf: orNull(PersonRef),
    at: Instant,
    verdict: Type.Union([Type.Literal('approve'), Type.Literal('deny')]),
    comment: Type.String(),
    /** Why it no longer counts, such as a role that was lost or terms that changed; null when it counts. */
    lapsed: orNull(Type.String()),
  },
  closed,
)
export type ApprovalView = Static<typeof ApprovalView>

export const RequestView = Type.Object(
  {
    id: Type.String(),
    /** The requests made with it, for a set of assets; null when it stands alone. */
    set: orNull(Type.String()),
    state: Type.Union([
      Type.Literal('submitted'),
      Type.Literal('approved'),
      Type.Literal('refused'),
      Type.Literal('withdrawn'),
      Type.Literal('expired'),
    ]),
    /** Who would use it. */
    by: PersonRef,
    /** Who asked, where a machine account would use it; absent where a person does. */
    askedBy: Type.Optional(PersonRef),
    asset: Type.String(),
    assetName: Type.String(),
    plant: Type.String(),
    timeZone: Type.String(),
    /** Name of the baseline of controls the plant works by; null where none is named. */
    baseline: orNull(Type.String()),
    /** What the last walkdown says of the asset. Null for a reader of a supplier, and where it is declared no more. */
    confirmation: orNull(ConfirmationView),
    protocol: Type.String(),
    operationClass: OperationClassView,
    /** The outermost span asked for; `schedule` says when inside it. */
    window: WindowView,
    schedule: ScheduleView,
    /** The schedule in words, on the plant's clock. */
    scheduleText: Type.String(),
    tier: TierView,
    /** The tier's criteria that the person affirmed. */
    criteria: Type.Array(Type.Object({ id: Type.String(), text: Type.String() }, closed)),
    purpose: Type.String(),
    ticket: Type.String(),
    /** What the change system said of the ticket when it was last asked. */
    ticketState: Type.String(),
    rollback: Type.String(),
    /** The change approved beforehand that it is; its rollback plan stands in `rollback`. */
    standardChange: orNull(Type.Object({ id: Type.String(), title: Type.String() }, closed)),
    files: Type.Array(Type.Object({ name: Type.String(), sha256: Type.String() }, closed)),
    /** Which files are asked to cross; null for none. */
    transfer: orNull(TransferView),
    submittedAt: Instant,
    /** When it expires if nobody decides. */
    expiresAt: Instant,
    /** What would be granted now; once approved, what was. */
    terms: TermsView,
    /** What an approval must name: SHA-256 of the request as asked and the terms as they are now. */
    digest: Type.String(),
    /** The policy's answer when it was submitted. */
    decision: DecisionView,
    needs: Type.Array(NeedView),
    /** In the order they were given, those that count no longer as well. */
    approvals: Type.Array(ApprovalView),
    reach: orNull(ReachView),
    /** The way a session would take, leg by leg; empty where none is declared, and for suppliers. */
    path: Type.Array(PathLegView),
    /** Risks of its asset that are borne as they are, now; empty for a supplier's people. */
    acceptedRisks: Type.Array(AcceptedRiskView),
    /** An emergency is measured from the asking to the first session. */
    emergency: Type.Union([
      Type.Object(
        {
          targetAt: orNull(Instant),
          alarmAt: orNull(Instant),
          usedAt: orNull(Instant),
          alarmed: Type.Boolean(),
        },
        closed,
      ),
      Type.Null(),
    ]),
    grant: orNull(GrantView),
    /** May the person reading approve it, and if not, why: the policy's answer for them, now. Null once decided. */
    forMe: orNull(DecisionView),
    /** Would their yes count, for which of the needs, and in whose name: null once decided. */
    myYes: Type.Union([
      Type.Object(
        {
          counts: Type.Boolean(),
          onBehalfOf: orNull(PersonRef),
          text: Type.String(),
          /** Their yes is given already, and they may still grant less: that gives it anew. */
          narrows: Type.Boolean(),
        },
        closed,
      ),
      Type.Null(),
    ]),
  },
  closed,
)
export type RequestView = Static<typeof RequestView>

/** An asset that policy refuses, of those that were asked for together. */
export const RefusedAssetView = Type.Object({ asset: Type.String(), decision: DecisionView }, closed)
export type RefusedAssetView = Static<typeof RefusedAssetView>

/** What asking made: a request for each asset; with `partial`, beside those that policy refused. */
export const SubmittedView = Type.Object(
  {
    set: orNull(Type.String()),
    requests: Type.Array(RequestView),
    refused: Type.Array(RefusedAssetView),
  },
  closed,
)
export type SubmittedView = Static<typeof SubmittedView>

/** Where an approval link leads. */
export const ApprovalLinkView = Type.Object({ request: Type.String() })
export type ApprovalLinkView = Static<typeof ApprovalLinkView>

// What the HTTP API answers: the schemas of every response, and the types the web application takes from them.
// Instants are milliseconds since the epoch (UTC). A view is made for reading: names stand beside the ids.

import { Type, type Static } from 'typebox'

const Instant = Type.Integer({ minimum: 0, description: 'milliseconds since 1970-01-01T00:00:00Z' })
const closed = { additionalProperties: false } as const

export const WindowView = Type.Object({ from: Instant, until: Instant }, closed)
export type WindowView = Static<typeof WindowView>

export const PersonView = Type.Object(
  {
    id: Type.String(),
    login: Type.String(),
    displayName: Type.String(),
    roles: Type.Array(Type.String()),
    supplier: Type.Union([Type.String(), Type.Null()]),
    plants: Type.Array(Type.String()),
  },
  closed,
)
export type PersonView = Static<typeof PersonView>

/** Somebody named in a list. `displayName` is `erased` where the name is no longer kept. */
export const PersonRef = Type.Object(
  {
    id: Type.String(),
    login: Type.String(),
    displayName: Type.String(),
    supplier: Type.Union([Type.String(), Type.Null()]),
  },
  closed,
)
export type PersonRef = Static<typeof PersonRef>

export const MeView = Type.Object({ person: PersonView, csrf: Type.String() }, closed)
export type MeView = Static<typeof MeView>

export const ReasonView = Type.Object(
  { rule: Type.String(), text: Type.String(), controls: Type.Array(Type.String()) },
  closed,
)
export type ReasonView = Static<typeof ReasonView>

/** What must hold while a permit is used, or what would have to change for one: its kind, and a sentence for people. */
export const DutyView = Type.Object({ kind: Type.String(), text: Type.String() }, closed)
export type DutyView = Static<typeof DutyView>

export const DecisionView = Type.Object(
  {
    kind: Type.Union([Type.Literal('permit'), Type.Literal('deny')]),
    reasons: Type.Array(ReasonView),
    /** What must hold while it is used; empty for a deny. */
    obligations: Type.Array(DutyView),
    /** What would have to change for a permit; empty for one. */
    remedies: Type.Array(DutyView),
    /** Ids of the exceptions in force that cover the asset. */
    exceptions: Type.Array(Type.String()),
    bundle: Type.String({ description: 'SHA-256 of the bundle the decision was taken under' }),
    scopeVersion: Type.String(),
    scope: Type.Union([Type.Literal('in'), Type.Literal('out'), Type.Literal('undetermined')]),
  },
  closed,
)
export type DecisionView = Static<typeof DecisionView>

export const AssetView = Type.Object(
  {
    id: Type.String(),
    name: Type.String(),
    plant: Type.String(),
    plantName: Type.String(),
    timeZone: Type.String(),
    zone: Type.String(),
    zoneName: Type.String(),
    level: Type.Number(),
    owner: Type.String(),
    type: Type.String(),
    criticality: Type.String(),
    safety: Type.String(),
    labels: Type.Array(Type.String()),
    protocols: Type.Array(Type.String()),
    maxWindowMinutes: Type.Integer(),
    scope: Type.Union([Type.Literal('in'), Type.Literal('out'), Type.Literal('undetermined')]),
    scopeReason: Type.String(),
    /** The command that opens a session now, or null while no grant of the person reading is in its window. */
    connect: Type.Union([Type.String(), Type.Null()]),
  },
  closed,
)
export type AssetView = Static<typeof AssetView>

export const OperationClassView = Type.Union([
  Type.Literal('observe'),
  Type.Literal('operate'),
  Type.Literal('engineer'),
])
export const TierView = Type.Union([
  Type.Literal('standard'),
  Type.Literal('normal'),
  Type.Literal('emergency'),
  Type.Literal('break-glass'),
])
export type TierView = Static<typeof TierView>
export const WeekdayView = Type.Union([
  Type.Literal('mon'),
  Type.Literal('tue'),
  Type.Literal('wed'),
  Type.Literal('thu'),
  Type.Literal('fri'),
  Type.Literal('sat'),
  Type.Literal('sun'),
])
export type WeekdayView = Static<typeof WeekdayView>

/** When, inside its window, access may be used. */
export const ScheduleView = Type.Union([
  Type.Object({ kind: Type.Literal('whole') }, closed),
  /** For so long from the approval, which may come any time in the window. */
  Type.Object({ kind: Type.Literal('from-approval'), minutes: Type.Integer({ minimum: 1 }) }, closed),
  /** For so long from the first connection, which may come any time in the window. */
  Type.Object({ kind: Type.Literal('from-first-use'), minutes: Type.Integer({ minimum: 1 }) }, closed),
  Type.Object(
    {
      kind: Type.Literal('recurring'),
      days: Type.Array(WeekdayView),
      /** Times of day (`09:00`) on the plant's clock; an `until` not after `from` lies in the next day. */
      from: Type.String(),
      until: Type.String(),
      timeZone: Type.String(),
    },
    closed,
  ),
])
export type ScheduleView = Static<typeof ScheduleView>

/** What the bundle in force demands of a request, by tier. */
export const AccessRulesView = Type.Object(
  {
    tiers: Type.Array(
      Type.Object(
        {
          tier: TierView,
          /** What who asks has to affirm. */
          criteria: Type.Array(Type.Object({ id: Type.String(), text: Type.String() }, closed)),
          maxWindowMinutes: Type.Union([Type.Integer(), Type.Null()]),
          /** Request to access: what is aimed at. */
          targetMinutes: Type.Union([Type.Integer(), Type.Null()]),
          /** A review is due so long after the access ends; null where none is forced. */
          reviewHours: Type.Union([Type.Integer(), Type.Null()]),
          /** Is a rollback plan required? */
          rollback: Type.Boolean(),
        },
        closed,
      ),
    ),
    /** Days a recurring access may last. */
    maxRecurringDays: Type.Integer(),
  },
  closed,
)
export type AccessRulesView = Static<typeof AccessRulesView>

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
    reason: Type.Union([Type.String(), Type.Null()]),
    schedule: ScheduleView,
    /** The schedule in words, on the plant's clock. */
    scheduleText: Type.String(),
    timeZone: Type.String(),
    /** The span in which it may be used now, else the next one; null when there is none any more. */
    usable: Type.Union([WindowView, Type.Null()]),
    tier: TierView,
    /** An approver wants somebody of the plant to be there. */
    escort: Type.Boolean(),
    /** What the approvers set as conditions, in words; empty when nothing. */
    conditions: Type.String(),
    /** What holds in a session on it, in sentences: escort, presence on site, idle times, the end. */
    hints: Type.Array(Type.String()),
    connect: Type.Union([Type.String(), Type.Null()]),
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
    metBy: Type.Union([PersonRef, Type.Null()]),
    /** Of a duty: who is on it now and could answer. Empty for a role, for a gap, and for a reader of a supplier. */
    onDuty: Type.Array(PersonRef),
    /** Of a duty: is anybody on it now who could answer; null for a role. */
    isOnDuty: Type.Union([Type.Boolean(), Type.Null()]),
  },
  closed,
)
export type NeedView = Static<typeof NeedView>

export const ApprovalView = Type.Object(
  {
    by: PersonRef,
    /** Whose right was used, where it was delegated. */
    onBehalfOf: Type.Union([PersonRef, Type.Null()]),
    at: Instant,
    verdict: Type.Union([Type.Literal('approve'), Type.Literal('deny')]),
    comment: Type.String(),
    /** Why it no longer counts, such as a role that was lost; null when it counts. */
    lapsed: Type.Union([Type.String(), Type.Null()]),
  },
  closed,
)
export type ApprovalView = Static<typeof ApprovalView>

/** How far somebody could get from the asset through declared conduits, whatever they carry. */
export const ReachView = Type.Object(
  {
    /** Other assets that can be touched: all, those of high criticality, and those that safety rests on. */
    assets: Type.Integer(),
    critical: Type.Integer(),
    safety: Type.Integer(),
    zones: Type.Integer(),
    hops: Type.Integer(),
  },
  closed,
)
export type ReachView = Static<typeof ReachView>

export const RequestView = Type.Object(
  {
    id: Type.String(),
    /** The requests made with it, for a set of assets; null when it stands alone. */
    set: Type.Union([Type.String(), Type.Null()]),
    state: Type.Union([
      Type.Literal('submitted'),
      Type.Literal('approved'),
      Type.Literal('refused'),
      Type.Literal('withdrawn'),
      Type.Literal('expired'),
    ]),
    by: PersonRef,
    asset: Type.String(),
    assetName: Type.String(),
    plant: Type.String(),
    timeZone: Type.String(),
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
    files: Type.Array(Type.Object({ name: Type.String(), sha256: Type.String() }, closed)),
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
    approvals: Type.Array(ApprovalView),
    reach: Type.Union([ReachView, Type.Null()]),
    /** An emergency is measured from the asking to the first session. */
    emergency: Type.Union([
      Type.Object(
        {
          targetAt: Type.Union([Instant, Type.Null()]),
          alarmAt: Type.Union([Instant, Type.Null()]),
          usedAt: Type.Union([Instant, Type.Null()]),
          alarmed: Type.Boolean(),
        },
        closed,
      ),
      Type.Null(),
    ]),
    grant: Type.Union([GrantView, Type.Null()]),
    /** May the person reading approve it, and if not, why: the policy's answer for them, now. Null once decided. */
    forMe: Type.Union([DecisionView, Type.Null()]),
    /** Would their yes count, for which of the needs, and in whose name: null once decided. */
    myYes: Type.Union([
      Type.Object(
        { counts: Type.Boolean(), onBehalfOf: Type.Union([PersonRef, Type.Null()]), text: Type.String() },
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
    set: Type.Union([Type.String(), Type.Null()]),
    requests: Type.Array(RequestView),
    refused: Type.Array(RefusedAssetView),
  },
  closed,
)
export type SubmittedView = Static<typeof SubmittedView>

export const SessionView = Type.Object(
  {
    id: Type.String(),
    state: Type.Union([
      Type.Literal('opening'),
      /** Somebody of the plant has to come along before it begins. */
      Type.Literal('waiting'),
      Type.Literal('active'),
      /** What is typed no longer reaches the target: its window is over, or it may only look. */
      Type.Literal('observing'),
      /** Nothing was typed for long: a code unlocks it. */
      Type.Literal('locked'),
      /** Its escort has left. */
      Type.Literal('paused'),
      Type.Literal('ending'),
      /** Over, and its recording not sealed yet: sealing has failed so far and is tried again. */
      Type.Literal('ended'),
      Type.Literal('sealed'),
    ]),
    grant: Type.String(),
    person: PersonRef,
    asset: Type.String(),
    assetName: Type.String(),
    plant: Type.String(),
    protocol: Type.String(),
    startedAt: Instant,
    windowUntil: Instant,
    /** When it is closed whatever happens; until then it may observe after its window. */
    hardUntil: Instant,
    /** Who of the plant is along with it now. */
    escorts: Type.Array(PersonRef),
    /** Does ending it by hand ask for a safe state of the process first? */
    asksSafeState: Type.Boolean(),
    endedAt: Type.Union([Instant, Type.Null()]),
    endReason: Type.Union([Type.String(), Type.Null()]),
    channels: Type.Integer(),
    bytesIn: Type.Integer(),
    bytesOut: Type.Integer(),
    source: Type.String(),
  },
  closed,
)
export type SessionView = Static<typeof SessionView>

export const EscortView = Type.Object({ session: SessionView, leaseUntil: Instant }, closed)
export type EscortView = Static<typeof EscortView>

export const RecordingView = Type.Object(
  {
    session: SessionView,
    status: Type.Union([
      Type.Literal('live'),
      /** Nobody writes it any more, and sealing it has failed so far. */
      Type.Literal('unsealed'),
      Type.Literal('complete'),
      Type.Literal('interrupted'),
      Type.Literal('missing'),
    ]),
    seal: Type.Union([Type.String(), Type.Null()]),
    evidenceIndex: Type.Union([Type.Integer(), Type.Null()]),
    channels: Type.Array(
      Type.Object(
        { channel: Type.Integer(), kind: Type.String(), command: Type.Union([Type.String(), Type.Null()]) },
        closed,
      ),
    ),
  },
  closed,
)
export type RecordingView = Static<typeof RecordingView>

export const FindingView = Type.Object({ where: Type.String(), holds: Type.Boolean(), what: Type.String() }, closed)
export const VerificationView = Type.Object(
  { session: Type.String(), holds: Type.Boolean(), checkedAt: Instant, findings: Type.Array(FindingView) },
  closed,
)
export type VerificationView = Static<typeof VerificationView>

/** A stated purpose opens a replay for a short time; the addresses in it work only for the person who stated it. */
export const ReplayView = Type.Object(
  {
    session: Type.String(),
    expiresAt: Instant,
    channels: Type.Array(Type.Object({ channel: Type.Integer(), kind: Type.String(), cast: Type.String() }, closed)),
  },
  closed,
)
export type ReplayView = Static<typeof ReplayView>

export const ControlView = Type.Object(
  {
    id: Type.String(),
    title: Type.String(),
    description: Type.String(),
    owner: Type.String(),
    risks: Type.Array(Type.String()),
    state: Type.Union([
      Type.Literal('fresh'),
      Type.Literal('stale'),
      Type.Literal('failing'),
      Type.Literal('not-exercised'),
      Type.Literal('no-evidence'),
    ]),
    reason: Type.String(),
    population: Type.Integer(),
    events: Type.Integer(),
    lastIndex: Type.Union([Type.Integer(), Type.Null()]),
    lastAt: Type.Union([Instant, Type.Null()]),
    freshness: Type.String(),
    failsWhen: Type.String(),
    evidenceEvents: Type.Array(Type.String()),
    offenders: Type.Array(Type.Object({ index: Type.Integer(), text: Type.String() }, closed)),
    mappings: Type.Record(Type.String(), Type.Array(Type.String())),
  },
  closed,
)
export type ControlView = Static<typeof ControlView>

export const RegisterView = Type.Object(
  {
    computedAt: Instant,
    ledgerSize: Type.Integer(),
    scopeVersion: Type.String(),
    statement: Type.String(),
    notCovered: Type.Array(Type.String()),
    controls: Type.Array(ControlView),
  },
  closed,
)
export type RegisterView = Static<typeof RegisterView>

export const EvidenceView = Type.Object(
  {
    index: Type.Integer(),
    at: Instant,
    type: Type.String(),
    data: Type.Record(Type.String(), Type.Unknown()),
    /** What the commitments and person ids in `data` stand for, as far as it is still kept. */
    meaning: Type.Record(Type.String(), Type.String()),
  },
  closed,
)
export type EvidenceView = Static<typeof EvidenceView>

export const StatusView = Type.Object(
  {
    version: Type.String(),
    bundle: Type.String(),
    scopeVersion: Type.String(),
    ssh: Type.Object({ host: Type.String(), port: Type.Integer(), fingerprint: Type.String() }, closed),
    ledger: Type.Object(
      { size: Type.Integer(), origin: Type.String(), checkpointAt: Type.Union([Instant, Type.Null()]) },
      closed,
    ),
    now: Instant,
  },
  closed,
)
export type StatusView = Static<typeof StatusView>

/** Every refusal and error. `message` says what was wrong, what was expected, and the next step. */
/** Where an approval link leads. */
export const ApprovalLinkView = Type.Object({ request: Type.String() })
export type ApprovalLinkView = Static<typeof ApprovalLinkView>

export const ProblemView = Type.Object(
  {
    code: Type.String(),
    message: Type.String(),
    /** Present when policy refused. */
    decision: Type.Optional(DecisionView),
    /** Present when policy refused some of several assets: nothing was made for any. */
    refused: Type.Optional(Type.Array(RefusedAssetView)),
    /** Beside `refused`: what may be asked for without them. */
    offered: Type.Optional(Type.Array(Type.String())),
    /** Present when several things were wrong with what was sent. */
    problems: Type.Optional(Type.Array(Type.String())),
  },
  closed,
)
export type ProblemView = Static<typeof ProblemView>

export const ListOf = <T extends Parameters<typeof Type.Array>[0]>(item: T) =>
  Type.Object({ items: Type.Array(item), next: Type.Union([Type.String(), Type.Null()]) }, closed)
export interface ListView<T> {
  readonly items: readonly T[]
  /** Cursor of the next page, or null at the end. */
  readonly next: string | null
}

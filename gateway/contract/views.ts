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

export const DecisionView = Type.Object(
  {
    kind: Type.Union([Type.Literal('permit'), Type.Literal('deny')]),
    reasons: Type.Array(ReasonView),
    obligations: Type.Array(Type.String()),
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
    connect: Type.Union([Type.String(), Type.Null()]),
  },
  closed,
)
export type GrantView = Static<typeof GrantView>

export const RequestView = Type.Object(
  {
    id: Type.String(),
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
    operationClass: Type.String(),
    window: WindowView,
    purpose: Type.String(),
    ticket: Type.String(),
    submittedAt: Instant,
    /** What an approval must name: SHA-256 of the request as asked. */
    digest: Type.String(),
    /** The policy's answer when it was submitted. */
    decision: DecisionView,
    approvals: Type.Array(
      Type.Object(
        {
          by: PersonRef,
          at: Instant,
          verdict: Type.Union([Type.Literal('approve'), Type.Literal('deny')]),
          comment: Type.String(),
        },
        closed,
      ),
    ),
    grant: Type.Union([GrantView, Type.Null()]),
    /** May the person reading approve it, and if not, why: the policy's answer for them, now. Null once decided. */
    forMe: Type.Union([DecisionView, Type.Null()]),
  },
  closed,
)
export type RequestView = Static<typeof RequestView>

export const SessionView = Type.Object(
  {
    id: Type.String(),
    state: Type.Union([
      Type.Literal('opening'),
      Type.Literal('active'),
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
export const ProblemView = Type.Object(
  {
    code: Type.String(),
    message: Type.String(),
    /** Present when policy refused. */
    decision: Type.Optional(DecisionView),
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

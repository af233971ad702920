// What the HTTP API answers about what touches many decisions: suspensions, delegations, presences, attestations,
// reviews, campaigns, exceptions and suppliers. Instants are milliseconds since the epoch (UTC).

import { Type, type Static } from 'typebox'
import { ExpectationView, GrantView, PersonRef, RequestView, SessionView, WindowView } from './views.ts'
import { Instant, closed, orNull } from './primitives.ts'
import { ControlStateView } from './views/register.ts'
import { BreachView } from './views/who-works-here.ts'

export const TargetView = Type.Object(
  {
    kind: Type.String(),
    /** Empty for `all`. */
    id: Type.String(),
    name: Type.String(),
  },
  closed,
)
export type TargetView = Static<typeof TargetView>

export const SuspensionView = Type.Object(
  {
    id: Type.String(),
    target: TargetView,
    by: PersonRef,
    at: Instant,
    reason: Type.String(),
    lifted: orNull(Type.Object({ by: PersonRef, at: Instant, reason: Type.String() }, closed)),
    /** May the person reading lift it? Who suspended never may. */
    mayLift: Type.Boolean(),
  },
  closed,
)
export type SuspensionView = Static<typeof SuspensionView>

/** A session that was ended, or has to be looked at before it is. */
export const EndedSessionView = Type.Object(
  {
    id: Type.String(),
    asset: Type.String(),
    person: PersonRef,
    /** When it is closed, where it is not cut off because people could come to harm; null where it ends at once. */
    closesAt: orNull(Instant),
  },
  closed,
)
export type EndedSessionView = Static<typeof EndedSessionView>

export const EndedView = Type.Object(
  { grants: Type.Array(Type.String()), sessions: Type.Array(EndedSessionView) },
  closed,
)
export type EndedView = Static<typeof EndedView>

export const SuspendedView = Type.Object(
  {
    suspension: SuspensionView,
    ended: EndedView,
    /** Ended sessions on assets that ask for a safe state first: look at the process. */
    unconfirmed: Type.Array(EndedSessionView),
  },
  closed,
)
export type SuspendedView = Static<typeof SuspendedView>

export const RevokedView = Type.Object({ target: TargetView, ended: EndedView }, closed)
export type RevokedView = Static<typeof RevokedView>

export const DelegationView = Type.Object(
  {
    id: Type.String(),
    from: PersonRef,
    to: PersonRef,
    window: WindowView,
    reason: Type.String(),
    state: Type.Union([
      Type.Literal('coming'),
      Type.Literal('in-force'),
      Type.Literal('over'),
      /** By hand, before its time. */
      Type.Literal('ended'),
    ]),
  },
  closed,
)
export type DelegationView = Static<typeof DelegationView>

export const PresenceView = Type.Object(
  {
    id: Type.String(),
    zone: Type.String(),
    zoneName: Type.String(),
    plant: Type.String(),
    person: PersonRef,
    from: Instant,
    until: Instant,
    endedAt: orNull(Instant),
  },
  closed,
)
export type PresenceView = Static<typeof PresenceView>

export const AttestationView = Type.Object(
  {
    id: Type.String(),
    person: PersonRef,
    label: Type.String(),
    until: Instant,
    reference: Type.String(),
    by: PersonRef,
    at: Instant,
    state: Type.Union([Type.Literal('in-force'), Type.Literal('over'), Type.Literal('withdrawn')]),
  },
  closed,
)
export type AttestationView = Static<typeof AttestationView>

export const ReviewView = Type.Object(
  {
    id: Type.String(),
    kind: Type.Union([
      Type.Literal('emergency'),
      Type.Literal('break-glass'),
      Type.Literal('session'),
      Type.Literal('sample'),
    ]),
    request: Type.String(),
    grant: Type.String(),
    session: orNull(Type.String()),
    /** Who used the access. */
    person: PersonRef,
    asset: Type.String(),
    assetName: Type.String(),
    plant: Type.String(),
    plantName: Type.String(),
    openedAt: Instant,
    dueAt: Instant,
    overdue: Type.Boolean(),
    closed: orNull(
      Type.Object(
        {
          by: PersonRef,
          at: Instant,
          verdict: Type.Union([Type.Literal('justified'), Type.Literal('not-justified')]),
          comment: Type.String(),
        },
        closed,
      ),
    ),
    /** May the person reading close it? Who used the access never may. */
    mayClose: Type.Boolean(),
  },
  closed,
)
export type ReviewView = Static<typeof ReviewView>

/** What a reviewer has to see: the access as it was asked for and granted, and what was done on it. */
export const ReviewDetailView = Type.Object(
  {
    review: ReviewView,
    request: orNull(RequestView),
    /** On its grant, the newest first; of the review of one session, that one. */
    sessions: Type.Array(SessionView),
  },
  closed,
)
export type ReviewDetailView = Static<typeof ReviewDetailView>

export const EligibilityView = Type.Object(
  {
    roles: Type.Array(Type.String()),
    supplier: orNull(Type.String()),
    supplierName: orNull(Type.String()),
    plants: Type.Array(Type.String()),
    /** In the order of `plants`. */
    plantNames: Type.Array(Type.String()),
  },
  closed,
)
export type EligibilityView = Static<typeof EligibilityView>

export const CampaignItemView = Type.Object(
  {
    /** What they hold together that a rule of separation keeps apart, as of now: something to decide on. */
    breaches: Type.Array(BreachView),
    person: PersonRef,
    before: EligibilityView,
    decision: orNull(
      Type.Object(
        {
          verdict: Type.Union([Type.Literal('keep'), Type.Literal('change'), Type.Literal('remove')]),
          after: orNull(EligibilityView),
          by: PersonRef,
          at: Instant,
          reason: Type.String(),
        },
        closed,
      ),
    ),
    mayDecide: Type.Boolean(),
    /** When their last session began; null where there was none. */
    lastUse: Type.Optional(orNull(Instant)),
  },
  closed,
)
export type CampaignItemView = Static<typeof CampaignItemView>

export const CampaignView = Type.Object(
  {
    id: Type.String(),
    title: Type.String(),
    startedBy: PersonRef,
    startedAt: Instant,
    dueAt: Instant,
    overdue: Type.Boolean(),
    closed: orNull(Type.Object({ by: PersonRef, at: Instant }, closed)),
    counts: Type.Object(
      {
        people: Type.Integer(),
        kept: Type.Integer(),
        changed: Type.Integer(),
        removed: Type.Integer(),
        undecided: Type.Integer(),
      },
      closed,
    ),
    /** Empty in a list. */
    items: Type.Array(CampaignItemView),
  },
  closed,
)
export type CampaignView = Static<typeof CampaignView>

export const ExceptionView = Type.Object(
  {
    id: Type.String(),
    title: Type.String(),
    owner: Type.String(),
    approvedBy: Type.String(),
    reason: Type.String(),
    risk: Type.String(),
    compensating: Type.Array(Type.String()),
    assets: Type.Array(Type.String()),
    from: Type.String({ description: 'first day, ISO 8601, UTC' }),
    until: Type.String({ description: 'last day, ISO 8601, UTC' }),
    renewals: Type.Integer(),
    state: Type.Union([
      Type.Literal('coming'),
      Type.Literal('in-force'),
      /** Ends within 14 days. */
      Type.Literal('expiring'),
      Type.Literal('expired'),
    ]),
    endsAt: Instant,
    /** How each compensating control stands for what the exception covers, since it began. */
    controls: Type.Array(
      Type.Object(
        {
          id: Type.String(),
          state: ControlStateView,
          reason: Type.String(),
          lastIndex: orNull(Type.Integer()),
          lastAt: orNull(Instant),
        },
        closed,
      ),
    ),
  },
  closed,
)
export type ExceptionView = Static<typeof ExceptionView>

export const SupplierView = Type.Object(
  {
    id: Type.String(),
    name: Type.String(),
    sponsor: Type.String(),
    contract: Type.Object({ from: Type.String(), until: Type.String() }, closed),
    contractState: Type.Union([Type.Literal('not-started'), Type.Literal('active'), Type.Literal('expired')]),
    labels: Type.Array(Type.String()),
    riskTier: Type.Union([Type.Literal('low'), Type.Literal('medium'), Type.Literal('high')]),
    /** What is expected of it and not attested now: without it its people have no access. */
    unmet: Type.Array(Type.String()),
    people: Type.Integer(),
    openGrants: Type.Integer(),
    liveSessions: Type.Integer(),
    suspended: Type.Boolean(),
  },
  closed,
)
export type SupplierView = Static<typeof SupplierView>

export const SupplierDossierView = Type.Object(
  {
    supplier: SupplierView,
    /** Everything that is expected of it, by its risk tier. */
    expectations: Type.Array(ExpectationView),
    /** May the person reading attest them? */
    mayAttest: Type.Boolean(),
    people: Type.Array(
      Type.Object(
        {
          person: PersonRef,
          plants: Type.Array(Type.String()),
          /** In the order of `plants`. */
          plantNames: Type.Array(Type.String()),
          disabled: Type.Boolean(),
        },
        closed,
      ),
    ),
    /** Of the plants the person reading may read, the newest first, at most 200. */
    grants: Type.Array(GrantView),
    sessions: Type.Array(SessionView),
    /** Of the supplier and of its people, lifted ones as well. */
    suspensions: Type.Array(SuspensionView),
    reviews: Type.Array(ReviewView),
  },
  closed,
)
export type SupplierDossierView = Static<typeof SupplierDossierView>

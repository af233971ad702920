// What the routes about bundles and the scope answer.

import { Type, type Static } from 'typebox'
import { RuleTextView, SafetyView } from './release-views.ts'
import { PersonRef, ReasonView } from './views.ts'
import { Instant, closed, orNull } from './primitives.ts'

/** One step in the life of what is in force. People are null where a folder was activated on the machine itself. */
export const ActivationView = Type.Object(
  {
    seq: Type.Integer(),
    bundle: Type.String({ description: 'SHA-256 of the bundle' }),
    previous: orNull(Type.String()),
    scopeVersion: Type.String(),
    at: Instant,
    kind: Type.Union([
      Type.Literal('start'),
      Type.Literal('folder'),
      Type.Literal('activate'),
      Type.Literal('rollback'),
    ]),
    proposal: orNull(Type.String()),
    proposer: orNull(PersonRef),
    activator: orNull(PersonRef),
    reason: orNull(Type.String()),
  },
  closed,
)
export type ActivationView = Static<typeof ActivationView>

export const BundleView = Type.Object(
  {
    digest: Type.String(),
    scopeVersion: Type.String(),
    statement: Type.String(),
    activation: orNull(ActivationView),
    /** The bundle a rollback would put in force; null when there is none or one step was gone back already. */
    rollsBackTo: orNull(Type.String()),
    /** Does the configured folder hold another bundle? */
    folderDiffers: Type.Boolean(),
    openProposals: Type.Integer(),
    heldAssets: Type.Integer({ description: 'assets whose scope change waits for review' }),
  },
  closed,
)
export type BundleView = Static<typeof BundleView>

export const ParagraphView = Type.Object({ title: Type.String(), lines: Type.Array(Type.String()) }, closed)
export type ParagraphView = Static<typeof ParagraphView>

export const BundleProblemView = Type.Object(
  { file: Type.String(), path: Type.String(), line: orNull(Type.Integer()), reason: Type.String() },
  closed,
)

export const EndedGrantView = Type.Object(
  {
    grant: Type.String(),
    person: PersonRef,
    asset: Type.String(),
    reasons: Type.Array(ReasonView),
    sessions: Type.Array(Type.String()),
  },
  closed,
)

const EffectView = Type.Union([
  Type.Literal('closes'),
  Type.Literal('both'),
  Type.Literal('opens'),
  Type.Literal('none'),
])
const StatusOf = orNull(
  Type.Object({ kind: Type.String(), rule: orNull(Type.String()), reason: orNull(Type.String()) }, closed),
)

export const ComparisonView = Type.Object(
  {
    from: Type.Object({ digest: Type.String(), scopeVersion: Type.String() }, closed),
    to: Type.Object({ digest: Type.String(), scopeVersion: Type.String() }, closed),
    words: Type.Array(ParagraphView),
    /** The text of every rule it touches. */
    rules: Type.Array(RuleTextView),
    moves: Type.Object(
      {
        count: Type.Integer(),
        items: Type.Array(
          Type.Object(
            { asset: Type.String(), name: Type.String(), from: StatusOf, to: StatusOf, effect: EffectView },
            closed,
          ),
        ),
      },
      closed,
    ),
    changes: Type.Object(
      {
        count: Type.Integer(),
        items: Type.Array(
          Type.Object(
            {
              section: Type.String(),
              id: Type.String(),
              kind: Type.Union([Type.Literal('added'), Type.Literal('removed'), Type.Literal('changed')]),
              effect: EffectView,
              fields: Type.Array(
                Type.Object({ path: Type.String(), from: orNull(Type.String()), to: orNull(Type.String()) }, closed),
              ),
            },
            closed,
          ),
        ),
      },
      closed,
    ),
    /** Open grants that it would end, with the living sessions on them; the first 200. */
    ends: Type.Object({ count: Type.Integer(), items: Type.Array(EndedGrantView) }, closed),
    grantsLookedAt: Type.Integer(),
    /** Living sessions that it would end, with their grants or without. */
    sessionsEnded: Type.Integer(),
    /** Those of them whose grants stay: their target showed a host key that is believed no longer. Names 200 assets at most. */
    unbelieved: Type.Object({ sessions: Type.Integer(), assets: Type.Array(Type.String()) }, closed),
    warnings: Type.Array(BundleProblemView),
  },
  closed,
)
export type ComparisonView = Static<typeof ComparisonView>

export const ProposalRow = Type.Object(
  {
    id: Type.String(),
    state: Type.Union([
      Type.Literal('open'),
      Type.Literal('activated'),
      Type.Literal('rejected'),
      Type.Literal('withdrawn'),
    ]),
    bundle: Type.String(),
    base: Type.String(),
    /** Another bundle than its base is in force: it has to be put on that first. */
    outdated: Type.Boolean(),
    scopeVersion: Type.String(),
    /** Null: found in the configured folder. */
    by: orNull(PersonRef),
    at: Instant,
    comment: Type.String(),
    decidedBy: orNull(PersonRef),
    decidedAt: orNull(Instant),
    reason: orNull(Type.String()),
    /** The change it belongs to in the plant's own change control. */
    change: orNull(Type.String()),
    /** How to go back, as who proposed it says. */
    rollback: orNull(Type.String()),
    /** May the person reading activate it, as far as they themselves go? */
    mayActivate: Type.Boolean(),
  },
  closed,
)
export type ProposalRow = Static<typeof ProposalRow>

export const ProposalView = Type.Object(
  {
    proposal: ProposalRow,
    /** Against what is in force now; null once decided. */
    comparison: orNull(ComparisonView),
    /** For an outdated one: what changed since it was made. Activating it would take this back where it says otherwise. */
    since: Type.Array(ParagraphView),
    /** Null once decided. */
    safety: orNull(SafetyView),
  },
  closed,
)
export type ProposalView = Static<typeof ProposalView>

export const BundleFilesView = Type.Object(
  { digest: Type.String(), files: Type.Record(Type.String(), Type.String()) },
  closed,
)
export type BundleFilesView = Static<typeof BundleFilesView>

const TurnedView = Type.Object(
  {
    count: Type.Integer(),
    groups: Type.Array(
      Type.Object(
        {
          action: Type.String(),
          asset: Type.String(),
          rules: Type.Array(Type.String()),
          texts: Type.Array(Type.String()),
          count: Type.Integer(),
          first: Type.Object({ index: Type.Integer(), at: Instant, person: Type.String() }, closed),
          latest: Type.Object({ index: Type.Integer(), at: Instant, person: Type.String() }, closed),
        },
        closed,
      ),
    ),
  },
  closed,
)

export const DryRunView = Type.Object(
  {
    bundle: Type.String(),
    from: Instant,
    until: Instant,
    decisions: Type.Integer(),
    rebuilt: Type.Integer(),
    /** Counts by reason, in words. */
    notRebuilt: Type.Array(Type.Object({ reason: Type.String(), count: Type.Integer() }, closed)),
    nowDenied: TurnedView,
    nowPermitted: TurnedView,
    otherRules: Type.Integer(),
  },
  closed,
)
export type DryRunView = Static<typeof DryRunView>

/** One line of the dry run's answer. */
export const DryRunLine = Type.Union([
  Type.Object({ kind: Type.Literal('progress'), done: Type.Integer(), total: Type.Integer() }, closed),
  Type.Object({ kind: Type.Literal('report'), report: DryRunView }, closed),
  /** It broke off; nothing was changed, nothing was found. */
  Type.Object({ kind: Type.Literal('failed'), message: Type.String() }, closed),
])
export type DryRunLine = Static<typeof DryRunLine>

export const ScopeChangeView = Type.Object(
  {
    id: Type.String(),
    state: Type.Union([
      Type.Literal('open'),
      Type.Literal('accepted'),
      Type.Literal('rejected'),
      Type.Literal('lapsed'),
    ]),
    asset: Type.String(),
    assetName: Type.String(),
    was: Type.String(),
    becomes: Type.String(),
    /** What is decided by until it is accepted. */
    held: Type.String(),
    attributes: Type.Array(Type.String()),
    before: Type.String(),
    bundle: Type.String(),
    raisedAt: Instant,
    proposer: orNull(PersonRef),
    activator: orNull(PersonRef),
    reviewedBy: orNull(PersonRef),
    reviewedAt: orNull(Instant),
    comment: orNull(Type.String()),
    mayReview: Type.Boolean(),
  },
  closed,
)
export type ScopeChangeView = Static<typeof ScopeChangeView>

export const ScopeReportView = Type.Object(
  {
    bundle: Type.String(),
    version: Type.String(),
    statement: Type.String(),
    justification: Type.String(),
    regimes: Type.Array(Type.String()),
    plants: Type.Array(Type.Object({ id: Type.String(), name: Type.String(), timeZone: Type.String() }, closed)),
    counts: Type.Object({ in: Type.Integer(), out: Type.Integer(), undetermined: Type.Integer() }, closed),
    notCovered: Type.Array(Type.String()),
    phases: Type.Array(
      Type.Object(
        {
          phase: Type.Integer(),
          types: Type.Array(Type.String()),
          plannedFor: Type.String(),
          opened: orNull(Type.Object({ on: Type.String(), by: Type.String() }, closed)),
          criteria: Type.Array(Type.Object({ text: Type.String(), metOn: orNull(Type.String()) }, closed)),
          state: Type.Union([Type.Literal('open'), Type.Literal('planned'), Type.Literal('overdue')]),
        },
        closed,
      ),
    ),
    sharedServices: Type.Array(
      Type.Object(
        {
          id: Type.String(),
          name: Type.String(),
          provider: Type.String(),
          plants: Type.Array(Type.String()),
          asset: orNull(Type.String()),
          inScope: Type.Boolean(),
          inheritedControls: Type.Array(Type.String()),
          risk: orNull(Type.String()),
          compensating: Type.Array(Type.String()),
          /** Do sessions to assets of its plants lean on it? Decisions then cite it. */
          carriesSessions: Type.Boolean(),
        },
        closed,
      ),
    ),
    /** A page of the assets, in the order declared. */
    items: Type.Array(
      Type.Object(
        {
          asset: Type.String(),
          name: Type.String(),
          plant: Type.String(),
          zone: Type.String(),
          type: Type.String(),
          scope: Type.Union([Type.Literal('in'), Type.Literal('out'), Type.Literal('undetermined')]),
          rule: orNull(Type.String()),
          reason: orNull(Type.String()),
          gate: Type.Union([Type.Literal('open'), Type.Literal('closed'), Type.Literal('none')]),
          /** Its scope change waits for review, and this is what holds. */
          held: orNull(Type.String()),
          labels: Type.Array(Type.String()),
          /** Those of them it has by the information it holds, each with that information's ids. */
          inherited: Type.Array(Type.Object({ label: Type.String(), from: Type.Array(Type.String()) }, closed)),
        },
        closed,
      ),
    ),
    next: orNull(Type.String()),
  },
  closed,
)
export type ScopeReportView = Static<typeof ScopeReportView>

export const ExplainView = Type.Object(
  {
    /** A `sallyport.decision.v1` document: answer, reasons, obligations, what would have to change, reach. */
    decision: Type.Object(
      { format: Type.Literal('sallyport.decision.v1'), answer: Type.String() },
      { additionalProperties: true },
    ),
    /** Sentences for people. */
    lines: Type.Array(Type.String()),
    /** What was supposed, because the question leaves it open. */
    supposed: Type.Array(Type.String()),
  },
  closed,
)
export type ExplainView = Static<typeof ExplainView>

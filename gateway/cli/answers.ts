// What each route takes and answers, for the command line: the contract's schemas by route. What comes over the network
// is checked against them; fields a newer gateway adds are let go.

import type { Static, TSchema } from 'typebox'
import { Value } from 'typebox/value'
import type {
  ApproveBody,
  DenyBody,
  ExportBody,
  ExtendBody,
  LoginBody,
  PurposeBody,
  KillBody,
  ReasonBody,
  RequestBody,
} from '../contract/bodies.ts'
import type {
  BaseBody,
  DryRunBody,
  ExplainBody,
  FilesBody,
  ProposeBody,
  ReviewScopeBody,
  RollbackBody,
} from '../contract/bundle-bodies.ts'
import {
  ActivationView,
  BundleFilesView,
  BundleView,
  ComparisonView,
  DryRunLine,
  ExplainView,
  ProposalRow,
  ProposalView,
  ScopeChangeView,
  ScopeReportView,
} from '../contract/bundle-views.ts'
import type {
  AttestationBody,
  CampaignBody,
  CampaignItemBody,
  DelegationBody,
  PresenceBody,
  ReviewBody,
  RevocationBody,
  SuspendBody,
} from '../contract/standing-bodies.ts'
import {
  AttestationView,
  CampaignView,
  DelegationView,
  ExceptionView,
  PresenceView,
  ReviewView,
  RevokedView,
  SupplierDossierView,
  SupplierView,
  SuspendedView,
  SuspensionView,
} from '../contract/standing-views.ts'
import {
  AssetView,
  EscortView,
  GrantView,
  ListOf,
  MeView,
  ProblemView,
  RecordingView,
  ReplayView,
  RequestView,
  SessionView,
  StatusView,
  SubmittedView,
} from '../contract/views.ts'

export const answers = {
  login: MeView,
  refresh: MeView,
  me: MeView,
  status: StatusView,
  assets: ListOf(AssetView),
  submit: SubmittedView,
  requests: ListOf(RequestView),
  request: RequestView,
  approve: RequestView,
  deny: RequestView,
  withdraw: RequestView,
  grants: ListOf(GrantView),
  revoke: GrantView,
  extend: GrantView,
  sessions: ListOf(SessionView),
  kill: SessionView,
  escort: EscortView,
  leaveEscort: SessionView,
  recordings: ListOf(RecordingView),
  recording: RecordingView,
  replay: ReplayView,
  bundle: BundleView,
  bundleHistory: ListOf(ActivationView),
  bundleFiles: BundleFilesView,
  bundleDiff: ComparisonView,
  rollback: BundleView,
  propose: ProposalView,
  proposals: ListOf(ProposalRow),
  proposal: ProposalView,
  activate: BundleView,
  rebase: ProposalView,
  rejectProposal: ProposalView,
  withdrawProposal: ProposalView,
  scopeChanges: ListOf(ScopeChangeView),
  reviewScopeChange: ScopeChangeView,
  scopeReport: ScopeReportView,
  explain: ExplainView,
  suspend: SuspendedView,
  suspensions: ListOf(SuspensionView),
  lift: SuspensionView,
  revokeAccess: RevokedView,
  delegate: DelegationView,
  delegations: ListOf(DelegationView),
  endDelegation: DelegationView,
  assertPresence: PresenceView,
  presences: ListOf(PresenceView),
  endPresence: PresenceView,
  attest: AttestationView,
  attestations: ListOf(AttestationView),
  withdrawAttestation: AttestationView,
  reviews: ListOf(ReviewView),
  closeReview: ReviewView,
  startCampaign: CampaignView,
  campaigns: ListOf(CampaignView),
  campaign: CampaignView,
  decideItem: CampaignView,
  closeCampaign: CampaignView,
  exceptions: ListOf(ExceptionView),
  suppliers: ListOf(SupplierView),
  supplier: SupplierDossierView,
} as const
export type AnsweredRoute = keyof typeof answers
export type AnswerOf<Name extends AnsweredRoute> = Static<(typeof answers)[Name]>
export type ListRoute =
  | 'assets'
  | 'requests'
  | 'grants'
  | 'sessions'
  | 'recordings'
  | 'bundleHistory'
  | 'proposals'
  | 'scopeChanges'
export type ItemOf<Name extends ListRoute> = AnswerOf<Name>['items'][number]

interface Bodies {
  readonly bundleDiff: FilesBody
  readonly bundleDryRun: DryRunBody
  readonly rollback: RollbackBody
  readonly propose: ProposeBody
  readonly activate: BaseBody
  readonly rebase: BaseBody
  readonly rejectProposal: ReasonBody
  readonly reviewScopeChange: ReviewScopeBody
  readonly explain: ExplainBody
  readonly login: LoginBody
  readonly submit: RequestBody
  readonly approve: ApproveBody
  readonly deny: DenyBody
  readonly revoke: KillBody
  readonly extend: ExtendBody
  readonly kill: KillBody
  readonly replay: PurposeBody
  readonly export: ExportBody
  readonly suspend: SuspendBody
  readonly lift: ReasonBody
  readonly revokeAccess: RevocationBody
  readonly delegate: DelegationBody
  readonly assertPresence: PresenceBody
  readonly attest: AttestationBody
  readonly withdrawAttestation: ReasonBody
  readonly closeReview: ReviewBody
  readonly startCampaign: CampaignBody
  readonly decideItem: CampaignItemBody
}
export type BodyOf<Name> = Name extends keyof Bodies ? Bodies[Name] : null

/** The value as the schema says, without fields it does not know; null when it is something else. */
export function readAs<T extends TSchema>(schema: T, value: unknown): Static<T> | null {
  const cleaned: unknown = Value.Clean(schema, value)
  return Value.Check(schema, cleaned) ? cleaned : null
}

export const problemSchema = ProblemView
/** One line of a dry run's answer. */
export const dryRunLine = DryRunLine

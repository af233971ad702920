// What each route takes and answers: the route table with its schemas joined to it, once, for everybody who calls. The
// command line checks answers against the schemas, the web application takes its types from them. Routes whose answer
// is not JSON, or nothing, are not in it.

import type { Static, TSchema } from 'typebox'
import type {
  ApproveBody,
  DenyBody,
  ExportBody,
  ExtendBody,
  KillBody,
  LoginBody,
  PurposeBody,
  ReasonBody,
  RequestBody,
  SearchBody,
} from './bodies.ts'
import type {
  ActivateBody,
  BaseBody,
  DryRunBody,
  ExplainBody,
  FilesBody,
  ProposeBody,
  ReviewScopeBody,
  SafetyReviewBody,
  TrialBody,
  RollbackBody,
} from './bundle-bodies.ts'
import {
  ActivationView,
  BundleFilesView,
  BundleView,
  ComparisonView,
  ExplainView,
  ProposalRow,
  ProposalView,
  ScopeChangeView,
  ScopeReportView,
} from './bundle-views.ts'
import { DossierView } from './release-views.ts'
import { PlatformReleaseView, type PlatformRecordsBody, type PlatformVerdictBody } from './platform.ts'
import type { DecideHostKeyBody, ProposeHostKeyBody } from './target-bodies.ts'
import type { CloseConcernBody, ConcernBody } from './concern-bodies.ts'
import type { EnrolmentBody, FinishEnrolmentBody } from './people-bodies.ts'
import type { DeletionBody, ErasureBody, HoldBody, SampleBody } from './custody-bodies.ts'
import type {
  AskEvidenceBody,
  AssessBody,
  AssignBody,
  CloseIncidentBody,
  CustodyBody,
  EndAskingBody,
  IncidentBody,
  IncidentWordsBody,
  LinkBody,
  RateBody,
  ReceiveBody,
  ReportedBody,
  TouchBody,
} from './incident-bodies.ts'
import type { ConfirmAssetsBody, ReviewFitBody, SeenAddressesBody, TriageBody } from './inventory-bodies.ts'
import type {
  AttestationBody,
  CampaignBody,
  CampaignItemBody,
  DelegationBody,
  ExpectationBody,
  HandOverBody,
  PresenceBody,
  ReviewBody,
  RevocationBody,
  SuspendBody,
  TrainingBody,
} from './standing-bodies.ts'
import {
  AttestationView,
  CampaignView,
  DelegationView,
  ExceptionView,
  PresenceView,
  ReviewDetailView,
  ReviewView,
  RevokedView,
  SupplierDossierView,
  SupplierView,
  SuspendedView,
  SuspensionView,
} from './standing-views.ts'
import {
  AccessRulesView,
  AccountsView,
  AgreementView,
  EnrolmentView,
  FeedTakenView,
  ApplicabilityView,
  ApprovalLinkView,
  AssetView,
  CommitteePackView,
  ConcernView,
  DrillRunView,
  DrillsView,
  PhysicalSourceView,
  PhysicalTakenView,
  ConfirmedView,
  CoverageSnapshotView,
  CoverageView,
  CustodyLogView,
  DeletionView,
  DueView,
  ErasureView,
  HealthView,
  HoldView,
  InformationView,
  InterfaceView,
  StorageView,
  EscortView,
  EvidenceView,
  ExpectationView,
  FileView,
  GrantView,
  ListOf,
  MeView,
  MachinesView,
  MachineView,
  PersonTrainingsView,
  EntryProofView,
  IncidentRow,
  IncidentView,
  RecordingView,
  RegisterView,
  ReplayChannelView,
  ReplayView,
  RequestView,
  RisksView,
  ScopeFitView,
  SearchIndexView,
  SearchOpenedView,
  SearchView,
  SessionView,
  SocketsView,
  ComparedView,
  SeenListView,
  SampleView,
  SeenView,
  TargetView,
  StatusView,
  SubmittedView,
  TrainingsView,
  VerificationView,
  ViewingView,
  WatchedView,
} from './views.ts'
import type { RouteName } from './routes.ts'

/** What each route takes; one that is not here takes nothing. */
export interface Bodies {
  readonly login: LoginBody
  readonly beginEnrolment: EnrolmentBody
  readonly finishEnrolment: FinishEnrolmentBody
  readonly confirmAssets: ConfirmAssetsBody
  readonly submit: RequestBody
  readonly handOverMachine: HandOverBody
  readonly approve: ApproveBody
  readonly deny: DenyBody
  readonly revoke: KillBody
  readonly extend: ExtendBody
  readonly kill: KillBody
  readonly replay: PurposeBody
  readonly askViewing: PurposeBody
  readonly refuseViewing: ReasonBody
  readonly releaseFile: ReasonBody
  readonly refuseFile: ReasonBody
  readonly openSearch: PurposeBody
  readonly search: SearchBody
  readonly export: ExportBody
  readonly hold: HoldBody
  readonly releaseHold: ReasonBody
  readonly proposeDeletion: DeletionBody
  readonly confirmDeletion: ReasonBody
  readonly withdrawDeletion: ReasonBody
  readonly proposeErasure: ErasureBody
  readonly confirmErasure: ReasonBody
  readonly withdrawErasure: ReasonBody
  readonly bundleDiff: FilesBody
  readonly bundleDryRun: DryRunBody
  readonly rollback: RollbackBody
  readonly propose: ProposeBody
  readonly activate: ActivateBody
  readonly rebase: BaseBody
  readonly rejectProposal: ReasonBody
  readonly reviewScopeChange: ReviewScopeBody
  readonly reviewSafety: SafetyReviewBody
  readonly recordTrial: TrialBody
  readonly recordPlatformRelease: PlatformRecordsBody
  readonly judgePlatformRelease: PlatformVerdictBody
  readonly reviewScopeFit: ReviewFitBody
  readonly explain: ExplainBody
  readonly suspend: SuspendBody
  readonly lift: ReasonBody
  readonly revokeAccess: RevocationBody
  readonly delegate: DelegationBody
  readonly assertPresence: PresenceBody
  readonly attest: AttestationBody
  readonly withdrawAttestation: ReasonBody
  readonly attestTraining: TrainingBody
  readonly withdrawTraining: ReasonBody
  readonly attestExpectation: ExpectationBody
  readonly withdrawExpectation: ReasonBody
  readonly closeReview: ReviewBody
  readonly compareSeen: SeenAddressesBody
  readonly triageSeen: TriageBody
  readonly proposeHostKey: ProposeHostKeyBody
  readonly acceptHostKey: DecideHostKeyBody
  readonly rejectHostKey: DecideHostKeyBody
  readonly reportConcern: ConcernBody
  readonly closeConcern: CloseConcernBody
  readonly raiseIncident: IncidentBody
  readonly touchIncident: TouchBody
  readonly rateIncident: RateBody
  readonly assignIncident: AssignBody
  readonly noteIncident: IncidentWordsBody
  readonly holdIncident: ReasonBody
  readonly linkIncident: LinkBody
  readonly reportIncident: ReportedBody
  readonly assessIncident: AssessBody
  readonly containIncident: IncidentWordsBody
  readonly closeIncident: CloseIncidentBody
  readonly closeIncidentAction: IncidentWordsBody
  readonly askEvidence: AskEvidenceBody
  readonly receiveEvidence: ReceiveBody
  readonly endAsking: EndAskingBody
  readonly moveExhibit: CustodyBody
  readonly drawSample: SampleBody
  readonly startCampaign: CampaignBody
  readonly decideItem: CampaignItemBody
}
export type BodyOf<Name> = Name extends keyof Bodies ? Bodies[Name] : null

/** What each route answers with when it goes well. */
export const answers = {
  login: MeView,
  refresh: MeView,
  me: MeView,
  status: StatusView,
  health: HealthView,
  assets: ListOf(AssetView),
  confirmAssets: ConfirmedView,
  accessRules: AccessRulesView,
  submit: SubmittedView,
  requests: ListOf(RequestView),
  request: RequestView,
  approve: RequestView,
  deny: RequestView,
  withdraw: RequestView,
  withdrawSet: ListOf(RequestView),
  approvalLink: ApprovalLinkView,
  grants: ListOf(GrantView),
  revoke: GrantView,
  extend: GrantView,
  sessions: ListOf(SessionView),
  sockets: SocketsView,
  compareSeen: ComparedView,
  seenAddresses: SeenListView,
  triageSeen: SeenView,
  targets: ListOf(TargetView),
  proposeHostKey: TargetView,
  acceptHostKey: TargetView,
  rejectHostKey: TargetView,
  kill: SessionView,
  escort: EscortView,
  liftWriteHold: SessionView,
  leaveEscort: SessionView,
  recordings: ListOf(RecordingView),
  recording: RecordingView,
  samples: ListOf(SampleView),
  drawSample: SampleView,
  viewings: ListOf(ViewingView),
  askViewing: ViewingView,
  confirmViewing: ViewingView,
  refuseViewing: ViewingView,
  files: ListOf(FileView),
  file: FileView,
  releaseFile: FileView,
  refuseFile: FileView,
  verify: VerificationView,
  storage: StorageView,
  hold: HoldView,
  holds: ListOf(HoldView),
  releaseHold: HoldView,
  dueRecordings: ListOf(DueView),
  proposeDeletion: DeletionView,
  deletions: ListOf(DeletionView),
  deletion: DeletionView,
  confirmDeletion: DeletionView,
  withdrawDeletion: DeletionView,
  proposeErasure: ErasureView,
  erasures: ListOf(ErasureView),
  confirmErasure: ErasureView,
  withdrawErasure: ErasureView,
  replay: ReplayView,
  replayChannel: ReplayChannelView,
  openSearch: SearchOpenedView,
  search: SearchView,
  searchIndex: SearchIndexView,
  rebuildSearch: SearchIndexView,
  agreements: ListOf(AgreementView),
  register: RegisterView,
  proof: EntryProofView,
  coverage: CoverageView,
  recordCoverage: CoverageSnapshotView,
  applicability: ApplicabilityView,
  bundle: BundleView,
  bundleHistory: ListOf(ActivationView),
  bundleFiles: BundleFilesView,
  watchedRules: WatchedView,
  risks: RisksView,
  bundleDiff: ComparisonView,
  rollback: BundleView,
  propose: ProposalView,
  proposals: ListOf(ProposalRow),
  proposal: ProposalView,
  activate: BundleView,
  rebase: ProposalView,
  rejectProposal: ProposalView,
  withdrawProposal: ProposalView,
  reviewSafety: ProposalView,
  dossier: DossierView,
  recordTrial: DossierView,
  platformReleases: ListOf(PlatformReleaseView),
  recordPlatformRelease: PlatformReleaseView,
  judgePlatformRelease: PlatformReleaseView,
  scopeChanges: ListOf(ScopeChangeView),
  reviewScopeChange: ScopeChangeView,
  scopeReport: ScopeReportView,
  interfaces: ListOf(InterfaceView),
  information: ListOf(InformationView),
  scopeFit: ScopeFitView,
  reviewScopeFit: ScopeFitView,
  explain: ExplainView,
  suspend: SuspendedView,
  suspensions: ListOf(SuspensionView),
  lift: SuspensionView,
  revokeAccess: RevokedView,
  delegate: DelegationView,
  delegations: ListOf(DelegationView),
  endDelegation: DelegationView,
  assertPresence: PresenceView,
  physical: ListOf(PhysicalSourceView),
  reportPhysical: PhysicalTakenView,
  drills: DrillsView,
  runDrill: DrillRunView,
  presences: ListOf(PresenceView),
  endPresence: PresenceView,
  attest: AttestationView,
  attestations: ListOf(AttestationView),
  withdrawAttestation: AttestationView,
  people: AccountsView,
  beginEnrolment: EnrolmentView,
  takePeopleFeed: FeedTakenView,
  machines: MachinesView,
  handOverMachine: MachineView,
  attestTraining: PersonTrainingsView,
  trainings: TrainingsView,
  withdrawTraining: PersonTrainingsView,
  attestExpectation: ExpectationView,
  withdrawExpectation: ExpectationView,
  reviews: ListOf(ReviewView),
  review: ReviewDetailView,
  closeReview: ReviewView,
  reportConcern: ConcernView,
  concerns: ListOf(ConcernView),
  closeConcern: ConcernView,
  raiseIncident: IncidentView,
  incident: IncidentView,
  touchIncident: IncidentView,
  rateIncident: IncidentView,
  assignIncident: IncidentView,
  noteIncident: IncidentView,
  holdIncident: IncidentView,
  linkIncident: IncidentView,
  reportIncident: IncidentView,
  assessIncident: IncidentView,
  containIncident: IncidentView,
  closeIncident: IncidentView,
  closeIncidentAction: IncidentView,
  askEvidence: IncidentView,
  receiveEvidence: IncidentView,
  endAsking: IncidentView,
  moveExhibit: IncidentView,
  incidents: ListOf(IncidentRow),
  incidentCustody: CustodyLogView,
  committeePack: CommitteePackView,
  startCampaign: CampaignView,
  campaigns: ListOf(CampaignView),
  campaign: CampaignView,
  decideItem: CampaignView,
  closeCampaign: CampaignView,
  exceptions: ListOf(ExceptionView),
  suppliers: ListOf(SupplierView),
  supplier: SupplierDossierView,
  evidence: ListOf(EvidenceView),
} as const satisfies Partial<Record<RouteName, TSchema>>
export type AnsweredRoute = keyof typeof answers
export type AnswerOf<Name extends AnsweredRoute> = Static<(typeof answers)[Name]>

// Every route of the API in one table: the method and path the gateway serves and the CLI and web application call.
// Request bodies are in bodies.ts, answers in views.ts. Refusals and errors are ProblemView with a 4xx or 5xx status.

export const prefix = '/api/v1'
/** Set by the login and refresh answers; every request that changes something repeats the value in this header. */
export const csrfHeader = 'x-sallyport-csrf'

/** Of an export: how many sealed recordings of the gateway stay out of it because of how they are handled. */
export const keptBackHeader = 'x-sallyport-kept-back'

export const routes = {
  /** LoginBody -> MeView; sets the access and refresh cookies. */
  login: { method: 'POST', path: '/auth/login' },
  /** -> MeView; rotates the refresh cookie. Needs no csrf header: the cookie is SameSite=Strict and path-bound. */
  refresh: { method: 'POST', path: '/auth/refresh' },
  logout: { method: 'POST', path: '/auth/logout' },
  /** -> MeView */
  me: { method: 'GET', path: '/auth/me' },
  /** -> StatusView */
  status: { method: 'GET', path: '/status' },
  /** -> HealthView: what works, for everybody who is logged in. */
  health: { method: 'GET', path: '/health' },
  /** -> ListView<AssetView> */
  assets: { method: 'GET', path: '/assets' },
  /** ConfirmAssetsBody -> 201 ConfirmedView, or 400 ProblemView with every problem and nothing confirmed. */
  confirmAssets: { method: 'POST', path: '/assets/confirmations' },
  /** SeenAddressesBody -> ComparedView: addresses of the network held against the inventory. */
  compareSeen: { method: 'POST', path: '/assets/seen' },
  /** ?state=open|all &limit= &cursor= -> SeenListView, newest first, with how accurate the inventory is. */
  seenAddresses: { method: 'GET', path: '/assets/seen' },
  /** TriageBody -> SeenView: somebody of the plant says what it is. */
  triageSeen: { method: 'POST', path: '/assets/seen/:id' },
  /** ?keys=enrol &limit= &cursor= -> ListView<TargetView>: where targets are dialled, and which host key each may show. */
  targets: { method: 'GET', path: '/targets' },
  /** ProposeHostKeyBody -> TargetView: the gateway looks at the key the target shows, and it is proposed. */
  proposeHostKey: { method: 'POST', path: '/targets/:id/host-keys' },
  /** DecideHostKeyBody -> TargetView: another person accepts it, and the target may show it and no other. */
  acceptHostKey: { method: 'POST', path: '/targets/:id/host-keys/accept' },
  /** DecideHostKeyBody -> TargetView */
  rejectHostKey: { method: 'POST', path: '/targets/:id/host-keys/reject' },
  /** -> AccessRulesView: what each tier demands of a request. */
  accessRules: { method: 'GET', path: '/access-rules' },
  /** RequestBody -> 201 SubmittedView, or 403 ProblemView with the decision and, of several assets, which are refused. */
  submit: { method: 'POST', path: '/requests' },
  /** ?state=submitted|approved|refused|withdrawn|expired &mine=true &limit= &cursor= -> ListView<RequestView>, newest first */
  requests: { method: 'GET', path: '/requests' },
  request: { method: 'GET', path: '/requests/:id' },
  /** ApproveBody -> RequestView */
  approve: { method: 'POST', path: '/requests/:id/approve' },
  /** DenyBody -> RequestView */
  deny: { method: 'POST', path: '/requests/:id/deny' },
  /** -> RequestView */
  withdraw: { method: 'POST', path: '/requests/:id/withdraw' },
  /** -> ListView<RequestView>: the whole set; what was not decided yet is taken back at once. */
  withdrawSet: { method: 'POST', path: '/request-sets/:id/withdraw' },
  /** -> ApprovalLinkView; follows a link of a message, once, for the person it was made for. Approves nothing. */
  approvalLink: { method: 'GET', path: '/approval-links/:token' },
  /** ?state=open &plant= &limit= &cursor= -> ListView<GrantView> */
  grants: { method: 'GET', path: '/grants' },
  /** KillBody -> GrantView; 409 `confirm-safe-state` unless it is insisted. */
  revoke: { method: 'POST', path: '/grants/:id/revoke' },
  /** ExtendBody -> GrantView */
  extend: { method: 'POST', path: '/grants/:id/extend' },
  /** ?state=live|all &limit= &cursor= -> ListView<SessionView>, newest first */
  sessions: { method: 'GET', path: '/sessions' },
  /** -> SocketsView: living sessions held against the kernel's socket table, now. */
  sockets: { method: 'GET', path: '/sessions/sockets' },
  /**
   * KillBody -> SessionView, or 409 `confirm-safe-state` where the asset asks for a safe state and nobody insists. On
   * what is safety-related it is not cut off at once: `safetyHold` says when it is closed.
   */
  kill: { method: 'POST', path: '/sessions/:id/kill' },
  /** -> EscortView. Comes along with a session, or says again that one is there; to be said every few seconds. */
  escort: { method: 'POST', path: '/sessions/:id/escort' },
  /** -> SessionView; lets what is typed through until the escort leaves. */
  liftWriteHold: { method: 'POST', path: '/sessions/:id/write-hold/lift' },
  /** -> SessionView */
  leaveEscort: { method: 'POST', path: '/sessions/:id/escort/leave' },
  /** ?limit= &cursor= -> ListView<RecordingView>, newest first */
  recordings: { method: 'GET', path: '/recordings' },
  recording: { method: 'GET', path: '/recordings/:id' },
  /** -> ListView<SampleView>: the latest draws of recordings to be looked at, newest first. */
  samples: { method: 'GET', path: '/samples' },
  /** SampleBody -> 201 SampleView; what is drawn gets a review each. */
  drawSample: { method: 'POST', path: '/samples' },
  /** -> VerificationView: chain, seal and ledger entry checked now. */
  verify: { method: 'POST', path: '/recordings/:id/verify' },
  /** PurposeBody -> 201 ViewingView: asks for the second person that a recording's rules want. */
  askViewing: { method: 'POST', path: '/recordings/:id/viewings' },
  /** ?limit= &cursor= -> ListView<ViewingView>, newest first: those one asked for, may answer or answered. */
  viewings: { method: 'GET', path: '/viewings' },
  /** -> ViewingView; by another person than who asked, and no party of the session. */
  confirmViewing: { method: 'POST', path: '/viewings/:id/confirm' },
  /** ReasonBody -> ViewingView */
  refuseViewing: { method: 'POST', path: '/viewings/:id/refuse' },
  /** ?waiting=true &session= &limit= &cursor= -> ListView<FileView>, newest first: files that were taken in before they crossed. */
  files: { method: 'GET', path: '/files' },
  /** -> FileView */
  file: { method: 'GET', path: '/files/:id' },
  /** ReasonBody -> FileView; by a person of the plant whom the rules name, never of who carries it. */
  releaseFile: { method: 'POST', path: '/files/:id/release' },
  /** ReasonBody -> FileView */
  refuseFile: { method: 'POST', path: '/files/:id/refuse' },
  /** PurposeBody -> ReplayView; viewing is evidence. Of a living session it is watching. */
  replay: { method: 'POST', path: '/recordings/:id/replay' },
  /** -> ReplayChannelView; this and the next two only inside a replay's lifetime. */
  replayChannel: { method: 'GET', path: '/replays/:replay/channels/:channel' },
  /** ?from= &until= &format=v2|v3|text &input=true &times=clip &follow=true -> application/x-asciicast or text/plain */
  cast: { method: 'GET', path: '/replays/:replay/channels/:channel/cast' },
  /** Range: bytes -> application/octet-stream: what crossed in one direction. */
  rawChannel: { method: 'GET', path: '/replays/:replay/channels/:channel/raw/:direction' },
  /** -> StorageView: the space recordings have, and when it will be full. */
  storage: { method: 'GET', path: '/storage' },
  /** HoldBody -> 201 HoldView: what it covers is neither deleted nor erased. */
  hold: { method: 'POST', path: '/holds' },
  /** ?state=open|all -> ListView<HoldView>, newest first */
  holds: { method: 'GET', path: '/holds' },
  /** ReasonBody -> HoldView; by another person than who set it. */
  releaseHold: { method: 'POST', path: '/holds/:id/release' },
  /** ?limit= &cursor= -> ListView<DueView>, oldest first: recordings past their day, not held, in no proposal. */
  dueRecordings: { method: 'GET', path: '/recordings-due' },
  /** DeletionBody -> 201 DeletionView */
  proposeDeletion: { method: 'POST', path: '/deletions' },
  /** ?limit= &cursor= -> ListView<DeletionView>, newest first */
  deletions: { method: 'GET', path: '/deletions' },
  /** -> DeletionView */
  deletion: { method: 'GET', path: '/deletions/:id' },
  /** ReasonBody -> DeletionView; by another person than who proposed. */
  confirmDeletion: { method: 'POST', path: '/deletions/:id/confirm' },
  /** ReasonBody -> DeletionView */
  withdrawDeletion: { method: 'POST', path: '/deletions/:id/withdraw' },
  /** ErasureBody -> 201 ErasureView */
  proposeErasure: { method: 'POST', path: '/erasures' },
  /** ?limit= &cursor= -> ListView<ErasureView>, newest first */
  erasures: { method: 'GET', path: '/erasures' },
  /** ReasonBody -> ErasureView; by another person than who proposed. */
  confirmErasure: { method: 'POST', path: '/erasures/:id/confirm' },
  /** ReasonBody -> ErasureView */
  withdrawErasure: { method: 'POST', path: '/erasures/:id/withdraw' },
  /** PurposeBody -> 201 SearchOpenedView: search over recordings; the purpose is stated once for a while. */
  openSearch: { method: 'POST', path: '/searches' },
  /** SearchBody -> SearchView, newest session first; each answer is evidence. */
  search: { method: 'POST', path: '/searches/:id/hits' },
  /** -> SearchIndexView: how far the recordings are indexed. */
  searchIndex: { method: 'GET', path: '/search-index' },
  /** -> SearchIndexView: built anew from the recordings. */
  rebuildSearch: { method: 'POST', path: '/search-index/rebuild' },
  /** ExportBody -> application/x-tar: the export folder, for `sallyport verify`. */
  export: { method: 'POST', path: '/exports' },
  /** -> ListView<AgreementView>: what may go out to customers, of the reader's plants. */
  agreements: { method: 'GET', path: '/agreements' },
  /** -> sallyport-trust/v1 document: origin and public keys. */
  trust: { method: 'GET', path: '/evidence/trust' },
  /** -> RegisterView */
  register: { method: 'GET', path: '/register' },
  /** ?limit= &cursor= -> CoverageView: everything in scope, what is not covered first. */
  coverage: { method: 'GET', path: '/register/coverage' },
  /** -> 201 CoverageSnapshotView: the report as evidence. */
  recordCoverage: { method: 'POST', path: '/register/coverage/snapshots' },
  /** -> ApplicabilityView: the clauses of the scope's regimes that controls support evidence for. */
  applicability: { method: 'GET', path: '/register/applicability' },
  /** -> RisksView: the register's risks, the graver first. */
  risks: { method: 'GET', path: '/risks' },
  /** -> BundleView: what is in force. */
  bundle: { method: 'GET', path: '/bundle' },
  /** ?limit= &cursor= -> ListView<ActivationView>, newest first: what was in force when. */
  bundleHistory: { method: 'GET', path: '/bundles' },
  /** -> BundleFilesView: the files of a bundle that is or was in force, or was proposed (id of the proposal). */
  bundleFiles: { method: 'GET', path: '/bundles/:id/files' },
  /** ?days= -> WatchedView: rules that do not hold yet, and how often each would have struck. */
  watchedRules: { method: 'GET', path: '/bundle/watched' },
  /** FilesBody -> ComparisonView: what these files would change of what is in force. */
  bundleDiff: { method: 'POST', path: '/bundles/diff' },
  /** DryRunBody -> DryRunLine as application/x-ndjson: progress, then the report. */
  bundleDryRun: { method: 'POST', path: '/bundles/dry-run' },
  /** RollbackBody -> BundleView; one step, by one person, as evidence. */
  rollback: { method: 'POST', path: '/bundles/rollback' },
  /** ProposeBody -> 201 ProposalView, or 422 ProblemView with every problem. */
  propose: { method: 'POST', path: '/proposals' },
  /** ?state=open|activated|rejected|withdrawn &limit= &cursor= -> ListView<ProposalRow>, newest first */
  proposals: { method: 'GET', path: '/proposals' },
  /** -> ProposalView, with what it would change. */
  proposal: { method: 'GET', path: '/proposals/:id' },
  /** BaseBody -> BundleView; by another person than the proposer. */
  activate: { method: 'POST', path: '/proposals/:id/activate' },
  /** BaseBody -> ProposalView; an outdated proposal is put on what is in force now. */
  rebase: { method: 'POST', path: '/proposals/:id/rebase' },
  /** SafetyReviewBody -> ProposalView; by a safety engineer who did not propose it. */
  reviewSafety: { method: 'POST', path: '/proposals/:id/safety-review' },
  /** TrialBody -> DossierView: what it did outside production, as evidence. */
  recordTrial: { method: 'POST', path: '/proposals/:id/trials' },
  /** -> DossierView: impact, test, safety review, approval and way back, from the evidence. */
  dossier: { method: 'GET', path: '/proposals/:id/dossier' },
  /** ?limit= &cursor= -> ListView<PlatformReleaseView>, newest first: what became another of the gateway itself. */
  platformReleases: { method: 'GET', path: '/platform/releases' },
  /** PlatformRecordsBody -> PlatformReleaseView */
  recordPlatformRelease: { method: 'POST', path: '/platform/releases/:id/records' },
  /** PlatformVerdictBody -> PlatformReleaseView; by another person than who recorded it. */
  judgePlatformRelease: { method: 'POST', path: '/platform/releases/:id/verdict' },
  /** ReasonBody -> ProposalView */
  rejectProposal: { method: 'POST', path: '/proposals/:id/reject' },
  /** -> ProposalView */
  withdrawProposal: { method: 'POST', path: '/proposals/:id/withdraw' },
  /** ?state=open|accepted|rejected|lapsed &limit= &cursor= -> ListView<ScopeChangeView>, newest first */
  scopeChanges: { method: 'GET', path: '/scope-changes' },
  /** ReviewScopeBody -> ScopeChangeView; by somebody who neither proposed nor activated the bundle. */
  reviewScopeChange: { method: 'POST', path: '/scope-changes/:id/review' },
  /** ?limit= &cursor= -> ScopeReportView: the scope worked out, a page of assets at a time. */
  scopeReport: { method: 'GET', path: '/scope' },
  /** ?limit= &cursor= -> ListView<InterfaceView>: ways on which data comes and goes, what is overdue first. */
  interfaces: { method: 'GET', path: '/interfaces' },
  /** ?limit= &cursor= -> ListView<InformationView>: what the plants know, and what holds it. */
  information: { method: 'GET', path: '/information' },
  /** -> ScopeFitView: what came, went and was left undecided since somebody last looked. */
  scopeFit: { method: 'GET', path: '/scope/fit' },
  /** ReviewFitBody -> 201 ScopeFitView; the next one is due in a quarter. */
  reviewScopeFit: { method: 'POST', path: '/scope/fit/reviews' },
  /** ExplainBody -> ExplainView: what would be decided, and why. Opens nothing and leaves no trace. */
  explain: { method: 'POST', path: '/explain' },
  /** SuspendBody -> 201 SuspendedView: off until another person lifts it; what was open is ended. */
  suspend: { method: 'POST', path: '/suspensions' },
  /** ?state=open|all -> ListView<SuspensionView>, newest first */
  suspensions: { method: 'GET', path: '/suspensions' },
  /** ReasonBody -> SuspensionView; by another person than the one who suspended. */
  lift: { method: 'POST', path: '/suspensions/:id/lift' },
  /** RevocationBody -> RevokedView; 409 `confirm-safe-state` naming the sessions, unless it is insisted. */
  revokeAccess: { method: 'POST', path: '/revocations' },
  /** DelegationBody -> 201 DelegationView; one's own right, to a colleague. */
  delegate: { method: 'POST', path: '/delegations' },
  /** -> ListView<DelegationView>, newest first: those one is part of; who answers for the whole sees all. */
  delegations: { method: 'GET', path: '/delegations' },
  /** -> DelegationView */
  endDelegation: { method: 'POST', path: '/delegations/:id/end' },
  /** PresenceBody -> 201 PresenceView; with the code the device of the zone shows now. */
  assertPresence: { method: 'POST', path: '/presences' },
  /** -> ListView<PresenceView>: who is on site now. */
  presences: { method: 'GET', path: '/presences' },
  /** -> PresenceView */
  endPresence: { method: 'POST', path: '/presences/:id/end' },
  /** -> ListView<PhysicalSourceView>: doors, cabinets and key switches of the reader's plants. */
  physical: { method: 'GET', path: '/physical' },
  /** A signed report (Standard Webhooks) of the source, without a login -> 202 PhysicalTakenView. */
  reportPhysical: { method: 'POST', path: '/physical/:id/reports' },
  /** -> DrillsView: the drills of the reader's plants, and their last runs. */
  drills: { method: 'GET', path: '/drills' },
  /** -> 201 DrillRunView; runs the drill with this name now, and answers when it is over. */
  runDrill: { method: 'POST', path: '/drills/:id/runs' },
  /** AttestationBody -> 201 AttestationView */
  attest: { method: 'POST', path: '/attestations' },
  /** -> ListView<AttestationView>, newest first: one's own; who answers for the whole sees all. */
  attestations: { method: 'GET', path: '/attestations' },
  /** ReasonBody -> AttestationView */
  withdrawAttestation: { method: 'POST', path: '/attestations/:id/withdraw' },
  /** -> AccountsView: who has which role and from where; an approver reads those of their plants. */
  people: { method: 'GET', path: '/people' },
  /** A feed, signed by its source (Standard Webhooks) -> FeedTakenView. No login. */
  takePeopleFeed: { method: 'POST', path: '/people-feeds/:id' },
  /** EnrolmentBody -> EnrolmentView: with the one-time secret of a prepared account. No login. */
  beginEnrolment: { method: 'POST', path: '/auth/enrolment' },
  /** FinishEnrolmentBody -> 204; the secret is used up. No login. */
  finishEnrolment: { method: 'POST', path: '/auth/enrolment/finish' },
  /** -> MachinesView: those of the reader's plants; who answers for nothing else sees those they own. */
  machines: { method: 'GET', path: '/machines' },
  /** HandOverBody -> MachineView; by an administrator; `:id` is the machine account's. */
  handOverMachine: { method: 'POST', path: '/machines/:id/owner' },
  /** TrainingBody -> 201 PersonTrainingsView */
  attestTraining: { method: 'POST', path: '/trainings' },
  /** -> TrainingsView: who has done which, and who lacks one; people who answer for nothing see themselves. */
  trainings: { method: 'GET', path: '/trainings' },
  /** ReasonBody -> PersonTrainingsView; `:id` is the attestation's. */
  withdrawTraining: { method: 'POST', path: '/trainings/:id/withdraw' },
  /** ExpectationBody -> 201 ExpectationView */
  attestExpectation: { method: 'POST', path: '/suppliers/:id/expectations' },
  /** ReasonBody -> ExpectationView; `:id` is the attestation's. */
  withdrawExpectation: { method: 'POST', path: '/expectations/:id/withdraw' },
  /** ?state=open|all -> ListView<ReviewView>, newest first */
  reviews: { method: 'GET', path: '/reviews' },
  /** -> ReviewDetailView: with the request and the sessions it is about. */
  review: { method: 'GET', path: '/reviews/:id' },
  /** ReviewBody -> ReviewView; by another person than the one who used the access. */
  closeReview: { method: 'POST', path: '/reviews/:id/close' },
  /** ConcernBody -> 201 ConcernView: something that nearly went wrong, told without blame; by anybody. */
  reportConcern: { method: 'POST', path: '/concerns' },
  /** ?state=open|all -> ListView<ConcernView>, newest first: one's own; an isms-manager reads all. */
  concerns: { method: 'GET', path: '/concerns' },
  /** CloseConcernBody -> ConcernView; by an isms-manager, with what was learned. */
  closeConcern: { method: 'POST', path: '/concerns/:id/close' },
  /** IncidentBody -> 201 IncidentView; by anybody of the plant. */
  raiseIncident: { method: 'POST', path: '/incidents' },
  /** ?state=open|all &limit= &cursor= -> ListView<IncidentRow>, newest first: those the reader has to do with. */
  incidents: { method: 'GET', path: '/incidents' },
  /** -> IncidentView, as every step on it answers. */
  incident: { method: 'GET', path: '/incidents/:id' },
  /** TouchBody -> IncidentView: it touches more. */
  touchIncident: { method: 'POST', path: '/incidents/:id/touches' },
  /** RateBody -> IncidentView */
  rateIncident: { method: 'POST', path: '/incidents/:id/severity' },
  /** AssignBody -> IncidentView */
  assignIncident: { method: 'POST', path: '/incidents/:id/assign' },
  /** IncidentWordsBody -> IncidentView */
  noteIncident: { method: 'POST', path: '/incidents/:id/notes' },
  /** ReasonBody -> IncidentView: legal holds on all it touches. */
  holdIncident: { method: 'POST', path: '/incidents/:id/hold' },
  /** LinkBody -> IncidentView: a suspension that was made because of it. */
  linkIncident: { method: 'POST', path: '/incidents/:id/links' },
  /** ReportedBody -> IncidentView: somebody outside was told, as it is owed. */
  reportIncident: { method: 'POST', path: '/incidents/:id/reports' },
  /** AssessBody -> IncidentView */
  assessIncident: { method: 'POST', path: '/incidents/:id/assessments' },
  /** IncidentWordsBody -> IncidentView: it does not go on any more. */
  containIncident: { method: 'POST', path: '/incidents/:id/contain' },
  /** CloseIncidentBody -> IncidentView; by another person than who opened it and who saw it through. */
  closeIncident: { method: 'POST', path: '/incidents/:id/close' },
  /** IncidentWordsBody -> IncidentView: its corrective action works; by another person than its owner. */
  closeIncidentAction: { method: 'POST', path: '/incidents/:id/action/close' },
  /** AskEvidenceBody -> 201 IncidentView: somebody outside is asked for evidence. */
  askEvidence: { method: 'POST', path: '/incidents/:id/evidence-requests' },
  /** ReceiveBody -> IncidentView */
  receiveEvidence: { method: 'POST', path: '/evidence-requests/:id/receive' },
  /** EndAskingBody -> IncidentView */
  endAsking: { method: 'POST', path: '/evidence-requests/:id/end' },
  /** CustodyBody -> IncidentView: a piece of evidence changes hands. */
  moveExhibit: { method: 'POST', path: '/exhibits/:id/custody' },
  /** -> CustodyLogView */
  incidentCustody: { method: 'GET', path: '/incidents/:id/custody' },
  /** ?since= &until= (instants) -> CommitteePackView */
  committeePack: { method: 'GET', path: '/committee-pack' },
  /** CampaignBody -> 201 CampaignView */
  startCampaign: { method: 'POST', path: '/campaigns' },
  /** -> ListView<CampaignView>, newest first, without their people */
  campaigns: { method: 'GET', path: '/campaigns' },
  /** -> CampaignView */
  campaign: { method: 'GET', path: '/campaigns/:id' },
  /** CampaignItemBody -> CampaignView; by another person than the one decided on. */
  decideItem: { method: 'POST', path: '/campaigns/:id/decide' },
  /** -> CampaignView */
  closeCampaign: { method: 'POST', path: '/campaigns/:id/close' },
  /** -> ListView<ExceptionView>: the register's exceptions, the next to end first. */
  exceptions: { method: 'GET', path: '/exceptions' },
  /** -> ListView<SupplierView> */
  suppliers: { method: 'GET', path: '/suppliers' },
  /** -> SupplierDossierView */
  supplier: { method: 'GET', path: '/suppliers/:id' },
  /** ?types=a,b &without=c,d &session= &limit= &cursor= -> ListView<EvidenceView>, newest first */
  evidence: { method: 'GET', path: '/evidence' },
  /** -> EntryProofView: one entry and the proof that it is there. */
  proof: { method: 'GET', path: '/evidence/:id/proof' },
  /** -> the newest signed checkpoint (C2SP tlog-checkpoint), text. */
  ledgerCheckpoint: { method: 'GET', path: '/ledger/checkpoint' },
  /** -> a tile of the ledger (C2SP tlog-tiles), bytes: `/ledger/tile/0/x001/234`, `/ledger/tile/entries/000.p/7`. */
  ledgerTile: { method: 'GET', path: '/ledger/tile/*' },
} as const satisfies Record<string, { method: 'GET' | 'POST'; path: `/${string}` }>
export type RouteName = keyof typeof routes

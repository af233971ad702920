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
  /** -> ListView<AssetView> */
  assets: { method: 'GET', path: '/assets' },
  /** ConfirmAssetsBody -> 201 ConfirmedView, or 400 ProblemView with every problem and nothing confirmed. */
  confirmAssets: { method: 'POST', path: '/assets/confirmations' },
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
  /** ?state=open &limit= &cursor= -> ListView<GrantView> */
  grants: { method: 'GET', path: '/grants' },
  /** KillBody -> GrantView; 409 `confirm-safe-state` unless it is insisted. */
  revoke: { method: 'POST', path: '/grants/:id/revoke' },
  /** ExtendBody -> GrantView */
  extend: { method: 'POST', path: '/grants/:id/extend' },
  /** ?state=live|all &limit= &cursor= -> ListView<SessionView>, newest first */
  sessions: { method: 'GET', path: '/sessions' },
  /** KillBody -> SessionView, or 409 `confirm-safe-state` where the asset asks for a safe state and nobody insists. */
  kill: { method: 'POST', path: '/sessions/:id/kill' },
  /** -> EscortView. Comes along with a session, or says again that one is there; to be said every few seconds. */
  escort: { method: 'POST', path: '/sessions/:id/escort' },
  /** -> SessionView */
  leaveEscort: { method: 'POST', path: '/sessions/:id/escort/leave' },
  /** ?limit= &cursor= -> ListView<RecordingView>, newest first */
  recordings: { method: 'GET', path: '/recordings' },
  recording: { method: 'GET', path: '/recordings/:id' },
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
  /** -> DossierView: impact, test, safety review, approval and way back, from the evidence. */
  dossier: { method: 'GET', path: '/proposals/:id/dossier' },
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
  /** AttestationBody -> 201 AttestationView */
  attest: { method: 'POST', path: '/attestations' },
  /** -> ListView<AttestationView>, newest first: one's own; who answers for the whole sees all. */
  attestations: { method: 'GET', path: '/attestations' },
  /** ReasonBody -> AttestationView */
  withdrawAttestation: { method: 'POST', path: '/attestations/:id/withdraw' },
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

// The route table with its types joined to it: which body a route takes and what it answers. Types only, but for the
// address, which is composed here.

import { prefix, routes, type RouteName } from '../../../gateway/contract/routes.ts'
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
} from '../../../gateway/contract/bodies.ts'
import type {
  BaseBody,
  ExplainBody,
  FilesBody,
  ProposeBody,
  ReviewScopeBody,
  RollbackBody,
} from '../../../gateway/contract/bundle-bodies.ts'
import type {
  ActivationView,
  BundleView,
  ComparisonView,
  ExplainView,
  ProposalRow,
  ProposalView,
  ScopeChangeView,
  ScopeReportView,
} from '../../../gateway/contract/bundle-views.ts'
import type {
  AttestationBody,
  CampaignBody,
  CampaignItemBody,
  DelegationBody,
  PresenceBody,
  ReviewBody,
  RevocationBody,
  SuspendBody,
} from '../../../gateway/contract/standing-bodies.ts'
import type {
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
} from '../../../gateway/contract/standing-views.ts'
import type {
  AccessRulesView,
  ApprovalLinkView,
  AssetView,
  EscortView,
  EvidenceView,
  GrantView,
  ListView,
  MeView,
  RecordingView,
  RegisterView,
  ReplayView,
  RequestView,
  SessionView,
  StatusView,
  SubmittedView,
  VerificationView,
} from '../../../gateway/contract/views.ts'

export interface Bodies {
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
  readonly bundleDiff: FilesBody
  readonly rollback: RollbackBody
  readonly propose: ProposeBody
  readonly activate: BaseBody
  readonly rebase: BaseBody
  readonly rejectProposal: ReasonBody
  readonly reviewScopeChange: ReviewScopeBody
  readonly explain: ExplainBody
}

/** Routes that answer with JSON, and the view they answer with. */
export interface Answers {
  readonly login: MeView
  readonly refresh: MeView
  readonly me: MeView
  readonly status: StatusView
  readonly assets: ListView<AssetView>
  readonly accessRules: AccessRulesView
  readonly submit: SubmittedView
  readonly requests: ListView<RequestView>
  readonly request: RequestView
  readonly approve: RequestView
  readonly deny: RequestView
  readonly withdraw: RequestView
  readonly grants: ListView<GrantView>
  readonly revoke: GrantView
  readonly extend: GrantView
  readonly sessions: ListView<SessionView>
  readonly kill: SessionView
  readonly recordings: ListView<RecordingView>
  readonly recording: RecordingView
  readonly verify: VerificationView
  readonly replay: ReplayView
  readonly register: RegisterView
  readonly evidence: ListView<EvidenceView>
  readonly approvalLink: ApprovalLinkView
  readonly escort: EscortView
  readonly leaveEscort: SessionView
  readonly suspend: SuspendedView
  readonly suspensions: ListView<SuspensionView>
  readonly lift: SuspensionView
  readonly revokeAccess: RevokedView
  readonly delegate: DelegationView
  readonly delegations: ListView<DelegationView>
  readonly endDelegation: DelegationView
  readonly assertPresence: PresenceView
  readonly presences: ListView<PresenceView>
  readonly endPresence: PresenceView
  readonly attest: AttestationView
  readonly attestations: ListView<AttestationView>
  readonly withdrawAttestation: AttestationView
  readonly reviews: ListView<ReviewView>
  readonly closeReview: ReviewView
  readonly startCampaign: CampaignView
  readonly campaigns: ListView<CampaignView>
  readonly campaign: CampaignView
  readonly decideItem: CampaignView
  readonly closeCampaign: CampaignView
  readonly exceptions: ListView<ExceptionView>
  readonly suppliers: ListView<SupplierView>
  readonly supplier: SupplierDossierView
  readonly bundle: BundleView
  readonly bundleHistory: ListView<ActivationView>
  readonly bundleDiff: ComparisonView
  readonly rollback: BundleView
  readonly propose: ProposalView
  readonly proposals: ListView<ProposalRow>
  readonly proposal: ProposalView
  readonly activate: BundleView
  readonly rebase: ProposalView
  readonly rejectProposal: ProposalView
  readonly withdrawProposal: ProposalView
  readonly scopeChanges: ListView<ScopeChangeView>
  readonly reviewScopeChange: ScopeChangeView
  readonly scopeReport: ScopeReportView
  readonly explain: ExplainView
}

type ParamOf<Path extends string> = Path extends `${string}:${infer Rest}`
  ? Rest extends `${infer Name}/${infer More}`
    ? Name | ParamOf<`/${More}`>
    : Rest
  : never
type Params<N extends RouteName> = ParamOf<(typeof routes)[N]['path']>

export type Query = Readonly<Record<string, string | number | boolean | null | undefined>>

/** What one call of a route needs: its path parameters and its body where it has any. */
export type CallInput<N extends RouteName> = {
  readonly query?: Query
  readonly signal?: AbortSignal
} & ([Params<N>] extends [never] ? unknown : { readonly params: Readonly<Record<Params<N>, string>> }) &
  (N extends keyof Bodies ? { readonly body: Bodies[N] } : unknown)

/** A call as the client sends it, whichever route it is for. */
export interface AnyInput {
  readonly query?: Query
  readonly signal?: AbortSignal
  readonly params?: Readonly<Record<string, string>>
  readonly body?: unknown
}

/** The address of a route on the gateway's own origin. A query entry that is null, undefined or empty is left out. */
export function addressOf(name: RouteName, input: AnyInput): string {
  const path = routes[name].path.replace(/:([a-z]+)/g, (_, param: string) => {
    const value = input.params?.[param]
    if (value === undefined || value === '')
      throw new Error(`route \`${name}\`: expected a value for \`:${param}\`, got none`)
    return encodeURIComponent(value)
  })
  const query = new URLSearchParams()
  for (const [key, value] of Object.entries(input.query ?? {})) {
    if (value !== null && value !== undefined && value !== '') query.set(key, String(value))
  }
  const asked = query.toString()
  return `${prefix}${path}${asked === '' ? '' : `?${asked}`}`
}

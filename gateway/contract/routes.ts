// Every route of the API in one table: the method and path the gateway serves and the CLI and web application call.
// Request bodies are in bodies.ts, answers in views.ts. Refusals and errors are ProblemView with a 4xx or 5xx status.

export const prefix = '/api/v1'
/** Set by the login and refresh answers; every request that changes something repeats the value in this header. */
export const csrfHeader = 'x-sallyport-csrf'

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
  /** RequestBody -> 201 RequestView, or 403 ProblemView with the decision. */
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
  /** ?state=open &limit= &cursor= -> ListView<GrantView> */
  grants: { method: 'GET', path: '/grants' },
  /** ReasonBody -> GrantView */
  revoke: { method: 'POST', path: '/grants/:id/revoke' },
  /** ExtendBody -> GrantView */
  extend: { method: 'POST', path: '/grants/:id/extend' },
  /** ?state=live|all &limit= &cursor= -> ListView<SessionView>, newest first */
  sessions: { method: 'GET', path: '/sessions' },
  /** ReasonBody -> SessionView */
  kill: { method: 'POST', path: '/sessions/:id/kill' },
  /** ?limit= &cursor= -> ListView<RecordingView>, newest first */
  recordings: { method: 'GET', path: '/recordings' },
  recording: { method: 'GET', path: '/recordings/:id' },
  /** -> VerificationView: chain, seal and ledger entry checked now. */
  verify: { method: 'POST', path: '/recordings/:id/verify' },
  /** PurposeBody -> ReplayView; viewing is evidence. */
  replay: { method: 'POST', path: '/recordings/:id/replay' },
  /** -> asciicast v2 as application/x-asciicast; only inside a replay's lifetime. */
  cast: { method: 'GET', path: '/replays/:replay/:channel' },
  /** ExportBody -> application/x-tar: the export folder, for `sallyport verify`. */
  export: { method: 'POST', path: '/exports' },
  /** -> sallyport-trust/v1 document: origin and public keys. */
  trust: { method: 'GET', path: '/evidence/trust' },
  /** -> RegisterView */
  register: { method: 'GET', path: '/register' },
  /** ?types=a,b &session= &limit= &cursor= -> ListView<EvidenceView>, newest first */
  evidence: { method: 'GET', path: '/evidence' },
} as const satisfies Record<string, { method: 'GET' | 'POST'; path: `/${string}` }>
export type RouteName = keyof typeof routes

// The route table with its types joined to it: which body a route takes and what it answers. Types only, but for the
// address, which is composed here.

import { prefix, routes, type RouteName } from '../../../gateway/contract/routes.ts'
import type {
  ApproveBody,
  DenyBody,
  ExportBody,
  ExtendBody,
  LoginBody,
  PurposeBody,
  ReasonBody,
  RequestBody,
} from '../../../gateway/contract/bodies.ts'
import type {
  AssetView,
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
  VerificationView,
} from '../../../gateway/contract/views.ts'

export interface Bodies {
  readonly login: LoginBody
  readonly submit: RequestBody
  readonly approve: ApproveBody
  readonly deny: DenyBody
  readonly revoke: ReasonBody
  readonly extend: ExtendBody
  readonly kill: ReasonBody
  readonly replay: PurposeBody
  readonly export: ExportBody
}

/** Routes that answer with JSON, and the view they answer with. */
export interface Answers {
  readonly login: MeView
  readonly refresh: MeView
  readonly me: MeView
  readonly status: StatusView
  readonly assets: ListView<AssetView>
  readonly submit: RequestView
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

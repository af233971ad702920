// The addresses of the application. Each page is a chunk of its own, loaded when somebody goes there or points at it.

import type { QueryClient } from '@tanstack/react-query'
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  notFound,
  Outlet,
  redirect,
} from '@tanstack/react-router'
import { client } from './api/gateway.ts'
import { ApiProblem } from './api/problem.ts'
import { meQuery } from './api/queries.ts'
import { Loading } from './display/loaded.tsx'
import { LoginPage } from './session/login-page.tsx'
import { NoPages, NothingAtAll, NothingHere, PageFailed } from './shell/nothing.tsx'
import { isPageFor, pagesFor, type PageEntry } from './shell/pages.ts'
import { Shell } from './shell/shell.tsx'

interface RouteContext {
  readonly cache: QueryClient
}

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)
/** Search values that may be left out are left out, so that addresses stay short. */
const given = <K extends string>(key: K, value: string | undefined): { [P in K]?: string } =>
  value === undefined ? {} : ({ [key]: value } as { [P in K]?: string })

const root = createRootRouteWithContext<RouteContext>()({ component: Outlet, notFoundComponent: NothingAtAll })

const login = createRoute({
  getParentRoute: () => root,
  path: '/login',
  validateSearch: (search: Record<string, unknown>): { next?: string; ended?: boolean } => ({
    ...given('next', text(search['next'])),
    ...(search['ended'] === true ? { ended: true } : {}),
  }),
  component: LoginPage,
})

const enrol = createRoute({
  getParentRoute: () => root,
  path: '/enrol',
  component: lazyRouteComponent(() => import('./session/enrol-page.tsx'), 'EnrolPage'),
})

const inside = createRoute({
  getParentRoute: () => root,
  id: 'inside',
  beforeLoad: async ({ context, location }) => {
    try {
      const me = await context.cache.ensureQueryData(meQuery)
      return { roles: me.person.roles }
    } catch (problem) {
      if (problem instanceof ApiProblem && problem.status === 401) {
        throw redirect({ to: '/login', search: location.pathname === '/' ? {} : { next: location.href } })
      }
      throw problem
    }
  },
  component: Shell,
})

const start = createRoute({
  getParentRoute: () => inside,
  path: '/',
  beforeLoad: ({ context }) => {
    const [first] = pagesFor(context.roles)
    if (first !== undefined) throw redirect({ to: first.to, replace: true })
  },
  component: NoPages,
})

/** Refuses a page that is for the person as none of these, in its own place, so that the frame stays around the refusal. */
const only = (...of: readonly PageEntry['to'][]) => ({
  loader: ({ context }: { context: { roles: readonly string[] } }) => {
    if (!of.some((page) => isPageFor(page, context.roles))) throw notFound()
  },
  notFoundComponent: NothingHere,
})

const assets = createRoute({
  getParentRoute: () => inside,
  path: '/assets',
  ...only('/assets'),
  component: lazyRouteComponent(() => import('./vendor/assets-page.tsx'), 'AssetsPage'),
})
const ask = createRoute({
  getParentRoute: () => inside,
  path: '/ask',
  ...only('/assets'),
  validateSearch: (search: Record<string, unknown>) => given('asset', text(search['asset'])),
  component: lazyRouteComponent(() => import('./vendor/ask-page.tsx'), 'AskPage'),
})
const requests = createRoute({
  getParentRoute: () => inside,
  path: '/requests',
  ...only('/requests'),
  component: lazyRouteComponent(() => import('./vendor/requests-page.tsx'), 'RequestsPage'),
})
const request = createRoute({
  getParentRoute: () => inside,
  path: '/requests/$id',
  ...only('/requests'),
  component: lazyRouteComponent(() => import('./vendor/request-page.tsx'), 'RequestPage'),
})
const approvals = createRoute({
  getParentRoute: () => inside,
  path: '/approvals',
  ...only('/approvals'),
  component: lazyRouteComponent(() => import('./approver/approvals-page.tsx'), 'ApprovalsPage'),
})
/** Where an approval link of a message leads: followed once, by whom it was made for, and then to the request. */
const approve = createRoute({
  getParentRoute: () => inside,
  path: '/approve',
  validateSearch: (search: Record<string, unknown>) => given('token', text(search['token'])),
  beforeLoad: async ({ search }) => {
    const { request: id } = await client.call('approvalLink', { params: { token: search.token ?? 'none' } })
    throw redirect({ to: '/approvals/$id', params: { id }, replace: true })
  },
})
const approval = createRoute({
  getParentRoute: () => inside,
  path: '/approvals/$id',
  ...only('/approvals'),
  component: lazyRouteComponent(() => import('./approver/one-request-page.tsx'), 'OneRequestPage'),
})
const access = createRoute({
  getParentRoute: () => inside,
  path: '/access',
  ...only('/access'),
  validateSearch: (search: Record<string, unknown>) => given('plant', text(search['plant'])),
  component: lazyRouteComponent(() => import('./approver/access-page.tsx'), 'AccessPage'),
})
const suppliers = createRoute({
  getParentRoute: () => inside,
  path: '/suppliers',
  ...only('/suppliers'),
  component: lazyRouteComponent(() => import('./oversight/suppliers-page.tsx'), 'SuppliersPage'),
})
const trainings = createRoute({
  getParentRoute: () => inside,
  path: '/trainings',
  ...only('/trainings'),
  component: lazyRouteComponent(() => import('./oversight/trainings-page.tsx'), 'TrainingsPage'),
})
const people = createRoute({
  getParentRoute: () => inside,
  path: '/people',
  ...only('/people'),
  component: lazyRouteComponent(() => import('./oversight/people-page.tsx'), 'PeoplePage'),
})
const machines = createRoute({
  getParentRoute: () => inside,
  path: '/machines',
  ...only('/machines'),
  component: lazyRouteComponent(() => import('./oversight/machines-page.tsx'), 'MachinesPage'),
})
const supplier = createRoute({
  getParentRoute: () => inside,
  path: '/suppliers/$id',
  ...only('/suppliers'),
  component: lazyRouteComponent(() => import('./oversight/supplier-page.tsx'), 'SupplierPage'),
})
const reviews = createRoute({
  getParentRoute: () => inside,
  path: '/reviews',
  ...only('/reviews'),
  component: lazyRouteComponent(() => import('./oversight/reviews-page.tsx'), 'ReviewsPage'),
})
const campaign = createRoute({
  getParentRoute: () => inside,
  path: '/reviews/$id',
  ...only('/reviews'),
  component: lazyRouteComponent(() => import('./oversight/campaign-page.tsx'), 'CampaignPage'),
})
const review = createRoute({
  getParentRoute: () => inside,
  path: '/reviews/access/$id',
  ...only('/reviews'),
  component: lazyRouteComponent(() => import('./oversight/review-page.tsx'), 'ReviewPage'),
})
const concerns = createRoute({
  getParentRoute: () => inside,
  path: '/concerns',
  ...only('/concerns'),
  component: lazyRouteComponent(() => import('./oversight/concerns-page.tsx'), 'ConcernsPage'),
})
const incidents = createRoute({
  getParentRoute: () => inside,
  path: '/incidents',
  ...only('/incidents'),
  component: lazyRouteComponent(() => import('./incidents/incidents-page.tsx'), 'IncidentsPage'),
})
const incident = createRoute({
  getParentRoute: () => inside,
  path: '/incidents/$id',
  ...only('/incidents'),
  component: lazyRouteComponent(() => import('./incidents/incident-page.tsx'), 'IncidentPage'),
})
const committee = createRoute({
  getParentRoute: () => inside,
  path: '/committee',
  ...only('/committee'),
  component: lazyRouteComponent(() => import('./incidents/committee-page.tsx'), 'CommitteePage'),
})
const rules = createRoute({
  getParentRoute: () => inside,
  path: '/rules',
  ...only('/rules'),
  component: lazyRouteComponent(() => import('./rules/rules-page.tsx'), 'RulesPage'),
})
const recordings = createRoute({
  getParentRoute: () => inside,
  path: '/recordings',
  ...only('/recordings'),
  validateSearch: (search: Record<string, unknown>) => given('plant', text(search['plant'])),
  component: lazyRouteComponent(() => import('./auditor/recordings-page.tsx'), 'RecordingsPage'),
})
const recording = createRoute({
  getParentRoute: () => inside,
  path: '/recordings/$session',
  ...only('/recordings', '/viewings'),
  // Where a hit of a search leads: to its channel and second, with the purpose that was stated for it.
  validateSearch: (search: Record<string, unknown>): { channel?: number; at?: number; purpose?: string } => ({
    ...(typeof search['channel'] === 'number' ? { channel: search['channel'] } : {}),
    ...(typeof search['at'] === 'number' ? { at: search['at'] } : {}),
    ...given('purpose', text(search['purpose'])),
  }),
  component: lazyRouteComponent(() => import('./auditor/recording-page.tsx'), 'RecordingPage'),
})
const files = createRoute({
  getParentRoute: () => inside,
  path: '/files',
  ...only('/files'),
  component: lazyRouteComponent(() => import('./files/files-page.tsx'), 'FilesPage'),
})
const viewings = createRoute({
  getParentRoute: () => inside,
  path: '/viewings',
  ...only('/viewings'),
  component: lazyRouteComponent(() => import('./auditor/viewings-page.tsx'), 'ViewingsPage'),
})
const searching = createRoute({
  getParentRoute: () => inside,
  path: '/search',
  ...only('/search'),
  component: lazyRouteComponent(() => import('./auditor/search-page.tsx'), 'SearchPage'),
})
const storage = createRoute({
  getParentRoute: () => inside,
  path: '/storage',
  ...only('/storage'),
  validateSearch: (search: Record<string, unknown>) => given('plant', text(search['plant'])),
  component: lazyRouteComponent(() => import('./custody/storage-page.tsx'), 'StoragePage'),
})
const status = createRoute({
  getParentRoute: () => inside,
  path: '/status',
  ...only('/status'),
  component: lazyRouteComponent(() => import('./health/status-page.tsx'), 'StatusPage'),
})
const evidence = createRoute({
  getParentRoute: () => inside,
  path: '/evidence',
  ...only('/evidence'),
  validateSearch: (search: Record<string, unknown>) => ({
    ...given('type', text(search['type'])),
    ...given('session', text(search['session'])),
    ...given('plant', text(search['plant'])),
  }),
  component: lazyRouteComponent(() => import('./auditor/evidence-page.tsx'), 'EvidencePage'),
})
const register = createRoute({
  getParentRoute: () => inside,
  path: '/register',
  ...only('/register'),
  validateSearch: (search: Record<string, unknown>) => ({
    ...given('control', text(search['control'])),
    ...given('plant', text(search['plant'])),
  }),
  component: lazyRouteComponent(() => import('./register/register-page.tsx'), 'RegisterPage'),
})

const coverage = createRoute({
  getParentRoute: () => inside,
  path: '/register/coverage',
  ...only('/register'),
  validateSearch: (search: Record<string, unknown>) => given('plant', text(search['plant'])),
  component: lazyRouteComponent(() => import('./inventory/coverage-page.tsx'), 'CoveragePage'),
})
const applicability = createRoute({
  getParentRoute: () => inside,
  path: '/register/applicability',
  ...only('/register'),
  validateSearch: (search: Record<string, unknown>) => given('plant', text(search['plant'])),
  component: lazyRouteComponent(() => import('./inventory/applicability-page.tsx'), 'ApplicabilityPage'),
})
const interfaces = createRoute({
  getParentRoute: () => inside,
  path: '/interfaces',
  ...only('/interfaces'),
  component: lazyRouteComponent(() => import('./inventory/interfaces-page.tsx'), 'InterfacesPage'),
})
const scopeFit = createRoute({
  getParentRoute: () => inside,
  path: '/scope-fit',
  ...only('/scope-fit'),
  component: lazyRouteComponent(() => import('./inventory/scope-fit-page.tsx'), 'ScopeFitPage'),
})
const walkdown = createRoute({
  getParentRoute: () => inside,
  path: '/walkdown',
  ...only('/walkdown'),
  component: lazyRouteComponent(() => import('./inventory/walkdown-page.tsx'), 'WalkdownPage'),
})

const targets = createRoute({
  getParentRoute: () => inside,
  path: '/targets',
  ...only('/targets'),
  component: lazyRouteComponent(() => import('./inventory/targets-page.tsx'), 'TargetsPage'),
})

const drills = createRoute({
  getParentRoute: () => inside,
  path: '/drills',
  ...only('/drills'),
  component: lazyRouteComponent(() => import('./oversight/drills-page.tsx'), 'DrillsPage'),
})

const tree = root.addChildren([
  login,
  enrol,
  inside.addChildren([
    start,
    assets,
    ask,
    requests,
    request,
    approvals,
    approval,
    approve,
    access,
    suppliers,
    supplier,
    trainings,
    people,
    machines,
    reviews,
    campaign,
    review,
    concerns,
    incidents,
    incident,
    committee,
    rules,
    recordings,
    recording,
    searching,
    storage,
    viewings,
    files,
    evidence,
    status,
    register,
    coverage,
    applicability,
    interfaces,
    scopeFit,
    walkdown,
    targets,
    drills,
  ]),
])

/** The router over a cache; one for the whole page. */
export const createPageRouter = (cache: QueryClient) =>
  createRouter({
    routeTree: tree,
    context: { cache },
    defaultPreload: 'intent',
    defaultPendingComponent: Loading,
    defaultErrorComponent: PageFailed,
    defaultNotFoundComponent: NothingHere,
    scrollRestoration: true,
  })

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createPageRouter>
  }
}

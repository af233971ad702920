// Which pages there are and which roles use them. The gateway enforces; this only keeps what is of no use out of sight.

import {
  IconArrowsExchange,
  IconBuildingFactory2,
  IconChecklist,
  IconDatabase,
  IconDoor,
  IconEyeCheck,
  IconFileCheck,
  IconFlame,
  IconGavel,
  IconHeartbeat,
  IconKey,
  IconListCheck,
  IconMessageReport,
  IconNotes,
  IconPresentation,
  IconPlayerPlay,
  IconSearch,
  IconSchool,
  IconRobot,
  IconRulerMeasure,
  IconServer2,
  IconShieldCheck,
  IconTargetArrow,
  IconUsers,
  IconUsersGroup,
  IconWalk,
  type TablerIcon,
} from '@tabler/icons-react'

/** Headings of the navigation, in their order. */
export const pageGroups = ['Access', 'Plant', 'Evidence', 'ISMS'] as const
export type PageGroup = (typeof pageGroups)[number]

export interface PageEntry {
  readonly to:
    | '/assets'
    | '/requests'
    | '/approvals'
    | '/access'
    | '/suppliers'
    | '/trainings'
    | '/machines'
    | '/people'
    | '/reviews'
    | '/concerns'
    | '/incidents'
    | '/committee'
    | '/rules'
    | '/recordings'
    | '/storage'
    | '/search'
    | '/viewings'
    | '/files'
    | '/evidence'
    | '/status'
    | '/register'
    | '/scope-fit'
    | '/interfaces'
    | '/walkdown'
    | '/drills'
    | '/targets'
  /** Under which heading it stands. */
  readonly group: PageGroup
  readonly title: string
  readonly roles: readonly string[]
  readonly icon: TablerIcon
}

export const pages: readonly PageEntry[] = [
  { to: '/assets', group: 'Access', title: 'Assets', roles: ['vendor', 'engineer'], icon: IconServer2 },
  { to: '/requests', group: 'Access', title: 'My requests', roles: ['vendor', 'engineer'], icon: IconListCheck },
  {
    to: '/approvals',
    group: 'Access',
    title: 'Approvals',
    roles: ['approver', 'safety-engineer'],
    icon: IconChecklist,
  },
  {
    to: '/access',
    group: 'Access',
    title: 'Open access',
    roles: ['approver', 'escort', 'safety-engineer', 'isms-manager', 'admin'],
    icon: IconDoor,
  },
  {
    to: '/files',
    group: 'Access',
    title: 'Files',
    roles: ['approver', 'safety-engineer', 'escort', 'vendor', 'engineer', 'isms-manager', 'admin', 'auditor'],
    icon: IconFileCheck,
  },
  {
    to: '/viewings',
    group: 'Access',
    title: 'Viewings',
    roles: ['auditor', 'isms-manager', 'safety-engineer', 'approver', 'escort'],
    icon: IconUsers,
  },
  {
    to: '/suppliers',
    group: 'Plant',
    title: 'Suppliers',
    roles: ['approver', 'isms-manager', 'admin', 'auditor'],
    icon: IconBuildingFactory2,
  },
  {
    to: '/people',
    group: 'Plant',
    title: 'People',
    roles: ['approver', 'escort', 'safety-engineer', 'isms-manager', 'admin', 'auditor'],
    icon: IconUsersGroup,
  },
  {
    to: '/machines',
    group: 'Plant',
    title: 'Machine accounts',
    roles: ['engineer', 'approver', 'isms-manager', 'admin', 'auditor'],
    icon: IconRobot,
  },
  {
    to: '/trainings',
    group: 'Plant',
    title: 'Trainings',
    roles: ['vendor', 'engineer', 'isms-manager', 'admin', 'auditor'],
    icon: IconSchool,
  },
  {
    to: '/interfaces',
    group: 'Plant',
    title: 'Interfaces',
    roles: ['approver', 'isms-manager', 'admin', 'auditor'],
    icon: IconArrowsExchange,
  },
  {
    to: '/walkdown',
    group: 'Plant',
    title: 'Walkdown',
    roles: ['engineer', 'approver', 'escort', 'safety-engineer', 'isms-manager', 'admin', 'auditor'],
    icon: IconWalk,
  },
  {
    to: '/targets',
    group: 'Plant',
    title: 'Targets',
    roles: ['admin', 'isms-manager', 'approver', 'safety-engineer', 'auditor'],
    icon: IconKey,
  },
  {
    to: '/drills',
    group: 'Plant',
    title: 'Drills',
    roles: ['approver', 'escort', 'safety-engineer', 'isms-manager', 'admin', 'auditor'],
    icon: IconTargetArrow,
  },
  {
    to: '/recordings',
    group: 'Evidence',
    title: 'Recordings',
    roles: ['auditor', 'isms-manager'],
    icon: IconPlayerPlay,
  },
  { to: '/search', group: 'Evidence', title: 'Search', roles: ['auditor', 'isms-manager'], icon: IconSearch },
  {
    to: '/evidence',
    group: 'Evidence',
    title: 'Evidence',
    roles: ['auditor', 'isms-manager', 'admin'],
    icon: IconNotes,
  },
  {
    to: '/storage',
    group: 'Evidence',
    title: 'Storage and retention',
    roles: ['auditor', 'isms-manager', 'admin'],
    icon: IconDatabase,
  },
  {
    to: '/rules',
    group: 'ISMS',
    title: 'Rules',
    roles: ['isms-manager', 'admin', 'auditor', 'safety-engineer'],
    icon: IconGavel,
  },
  {
    to: '/register',
    group: 'ISMS',
    title: 'Control register',
    roles: ['auditor', 'isms-manager', 'admin', 'approver'],
    icon: IconShieldCheck,
  },
  {
    to: '/scope-fit',
    group: 'ISMS',
    title: 'Scope fit',
    roles: ['auditor', 'isms-manager', 'admin'],
    icon: IconRulerMeasure,
  },
  {
    to: '/reviews',
    group: 'ISMS',
    title: 'Reviews',
    roles: ['approver', 'isms-manager', 'admin', 'auditor'],
    icon: IconEyeCheck,
  },
  {
    to: '/incidents',
    group: 'ISMS',
    title: 'Incidents',
    roles: ['engineer', 'approver', 'escort', 'safety-engineer', 'auditor', 'isms-manager', 'admin'],
    icon: IconFlame,
  },
  {
    to: '/committee',
    group: 'ISMS',
    title: 'For the committee',
    roles: ['auditor', 'isms-manager', 'admin'],
    icon: IconPresentation,
  },
  {
    to: '/concerns',
    group: 'ISMS',
    title: 'Concerns',
    roles: ['vendor', 'engineer', 'approver', 'escort', 'safety-engineer', 'auditor', 'isms-manager', 'admin'],
    icon: IconMessageReport,
  },
  {
    to: '/status',
    group: 'ISMS',
    title: 'Status',
    roles: ['vendor', 'engineer', 'approver', 'escort', 'safety-engineer', 'auditor', 'isms-manager', 'admin'],
    icon: IconHeartbeat,
  },
]

/** The pages a person's roles use, in the order of the navigation. */
export const pagesFor = (roles: readonly string[]): readonly PageEntry[] =>
  pages.filter((page) => page.roles.some((role) => roles.includes(role)))

/** May somebody with these roles use the page? */
export const isPageFor = (to: PageEntry['to'], roles: readonly string[]): boolean =>
  pagesFor(roles).some((page) => page.to === to)

// Which pages there are and which roles use them. The gateway enforces; this only keeps what is of no use out of sight.

import {
  IconArrowsExchange,
  IconBuildingFactory2,
  IconChecklist,
  IconDatabase,
  IconDoor,
  IconEyeCheck,
  IconFlame,
  IconGavel,
  IconHeartbeat,
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
    | '/evidence'
    | '/status'
    | '/register'
    | '/scope-fit'
    | '/interfaces'
    | '/walkdown'
    | '/drills'
  readonly title: string
  readonly roles: readonly string[]
  readonly icon: TablerIcon
}

export const pages: readonly PageEntry[] = [
  { to: '/assets', title: 'Assets', roles: ['vendor', 'engineer'], icon: IconServer2 },
  { to: '/requests', title: 'My requests', roles: ['vendor', 'engineer'], icon: IconListCheck },
  { to: '/approvals', title: 'Approvals', roles: ['approver', 'safety-engineer'], icon: IconChecklist },
  {
    to: '/access',
    title: 'Open access',
    roles: ['approver', 'escort', 'safety-engineer', 'isms-manager', 'admin'],
    icon: IconDoor,
  },
  {
    to: '/suppliers',
    title: 'Suppliers',
    roles: ['approver', 'isms-manager', 'admin', 'auditor'],
    icon: IconBuildingFactory2,
  },
  {
    to: '/trainings',
    title: 'Trainings',
    roles: ['vendor', 'engineer', 'isms-manager', 'admin', 'auditor'],
    icon: IconSchool,
  },
  {
    to: '/people',
    title: 'People',
    roles: ['approver', 'escort', 'safety-engineer', 'isms-manager', 'admin', 'auditor'],
    icon: IconUsersGroup,
  },
  {
    to: '/machines',
    title: 'Machine accounts',
    roles: ['engineer', 'approver', 'isms-manager', 'admin', 'auditor'],
    icon: IconRobot,
  },
  { to: '/reviews', title: 'Reviews', roles: ['approver', 'isms-manager', 'admin', 'auditor'], icon: IconEyeCheck },
  {
    to: '/rules',
    title: 'Rules',
    roles: ['isms-manager', 'admin', 'auditor', 'safety-engineer'],
    icon: IconGavel,
  },
  { to: '/recordings', title: 'Recordings', roles: ['auditor', 'isms-manager'], icon: IconPlayerPlay },
  {
    to: '/viewings',
    title: 'Viewings',
    roles: ['auditor', 'isms-manager', 'safety-engineer', 'approver', 'escort'],
    icon: IconUsers,
  },
  { to: '/search', title: 'Search', roles: ['auditor', 'isms-manager'], icon: IconSearch },
  {
    to: '/storage',
    title: 'Storage and retention',
    roles: ['auditor', 'isms-manager', 'admin'],
    icon: IconDatabase,
  },
  { to: '/evidence', title: 'Evidence', roles: ['auditor', 'isms-manager', 'admin'], icon: IconNotes },
  {
    to: '/register',
    title: 'Control register',
    roles: ['auditor', 'isms-manager', 'admin', 'approver'],
    icon: IconShieldCheck,
  },
  { to: '/scope-fit', title: 'Scope fit', roles: ['auditor', 'isms-manager', 'admin'], icon: IconRulerMeasure },
  {
    to: '/interfaces',
    title: 'Interfaces',
    roles: ['approver', 'isms-manager', 'admin', 'auditor'],
    icon: IconArrowsExchange,
  },
  {
    to: '/drills',
    title: 'Drills',
    roles: ['approver', 'escort', 'safety-engineer', 'isms-manager', 'admin', 'auditor'],
    icon: IconTargetArrow,
  },
  {
    to: '/walkdown',
    title: 'Walkdown',
    roles: ['engineer', 'approver', 'escort', 'safety-engineer', 'isms-manager', 'admin', 'auditor'],
    icon: IconWalk,
  },
  {
    to: '/incidents',
    title: 'Incidents',
    roles: ['engineer', 'approver', 'escort', 'safety-engineer', 'auditor', 'isms-manager', 'admin'],
    icon: IconFlame,
  },
  { to: '/committee', title: 'For the committee', roles: ['auditor', 'isms-manager', 'admin'], icon: IconPresentation },
  {
    to: '/concerns',
    title: 'Concerns',
    roles: ['vendor', 'engineer', 'approver', 'escort', 'safety-engineer', 'auditor', 'isms-manager', 'admin'],
    icon: IconMessageReport,
  },
  {
    to: '/status',
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

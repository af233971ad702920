// The frame around every page inside: navigation by role, who is logged in, and what the gateway is running.

import { AppShell, Burger, Group, NavLink, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { Link, Outlet, useRouterState } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { queueQuery, statusQuery } from '../api/queries.ts'
import { Badge } from '../display/badge.tsx'
import { usePerson } from '../session/person.ts'
import { Logo } from './logo.tsx'
import { pageGroups, pagesFor, type PageEntry, type PageGroup } from './pages.ts'
import { PersonMenu } from './person-menu.tsx'
import { SchemeToggle } from './scheme-toggle.tsx'
import { Withheld } from './withheld.tsx'

/** How many requests wait, beside the page that answers them. */
function Waiting() {
  const count = useQuery(queueQuery('submitted')).data?.items.length ?? 0
  if (count === 0) return null
  return (
    <span className="sp-count">
      {count}
      <span className="sp-only-read"> waiting</span>
    </span>
  )
}

function NavEntry({ page, path, onGo }: { page: PageEntry; path: string; onGo: () => void }) {
  const here = path === page.to || path.startsWith(`${page.to}/`) || (page.to === '/assets' && path === '/ask')
  return (
    <NavLink
      component={Link}
      to={page.to}
      active={here}
      aria-current={here ? 'page' : undefined}
      label={page.title}
      leftSection={<page.icon size={18} stroke={1.75} aria-hidden />}
      rightSection={page.to === '/approvals' ? <Waiting /> : undefined}
      onClick={onGo}
    />
  )
}

function NavGroup({
  name,
  pages,
  path,
  onGo,
}: {
  name: PageGroup
  pages: readonly PageEntry[]
  path: string
  onGo: () => void
}) {
  if (pages.length === 0) return null
  return (
    <div role="group" aria-label={name} className="sp-nav-group">
      <div className="sp-nav-name" aria-hidden>
        {name}
      </div>
      {pages.map((page) => (
        <NavEntry key={page.to} page={page} path={path} onGo={onGo} />
      ))}
    </div>
  )
}

function GatewayFacts() {
  const status = useQuery(statusQuery).data
  if (status === undefined) return null
  return (
    <Text size="xs" c="dimmed" component="div" className="sp-gateway-facts">
      <div>Sallyport {status.version}</div>
      <div>Scope {status.scopeVersion}</div>
      <div>{status.ledger.size.toLocaleString('en-GB')} ledger entries</div>
    </Text>
  )
}

/** Said on every page, so that nobody takes a copy of the plant for the plant, or the other way round. */
function Stage() {
  const stage = useQuery(statusQuery).data?.stage
  if (stage !== 'pre-production') return null
  return (
    <span className="sp-stage">
      <Badge of={{ word: 'Pre-production', tone: 'warn', mark: 'alert' }} />
    </span>
  )
}

export function Shell() {
  const mine = pagesFor(usePerson().roles)
  const path = useRouterState({ select: (state) => state.location.pathname })
  const [opened, nav] = useDisclosure(false)
  const main = useRef<HTMLElement>(null)
  const shown = useRef(path)

  // A new page starts at its beginning for keyboards and screen readers too.
  useEffect(() => {
    if (shown.current === path) return
    shown.current = path
    main.current?.focus()
  }, [path])

  return (
    <AppShell
      header={{ height: 54 }}
      navbar={{ width: 224, breakpoint: 'sm', collapsed: { mobile: !opened } }}
      padding={{ base: 'md', sm: 'xl' }}
    >
      <a href="#main" className="sp-skip">
        Skip to the content
      </a>
      <AppShell.Header className="sp-header">
        <Group gap="sm" wrap="nowrap">
          <Burger
            hiddenFrom="sm"
            size="sm"
            opened={opened}
            onClick={nav.toggle}
            aria-label="Navigation"
            aria-expanded={opened}
          />
          <Link to="/" className="sp-brand" aria-label="Sallyport, start page">
            <Logo />
            <span>Sallyport</span>
          </Link>
          <Stage />
        </Group>
        <Group gap="xs" wrap="nowrap">
          <SchemeToggle />
          <PersonMenu />
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="sm" aria-label="Pages" className="sp-navbar">
        <div className="sp-nav">
          {pageGroups.map((group) => (
            <NavGroup
              key={group}
              name={group}
              pages={mine.filter((page) => page.group === group)}
              path={path}
              onGo={nav.close}
            />
          ))}
          <GatewayFacts />
        </div>
      </AppShell.Navbar>
      <AppShell.Main id="main" ref={main} tabIndex={-1} className="sp-main">
        <Withheld />
        <Outlet />
      </AppShell.Main>
    </AppShell>
  )
}

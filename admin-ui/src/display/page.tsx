// The frame of a page: its title (also the document's), a sentence on what it is for, and what can be done there.

import { Group, Stack, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'

interface PageProps {
  readonly title: string
  readonly lead?: ReactNode
  readonly actions?: ReactNode
  readonly children: ReactNode
}

/** One page with its heading. */
export function Page({ title, lead, actions, children }: PageProps) {
  return (
    <Stack gap="lg" className="sp-page">
      <title>{`${title} · Sallyport`}</title>
      <Group justify="space-between" align="flex-end" gap="sm">
        <div className="sp-heading">
          <Title order={1}>{title}</Title>
          {lead !== undefined && (
            <Text c="dimmed" size="sm" mt={4} component="div">
              {lead}
            </Text>
          )}
        </div>
        {actions}
      </Group>
      {children}
    </Stack>
  )
}

interface PanelProps {
  readonly title: string
  readonly aside?: ReactNode
  readonly children: ReactNode
}

/** A titled part of a page. */
export function Panel({ title, aside, children }: PanelProps) {
  return (
    <section className="sp-card" aria-label={title}>
      <Group justify="space-between" align="center" gap="sm" mb="sm">
        <Title order={2}>{title}</Title>
        {aside}
      </Group>
      {children}
    </section>
  )
}

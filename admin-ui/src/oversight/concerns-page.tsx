// Concerns: one's own, and for an ISMS manager everybody's, with what was learned from each.

import { Button, Group, Stack, Text } from '@mantine/core'
import { IconMessageReport } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { ConcernView } from '../../../gateway/contract/views.ts'
import { useChange } from '../api/changes.ts'
import { client } from '../api/gateway.ts'
import { concernsQuery } from '../api/queries.ts'
import { Badge } from '../display/badge.tsx'
import { Facts } from '../display/facts.tsx'
import { Empty, Loaded } from '../display/loaded.tsx'
import { Page } from '../display/page.tsx'
import { ReasonDialog } from '../display/reason-dialog.tsx'
import type { Word } from '../display/words.ts'
import { usePerson } from '../session/person.ts'
import { When } from '../time/when.tsx'
import { ConcernButton } from './concern-button.tsx'

function wordFor({ closed, overdue }: ConcernView): Word {
  if (closed !== null) return { word: 'Learned from', tone: 'good', mark: 'check' }
  return overdue
    ? { word: 'Overdue', tone: 'bad', mark: 'alert' }
    : { word: 'To be looked at', tone: 'info', mark: 'clock' }
}

function CloseDialog({ concern, onClose }: { concern: ConcernView; onClose: () => void }) {
  const close = useChange({
    run: (learned: string) => client.call('closeConcern', { params: { id: concern.id }, body: { learned } }),
    touches: ['concerns', 'register'],
    says: 'The concern is closed.',
    onDone: onClose,
  })
  return (
    <ReasonDialog
      title="What was learned"
      label="What was learned, and what changes"
      hint="Who reported it reads this, and it is kept as evidence."
      confirm="Close concern"
      pending={close.isPending}
      problem={close.error}
      onConfirm={(learned) => close.mutate(learned)}
      onClose={onClose}
    >
      <blockquote>{concern.what}</blockquote>
    </ReasonDialog>
  )
}

function Concern({ concern, onClose }: { concern: ConcernView; onClose: (() => void) | null }) {
  const { at, dueAt, what, by, asset, assetName, session, closed } = concern
  return (
    <li className="sp-card">
      <Stack gap="sm">
        <Group justify="space-between" gap="xs" align="flex-start">
          <Badge of={wordFor(concern)} />
          {onClose !== null && closed === null && (
            <Button size="xs" aria-label={`Say what was learned: ${what.slice(0, 80)}`} onClick={onClose}>
              Say what was learned
            </Button>
          )}
        </Group>
        <p className="sp-purpose">{what}</p>
        <Facts
          of={[
            ['Reported', <When key="at" at={at} />],
            ['By', by === null ? 'without a name' : by.displayName],
            ['Asset', asset !== null && `${assetName ?? asset} (${asset})`],
            ['Session', session !== null && <code key="session">{session}</code>],
            ['Due', closed === null && <When key="due" at={dueAt} />],
            ['Learned', closed !== null && closed.learned],
            ['Closed', closed !== null && <When key="closed" at={closed.at} />],
          ]}
        />
      </Stack>
    </li>
  )
}

export function ConcernsPage() {
  const concerns = useQuery(concernsQuery)
  const learns = usePerson().roles.includes('isms-manager')
  const [closing, setClosing] = useState<ConcernView | null>(null)
  return (
    <Page
      title="Concerns"
      lead={
        learns
          ? 'What people told, so that it happens to nobody else. Who told it is for you alone.'
          : 'What nearly went wrong, told without blame. Here stands what you told under your name.'
      }
      actions={<ConcernButton />}
    >
      <Loaded from={concerns}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty icon={<IconMessageReport size={32} />} title="No concern">
              Something went wrong, nearly did, or could have? Tell it early, also when it is small.
            </Empty>
          ) : (
            <ul className="sp-rows">
              {items.map((concern) => (
                <Concern
                  key={concern.id}
                  concern={concern}
                  onClose={learns && concern.closed === null ? () => setClosing(concern) : null}
                />
              ))}
            </ul>
          )
        }
      </Loaded>
      {closing !== null && <CloseDialog concern={closing} onClose={() => setClosing(null)} />}
      {!learns && (
        <Text size="xs" c="dimmed">
          What was told without a name is in nobody’s list but the ISMS manager’s.
        </Text>
      )}
    </Page>
  )
}

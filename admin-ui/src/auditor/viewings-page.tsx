// Viewings that want a second person: those that wait for one's answer first, then those one has to do with.

import { Button, Group, Stack } from '@mantine/core'
import { IconUsers } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { ViewingView } from '../../../gateway/contract/views.ts'
import { useChange } from '../api/changes.ts'
import { client } from '../api/gateway.ts'
import { viewingsQuery } from '../api/queries.ts'
import { Badge } from '../display/badge.tsx'
import { Facts } from '../display/facts.tsx'
import { Empty, Failure, Loaded } from '../display/loaded.tsx'
import { Page } from '../display/page.tsx'
import { ReasonDialog } from '../display/reason-dialog.tsx'
import type { Word } from '../display/words.ts'
import { When } from '../time/when.tsx'

const words: Readonly<Record<ViewingView['state'], Word>> = {
  asked: { word: 'Awaits an answer', tone: 'info', mark: 'clock' },
  confirmed: { word: 'Agreed', tone: 'good', mark: 'check' },
  refused: { word: 'Refused', tone: 'bad', mark: 'cross' },
  expired: { word: 'Not answered', tone: 'plain', mark: 'clock' },
}

const touches = ['viewings', 'recordings', 'evidence']

function RefuseDialog({ viewing, onClose }: { viewing: ViewingView; onClose: () => void }) {
  const refuse = useChange({
    run: (reason: string) => client.call('refuseViewing', { params: { id: viewing.id }, body: { reason } }),
    touches,
    says: 'Refused.',
    onDone: onClose,
  })
  return (
    <ReasonDialog
      title={`Refuse ${viewing.viewer.displayName}`}
      label="Reason"
      hint="They read it, and it is kept as evidence."
      confirm="Refuse"
      danger
      pending={refuse.isPending}
      problem={refuse.error}
      onConfirm={(reason) => refuse.mutate(reason)}
      onClose={onClose}
    />
  )
}

function Answers({ viewing, onRefuse }: { viewing: ViewingView; onRefuse: () => void }) {
  const confirm = useChange({
    run: () => client.call('confirmViewing', { params: { id: viewing.id } }),
    touches,
    says: `Agreed: ${viewing.viewer.displayName} may look for half an hour.`,
  })
  const whose = `${viewing.viewer.displayName} looks at ${viewing.assetName}`
  return (
    <Stack gap="xs">
      <Group gap="xs">
        <Button
          size="xs"
          loading={confirm.isPending}
          aria-label={`Agree that ${whose}`}
          onClick={() => confirm.mutate()}
        >
          Agree
        </Button>
        <Button size="xs" variant="default" aria-label={`Refuse that ${whose}`} onClick={onRefuse}>
          Refuse
        </Button>
      </Group>
      {confirm.error !== null && <Failure problem={confirm.error} />}
    </Stack>
  )
}

function Viewing({ viewing, onRefuse }: { viewing: ViewingView; onRefuse: () => void }) {
  const { session, assetName, asset, plant, person, viewer, purpose, rules, state, answered, mayAnswer } = viewing
  return (
    <li className="sp-card">
      <Stack gap="sm">
        <Group justify="space-between" gap="xs" align="flex-start">
          <Badge of={words[state]} />
          {mayAnswer && <Answers viewing={viewing} onRefuse={onRefuse} />}
        </Group>
        <p className="sp-purpose">{purpose}</p>
        <Facts
          of={[
            ['Viewer', viewer.displayName],
            [
              'Recording',
              <Link key="recording" to="/recordings/$session" params={{ session }} className="sp-link">
                {`${person.displayName} on ${assetName} (${asset}), ${plant}`}
              </Link>,
            ],
            ['Session', <When key="session" at={viewing.startedAt} />],
            ['Asked', <When key="asked" at={viewing.askedAt} />],
            ['Answer until', state === 'asked' && <When key="by" at={viewing.answerBy} />],
            ['Answered by', answered !== null && answered.by.displayName],
            ['Reason', answered !== null && answered.reason],
            ['May look until', viewing.viewUntil !== null && <When key="until" at={viewing.viewUntil} />],
            ['Rules', rules.length > 0 && rules.map(({ text }) => text).join(' ')],
          ]}
        />
      </Stack>
    </li>
  )
}

export function ViewingsPage() {
  const viewings = useQuery(viewingsQuery)
  const [refusing, setRefusing] = useState<ViewingView | null>(null)
  return (
    <Page
      title="Viewings"
      lead="Some recordings are looked at by two: one looks and says why, another person agrees first."
    >
      <Loaded from={viewings}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty icon={<IconUsers size={32} />} title="No viewing">
              Where the rules want a second person, what was asked stands here.
            </Empty>
          ) : (
            <ul className="sp-rows">
              {[...items.filter(({ mayAnswer }) => mayAnswer), ...items.filter(({ mayAnswer }) => !mayAnswer)].map(
                (viewing) => (
                  <Viewing key={viewing.id} viewing={viewing} onRefuse={() => setRefusing(viewing)} />
                ),
              )}
            </ul>
          )
        }
      </Loaded>
      {refusing !== null && <RefuseDialog viewing={refusing} onClose={() => setRefusing(null)} />}
    </Page>
  )
}

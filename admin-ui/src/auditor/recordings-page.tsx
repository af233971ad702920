// Every recording, newest first, with whether it is whole.

import { Button, Group, Stack, Table, Text } from '@mantine/core'
import { IconPlayerPlay } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { RecordingView } from '../../../gateway/contract/views.ts'
import { recordingsQuery } from '../api/queries.ts'
import { Badge } from '../display/badge.tsx'
import { formatBytes } from '../display/bytes.ts'
import { Empty, Loaded } from '../display/loaded.tsx'
import { MachineMark } from '../display/machine-mark.tsx'
import { Page } from '../display/page.tsx'
import { Rows } from '../display/rows.tsx'
import { endReasonWords, recordingWords } from '../display/words.ts'
import { PlantChoice, usePlant } from '../session/plant-choice.tsx'
import { Elapsed, Moment, When } from '../time/when.tsx'
import { ExportButton } from './export-button.tsx'

function RecordingRow({ recording }: { recording: RecordingView }) {
  const { session } = recording
  return (
    <Table.Tr>
      <Table.Td data-name="Session">
        <Link to="/recordings/$session" params={{ session: session.id }} className="sp-row-link">
          {session.person.displayName} on {session.assetName}
        </Link>
        <MachineMark of={session.person} />
        <Text size="xs" c="dimmed">
          <code>{session.id}</code>
        </Text>
        {recording.labels.length > 0 && (
          <Text size="xs" c="dimmed">
            {recording.labels.join(', ')}
          </Text>
        )}
      </Table.Td>
      <Table.Td data-name="Started">
        <When at={session.startedAt} />
      </Table.Td>
      <Table.Td data-name="Lasted">
        <Elapsed from={session.startedAt} until={session.endedAt} />
      </Table.Td>
      <Table.Td data-name="Recording">
        <Badge of={recordingWords[recording.status]} />
      </Table.Td>
      <Table.Td data-name="Ended because">
        {session.endReason === null ? 'still running' : endReasonWords(session.endReason)}
      </Table.Td>
      <Table.Td data-name="Channels" className="sp-number">
        {session.channels}
      </Table.Td>
      <Table.Td data-name="Bytes" className="sp-number">
        {formatBytes(session.bytesIn + session.bytesOut)}
      </Table.Td>
      <Table.Td data-name="Kept until">
        {recording.keptUntil !== null && recording.deleted === null && <Moment at={recording.keptUntil} />}
        <Text size="xs" c="dimmed">
          {recording.holds.length > 0 ? 'on legal hold' : recording.handling.retention.id}
        </Text>
      </Table.Td>
    </Table.Tr>
  )
}

export function RecordingsPage() {
  const recordings = useInfiniteQuery(recordingsQuery(usePlant()))
  const items = recordings.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <Page
      title="Recordings"
      lead="Every session, as it happened. Viewing one is evidence too."
      actions={
        <Group gap="sm" align="flex-start">
          <PlantChoice />
          <ExportButton sessions={[]} />
        </Group>
      }
    >
      <Loaded from={recordings} rows={6}>
        {() =>
          items.length === 0 ? (
            <Empty icon={<IconPlayerPlay size={32} />} title="No session has been recorded yet">
              The first one appears here as soon as somebody connects.
            </Empty>
          ) : (
            <section className="sp-card" aria-label="List of recordings">
              <Stack gap="md">
                <Rows
                  columns={[
                    'Session',
                    'Started',
                    'Lasted',
                    'Recording',
                    'Ended because',
                    { figures: 'Channels' },
                    { figures: 'Bytes' },
                    'Kept until',
                  ]}
                >
                  {items.map((recording) => (
                    <RecordingRow key={recording.session.id} recording={recording} />
                  ))}
                </Rows>
                {recordings.hasNextPage && (
                  <Button
                    variant="default"
                    loading={recordings.isFetchingNextPage}
                    onClick={() => void recordings.fetchNextPage()}
                    className="sp-more"
                  >
                    Show older recordings
                  </Button>
                )}
              </Stack>
            </section>
          )
        }
      </Loaded>
    </Page>
  )
}

// The space recordings have, and when it will be full.

import { Group, Progress, Stack, Table, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { StorageView } from '../../../gateway/contract/views.ts'
import { storageQuery } from '../api/queries.ts'
import { Badge } from '../display/badge.tsx'
import { formatBytes } from '../display/bytes.ts'
import { Facts } from '../display/facts.tsx'
import { Loaded } from '../display/loaded.tsx'
import { Panel } from '../display/page.tsx'
import { Rows } from '../display/rows.tsx'
import type { Word } from '../display/words.ts'
import { PlantChoice, usePlant } from '../session/plant-choice.tsx'
import { Moment } from '../time/when.tsx'

const levelWords: Readonly<Record<StorageView['level'], Word>> = {
  enough: { word: 'Enough space', tone: 'good', mark: 'check' },
  low: { word: 'Space runs out', tone: 'warn', mark: 'alert' },
  full: { word: 'Full: no new session begins', tone: 'bad', mark: 'cross' },
}

const toneColour = { enough: 'green', low: 'orange', full: 'red' } as const

function Forecast({ storage }: { storage: StorageView }) {
  const { freeBytes, totalBytes, keptBytes, bytesPerDay, days, steadyBytes, fullAt, warnPercent, refusePercent } =
    storage
  const used = totalBytes === 0 ? 100 : ((totalBytes - freeBytes) / totalBytes) * 100
  return (
    <Stack gap="md">
      <Progress
        value={used}
        color={toneColour[storage.level]}
        aria-label={`${used.toFixed(0)} percent of the disk of the recordings is used`}
      />
      <Facts
        names="long"
        of={[
          ['Free', `${formatBytes(freeBytes)} of ${formatBytes(totalBytes)}`],
          ['Recordings take', formatBytes(keptBytes)],
          [
            'Comes in a day',
            `${formatBytes(bytesPerDay)}, on average of the last ${days} ${days === 1 ? 'day' : 'days'}`,
          ],
          ['Will come to', `${formatBytes(steadyBytes)}, once as much falls due as comes in`],
          [
            'Full',
            fullAt === null ? (
              'not foreseen'
            ) : (
              <span key="full">
                <Moment at={fullAt} />, if nothing is deleted
              </span>
            ),
          ],
          ['Warned below', `${warnPercent} % free`],
          ['No new session below', `${refusePercent} % free`],
        ]}
      />
      {storage.lines.length > 0 && (
        <Rows
          columns={[
            'Plant',
            'Retention class',
            { figures: 'Days' },
            { figures: 'Recordings' },
            { figures: 'Size' },
            { figures: 'A day' },
            { figures: 'Comes to' },
          ]}
        >
          {storage.lines.map(({ plant, plantName, retention, recordings, bytes, ...line }) => (
            <Table.Tr key={`${plant}/${retention.id}`}>
              <Table.Td data-name="Plant">{plantName}</Table.Td>
              <Table.Td data-name="Retention class">
                {retention.id}
                <Text size="xs" c="dimmed">
                  {retention.text}
                </Text>
              </Table.Td>
              <Table.Td data-name="Days" className="sp-number">
                {retention.keepDays}
              </Table.Td>
              <Table.Td data-name="Recordings" className="sp-number">
                {recordings}
              </Table.Td>
              <Table.Td data-name="Size" className="sp-number">
                {formatBytes(bytes)}
              </Table.Td>
              <Table.Td data-name="A day" className="sp-number">
                {formatBytes(line.bytesPerDay)}
              </Table.Td>
              <Table.Td data-name="Comes to" className="sp-number">
                {formatBytes(line.steadyBytes)}
              </Table.Td>
            </Table.Tr>
          ))}
        </Rows>
      )}
    </Stack>
  )
}

export function Space() {
  const storage = useQuery(storageQuery(usePlant()))
  return (
    <Panel
      title="Space for recordings"
      aside={
        <Group gap="sm">
          <PlantChoice size="xs" />
          {storage.data !== undefined && <Badge of={levelWords[storage.data.level]} />}
        </Group>
      }
    >
      <Loaded from={storage} rows={3}>
        {(read) => <Forecast storage={read} />}
      </Loaded>
    </Panel>
  )
}

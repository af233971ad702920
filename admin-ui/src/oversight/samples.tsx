// Recordings drawn at random to be looked at: the latest draws with their seed, and drawing another.

import { Button, Group, Modal, NumberInput, Stack, Table, Text } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { IconArrowsShuffle } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useChange } from '../api/changes.ts'
import { client } from '../api/gateway.ts'
import { samplesQuery } from '../api/queries.ts'
import { Empty, Failure, Loaded } from '../display/loaded.tsx'
import { Panel } from '../display/page.tsx'
import { Rows } from '../display/rows.tsx'
import { TextLine } from '../display/text-fields.tsx'
import { gatewayNow } from '../time/clock.ts'
import { fromLocalField, readerZone, toLocalField } from '../time/plant-time.ts'
import { When } from '../time/when.tsx'

const month = 30 * 86_400_000
const most = 100

function DrawDialog({ onClose }: { onClose: () => void }) {
  const phone = useMediaQuery('(max-width: 36em)') ?? false
  const zone = readerZone()
  const [count, setCount] = useState<number | string>(5)
  const [since, setSince] = useState(toLocalField(zone, gatewayNow() - month))
  const [until, setUntil] = useState(toLocalField(zone, gatewayNow()))
  const from = fromLocalField(zone, since)
  const to = fromLocalField(zone, until)
  const isCount = typeof count === 'number' && Number.isInteger(count) && count >= 1 && count <= most
  const isOrdered = from.kind === 'ok' && to.kind === 'ok' && from.at < to.at
  const draw = useChange({
    run: () =>
      client.call('drawSample', {
        body: {
          count: Number(count),
          since: from.kind === 'ok' ? from.at : 0,
          until: to.kind === 'ok' ? to.at : 0,
        },
      }),
    touches: ['samples', 'reviews', 'register'],
    says: ({ drawn, population }) => `${drawn.length} of ${population} recordings were drawn.`,
    onDone: onClose,
  })
  return (
    <Modal opened onClose={onClose} title="Draw recordings to look at" fullScreen={phone}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (isCount && isOrdered && !draw.isPending) draw.mutate()
        }}
      >
        <Stack gap="md">
          <Text size="sm">
            What you draw from is written to the ledger before the seed is known. Each recording that is drawn is to be
            reviewed within 15 days; a draw cannot be taken back.
          </Text>
          <NumberInput
            label="How many"
            data-autofocus
            min={1}
            max={most}
            allowDecimal={false}
            value={count}
            error={isCount ? null : `Give a number from 1 to ${most}.`}
            onChange={setCount}
          />
          <TextLine
            type="datetime-local"
            label="Sessions that began from"
            value={since}
            error={from.kind === 'ok' ? null : 'Give a date and a time.'}
            onChange={setSince}
          />
          <TextLine
            type="datetime-local"
            label="And before"
            value={until}
            error={to.kind !== 'ok' ? 'Give a date and a time.' : isOrdered ? null : 'Give a time after the first.'}
            onChange={setUntil}
          />
          {draw.isError && <Failure problem={draw.error} />}
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={draw.isPending} disabled={!isCount || !isOrdered}>
              Draw
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}

export function Samples() {
  const samples = useQuery(samplesQuery)
  const [drawing, setDrawing] = useState(false)
  return (
    <Panel
      title="Recordings drawn at random"
      aside={
        <Button size="xs" variant="default" onClick={() => setDrawing(true)}>
          Draw some
        </Button>
      }
    >
      <Loaded from={samples} rows={1}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty icon={<IconArrowsShuffle size={28} />} title="Nothing was drawn yet" />
          ) : (
            <Rows columns={['Drawn', 'By', 'Sessions that began', { figures: 'Drawn of' }, 'Seed']}>
              {items.map((sample) => (
                <Table.Tr key={sample.id}>
                  <Table.Td data-name="Drawn">
                    <When at={sample.at} />
                  </Table.Td>
                  <Table.Td data-name="By">{sample.by.displayName}</Table.Td>
                  <Table.Td data-name="Sessions that began">
                    <When at={sample.since} /> to <When at={sample.until} />
                    {sample.plants !== null && (
                      <Text size="xs" c="dimmed">
                        {sample.plants.join(', ')}
                      </Text>
                    )}
                  </Table.Td>
                  <Table.Td data-name="Drawn of" className="sp-number">
                    {sample.drawn.length} of {sample.population}
                  </Table.Td>
                  <Table.Td data-name="Seed">
                    Checkpoint {sample.checkpoint.size}
                    <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
                      {sample.checkpoint.root}
                    </Text>
                  </Table.Td>
                </Table.Tr>
              ))}
            </Rows>
          )
        }
      </Loaded>
      {drawing && <DrawDialog onClose={() => setDrawing(false)} />}
    </Panel>
  )
}

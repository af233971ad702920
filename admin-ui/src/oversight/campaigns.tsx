// Access reviews: every person with standing eligibility is looked at by somebody else, who keeps it or takes it away.

import { Button, Group, Modal, Stack, Table, Text } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { IconUsersGroup } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { CampaignView } from '../../../gateway/contract/standing-views.ts'
import { useChange } from '../api/changes.ts'
import { client } from '../api/gateway.ts'
import { campaignsQuery } from '../api/queries.ts'
import { Badge } from '../display/badge.tsx'
import { Empty, Failure, Loaded } from '../display/loaded.tsx'
import { Panel } from '../display/page.tsx'
import { Rows } from '../display/rows.tsx'
import { TextLine } from '../display/text-fields.tsx'
import { gatewayNow } from '../time/clock.ts'
import { fromLocalField, readerZone, toLocalField } from '../time/plant-time.ts'
import { When } from '../time/when.tsx'

const twoWeeks = 14 * 86_400_000

function StartDialog({ onClose }: { onClose: () => void }) {
  const phone = useMediaQuery('(max-width: 36em)') ?? false
  const zone = readerZone()
  const [title, setTitle] = useState('')
  const [due, setDue] = useState(toLocalField(zone, gatewayNow() + twoWeeks))
  const at = fromLocalField(zone, due)
  const start = useChange({
    run: () => client.call('startCampaign', { body: { title: title.trim(), dueAt: at.kind === 'ok' ? at.at : 0 } }),
    touches: ['campaigns'],
    says: 'The access review has begun.',
    onDone: onClose,
  })
  return (
    <Modal opened onClose={onClose} title="Begin an access review" fullScreen={phone}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (title.trim() !== '' && at.kind === 'ok' && !start.isPending) start.mutate()
        }}
      >
        <Stack gap="md">
          <Text size="sm">Every person who is enabled now is put on the list, with roles, supplier and plants.</Text>
          <TextLine
            label="Title"
            description="Such as: all suppliers, fourth quarter"
            required
            data-autofocus
            maxLength={120}
            value={title}
            onChange={setTitle}
          />
          <TextLine
            type="datetime-local"
            label="Due"
            value={due}
            error={at.kind === 'ok' ? null : 'Give a date and a time.'}
            onChange={setDue}
          />
          {start.isError && <Failure problem={start.error} />}
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={start.isPending} disabled={title.trim() === '' || at.kind !== 'ok'}>
              Begin
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}

function stateOf({ closed, overdue }: CampaignView) {
  if (closed !== null) return { word: 'Closed', tone: 'plain', mark: 'check' } as const
  if (overdue) return { word: 'Overdue', tone: 'bad', mark: 'alert' } as const
  return { word: 'Open', tone: 'info', mark: 'clock' } as const
}

export function Campaigns() {
  const campaigns = useQuery(campaignsQuery)
  const [starting, setStarting] = useState(false)
  return (
    <Panel
      title="Access reviews"
      aside={
        <Button size="xs" variant="default" onClick={() => setStarting(true)}>
          Begin one
        </Button>
      }
    >
      <Loaded from={campaigns} rows={1}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty icon={<IconUsersGroup size={28} />} title="No access review yet" />
          ) : (
            <Rows columns={['Review', 'State', 'Due', { figures: 'Decided' }]}>
              {items.map((campaign) => (
                <Table.Tr key={campaign.id}>
                  <Table.Td data-name="Review">
                    <Link to="/reviews/$id" params={{ id: campaign.id }} className="sp-link">
                      {campaign.title}
                    </Link>
                  </Table.Td>
                  <Table.Td data-name="State">
                    <Badge of={stateOf(campaign)} />
                  </Table.Td>
                  <Table.Td data-name="Due">
                    <When at={campaign.dueAt} />
                  </Table.Td>
                  <Table.Td data-name="Decided" className="sp-number">
                    {campaign.counts.people - campaign.counts.undecided} of {campaign.counts.people}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Rows>
          )
        }
      </Loaded>
      {starting && <StartDialog onClose={() => setStarting(false)} />}
    </Panel>
  )
}

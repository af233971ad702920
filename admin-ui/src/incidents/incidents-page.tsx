// Incidents: those the reader has to do with, the newest first, with what is late about each.

import { Button, Group, Table, Text } from '@mantine/core'
import { IconFlame, IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { incidentsQuery } from '../api/queries.ts'
import { Badge } from '../display/badge.tsx'
import { Empty, Loaded } from '../display/loaded.tsx'
import { Page, Panel } from '../display/page.tsx'
import { Rows } from '../display/rows.tsx'
import { usePerson } from '../session/person.ts'
import { isPageFor } from '../shell/pages.ts'
import { When } from '../time/when.tsx'
import { severityWords, stateWord } from './incident-words.ts'
import { OpenDialog } from './open-dialog.tsx'

export function IncidentsPage() {
  const incidents = useQuery(incidentsQuery)
  const [opening, setOpening] = useState(false)
  const reads = isPageFor('/committee', usePerson().roles)
  return (
    <Page
      title="Incidents"
      lead="What happened, who sees it through, and whom the plant has to tell."
      actions={
        <Group gap="sm">
          {reads && (
            <Link to="/committee" className="sp-link">
              For the committee
            </Link>
          )}
          <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setOpening(true)}>
            Open an incident
          </Button>
        </Group>
      }
    >
      <Panel title="All incidents">
        <Loaded from={incidents}>
          {({ items }) =>
            items.length === 0 ? (
              <Empty icon={<IconFlame size={32} />} title="No incident">
                Something happened? Open an incident early: its clocks run from when you know of it.
              </Empty>
            ) : (
              <Rows columns={['Incident', 'State', 'Severity', 'Opened', 'Plants', 'Seen through by']}>
                {items.map((incident) => (
                  <Table.Tr key={incident.id}>
                    <Table.Td data-name="Incident">
                      <Link to="/incidents/$id" params={{ id: incident.id }} className="sp-link">
                        {incident.title}
                      </Link>
                      {incident.overdue.length > 0 && (
                        <Text size="xs" c="dimmed">
                          late: {incident.overdue.join(', ')}
                        </Text>
                      )}
                    </Table.Td>
                    <Table.Td data-name="State">
                      <Badge of={stateWord(incident)} />
                    </Table.Td>
                    <Table.Td data-name="Severity">
                      <Badge of={severityWords[incident.severity]} />
                    </Table.Td>
                    <Table.Td data-name="Opened">
                      <When at={incident.at} />
                    </Table.Td>
                    <Table.Td data-name="Plants">
                      {incident.plants.map(({ name }) => name).join(', ')}
                      {incident.spansBaselines && (
                        <Text size="xs" c="dimmed">
                          different baselines
                        </Text>
                      )}
                    </Table.Td>
                    <Table.Td data-name="Seen through by">{incident.assignedTo?.displayName ?? 'nobody yet'}</Table.Td>
                  </Table.Tr>
                ))}
              </Rows>
            )
          }
        </Loaded>
      </Panel>
      {opening && <OpenDialog onClose={() => setOpening(false)} />}
    </Page>
  )
}

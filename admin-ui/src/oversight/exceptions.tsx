// The exceptions of the register, the next to end first: what is borne, by whom, with what beside it, until when.

import { Table, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { ExceptionView } from '../../../gateway/contract/standing-views.ts'
import { exceptionsQuery } from '../api/queries.ts'
import { Badge } from '../display/badge.tsx'
import { Loaded } from '../display/loaded.tsx'
import { Panel } from '../display/page.tsx'
import { Rows } from '../display/rows.tsx'
import { controlWords, type Word } from '../display/words.ts'

const states: Readonly<Record<ExceptionView['state'], Word>> = {
  coming: { word: 'Not yet', tone: 'plain', mark: 'clock' },
  'in-force': { word: 'In force', tone: 'info', mark: 'check' },
  expiring: { word: 'Ends soon', tone: 'warn', mark: 'clock' },
  expired: { word: 'Over', tone: 'plain', mark: 'minus' },
}

export function Exceptions() {
  const exceptions = useQuery(exceptionsQuery)
  if (exceptions.data?.items.length === 0) return null
  return (
    <Panel title="Exceptions">
      <Loaded from={exceptions} rows={1}>
        {({ items }) => (
          <Rows columns={['Exception', 'State', 'Owner', 'Beside it', 'Days']}>
            {items.map((exception) => (
              <Table.Tr key={exception.id}>
                <Table.Td data-name="Exception">
                  <b>{exception.title}</b>
                  <Text size="xs" c="dimmed">
                    {exception.id}, risk {exception.risk}: {exception.reason}
                  </Text>
                </Table.Td>
                <Table.Td data-name="State">
                  <Badge of={states[exception.state]} />
                </Table.Td>
                <Table.Td data-name="Owner">
                  {exception.owner}
                  <Text size="xs" c="dimmed">
                    approved by {exception.approvedBy}
                  </Text>
                </Table.Td>
                <Table.Td data-name="Beside it">
                  {exception.controls.map((control) => (
                    <div key={control.id}>
                      {control.id} <Badge of={controlWords[control.state]} />
                      <Text size="xs" c="dimmed">
                        {control.reason}
                      </Text>
                    </div>
                  ))}
                </Table.Td>
                <Table.Td data-name="Days" className="sp-whole">
                  {exception.from} – {exception.until}
                  {exception.renewals > 0 && (
                    <Text size="xs" c="dimmed">
                      renewed {exception.renewals}×
                    </Text>
                  )}
                </Table.Td>
              </Table.Tr>
            ))}
          </Rows>
        )}
      </Loaded>
    </Panel>
  )
}

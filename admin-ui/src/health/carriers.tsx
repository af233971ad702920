// The processes that carry SSH: whether they all serve, what each carries, and how many died. For the plant's own people.

import { Stack, Table, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { CarriersView } from '../../../gateway/contract/views.ts'
import { Badge } from '../display/badge.tsx'
import { Panel } from '../display/page.tsx'
import { Rows } from '../display/rows.tsx'
import { usePerson } from '../session/person.ts'
import { isPageFor } from '../shell/pages.ts'
import { When } from '../time/when.tsx'
import { carrierWords, carriersWords, standingOf } from './health-words.ts'

/** @param carriers null for people of suppliers, who are shown nothing. */
export function Carriers({ carriers }: { carriers: CarriersView | null }) {
  if (carriers === null) return null
  const word = carriersWords[standingOf(carriers)]
  return (
    <Panel title="What carries SSH" aside={<Badge of={word} />}>
      <Stack gap="sm">
        <Text>{word.text}</Text>
        {carriers.wanted > 0 && <Processes carriers={carriers} />}
        {carriers.lastDiedAt !== null && (
          <Text>
            {carriers.died === 1 ? 'One process' : `${carriers.died} processes`} died since the gateway started,{' '}
            {carriers.died === 1 ? '' : 'the last '}
            <When at={carriers.lastDiedAt} />; sessions it carried ended with it. <Why />
          </Text>
        )}
      </Stack>
    </Panel>
  )
}

/** Where the reason stands, for those who may read it there. */
function Why() {
  if (!isPageFor('/evidence', usePerson().roles)) return 'Auditors and ISMS managers read why in the evidence.'
  return (
    <Link to="/evidence" search={{ type: 'gateway.worker_died' }} className="sp-link">
      Show why in the ledger
    </Link>
  )
}

function Processes({ carriers: { workers, mostMebibytes } }: { carriers: CarriersView }) {
  if (workers.length === 0) return null
  return (
    <Rows columns={['Process', 'State', 'Connections', 'Sessions', 'Memory']}>
      {workers.map(({ number, pid, state, connections, sessions, residentMebibytes }) => (
        <Table.Tr key={number}>
          <Table.Td data-name="Process">
            {number}
            <Text size="xs" c="dimmed">
              process id {pid}
            </Text>
          </Table.Td>
          <Table.Td data-name="State">
            <Badge of={carrierWords[state]} />
          </Table.Td>
          <Table.Td data-name="Connections">{connections}</Table.Td>
          <Table.Td data-name="Sessions">{sessions}</Table.Td>
          <Table.Td data-name="Memory">
            {residentMebibytes === null ? 'not known yet' : `${residentMebibytes} of ${mostMebibytes ?? '?'} MiB`}
          </Table.Td>
        </Table.Tr>
      ))}
    </Rows>
  )
}

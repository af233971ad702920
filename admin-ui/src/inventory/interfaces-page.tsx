// Interfaces and information: the ways on which data comes and goes, in scope or not, and what the plants know with the
// systems that hold it. What is overdue comes first.

import { Button, Stack, Table, Text } from '@mantine/core'
import { IconArrowsExchange, IconFileDescription } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import type { InformationView, InterfaceView } from '../../../gateway/contract/views.ts'
import { toSentence } from '../api/problem.ts'
import { informationQuery, interfacesQuery } from '../api/queries.ts'
import { Badge } from '../display/badge.tsx'
import { ButtonLink } from '../display/button-link.tsx'
import { Empty, Loaded } from '../display/loaded.tsx'
import { Page, Panel } from '../display/page.tsx'
import { Rows } from '../display/rows.tsx'
import type { Word } from '../display/words.ts'

const inOrder: Word = { word: 'In order', tone: 'good', mark: 'check' }
const overdue: Word = { word: 'Overdue', tone: 'bad', mark: 'cross' }

const capital = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`

function End({ of: { kind, id, name, inScope } }: { of: InterfaceView['from'] }) {
  return (
    <span>
      {name}
      <Text size="xs" c="dimmed" span display="block">
        {kind === 'outside' ? 'outside' : `${kind} ${id ?? ''}${inScope === true ? '' : ', not in scope'}`}
      </Text>
    </span>
  )
}

function InterfaceRow({ row }: { row: InterfaceView }) {
  return (
    <Table.Tr>
      <Table.Td data-name="State">
        <Badge of={row.faults.length > 0 ? overdue : inOrder} />
      </Table.Td>
      <Table.Td data-name="Interface">
        <b>{row.name}</b>
        <Text size="xs" c="dimmed">
          {row.type} <code>{row.id}</code> · {row.plant}
        </Text>
        {row.faults.map((fault) => (
          <Text key={fault} size="sm">
            {toSentence(fault)}
          </Text>
        ))}
      </Table.Td>
      <Table.Td data-name="From">
        <End of={row.from} />
      </Table.Td>
      <Table.Td data-name={row.direction === 'both' ? 'To and from' : 'To'}>
        <End of={row.to} />
      </Table.Td>
      <Table.Td data-name="Carries">
        {row.payloads.join(', ') || <span className="sp-muted">nothing named</span>}
        <Text size="xs" c="dimmed">
          {row.direction === 'both' ? 'both ways, ' : ''}
          {row.conduits.length === 0 ? 'over no conduit' : `over ${row.conduits.join(', ')}`}
        </Text>
      </Table.Td>
      <Table.Td data-name="Stays">
        {capital(row.state)}
        <Text size="xs" c="dimmed">
          review by {row.reviewBy}, change {row.change}
        </Text>
      </Table.Td>
      <Table.Td data-name="Owner">
        {row.owner ?? <span className="sp-muted">nobody</span>}
        {row.supplier !== null && (
          <Text size="xs" c="dimmed">
            {row.supplier}
          </Text>
        )}
      </Table.Td>
    </Table.Tr>
  )
}

function InformationRow({ row }: { row: InformationView }) {
  return (
    <Table.Tr>
      <Table.Td data-name="Information">
        <b>{row.name}</b>
        <Text size="xs" c="dimmed">
          {row.class} <code>{row.id}</code>
        </Text>
      </Table.Td>
      <Table.Td data-name="Labels">{row.labels.join(', ') || <span className="sp-muted">none</span>}</Table.Td>
      <Table.Td data-name="Criticality">{capital(row.criticality)}</Table.Td>
      <Table.Td data-name="Held by">
        <ul className="sp-list">
          {row.heldBy.map(({ asset, name, scope }) => (
            <li key={asset}>
              {name} <code>{asset}</code>
              {scope !== 'in' && `, ${scope === 'out' ? 'not in scope' : 'undetermined'}`}
            </li>
          ))}
        </ul>
      </Table.Td>
      <Table.Td data-name="Owner">{row.owner}</Table.Td>
    </Table.Tr>
  )
}

function More({ of }: { of: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => unknown } }) {
  if (!of.hasNextPage) return null
  return (
    <Button
      variant="default"
      className="sp-more"
      loading={of.isFetchingNextPage}
      onClick={() => void of.fetchNextPage()}
    >
      Show more
    </Button>
  )
}

export function InterfacesPage() {
  const interfaces = useInfiniteQuery(interfacesQuery)
  const information = useInfiniteQuery(informationQuery)
  const ways = interfaces.data?.pages.flatMap(({ items }) => items) ?? []
  const known = information.data?.pages.flatMap(({ items }) => items) ?? []
  return (
    <Page
      title="Interfaces and information"
      lead="The ways on which data comes and goes, in scope or not, and what the plants know with the systems that hold it."
      actions={
        <ButtonLink to="/register/coverage" variant="default">
          Coverage
        </ButtonLink>
      }
    >
      <Stack gap="lg">
        <Panel title="Interfaces">
          <Loaded from={interfaces} rows={4}>
            {() =>
              ways.length === 0 ? (
                <Empty icon={<IconArrowsExchange size={32} />} title="No interface is declared" />
              ) : (
                <Rows columns={['State', 'Interface', 'From', 'To', 'Carries', 'Stays', 'Owner']}>
                  {ways.map((row) => (
                    <InterfaceRow key={row.id} row={row} />
                  ))}
                </Rows>
              )
            }
          </Loaded>
          <More of={interfaces} />
        </Panel>
        <Panel title="Information">
          <Text size="sm" c="dimmed" mb="sm">
            What holds information has its labels: scope, suppliers, eligibility and the handling of recordings go by
            them.
          </Text>
          <Loaded from={information} rows={4}>
            {() =>
              known.length === 0 ? (
                <Empty icon={<IconFileDescription size={32} />} title="No information is declared" />
              ) : (
                <Rows columns={['Information', 'Labels', 'Criticality', 'Held by', 'Owner']}>
                  {known.map((row) => (
                    <InformationRow key={row.id} row={row} />
                  ))}
                </Rows>
              )
            }
          </Loaded>
          <More of={information} />
        </Panel>
      </Stack>
    </Page>
  )
}

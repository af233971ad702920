// The suppliers at a glance: contract, people, what is open now; and the dossier of one.

import { Table, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { SupplierView } from '../../../gateway/contract/standing-views.ts'
import { suppliersQuery } from '../api/queries.ts'
import { Badge } from '../display/badge.tsx'
import { Loaded } from '../display/loaded.tsx'
import { Page, Panel } from '../display/page.tsx'
import type { Word } from '../display/words.ts'

const contracts: Readonly<Record<SupplierView['contractState'], Word>> = {
  'not-started': { word: 'Not begun', tone: 'plain', mark: 'clock' },
  active: { word: 'Contract runs', tone: 'good', mark: 'check' },
  expired: { word: 'Contract over', tone: 'bad', mark: 'minus' },
}

export const supplierWord = (supplier: SupplierView): Word =>
  supplier.suspended ? { word: 'Suspended', tone: 'bad', mark: 'cross' } : contracts[supplier.contractState]

export function SuppliersPage() {
  const suppliers = useQuery(suppliersQuery)
  return (
    <Page title="Suppliers" lead="Whose people may come, under which contract, and what they have open.">
      <Panel title="All suppliers">
        <Loaded from={suppliers} rows={3}>
          {({ items }) => (
            <Table className="sp-table" verticalSpacing="sm">
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>Supplier</Table.Th>
                  <Table.Th>State</Table.Th>
                  <Table.Th>Contract</Table.Th>
                  <Table.Th>May touch</Table.Th>
                  <Table.Th className="sp-number">People</Table.Th>
                  <Table.Th className="sp-number">Open grants</Table.Th>
                  <Table.Th className="sp-number">Live</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {items.map((supplier) => (
                  <Table.Tr key={supplier.id}>
                    <Table.Td data-name="Supplier">
                      <Link to="/suppliers/$id" params={{ id: supplier.id }} className="sp-link">
                        {supplier.name}
                      </Link>
                      <Text size="xs" c="dimmed">
                        sponsor: {supplier.sponsor}
                      </Text>
                    </Table.Td>
                    <Table.Td data-name="State">
                      <Badge of={supplierWord(supplier)} />
                    </Table.Td>
                    <Table.Td data-name="Contract" className="sp-whole">
                      {supplier.contract.from} – {supplier.contract.until}
                    </Table.Td>
                    <Table.Td data-name="May touch">{supplier.labels.join(', ')}</Table.Td>
                    <Table.Td data-name="People" className="sp-number">
                      {supplier.people}
                    </Table.Td>
                    <Table.Td data-name="Open grants" className="sp-number">
                      {supplier.openGrants}
                    </Table.Td>
                    <Table.Td data-name="Live" className="sp-number">
                      {supplier.liveSessions}
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          )}
        </Loaded>
      </Panel>
    </Page>
  )
}

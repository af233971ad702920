// The suppliers at a glance: contract, people, what is open now; and the dossier of one.

import { Table, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { SupplierView } from '../../../gateway/contract/standing-views.ts'
import { suppliersQuery } from '../api/queries.ts'
import { Badge } from '../display/badge.tsx'
import { Loaded } from '../display/loaded.tsx'
import { Page, Panel } from '../display/page.tsx'
import { Rows } from '../display/rows.tsx'
import type { Word } from '../display/words.ts'

const contracts: Readonly<Record<SupplierView['contractState'], Word>> = {
  'not-started': { word: 'Not begun', tone: 'plain', mark: 'clock' },
  active: { word: 'Contract runs', tone: 'good', mark: 'check' },
  expired: { word: 'Contract over', tone: 'bad', mark: 'minus' },
}

export const riskWords: Readonly<Record<SupplierView['riskTier'], Word>> = {
  low: { word: 'Low risk', tone: 'plain', mark: 'flag' },
  medium: { word: 'Medium risk', tone: 'warn', mark: 'flag' },
  high: { word: 'High risk', tone: 'bad', mark: 'flag' },
}

export function supplierWord({ suspended, contractState, unmet }: SupplierView): Word {
  if (suspended) return { word: 'Suspended', tone: 'bad', mark: 'cross' }
  if (contractState === 'active' && unmet.length > 0)
    return { word: `${unmet.length} not attested`, tone: 'bad', mark: 'alert' }
  return contracts[contractState]
}

export function SuppliersPage() {
  const suppliers = useQuery(suppliersQuery)
  return (
    <Page title="Suppliers" lead="Whose people may come, under which contract, and what they have open.">
      <Panel title="All suppliers">
        <Loaded from={suppliers} rows={3}>
          {({ items }) => (
            <Rows
              columns={[
                'Supplier',
                'State',
                'Risk',
                'Contract',
                'May touch',
                { figures: 'People' },
                { figures: 'Open grants' },
                { figures: 'Live' },
              ]}
            >
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
                  <Table.Td data-name="Risk">
                    <Badge of={riskWords[supplier.riskTier]} />
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
            </Rows>
          )}
        </Loaded>
      </Panel>
    </Page>
  )
}

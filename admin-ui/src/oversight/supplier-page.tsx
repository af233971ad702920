// The dossier of one supplier: its people, what was granted and used, and what went wrong.

import { Stack, Table, Text } from '@mantine/core'
import { IconArrowLeft } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import type { SupplierDossierView } from '../../../gateway/contract/standing-views.ts'
import { supplierQuery } from '../api/queries.ts'
import { Badge } from '../display/badge.tsx'
import { Facts } from '../display/facts.tsx'
import { Loaded } from '../display/loaded.tsx'
import { Page, Panel } from '../display/page.tsx'
import { Rows } from '../display/rows.tsx'
import { endReasonWords, grantWords } from '../display/words.ts'
import { When, WindowTimes } from '../time/when.tsx'
import { Expectations } from './expectations.tsx'
import { riskWords, supplierWord } from './suppliers-page.tsx'

const route = getRouteApi('/inside/suppliers/$id')

function People({ people }: Pick<SupplierDossierView, 'people'>) {
  return (
    <Panel title="People">
      <ul className="sp-list">
        {people.map(({ person, plantNames, disabled }) => (
          <li key={person.id}>
            <b>{person.displayName}</b> <span className="sp-muted">{plantNames.join(', ')}</span>
            {disabled && ' (disabled)'}
          </li>
        ))}
      </ul>
      {people.length === 0 && (
        <Text size="sm" c="dimmed">
          Nobody is registered.
        </Text>
      )}
    </Panel>
  )
}

function Grants({ grants }: Pick<SupplierDossierView, 'grants'>) {
  return (
    <Panel title="Granted">
      <Rows columns={['Person', 'Asset', 'State', 'Window']}>
        {grants.map((grant) => (
          <Table.Tr key={grant.id}>
            <Table.Td data-name="Person">{grant.person.displayName}</Table.Td>
            <Table.Td data-name="Asset">{grant.assetName}</Table.Td>
            <Table.Td data-name="State">
              <Badge of={grantWords[grant.state]} />
            </Table.Td>
            <Table.Td data-name="Window">
              <WindowTimes window={grant.window} zone={grant.timeZone} />
            </Table.Td>
          </Table.Tr>
        ))}
      </Rows>
    </Panel>
  )
}

function Sessions({ sessions }: Pick<SupplierDossierView, 'sessions'>) {
  return (
    <Panel title="Sessions">
      <Rows columns={['Person', 'Asset', 'Began', 'Ended']}>
        {sessions.map((session) => (
          <Table.Tr key={session.id}>
            <Table.Td data-name="Person">{session.person.displayName}</Table.Td>
            <Table.Td data-name="Asset">{session.assetName}</Table.Td>
            <Table.Td data-name="Began">
              <When at={session.startedAt} />
            </Table.Td>
            <Table.Td data-name="Ended">
              {session.endReason === null ? 'live' : endReasonWords(session.endReason)}
            </Table.Td>
          </Table.Tr>
        ))}
      </Rows>
    </Panel>
  )
}

function Dossier({ dossier }: { dossier: SupplierDossierView }) {
  const { supplier, suspensions, reviews } = dossier
  return (
    <Stack gap="md">
      <Panel title="Contract" aside={<Badge of={supplierWord(supplier)} />}>
        <Facts
          of={[
            ['Days', `${supplier.contract.from} – ${supplier.contract.until}`],
            ['Sponsor', supplier.sponsor],
            ['Risk', riskWords[supplier.riskTier].word],
            ['May touch', supplier.labels.join(', ')],
            [
              'Reviews',
              reviews.length > 0 && `${reviews.length}, ${reviews.filter(({ closed }) => closed === null).length} open`,
            ],
          ]}
        />
        {suspensions.length > 0 && (
          <ul className="sp-list">
            {suspensions.map((suspension) => (
              <li key={suspension.id}>
                {suspension.target.name} suspended <When at={suspension.at} /> by {suspension.by.displayName}:{' '}
                {suspension.reason}
                {suspension.lifted !== null && ` (lifted by ${suspension.lifted.by.displayName})`}
              </li>
            ))}
          </ul>
        )}
      </Panel>
      <Expectations dossier={dossier} />
      <People people={dossier.people} />
      {dossier.grants.length > 0 && <Grants grants={dossier.grants} />}
      {dossier.sessions.length > 0 && <Sessions sessions={dossier.sessions} />}
    </Stack>
  )
}

export function SupplierPage() {
  const { id } = route.useParams()
  const dossier = useQuery(supplierQuery(id))
  return (
    <Page
      title={dossier.data?.supplier.name ?? 'Supplier'}
      lead={
        <Link to="/suppliers" className="sp-link">
          <IconArrowLeft size={14} aria-hidden /> Suppliers
        </Link>
      }
    >
      <Loaded from={dossier}>{(read) => <Dossier dossier={read} />}</Loaded>
    </Page>
  )
}

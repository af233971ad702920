// Status: what works, since when, who answers for it and what it means for access. For everybody who is logged in.

import { Stack, Table, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { HealthView } from '../../../gateway/contract/views.ts'
import { healthQuery } from '../api/queries.ts'
import { Badge } from '../display/badge.tsx'
import { Loaded } from '../display/loaded.tsx'
import { Page, Panel } from '../display/page.tsx'
import { Rows } from '../display/rows.tsx'
import { When } from '../time/when.tsx'
import { Carriers } from './carriers.tsx'
import { byTrouble, dependencyWords, partNames, partWords, sessionWords } from './health-words.ts'

function Parts({ parts }: { parts: HealthView['parts'] }) {
  // People of suppliers read that a part works, and no figures.
  const isTold = parts.some(({ text }) => text !== null)
  return (
    <Rows columns={['Part', 'State', 'Since', ...(isTold ? ['What is known'] : [])]}>
      {parts.map(({ part, state, since, text }) => (
        <Table.Tr key={part}>
          <Table.Td data-name="Part">{partNames[part]}</Table.Td>
          <Table.Td data-name="State">
            <Badge of={partWords[state]} />
          </Table.Td>
          <Table.Td data-name="Since">
            <When at={since} />
          </Table.Td>
          {isTold && <Table.Td data-name="What is known">{text}</Table.Td>}
        </Table.Tr>
      ))}
    </Rows>
  )
}

function Known({ of }: { of: HealthView['dependencies'][number] }) {
  const { problem, watch, lookedAt } = of
  return (
    <>
      {problem !== null && <Text size="sm">{problem}</Text>}
      {watch !== null && (
        <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
          {watch}
          {lookedAt !== null && (
            <>
              , last <When at={lookedAt} />
            </>
          )}
        </Text>
      )}
    </>
  )
}

function Dependencies({ dependencies }: { dependencies: HealthView['dependencies'] }) {
  if (dependencies.length === 0) return <Text c="dimmed">Nothing is declared that access leans on.</Text>
  const isTold = dependencies.some(({ watch }) => watch !== null)
  return (
    <Rows
      columns={[
        'Leans on',
        'State',
        'Since',
        'Answers for it',
        'While it does not work',
        ...(isTold ? ['Known by'] : []),
      ]}
    >
      {byTrouble(dependencies).map((each) => (
        <Table.Tr key={each.id}>
          <Table.Td data-name="Leans on">
            {each.name}
            <Text size="xs" c="dimmed">
              {[...each.plants, each.inScope ? '' : 'out of scope'].filter((part) => part !== '').join(', ')}
            </Text>
          </Table.Td>
          <Table.Td data-name="State">
            <Badge of={dependencyWords[each.state]} />
          </Table.Td>
          <Table.Td data-name="Since">
            <When at={each.since} />
          </Table.Td>
          <Table.Td data-name="Answers for it">{each.owner ?? 'nobody is named'}</Table.Td>
          <Table.Td data-name="While it does not work">{each.means.join(' ')}</Table.Td>
          {isTold && (
            <Table.Td data-name="Known by">
              <Known of={each} />
            </Table.Td>
          )}
        </Table.Tr>
      ))}
    </Rows>
  )
}

export function StatusPage() {
  const health = useQuery(healthQuery)
  return (
    <Page title="Status" lead="What works now, since when, who answers for it, and what it means for access.">
      <Loaded from={health} rows={4}>
        {({ newSessions, parts, dependencies, carriers }) => (
          <Stack gap="lg">
            <Panel title="Access" aside={<Badge of={sessionWords[newSessions]} />}>
              <Text>{sessionWords[newSessions].text}</Text>
            </Panel>
            <Panel title="What access leans on">
              <Dependencies dependencies={dependencies} />
            </Panel>
            <Panel title="The gateway itself">
              <Parts parts={parts} />
            </Panel>
            <Carriers carriers={carriers} />
          </Stack>
        )}
      </Loaded>
    </Page>
  )
}

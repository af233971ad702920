// Coverage: each asset in scope, each conduit to one, every interface and all declared information, with who answers for it, which controls apply, and the last
// time one was put to the test on this very thing. What is not covered comes first.

import { Button, Group, Stack, Table, Text } from '@mantine/core'
import { IconShieldCheck } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import type { CoverageRow, CoverageView } from '../../../gateway/contract/views.ts'
import { useChange } from '../api/changes.ts'
import { client } from '../api/gateway.ts'
import { toSentence } from '../api/problem.ts'
import { coverageQuery } from '../api/queries.ts'
import { Badge } from '../display/badge.tsx'
import { ButtonLink } from '../display/button-link.tsx'
import { Fact } from '../display/facts.tsx'
import { Empty, Failure, Loaded } from '../display/loaded.tsx'
import { Page } from '../display/page.tsx'
import { Rows } from '../display/rows.tsx'
import type { Word } from '../display/words.ts'
import { usePerson } from '../session/person.ts'
import { PlantChoice, usePlant } from '../session/plant-choice.tsx'
import { readerZone, withLocalTimes } from '../time/plant-time.ts'
import { When } from '../time/when.tsx'

const states: Readonly<Record<CoverageRow['state'], Word>> = {
  uncovered: { word: 'Uncovered', tone: 'bad', mark: 'cross' },
  untested: { word: 'Untested', tone: 'warn', mark: 'clock' },
  covered: { word: 'Covered', tone: 'good', mark: 'check' },
}

function Row({ row }: { row: CoverageRow }) {
  const fresh = row.controls.filter(({ state }) => state === 'fresh').length
  return (
    <Table.Tr>
      <Table.Td data-name="State">
        <Badge of={states[row.state]} />
      </Table.Td>
      <Table.Td data-name="What">
        <b>{row.name}</b>
        <Text size="xs" c="dimmed">
          {row.kind} <code>{row.id}</code> · {row.plant}
        </Text>
      </Table.Td>
      <Table.Td data-name="Why">{withLocalTimes(toSentence(row.why), readerZone())}</Table.Td>
      <Table.Td data-name="Controls" className="sp-number">
        <span title={row.controls.map(({ id, state }) => `${id} ${state}`).join('\n')}>
          {fresh} of {row.controls.length}
        </span>
      </Table.Td>
      <Table.Td data-name="Last tested">
        {row.freshest === null ? (
          <span className="sp-muted">never</span>
        ) : (
          <>
            <When at={row.freshest.at} />
            <Text size="xs" c="dimmed">
              {row.freshest.control}, entry {row.freshest.index}
            </Text>
          </>
        )}
      </Table.Td>
      <Table.Td data-name="Owner">{row.owner ?? <span className="sp-muted">nobody</span>}</Table.Td>
    </Table.Tr>
  )
}

function Counts({ of: { counts, computedAt, scopeVersion } }: { of: CoverageView }) {
  return (
    <Group gap="lg" mb="sm">
      {(['uncovered', 'untested', 'covered'] as const).map((state) => (
        <Fact key={state} name={states[state].word}>
          <b>{counts[state].toLocaleString('en-GB')}</b>
        </Fact>
      ))}
      <Fact name="Scope">{scopeVersion}</Fact>
      <Fact name="Computed">
        <When at={computedAt} />
      </Fact>
    </Group>
  )
}

export function CoveragePage() {
  const plant = usePlant()
  const coverage = useInfiniteQuery(coverageQuery(plant))
  const mayKeep = usePerson().roles.some((role) => ['auditor', 'isms-manager', 'admin'].includes(role))
  const keep = useChange({
    run: () => client.call('recordCoverage', {}),
    touches: ['evidence', 'coverage'],
    says: ({ index }) => `Kept as entry ${index} of the ledger.`,
  })
  const rows = coverage.data?.pages.flatMap(({ items }) => items) ?? []
  return (
    <Page
      title="Coverage"
      lead="Everything in scope, every interface and all declared information: who answers for it, which controls apply to it, and when one was last seen at work on it."
      actions={
        <Group gap="sm">
          <PlantChoice />
          <ButtonLink to="/register" variant="default">
            Control register
          </ButtonLink>
          {mayKeep && plant === '' && (
            <Button loading={keep.isPending} onClick={() => keep.mutate()}>
              Keep in the ledger
            </Button>
          )}
        </Group>
      }
    >
      {keep.isError && <Failure problem={keep.error} />}
      <section className="sp-card" aria-label="Coverage">
        <Loaded from={coverage} rows={8}>
          {({ pages: [first] }) =>
            first === undefined || rows.length === 0 ? (
              <Empty icon={<IconShieldCheck size={32} />} title="Nothing is in scope" />
            ) : (
              <Stack gap="md">
                <Counts of={first} />
                <Rows columns={['State', 'What', 'Why', { figures: 'Controls fresh' }, 'Last tested', 'Owner']}>
                  {rows.map((row) => (
                    <Row key={`${row.kind} ${row.id}`} row={row} />
                  ))}
                </Rows>
                {coverage.hasNextPage && (
                  <Button
                    variant="default"
                    className="sp-more"
                    loading={coverage.isFetchingNextPage}
                    onClick={() => void coverage.fetchNextPage()}
                  >
                    Show more
                  </Button>
                )}
              </Stack>
            )
          }
        </Loaded>
      </section>
    </Page>
  )
}

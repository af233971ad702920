// Drills: what the gateway was put to the test with, what held, and what is due.

import { Button, Group, Stack, Table, Text } from '@mantine/core'
import { IconTargetArrow } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { DrillRunView, DrillStepView, DrillView } from '../../../gateway/contract/views.ts'
import { useChange } from '../api/changes.ts'
import { client } from '../api/gateway.ts'
import { drillsQuery } from '../api/queries.ts'
import { Badge } from '../display/badge.tsx'
import { Facts } from '../display/facts.tsx'
import { Empty, Failure, Loaded } from '../display/loaded.tsx'
import { Page, Panel } from '../display/page.tsx'
import { Rows } from '../display/rows.tsx'
import type { Word } from '../display/words.ts'
import { When } from '../time/when.tsx'

const verdictWords: Readonly<Record<DrillStepView['verdict'], Word>> = {
  held: { word: 'Held', tone: 'good', mark: 'check' },
  failed: { word: 'Did not hold', tone: 'bad', mark: 'cross' },
  'not-applicable': { word: 'Not here', tone: 'plain', mark: 'minus' },
}

function wordOf({ last, overdue }: DrillView): Word {
  if (last?.outcome === 'failed') return { word: 'Did not hold', tone: 'bad', mark: 'cross' }
  if (overdue) return { word: 'Overdue', tone: 'warn', mark: 'alert' }
  return last === null
    ? { word: 'Not run yet', tone: 'info', mark: 'clock' }
    : { word: 'Passed', tone: 'good', mark: 'check' }
}

const outcomeWord = ({ outcome }: DrillRunView): Word => {
  if (outcome === null) return { word: 'Not over', tone: 'plain', mark: 'minus' }
  return outcome === 'passed'
    ? { word: 'Passed', tone: 'good', mark: 'check' }
    : { word: 'Did not hold', tone: 'bad', mark: 'cross' }
}

/** A sentence with the names of rules and assets in it, which stand between backticks, set apart. */
const named = (sentence: string) =>
  sentence.split('`').map((part, at) => (at % 2 === 1 ? <code key={`${at} ${part}`}>{part}</code> : part))

function Steps({ run }: { run: DrillRunView }) {
  return (
    <Rows columns={['What was tried', 'Verdict', 'Expected', 'What came', 'Entries']}>
      {run.steps.map(({ step, title, verdict, expected, got, tookMs, entries }) => (
        <Table.Tr key={step}>
          <Table.Td data-name="What was tried">
            {title}
            <Text size="xs" c="dimmed">
              {step}
            </Text>
          </Table.Td>
          <Table.Td data-name="Verdict">
            <Badge of={verdictWords[verdict]} />
          </Table.Td>
          <Table.Td data-name="Expected">{named(expected)}</Table.Td>
          <Table.Td data-name="What came">
            {named(got)}
            {tookMs !== null && (
              <Text size="xs" c="dimmed">
                in {tookMs} ms
              </Text>
            )}
          </Table.Td>
          <Table.Td data-name="Entries" className="sp-number">
            {entries.length === 0 ? 'none' : entries.join(', ')}
          </Table.Td>
        </Table.Tr>
      ))}
    </Rows>
  )
}

function Drill({ drill }: { drill: DrillView }) {
  const { name, plant, asset, owner, everyDays, last, dueAt, steps } = drill
  const run = useChange({
    run: () => client.call('runDrill', { params: { id: name } }),
    touches: ['drills', 'register', 'evidence'],
    says: `Drill ${name} is over.`,
  })
  return (
    <Panel
      title={name}
      aside={
        drill.mayRun && (
          <Button size="xs" loading={run.isPending} aria-label={`Run drill ${name} now`} onClick={() => run.mutate()}>
            Run now
          </Button>
        )
      }
    >
      <Stack gap="md">
        <Group gap="xs">
          <Badge of={wordOf(drill)} />
        </Group>
        {run.isError && <Failure problem={run.error} />}
        <Facts
          of={[
            ['Plant', plant],
            ['Answers for it', owner],
            ['Drill asset', asset],
            ['Every', everyDays === 1 ? 'day' : `${everyDays} days`],
            ['Due', <When key="due" at={dueAt} />],
            ['Last run', last !== null && last.endedAt !== null && <When key="last" at={last.endedAt} />],
            ['Run by', last !== null && last.by.displayName],
          ]}
        />
        {last === null ? (
          <Text size="sm">It will try: {steps.map(({ title }) => title).join('; ')}.</Text>
        ) : (
          <Steps run={last} />
        )}
      </Stack>
    </Panel>
  )
}

export function DrillsPage() {
  const drills = useQuery(drillsQuery)
  return (
    <Page
      title="Drills"
      lead="Tried against this gateway as it serves. No target is dialled, no session of anybody is touched, and every entry a drill writes carries its id."
    >
      <Loaded from={drills}>
        {({ drills: declared, runs }) =>
          declared.length === 0 ? (
            <Empty icon={<IconTargetArrow size={32} />} title="No drill">
              The bundle declares none for your plants: see drills in register.yaml.
            </Empty>
          ) : (
            <Stack gap="lg">
              {declared.map((drill) => (
                <Drill key={drill.name} drill={drill} />
              ))}
              <Panel title="Runs">
                {runs.length === 0 ? (
                  <Text size="sm" c="dimmed">
                    None was run yet.
                  </Text>
                ) : (
                  <Rows columns={['Drill', 'Outcome', 'Began', 'By', 'Did not hold']}>
                    {runs.map((each) => (
                      <Table.Tr key={each.id}>
                        <Table.Td data-name="Drill">
                          {each.name}
                          <Text size="xs" c="dimmed">
                            {each.id}
                          </Text>
                        </Table.Td>
                        <Table.Td data-name="Outcome">
                          <Badge of={outcomeWord(each)} />
                        </Table.Td>
                        <Table.Td data-name="Began">
                          <When at={each.startedAt} />
                        </Table.Td>
                        <Table.Td data-name="By">{each.by.displayName}</Table.Td>
                        <Table.Td data-name="Did not hold">
                          {each.steps
                            .filter(({ verdict }) => verdict === 'failed')
                            .map(({ title }) => title)
                            .join('; ') || 'nothing'}
                        </Table.Td>
                      </Table.Tr>
                    ))}
                  </Rows>
                )}
              </Panel>
            </Stack>
          )
        }
      </Loaded>
    </Page>
  )
}

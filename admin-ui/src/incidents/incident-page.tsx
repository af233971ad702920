// One incident: what it touches and owes, what was asked of others, what happened, and what can be done next.

import { Alert, Button, Group, Stack, Table, Text } from '@mantine/core'
import { IconAlertTriangle, IconArrowLeft } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { IncidentView } from '../../../gateway/contract/views.ts'
import { incidentQuery } from '../api/queries.ts'
import { wordsOf } from '../auditor/event-words.ts'
import { Badge } from '../display/badge.tsx'
import { Facts } from '../display/facts.tsx'
import { Loaded } from '../display/loaded.tsx'
import { Page, Panel } from '../display/page.tsx'
import { Rows } from '../display/rows.tsx'
import { ExactTime, When } from '../time/when.tsx'
import { severityWords, stateWord } from './incident-words.ts'
import { StepDialog } from './steps.tsx'
import type { StepName } from './steps-asked.ts'

const route = getRouteApi('/inside/incidents/$id')
type Choose = (step: StepName) => void

function Actions({ incident, choose }: { incident: IncidentView; choose: Choose }) {
  const { may, state, assessed, action } = incident
  const open = state !== 'closed'
  const offered: readonly (readonly [boolean, string, StepName])[] = [
    [may.handle && state === 'open', 'Contained', { kind: 'contain' }],
    [may.handle && open, 'Assign', { kind: 'assign' }],
    [may.handle && open && !assessed.includes('safety'), 'Assess safety', { kind: 'assess-safety' }],
    [may.handle && open && !assessed.includes('production'), 'Assess production', { kind: 'assess-production' }],
    [may.handle && open, 'Touches more', { kind: 'touch' }],
    [may.handle && open, 'Rate', { kind: 'rate' }],
    [may.hold, 'Legal hold', { kind: 'hold' }],
    [may.handle && open, 'Link suspension', { kind: 'link' }],
    [may.handle, 'Ask for evidence', { kind: 'ask' }],
    [true, 'Note', { kind: 'note' }],
    [may.closeAction && action !== null, 'The action works', { kind: 'works' }],
    [may.close && state === 'contained', 'Close', { kind: 'close' }],
  ]
  return (
    <Group gap="xs">
      {offered
        .filter(([isOffered]) => isOffered)
        .map(([, label, step]) => (
          <Button key={label} size="xs" variant={label === 'Close' ? 'filled' : 'default'} onClick={() => choose(step)}>
            {label}
          </Button>
        ))}
    </Group>
  )
}

function Reports({ incident: { reports, may }, choose }: { incident: IncidentView; choose: Choose }) {
  if (reports.length === 0) return null
  return (
    <Panel title="To tell outside">
      <Rows columns={['Report', 'Due', 'Made']} actions>
        {reports.map(({ id, title, basis, dueAt, made }) => (
          <Table.Tr key={id}>
            <Table.Td data-name="Report">
              {title}
              <Text size="xs" c="dimmed">
                {basis}
              </Text>
            </Table.Td>
            <Table.Td data-name="Due">
              <When at={dueAt} />
            </Table.Td>
            <Table.Td data-name="Made">
              {made === null ? 'not yet' : `${made.reference}, by ${made.by.displayName}`}
            </Table.Td>
            <Table.Td>
              {made === null && may.handle && (
                <Button
                  size="xs"
                  variant="default"
                  aria-label={`Say that it was reported: ${title}`}
                  onClick={() => choose({ kind: 'reported', report: id, title })}
                >
                  Reported
                </Button>
              )}
            </Table.Td>
          </Table.Tr>
        ))}
      </Rows>
    </Panel>
  )
}

function Evidence({ incident: { requests, exhibits, may }, choose }: { incident: IncidentView; choose: Choose }) {
  if (requests.length === 0) return null
  return (
    <Panel title="Asked of others">
      <Stack gap="md">
        {requests.map(({ id, party, what, why, dueAt, overdue, ended }) => (
          <div key={id}>
            <Group justify="space-between" gap="xs">
              <Text fw={600}>
                {party}: {what}
              </Text>
              {ended === null && may.handle && (
                <Group gap="xs">
                  <Button
                    size="xs"
                    variant="default"
                    aria-label={`Received from ${party}`}
                    onClick={() => choose({ kind: 'receive', request: id, party })}
                  >
                    Received
                  </Button>
                  <Button
                    size="xs"
                    variant="default"
                    aria-label={`Nothing more comes from ${party}`}
                    onClick={() => choose({ kind: 'end', request: id, party })}
                  >
                    End
                  </Button>
                </Group>
              )}
            </Group>
            <Facts
              of={[
                ['Why', why],
                ['Due', ended === null && <When key="due" at={dueAt} />],
                ['State', ended === null ? (overdue ? 'overdue' : 'waiting') : `${ended.outcome}: ${ended.reason}`],
              ]}
            />
            <ul className="sp-list">
              {exhibits
                .filter(({ request }) => request === id)
                .map((exhibit) => (
                  <li key={exhibit.id}>
                    <b>{exhibit.name}</b>, {exhibit.gone ?? `with ${exhibit.holder}, ${exhibit.place}`}
                    <code className="sp-muted sp-small sp-digest">{exhibit.sha256}</code>
                    {exhibit.gone === null && may.handle && (
                      <Button
                        size="compact-xs"
                        variant="default"
                        aria-label={`${exhibit.name} changes hands`}
                        onClick={() => choose({ kind: 'move', exhibit: exhibit.id, name: exhibit.name })}
                      >
                        Changes hands
                      </Button>
                    )}
                  </li>
                ))}
            </ul>
          </div>
        ))}
      </Stack>
    </Panel>
  )
}

function Timeline({ timeline }: Pick<IncidentView, 'timeline'>) {
  return (
    <Panel title="What happened">
      <ol className="sp-rows">
        {timeline.map(({ index, at, type, by, texts }) => (
          <li key={index}>
            <Text size="sm">
              <b>{wordsOf(type)?.title ?? type}</b>
              {by !== null && <> by {by.displayName}</>}
            </Text>
            {texts.map(({ name, text }) => (
              <p key={name} className="sp-purpose">
                {text}
              </p>
            ))}
            <Text size="xs" c="dimmed">
              <ExactTime at={at} /> · entry {index}
            </Text>
          </li>
        ))}
      </ol>
    </Panel>
  )
}

function Incident({ incident }: { incident: IncidentView }) {
  const [step, setStep] = useState<StepName | null>(null)
  const { closing, action } = incident
  return (
    <Stack gap="md">
      {incident.spansBaselines && (
        <Alert
          color="warning"
          variant="light"
          className="sp-alert"
          icon={<IconAlertTriangle />}
          title="Different baselines"
        >
          Its plants stand under different baselines: what is usual in one is not in the other.
        </Alert>
      )}
      <Panel title="Where it stands" aside={<Badge of={stateWord(incident)} />}>
        <Stack gap="md">
          <p className="sp-purpose">{incident.words}</p>
          <Facts
            names="long"
            of={[
              ['Severity', <Badge key="severity" of={severityWords[incident.severity]} />],
              ['Opened', <When key="opened" at={incident.at} />],
              ['Opened by', incident.by.displayName],
              ['Seen through by', incident.assignedTo?.displayName ?? 'nobody yet'],
              [
                'Contain by',
                incident.containBy !== null && incident.state === 'open' && <When key="by" at={incident.containBy} />,
              ],
              ['Late', incident.overdue.join(', ')],
              [
                'Plants',
                incident.plants.map(({ name, baseline }) => `${name} (${baseline ?? 'no baseline'})`).join(', '),
              ],
              ['Assets', incident.assets.map(({ name }) => name).join(', ')],
              ['Suppliers', incident.suppliers.map(({ name }) => name).join(', ')],
              ['Sessions', incident.sessions.join(', ')],
              ['Assessed', incident.assessed.join(', ')],
              ['Legal holds', incident.holds.length > 0 && `${incident.holds.length} in force`],
              ['Root cause', closing?.cause ?? null],
              ['Learned', closing?.lessons ?? null],
              ['Closed by', closing?.by.displayName ?? null],
              ['Decision', closing?.decision ?? null],
              ['Corrective action', action !== null && `${action.what} (${action.owner.displayName})`],
              ['Its effect', action?.closed?.effect ?? null],
            ]}
          />
          <Actions incident={incident} choose={setStep} />
        </Stack>
      </Panel>
      <Reports incident={incident} choose={setStep} />
      <Evidence incident={incident} choose={setStep} />
      <Timeline timeline={incident.timeline} />
      {step !== null && <StepDialog step={step} incident={incident} onClose={() => setStep(null)} />}
    </Stack>
  )
}

export function IncidentPage() {
  const { id } = route.useParams()
  const incident = useQuery(incidentQuery(id))
  return (
    <Page
      title={incident.data?.title ?? 'Incident'}
      lead={
        <Link to="/incidents" className="sp-link">
          <IconArrowLeft size={14} aria-hidden /> All incidents
        </Link>
      }
    >
      <Loaded from={incident}>{(data) => <Incident incident={data} />}</Loaded>
    </Page>
  )
}

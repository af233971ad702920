// One control in full: what it asks, why it is in its state, what broke it, what it supports evidence for, and the
// newest entries of the ledger that it reads.

import { Drawer, Group, Stack, Text, Title } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { ControlView } from '../../../gateway/contract/views.ts'
import { evidenceQuery } from '../api/queries.ts'
import { toSentence } from '../api/problem.ts'
import { EvidenceRows } from '../auditor/evidence-rows.tsx'
import { Badge, Label } from '../display/badge.tsx'
import { Facts } from '../display/facts.tsx'
import { Loaded } from '../display/loaded.tsx'
import { controlWords, frameworkName } from '../display/words.ts'
import { usePerson } from '../session/person.ts'
import { usePlant } from '../session/plant-choice.tsx'
import { isPageFor } from '../shell/pages.ts'
import { readerZone, withLocalTimes } from '../time/plant-time.ts'
import { When } from '../time/when.tsx'

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section aria-label={title}>
      <Title order={3} mb={6}>
        {title}
      </Title>
      {children}
    </section>
  )
}

function Newest({ control }: { control: ControlView }) {
  const evidence = useInfiniteQuery(evidenceQuery({ types: control.evidenceEvents, session: '', plant: usePlant() }))
  return (
    <Loaded from={evidence} rows={3}>
      {(pages) => <EvidenceRows entries={pages.pages.flatMap((page) => page.items).slice(0, 20)} />}
    </Loaded>
  )
}

export function ControlDrawer({ control, onClose }: { control: ControlView; onClose: () => void }) {
  const reads = isPageFor('/evidence', usePerson().roles)
  const mappings = Object.entries(control.mappings).filter(([, clauses]) => clauses.length > 0)
  return (
    <Drawer opened onClose={onClose} position="right" size="lg" title={`${control.id}: ${control.title}`}>
      <Stack gap="lg">
        <div>
          <Group gap="sm" mb={6}>
            <Badge of={controlWords[control.state]} />
            <Text size="sm">{withLocalTimes(toSentence(control.reason), readerZone())}</Text>
          </Group>
          <Text size="sm" c="dimmed">
            {control.description}
          </Text>
        </div>
        {control.offenders.length > 0 && (
          <Part title="What breaks it">
            <ul className="sp-findings">
              {control.offenders.map((offender) => (
                <li key={`${offender.index} ${offender.text}`} data-tone="bad">
                  <span className="sp-entry-index">{offender.index}</span>
                  <div>{withLocalTimes(toSentence(offender.text), readerZone())}</div>
                </li>
              ))}
            </ul>
          </Part>
        )}
        <Facts
          names="long"
          of={[
            ['Owner', control.owner],
            ['Risks', control.risks.length === 0 ? 'none named' : control.risks.join(', ')],
            ['Fails when', control.failsWhen],
            ['Freshness', control.freshness],
            ['Population', control.population.toLocaleString('en-GB')],
            ['Entries read', control.events.toLocaleString('en-GB')],
            ['Last evidence', control.lastAt === null ? 'none yet' : <When key="last" at={control.lastAt} />],
            [
              'Reads',
              <span key="reads" className="sp-badges">
                {control.evidenceEvents.map((each) => (
                  <Label key={each}>{each}</Label>
                ))}
              </span>,
            ],
          ]}
        />
        <Part title="Supports evidence for">
          <Facts
            names="titles"
            of={mappings.map(([key, clauses]) => [frameworkName(key), clauses.join(', ')] as const)}
          />
        </Part>
        {reads && (
          <Part title="Newest entries">
            <Newest control={control} />
          </Part>
        )}
      </Stack>
    </Drawer>
  )
}

// What the risk committee reads, for the screen and for paper: each line with the ledger entry it stands in.

import { Button, Group, Text } from '@mantine/core'
import { IconPrinter } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { committeeQuery } from '../api/queries.ts'
import { Loaded } from '../display/loaded.tsx'
import { Page, Panel } from '../display/page.tsx'
import { TextLine } from '../display/text-fields.tsx'
import { ExactTime } from '../time/when.tsx'

const quarter = 92 * 24 * 3_600_000
const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10)

export function CommitteePage() {
  const [day, setDay] = useState(() => dayOf(Date.now() - quarter))
  const since = Date.parse(`${day}T00:00:00Z`)
  const pack = useQuery(committeeQuery(Number.isNaN(since) ? 0 : since))
  return (
    <Page
      title="For the committee"
      lead="What was decided and what happened, with the entry of the ledger each stands in; and what is overdue now."
      actions={
        <Group gap="sm" align="flex-end" className="sp-not-printed">
          <TextLine type="date" label="Since" value={day} onChange={setDay} />
          <Button variant="default" leftSection={<IconPrinter size={16} aria-hidden />} onClick={() => window.print()}>
            Print
          </Button>
        </Group>
      }
    >
      <Loaded from={pack}>
        {({ sections, scopeVersion, statement }) => (
          <>
            <Text size="sm">
              Scope {scopeVersion}: {statement}
            </Text>
            {sections.map(({ id, title, count, items }) => (
              <Panel key={id} title={title} aside={<Text size="sm">{count}</Text>}>
                {items.length === 0 ? (
                  <Text size="sm" c="dimmed">
                    None.
                  </Text>
                ) : (
                  <ul className="sp-list">
                    {items.map(({ text, at, index, decision }) => (
                      <li key={`${index ?? ''} ${text}`}>
                        {text}
                        {decision !== null && <b> · decision {decision}</b>}
                        <Text size="xs" c="dimmed">
                          <ExactTime at={at} />
                          {index !== null && ` · entry ${index}`}
                        </Text>
                      </li>
                    ))}
                  </ul>
                )}
                {count > items.length && (
                  <Text size="xs" c="dimmed">
                    and {count - items.length} more, earlier
                  </Text>
                )}
              </Panel>
            ))}
          </>
        )}
      </Loaded>
    </Page>
  )
}

// Doors, cabinets and key switches: what each says now, for who watches over remote work. A silent one says nothing.

import { Table, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { PhysicalFactView } from '../../../gateway/contract/views.ts'
import { physicalQuery } from '../api/queries.ts'
import { Badge } from '../display/badge.tsx'
import { Loaded } from '../display/loaded.tsx'
import { Panel } from '../display/page.tsx'
import { Rows } from '../display/rows.tsx'
import type { Word } from '../display/words.ts'
import { When } from '../time/when.tsx'

const states: Readonly<Record<NonNullable<PhysicalFactView['state']>, Word>> = {
  open: { word: 'Open', tone: 'warn', mark: 'alert' },
  forced: { word: 'Forced', tone: 'bad', mark: 'alert' },
  closed: { word: 'Closed', tone: 'good', mark: 'check' },
  on: { word: 'Key on', tone: 'info', mark: 'check' },
  off: { word: 'Key off', tone: 'plain', mark: 'minus' },
}
const silent: Word = { word: 'Silent', tone: 'warn', mark: 'question' }

/** What one says, as a word. */
export const contactWord = ({ state }: Pick<PhysicalFactView, 'state'>): Word =>
  state === null ? silent : states[state]

/** What stands open around a session, and the key it needs. */
export function ContactNotes({ of }: { of: readonly PhysicalFactView[] }) {
  return of.map((fact) => (
    <Text key={fact.source} size="xs" mt={4} component="div">
      <Badge of={contactWord(fact)} /> {fact.name}
    </Text>
  ))
}

export function Contacts() {
  const sources = useQuery(physicalQuery)
  // A plant without any is not told about what it does not have.
  if (sources.data?.items.length === 0) return null
  return (
    <Panel title="Doors and key switches">
      <Loaded from={sources} rows={1}>
        {({ items }) => (
          <Rows columns={['What', 'Says', 'Since', 'Zone', 'Remote now']}>
            {items.map((source) => (
              <Table.Tr key={source.source}>
                <Table.Td data-name="What">
                  <b>{source.name}</b>
                  <Text size="xs" c="dimmed">
                    {source.asset === null ? source.owner : `of ${source.asset}, ${source.owner}`}
                  </Text>
                </Table.Td>
                <Table.Td data-name="Says">
                  <Badge of={contactWord(source)} />
                  {source.enables.length > 0 && (
                    <Text size="xs" c="dimmed" mt={4}>
                      needed by {source.enables.join(', ')}
                    </Text>
                  )}
                </Table.Td>
                <Table.Td data-name="Since">
                  {source.since === null ? (
                    source.enrolled ? (
                      'not known'
                    ) : (
                      'it has no secret yet'
                    )
                  ) : (
                    <When at={source.since} />
                  )}
                </Table.Td>
                <Table.Td data-name="Zone">{source.zoneName}</Table.Td>
                <Table.Td data-name="Remote now" className="sp-number">
                  {source.sessions.length}
                </Table.Td>
              </Table.Tr>
            ))}
          </Rows>
        )}
      </Loaded>
    </Panel>
  )
}

// The ledger as a list, by type or by session, in pages.

import { Button, Group, NativeSelect, Stack, Text } from '@mantine/core'
import { IconNotes, IconX } from '@tabler/icons-react'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { evidenceQuery, statusQuery } from '../api/queries.ts'
import { Empty, Loaded } from '../display/loaded.tsx'
import { Page } from '../display/page.tsx'
import { usePerson } from '../session/person.ts'
import { PlantChoice, usePlant } from '../session/plant-choice.tsx'
import { isPageFor } from '../shell/pages.ts'
import { typeChoices, wordsOf } from './event-words.ts'
import { EvidenceRows } from './evidence-rows.tsx'
import { ExportButton } from './export-button.tsx'

const route = getRouteApi('/inside/evidence')
const allTypesMeaning = `All but \u201c${wordsOf('session.recording_head')?.title ?? ''}\u201d, which comes every ten seconds of a session.`

export function EvidencePage() {
  const search = route.useSearch()
  const exports = isPageFor('/recordings', usePerson().roles)
  const navigate = route.useNavigate()
  const type = search.type ?? ''
  const session = search.session ?? ''
  const evidence = useInfiniteQuery(evidenceQuery({ types: type === '' ? [] : [type], session, plant: usePlant() }))
  const ledger = useQuery(statusQuery).data?.ledger
  const entries = evidence.data?.pages.flatMap((page) => page.items) ?? []
  const types = typeChoices([...entries.map((entry) => entry.type), ...(type === '' ? [] : [type])])
  return (
    <Page
      title="Evidence"
      lead={
        ledger === undefined ? (
          'What happened, as the ledger holds it.'
        ) : (
          <>
            {ledger.size.toLocaleString('en-GB')} entries in the ledger <code>{ledger.origin}</code>. Nothing is ever
            changed or removed.
          </>
        )
      }
      actions={
        <Group gap="sm" align="flex-start">
          <PlantChoice />
          {exports && <ExportButton sessions={[]} />}
        </Group>
      }
    >
      <section className="sp-card" aria-label="Entries">
        <Group align="flex-end" gap="sm" mb="md">
          <NativeSelect
            label="Type"
            description={wordsOf(type)?.meaning ?? allTypesMeaning}
            data={[{ value: '', label: 'All types' }, ...types]}
            value={type}
            onChange={(event) => {
              const value = event.currentTarget.value
              void navigate({
                search: ({ type: _before, ...rest }) => (value === '' ? rest : { ...rest, type: value }),
              })
            }}
          />
          {session !== '' && (
            <Button
              variant="default"
              rightSection={<IconX size={14} aria-hidden />}
              aria-label={`Show all sessions, not only ${session}`}
              onClick={() => void navigate({ search: ({ session: _before, ...rest }) => rest })}
            >
              Session {session.slice(0, 12)}…
            </Button>
          )}
        </Group>
        <Loaded from={evidence} rows={6}>
          {() =>
            entries.length === 0 ? (
              <Empty icon={<IconNotes size={32} />} title="No entry of this kind">
                Choose another type, or all of them.
              </Empty>
            ) : (
              <Stack gap="md">
                <EvidenceRows entries={entries} />
                {evidence.hasNextPage ? (
                  <Button
                    variant="default"
                    loading={evidence.isFetchingNextPage}
                    onClick={() => void evidence.fetchNextPage()}
                    className="sp-more"
                  >
                    Show older entries
                  </Button>
                ) : (
                  <Text size="sm" c="dimmed" ta="center">
                    This is the beginning.
                  </Text>
                )}
              </Stack>
            )
          }
        </Loaded>
      </section>
    </Page>
  )
}

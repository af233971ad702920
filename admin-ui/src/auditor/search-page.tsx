// Search in recordings: a purpose is stated once, then queries are asked; each hit leads to the replay at its second.

import { Anchor, Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { useEffect, useRef, useState } from 'react'
import type { SearchHitView, SearchIndexView, SearchOpenedView } from '../../../gateway/contract/views.ts'
import { useChange } from '../api/changes.ts'
import { client } from '../api/gateway.ts'
import { ApiProblem } from '../api/problem.ts'
import { Empty, Failure } from '../display/loaded.tsx'
import { Page, Panel } from '../display/page.tsx'
import { ReasonDialog } from '../display/reason-dialog.tsx'
import { SearchHit } from './search-hit.tsx'
import { SearchHints } from './search-hints.tsx'

interface Opened extends SearchOpenedView {
  readonly purpose: string
}

/** What was asked, and what came so far. */
interface Answered {
  readonly query: string
  readonly hits: readonly SearchHitView[]
  readonly next: string | null
}

function IndexNote({ index }: { index: SearchIndexView }) {
  if (!index.on)
    return (
      <p className="sp-notice" data-tone="warn" role="status">
        Search is off here: nothing is indexed. Who runs the gateway turns it on with <code>evidence.search</code>.
      </p>
    )
  const behind = [
    ...(index.partial === 0 ? [] : [`${index.partial} still being indexed`]),
    ...(index.failed === 0 ? [] : [`${index.failed} that could not be read to the end`]),
    ...(index.cut === 0 ? [] : [`${index.cut} too long to be indexed whole`]),
  ]
  return (
    <Text size="xs" c="dimmed">
      {index.recordings} {index.recordings === 1 ? 'recording is' : 'recordings are'} in the index
      {behind.length === 0 ? '' : `, ${behind.join(', ')}`}.
    </Text>
  )
}

function Hits({ answered, purpose, more }: { answered: Answered; purpose: string; more: React.ReactNode }) {
  const { hits, next, query } = answered
  if (hits.length === 0 && next === null)
    return (
      <Empty icon={<IconSearch size={32} />} title="Nothing found">
        Nothing in the recordings that you may view answers <code>{query}</code>.
      </Empty>
    )
  return (
    <section aria-label="Hits">
      <Text size="sm" c="dimmed" mb="sm" role="status">
        {hits.length} {hits.length === 1 ? 'hit' : 'hits'}
        {next === null ? '' : ' so far'}, newest session first
      </Text>
      <ol className="sp-hits">
        {hits.map((hit, place) => (
          <SearchHit key={`${hit.session} ${hit.channel} ${hit.side} ${hit.at} ${place}`} hit={hit} purpose={purpose} />
        ))}
      </ol>
      {more}
    </section>
  )
}

function Asking({ opened, onOver }: { opened: Opened; onOver: () => void }) {
  const [text, setText] = useState('')
  const [answered, setAnswered] = useState<Answered | null>(null)
  const ask = useChange({
    run: async ({ query, cursor }: { query: string; cursor: string | null }): Promise<Answered> => {
      const body = { query, ...(cursor === null ? {} : { cursor }) }
      const { hits, next } = await client.call('search', { params: { id: opened.token }, body })
      return { query, next, hits: cursor === null ? hits : [...(answered?.hits ?? []), ...hits] }
    },
    touches: ['evidence'],
    onDone: setAnswered,
  })
  // The purpose was stated: what comes next is the query.
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => field.current?.focus(), [])
  const isOver = ask.error instanceof ApiProblem && ask.error.status === 404
  const given = text.trim()
  return (
    <Stack gap="lg">
      <Panel title="Query">
        <form
          role="search"
          onSubmit={(event) => {
            event.preventDefault()
            if (given !== '' && !ask.isPending) ask.mutate({ query: given, cursor: null })
          }}
        >
          <Group gap="sm" align="flex-end" wrap="nowrap">
            <TextInput
              className="sp-grow"
              label="Search for"
              description='Words, "phrases", prefix*, -not, and filters'
              aria-describedby="search-hints"
              ref={field}
              maxLength={500}
              value={text}
              onChange={(event) => setText(event.currentTarget.value)}
            />
            <Button type="submit" loading={ask.isPending} disabled={given === ''}>
              Search
            </Button>
          </Group>
        </form>
        <SearchHints id="search-hints" />
        <IndexNote index={opened.index} />
        <Text size="xs" c="dimmed">
          Purpose: {opened.purpose}.{' '}
          <Anchor component="button" type="button" size="xs" onClick={onOver}>
            State another
          </Anchor>
        </Text>
      </Panel>
      {isOver ? (
        <Empty icon={<IconSearch size={32} />} title="This search is over">
          <p>A purpose holds for half an hour.</p>
          <Button onClick={onOver}>State it again</Button>
        </Empty>
      ) : (
        ask.isError && <Failure problem={ask.error} />
      )}
      {answered !== null && !isOver && (
        <Hits
          answered={answered}
          purpose={opened.purpose}
          more={
            answered.next !== null && (
              <Button
                variant="default"
                className="sp-more"
                loading={ask.isPending}
                onClick={() => ask.mutate({ query: answered.query, cursor: answered.next })}
              >
                Show older hits
              </Button>
            )
          }
        />
      )}
    </Stack>
  )
}

export function SearchPage() {
  const [opened, setOpened] = useState<Opened | null>(null)
  const [isStating, setStating] = useState(false)
  const open = useChange({
    run: async (purpose: string): Promise<Opened> => ({
      ...(await client.call('openSearch', { body: { purpose } })),
      purpose,
    }),
    touches: [],
    onDone: (search) => {
      setOpened(search)
      setStating(false)
    },
  })
  return (
    <Page
      title="Search"
      lead="In what was typed and shown, in all recordings that you may view. Searching is evidence too."
    >
      {opened === null ? (
        <Empty icon={<IconSearch size={32} />} title="Say why, then search">
          <p>
            A recording shows people at work. Your purpose and what you look for are kept as evidence beside your name.
          </p>
          <Button leftSection={<IconSearch size={16} aria-hidden />} onClick={() => setStating(true)}>
            State the purpose
          </Button>
        </Empty>
      ) : (
        <Asking key={opened.token} opened={opened} onOver={() => setStating(true)} />
      )}
      {isStating && (
        <ReasonDialog
          title="Search in recordings"
          label="Purpose"
          hint="Why you search. Kept as evidence, with each query."
          confirm="Begin"
          pending={open.isPending}
          problem={open.error}
          onConfirm={(purpose) => open.mutate(purpose)}
          onClose={() => setStating(false)}
        />
      )}
    </Page>
  )
}

// A channel on which files were carried: no terminal, but the list of what was done, and the bytes as they crossed.

import '../style/player.css'

import { Anchor, Group, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { addressOf } from '../api/calls.ts'
import { client } from '../api/gateway.ts'
import { watchEvery } from '../api/queries.ts'
import { formatBytes } from '../display/bytes.ts'
import { Failure, Loading } from '../display/loaded.tsx'
import { visible } from '../display/visible.ts'
import { ExactTime } from '../time/when.tsx'
import type { CastPlace } from './cast-source.ts'
import { formatPosition } from './position.ts'

const streamWords = { in: 'Sent by the client', out: 'Sent by the target', err: 'Errors' } as const

export function FileSteps({ cast }: { cast: CastPlace }) {
  const params = { replay: cast.replay, channel: String(cast.channel) }
  const read = useQuery({
    queryKey: ['replay-channel', cast.replay, cast.channel],
    queryFn: ({ signal }) => client.call('replayChannel', { params, signal }),
    refetchInterval: ({ state }) => (state.data === undefined || state.data.complete ? false : watchEvery),
    gcTime: 0,
  })
  if (read.isPending) return <Loading rows={4} />
  if (read.isError) return <Failure problem={read.error} retry={() => void read.refetch()} />
  const { marks, marksLeftOut, openedAt, raw, unreadable } = read.data
  return (
    <Stack gap="xs">
      {unreadable !== null && (
        <p className="sp-notice" data-tone="bad" role="alert">
          This recording is damaged: {unreadable}. What stands before that is shown.
        </p>
      )}
      {marks.length === 0 ? (
        <Text size="sm">No file was carried on this channel, and nothing was changed.</Text>
      ) : (
        <ol className="sp-moments" aria-label="Files and steps">
          {marks.map(({ at, kind, text }, n) => (
            <li key={n}>
              <Text span size="sm" c="dimmed">
                {formatPosition(at)}
              </Text>
              <span>{kind === 'notice' ? `told the user: ${visible(text)}` : visible(text)}</span>
            </li>
          ))}
        </ol>
      )}
      {marksLeftOut > 0 && (
        <Text size="xs" c="dimmed">
          and {marksLeftOut} more, which the recording has
        </Text>
      )}
      <Group gap="lg" className="sp-replay-files">
        <Text size="xs" c="dimmed">
          Begun <ExactTime at={openedAt} />
        </Text>
        {raw
          .filter(({ bytes }) => bytes > 0)
          .map(({ direction, bytes }) => (
            <Anchor
              key={direction}
              size="xs"
              href={addressOf('rawChannel', { params: { ...params, direction } })}
              download
            >
              {streamWords[direction]} ({formatBytes(bytes)})
            </Anchor>
          ))}
      </Group>
    </Stack>
  )
}

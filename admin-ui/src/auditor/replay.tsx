// Opens a replay with a stated purpose and plays one channel at a time. The player is loaded only here.

import { Button, SegmentedControl, Stack, Text } from '@mantine/core'
import { IconPlayerPlay } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import type { RecordingView, ReplayView } from '../../../gateway/contract/views.ts'
import { useChange } from '../api/changes.ts'
import { client } from '../api/gateway.ts'
import { Empty, Failure, Loading } from '../display/loaded.tsx'
import { Panel } from '../display/page.tsx'
import { ReasonDialog } from '../display/reason-dialog.tsx'
import { Moment } from '../time/when.tsx'

const CastPlayer = lazy(() => import('../player/cast-player.tsx'))

function channelName(recording: RecordingView, channel: number, kind: string): string {
  const command = recording.channels.find((each) => each.channel === channel)?.command ?? null
  const short = command !== null && command.length > 32 ? `${command.slice(0, 31)}…` : command
  return short === null ? `${channel}: ${kind}` : `${channel}: ${kind} ${short}`
}

function Playing({ recording, replay }: { recording: RecordingView; replay: ReplayView }) {
  const [chosen, setChosen] = useState(replay.channels[0]?.channel ?? 0)
  const channel = replay.channels.find((each) => each.channel === chosen)
  const cast = useQuery({
    queryKey: ['cast', channel?.cast ?? ''],
    queryFn: ({ signal }) => client.read(channel?.cast ?? '', signal),
    enabled: channel !== undefined,
    staleTime: Infinity,
    gcTime: 0,
    refetchOnWindowFocus: false,
  })
  if (channel === undefined) return <Text size="sm">This session opened no channel that can be replayed.</Text>
  return (
    <Stack gap="sm">
      {replay.channels.length > 1 && (
        <SegmentedControl
          aria-label="Channel"
          size="xs"
          className="sp-channels"
          data={replay.channels.map((each) => ({
            value: String(each.channel),
            label: channelName(recording, each.channel, each.kind),
          }))}
          value={String(chosen)}
          onChange={(value) => setChosen(Number(value))}
        />
      )}
      {cast.isError && <Failure problem={cast.error} retry={() => void cast.refetch()} />}
      {cast.data === undefined && !cast.isError && <Loading rows={4} />}
      {cast.data !== undefined && (
        <Suspense fallback={<Loading rows={4} />}>
          <CastPlayer cast={cast.data} />
        </Suspense>
      )}
      <Text size="xs" c="dimmed">
        This replay is open until <Moment at={replay.expiresAt} />.
      </Text>
    </Stack>
  )
}

export function Replay({ recording }: { recording: RecordingView }) {
  const [asking, setAsking] = useState(false)
  const [replay, setReplay] = useState<ReplayView | null>(null)
  const open = useChange({
    run: (purpose: string) => client.call('replay', { params: { id: recording.session.id }, body: { purpose } }),
    touches: ['evidence'],
    onDone: (opened) => {
      setReplay(opened)
      setAsking(false)
    },
  })
  return (
    <Panel
      title="Replay"
      aside={
        replay !== null && (
          <Button size="xs" variant="default" onClick={() => setAsking(true)}>
            Open again
          </Button>
        )
      }
    >
      {replay !== null ? (
        <Playing key={replay.expiresAt} recording={recording} replay={replay} />
      ) : (
        <Empty icon={<IconPlayerPlay size={32} />} title="Say why, then watch">
          <p>A recording shows people at work. Your purpose is kept as evidence beside your name.</p>
          <Button leftSection={<IconPlayerPlay size={16} aria-hidden />} onClick={() => setAsking(true)}>
            Open replay
          </Button>
        </Empty>
      )}
      {asking && (
        <ReasonDialog
          title="Open replay"
          label="Purpose"
          hint="Why you view this recording. Kept as evidence."
          confirm="Start replay"
          pending={open.isPending}
          problem={open.error}
          onConfirm={(purpose) => open.mutate(purpose)}
          onClose={() => setAsking(false)}
        />
      )}
    </Panel>
  )
}

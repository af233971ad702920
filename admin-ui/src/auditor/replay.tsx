// Opens a replay with a stated purpose and plays one channel at a time. The player is loaded only here.

import { Button, SegmentedControl, Stack, Text } from '@mantine/core'
import { IconLock, IconPlayerPlay } from '@tabler/icons-react'
import { lazy, Suspense, useState } from 'react'
import type { RecordingView, ReplayView } from '../../../gateway/contract/views.ts'
import { useChange } from '../api/changes.ts'
import { client } from '../api/gateway.ts'
import { toSentence } from '../api/problem.ts'
import { Empty, Loading } from '../display/loaded.tsx'
import { Panel } from '../display/page.tsx'
import { ReasonDialog } from '../display/reason-dialog.tsx'
import { FileSteps } from '../player/file-steps.tsx'
import { Moment } from '../time/when.tsx'
import { AskViewing } from './ask-viewing.tsx'

const TerminalPlayer = lazy(() => import('../player/terminal-player.tsx'))

function channelName(recording: RecordingView, channel: number, kind: string): string {
  const command = recording.channels.find((each) => each.channel === channel)?.command ?? null
  const short = command !== null && command.length > 32 ? `${command.slice(0, 31)}…` : command
  return short === null ? `${channel}: ${kind}` : `${channel}: ${kind} ${short}`
}

/** Where a hit of a search leads. */
export interface ReplayWish {
  readonly channel?: number
  /** Seconds since the channel was opened. */
  readonly at?: number
  readonly purpose?: string
}

function Playing({ recording, replay, wish }: { recording: RecordingView; replay: ReplayView; wish: ReplayWish }) {
  const wished = replay.channels.find((each) => each.channel === wish.channel)
  const [chosen, setChosen] = useState((wished ?? replay.channels[0])?.channel ?? 0)
  const channel = replay.channels.find((each) => each.channel === chosen)
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
      <Suspense fallback={<Loading rows={4} />}>
        {channel.kind === 'sftp' ? (
          <FileSteps key={chosen} cast={{ replay: replay.token, channel: chosen }} />
        ) : (
          <TerminalPlayer
            key={chosen}
            cast={{ replay: replay.token, channel: chosen }}
            startAt={chosen === wish.channel ? (wish.at ?? 0) : replay.live ? 'live' : 0}
          />
        )}
      </Suspense>
      <Text size="xs" c="dimmed">
        This replay is open until <Moment at={replay.expiresAt} />.
      </Text>
    </Stack>
  )
}

/** Words for looking at what was, and at what is going on. */
const past = { title: 'Replay', open: 'Open replay', start: 'Start replay' } as const
const present = { title: 'Watch', open: 'Watch the session', start: 'Start watching' } as const

export function Replay({ recording, wish = {} }: { recording: RecordingView; wish?: ReplayWish }) {
  const [asking, setAsking] = useState(false)
  const [replay, setReplay] = useState<ReplayView | null>(null)
  const words = recording.status === 'live' ? present : past
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
      title={words.title}
      aside={
        replay !== null && (
          <Button size="xs" variant="default" onClick={() => setAsking(true)}>
            Open again
          </Button>
        )
      }
    >
      {replay !== null ? (
        <Playing key={replay.expiresAt} recording={recording} replay={replay} wish={wish} />
      ) : recording.mayView.kind === 'refused' ? (
        <Empty icon={<IconLock size={32} />} title="Not for you to look at">
          <p>{toSentence(recording.mayView.text ?? '')}</p>
        </Empty>
      ) : recording.mayView.kind === 'second-person' ? (
        <AskViewing recording={recording} />
      ) : (
        <Empty icon={<IconPlayerPlay size={32} />} title="Say why, then watch">
          <p>A recording shows people at work. Your purpose is kept as evidence beside your name.</p>
          <Button leftSection={<IconPlayerPlay size={16} aria-hidden />} onClick={() => setAsking(true)}>
            {words.open}
          </Button>
        </Empty>
      )}
      {asking && (
        <ReasonDialog
          title={words.open}
          label="Purpose"
          hint="Why you view this recording. Kept as evidence."
          confirm={words.start}
          initial={wish.purpose ?? ''}
          pending={open.isPending}
          problem={open.error}
          onConfirm={(purpose) => open.mutate(purpose)}
          onClose={() => setAsking(false)}
        />
      )}
    </Panel>
  )
}

// Plays one channel of a recording: any moment of it at once, however long it is, or as it is recorded while the session
// lives. A chunk of its own, loaded on first use.

import '@xterm/xterm/css/xterm.css'
import '../style/player.css'

import { ActionIcon, Anchor, Button, Group, NativeSelect, Stack, Switch, Text, Tooltip } from '@mantine/core'
import {
  IconAccessPoint,
  IconFileText,
  IconPlayerPauseFilled,
  IconPlayerPlayFilled,
  IconRewindBackward10,
  IconRewindForward10,
} from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import type { ReplayChannelView } from '../../../gateway/contract/views.ts'
import { addressOf } from '../api/calls.ts'
import { client } from '../api/gateway.ts'
import { watchEvery } from '../api/queries.ts'
import { formatBytes } from '../display/bytes.ts'
import { Failure, Loading } from '../display/loaded.tsx'
import { ExactTime } from '../time/when.tsx'
import type { CastPlace } from './cast-source.ts'
import { Moments } from './moments.tsx'
import { formatPosition } from './position.ts'
import { Timeline } from './timeline.tsx'
import { usePlayback } from './use-playback.ts'
import { largeStep, smallStep, usePlayerKeys } from './use-player-keys.ts'

const speeds = ['0.5', '1', '2', '4', '8', '16']

/** @param startAt seconds from the beginning at which it begins to play, or `live`: what is recorded now, as it comes. */
export default function TerminalPlayer({ cast, startAt }: { cast: CastPlace; startAt: number | 'live' }) {
  const place = useRef<HTMLDivElement>(null)
  const [speed, setSpeed] = useState('1')
  const [shortens, setShortens] = useState(true)
  const params = { replay: cast.replay, channel: String(cast.channel) }
  const read = useQuery({
    queryKey: ['replay-channel', cast.replay, cast.channel],
    queryFn: ({ signal }) => client.call('replayChannel', { params, signal }),
    // Of a living session there is ever more.
    refetchInterval: ({ state }) => (state.data === undefined || state.data.complete ? false : watchEvery),
    gcTime: 0,
  })
  const channel = read.data
  const terms = { startAt, speed: Number(speed), shortensPauses: shortens }
  const playing = usePlayback(place, cast, channel?.duration ?? null, terms)

  usePlayerKeys({
    toggle: playing.toggle,
    move: (seconds) => playing.seek(playing.at + seconds),
    toStart: () => playing.seek(0),
    toEnd: () => playing.seek(channel?.duration ?? 0),
  })

  return (
    <Stack gap="sm">
      <div className="sp-replay" role="region" aria-label="Player">
        <div ref={place} className="sp-replay-screen" aria-hidden />
        {channel !== undefined && (
          <Controls
            channel={channel}
            playing={playing}
            speed={speed}
            onSpeed={setSpeed}
            shortens={shortens}
            onShortens={setShortens}
          />
        )}
      </div>
      {read.isPending && <Loading rows={2} />}
      {read.isError && <Failure problem={read.error} retry={() => void read.refetch()} />}
      {playing.failure !== null && <Failure problem={playing.failure} retry={() => playing.seek(playing.at)} />}
      {channel !== undefined && <Below channel={channel} cast={cast} onSeek={playing.seek} />}
    </Stack>
  )
}

interface ControlsProps {
  readonly channel: ReplayChannelView
  readonly playing: ReturnType<typeof usePlayback>
  readonly speed: string
  readonly onSpeed: (speed: string) => void
  readonly shortens: boolean
  readonly onShortens: (shortens: boolean) => void
}

function Controls({ channel, playing, speed, onSpeed, shortens, onShortens }: ControlsProps) {
  const { at, isPlaying, isFollowing, isLoading } = playing
  const moves = isPlaying || isFollowing
  return (
    <div className="sp-replay-controls">
      <Timeline channel={channel} at={isFollowing ? channel.duration : at} onSeek={playing.seek} />
      <Group gap="sm" justify="space-between">
        <Group gap={4}>
          <Step label="10 seconds back" onClick={() => playing.seek(at - smallStep)}>
            <IconRewindBackward10 size={18} />
          </Step>
          <ActionIcon size="lg" radius="xl" aria-label={moves ? 'Pause' : 'Play'} onClick={playing.toggle}>
            {moves ? <IconPlayerPauseFilled size={18} /> : <IconPlayerPlayFilled size={18} />}
          </ActionIcon>
          <Step label="10 seconds forward" onClick={() => playing.seek(at + smallStep)}>
            <IconRewindForward10 size={18} />
          </Step>
          <span className="sp-replay-time">
            {isFollowing ? 'live' : formatPosition(at)} <span>/ {formatPosition(channel.duration)}</span>
            {isLoading && <span role="status"> reading…</span>}
          </span>
          {!channel.complete && (
            <Button
              size="compact-sm"
              variant={isFollowing ? 'filled' : 'light'}
              leftSection={<IconAccessPoint size={16} aria-hidden />}
              aria-pressed={isFollowing}
              onClick={playing.follow}
            >
              Live
            </Button>
          )}
        </Group>
        <Group gap="md">
          <Switch
            label="Shorten pauses"
            size="xs"
            checked={shortens}
            onChange={(event) => onShortens(event.currentTarget.checked)}
          />
          <NativeSelect
            aria-label="Speed"
            size="xs"
            data={speeds.map((each) => ({ value: each, label: `${each}×` }))}
            value={speed}
            onChange={(event) => onSpeed(event.currentTarget.value)}
          />
        </Group>
      </Group>
    </div>
  )
}

function Step({ label, onClick, children }: { label: string; onClick: () => void; children: React.ReactNode }) {
  return (
    <Tooltip label={label} openDelay={400}>
      <ActionIcon variant="subtle" size="lg" aria-label={label} onClick={onClick}>
        {children}
      </ActionIcon>
    </Tooltip>
  )
}

const streamWords = { in: 'Typed or sent', out: 'Shown or received', err: 'Errors' } as const

interface BelowProps {
  readonly channel: ReplayChannelView
  readonly cast: CastPlace
  readonly onSeek: (at: number) => void
}

function Below({ channel, cast, onSeek }: BelowProps) {
  const params = { replay: cast.replay, channel: String(cast.channel) }
  const { raw, unreadable, openedAt } = channel
  return (
    <Stack gap="xs">
      {unreadable !== null && (
        <p className="sp-notice" data-tone="bad" role="alert">
          This recording is damaged: {unreadable}. What stands before that can be played.
        </p>
      )}
      <Moments channel={channel} onSeek={onSeek} />
      <Group gap="lg" className="sp-replay-files">
        <Text size="xs" c="dimmed">
          Begun <ExactTime at={openedAt} />
        </Text>
        <Anchor
          size="xs"
          href={addressOf('cast', { params, query: { format: 'text' } })}
          target="_blank"
          rel="noreferrer"
        >
          <IconFileText size={14} aria-hidden /> Transcript
        </Anchor>
        {raw
          .filter(({ bytes }) => bytes > 0)
          .map(({ direction, bytes, sha256 }) => (
            <Anchor
              key={direction}
              size="xs"
              href={addressOf('rawChannel', { params: { ...params, direction } })}
              download
              title={sha256 === null ? undefined : `SHA-256 ${sha256}`}
            >
              {streamWords[direction]} ({formatBytes(bytes)})
            </Anchor>
          ))}
      </Group>
      <Text size="xs" c="dimmed">
        Space plays and pauses; the arrows move by {smallStep} seconds, with Shift by {largeStep}; Home and End go to
        the ends.
      </Text>
    </Stack>
  )
}

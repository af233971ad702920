// What is worth looking at in a channel: what was marked, and when somebody typed. Each leads there.

import { Anchor, ScrollArea, Text } from '@mantine/core'
import type { ReplayChannelView } from '../../../gateway/contract/views.ts'
import { formatPosition } from './position.ts'

interface Moment {
  readonly at: number
  readonly text: string
}

const kindWords: Readonly<Record<string, string>> = {
  notice: 'Gateway',
  masked: 'Masked',
  resize: 'Resized',
  signal: 'Signal',
  exit: 'Ended',
  event: 'Event',
}

export function momentsOf({ marks, typed }: Pick<ReplayChannelView, 'marks' | 'typed'>): readonly Moment[] {
  const told = marks
    .filter(({ kind }) => kind !== 'resize')
    .map(({ at, kind, text }) => ({ at, text: `${kindWords[kind] ?? kind}: ${text}` }))
  const bursts = typed.map(({ from, keys }) => ({ at: from, text: `Typed: ${keys === 1 ? 'a key' : `${keys} keys`}` }))
  return [...told, ...bursts].toSorted((a, b) => a.at - b.at)
}

/** A list nobody could read helps nobody, and the page must stay quick. */
const mostShown = 400

export function Moments({ channel, onSeek }: { channel: ReplayChannelView; onSeek: (at: number) => void }) {
  const moments = momentsOf(channel)
  const leftOut = Math.max(0, moments.length - mostShown) + channel.marksLeftOut
  if (moments.length === 0)
    return (
      <Text size="xs" c="dimmed">
        Nobody typed in this channel, and nothing is marked.
      </Text>
    )
  return (
    <ScrollArea.Autosize mah={260} type="auto">
      <ol className="sp-moments" aria-label="Moments">
        {moments.slice(0, mostShown).map(({ at, text }, n) => (
          <li key={n}>
            <Anchor component="button" type="button" size="sm" onClick={() => onSeek(at)}>
              {formatPosition(at)}
            </Anchor>
            <span>{text}</span>
          </li>
        ))}
      </ol>
      {leftOut > 0 && (
        <Text size="xs" c="dimmed">
          and {leftOut} more, which the transcript has
        </Text>
      )}
    </ScrollArea.Autosize>
  )
}

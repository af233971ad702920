// Replays as they are answered.

import { longestIdle } from '../../recorder/index.ts'
import type { SessionId } from '../../policy/index.ts'
import { prefix } from '../contract/routes.ts'
import type { ReplayChannelView, ReplayView } from '../contract/views.ts'
import type { IndexedChannel } from '../evidence/replay-indexes.ts'
import type { Replay } from '../evidence/replays.ts'

const addressOf = (token: string, channel: number): string => `${prefix}/replays/${token}/channels/${channel}`
const seconds = (micros: number): number => micros / 1e6

export function replayView(session: SessionId, { token, lives, expiresAt, channels }: Replay): ReplayView {
  return {
    session,
    live: lives,
    token,
    expiresAt,
    channels: channels.map(({ channel, kind, command }) => ({
      channel,
      kind,
      command,
      index: addressOf(token, channel),
      cast: `${addressOf(token, channel)}/cast`,
    })),
  }
}

export function replayChannelView(token: string, channel: number, { index }: IndexedChannel): ReplayChannelView {
  const { meta, activity, crossed, digests } = index
  const sized = meta.cols !== undefined && meta.rows !== undefined
  const span = <T extends { from: number; until: number }>(one: T) => ({
    ...one,
    from: seconds(one.from),
    until: seconds(one.until),
  })
  return {
    channel,
    kind: meta.kind,
    command: meta.command ?? null,
    term: meta.term ?? null,
    columns: sized ? (meta.cols ?? 80) : 80,
    rows: sized ? (meta.rows ?? 24) : 24,
    openedAt: index.wall,
    duration: seconds(index.duration),
    complete: index.complete,
    unreadable: index.unreadable,
    exit: index.exit,
    typed: activity.typed.map(span),
    idle: longestIdle(activity).map(span),
    marks: activity.marks.map(({ at, ...mark }) => ({ ...mark, at: seconds(at) })),
    marksLeftOut: activity.marksLeftOut,
    screens: index.keyframes.length,
    raw: (['in', 'out', 'err'] as const).map((direction) => ({
      direction,
      bytes: crossed[direction],
      sha256: digests?.[direction] ?? null,
      href: `${addressOf(token, channel)}/raw/${direction}`,
    })),
  }
}

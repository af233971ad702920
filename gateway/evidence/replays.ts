// Replays: opened for a stated purpose, for a time, by one person; what they show of a recording, from any time on; and
// watching a session while it lives. That somebody looked, and why, is evidence before the first byte is shown.

import { setTimeout as wait } from 'node:timers/promises'
import {
  followFrames,
  partLines,
  partStart,
  positionOf,
  rawBytes,
  readFramesWhereItIs,
  RecorderError,
  whereItIs,
  type DataDirection,
  type Frame,
  type Part,
} from '../../recorder/index.ts'
import type { SessionId } from '../../policy/index.ts'
import type { Actor } from '../access/authorize.ts'
import { mint, type Clock } from '../clock.ts'
import { GatewayError } from '../errors.ts'
import type { StoredSession } from '../store/sessions.ts'
import type { Store } from '../store/store.ts'
import type { ChannelInfo, Recordings } from './recordings.ts'
import type { IndexedChannel, ReadableRecording, ReplayIndexes } from './replay-indexes.ts'
import { needKept } from './deleted-recording.ts'
import type { ViewingGate, ViewingPurpose } from './viewing.ts'

export interface Replay {
  readonly token: string
  readonly lives: boolean
  readonly expiresAt: number
  readonly channels: readonly ChannelInfo[]
}

export type PartAsked = Omit<Part, 'title'> & {
  /** Goes on while the session lives, until this; null: shows what is there. */
  readonly follows: AbortSignal | null
  /** Of one that goes on: whether the login of who watches still stands. */
  readonly stays: () => Promise<boolean>
}

export interface Replays {
  /**
   * Opens a replay for a time and writes who views it, why, and under which rules. Of a living session it is watching.
   * @throws GatewayError as `needView`
   */
  open(actor: Actor, session: StoredSession, purpose: string): Promise<Replay>
  /**
   * What there is to see of a channel, and when.
   * @throws GatewayError `not-found` where the replay is over or the channel cannot be read; as `needView`.
   */
  channel(actor: Actor, token: string, channel: number): Promise<IndexedChannel>
  /** The lines of a part of a channel; whoever asks reads them, to their end or until `return`. @throws GatewayError as `channel`, before the first line */
  part(actor: Actor, token: string, channel: number, asked: PartAsked): Promise<AsyncIterable<string>>
  /** What crossed in one direction: how many bytes, and reading some. @throws GatewayError as `channel` */
  raw(actor: Actor, token: string, channel: number, direction: DataDirection): Promise<RawBytes>
}

export interface RawBytes {
  readonly length: number
  /** Up to, not including, `to`. Once; it releases the recording at its end. */
  read(from: number, to: number): AsyncIterable<Buffer>
  /** Gives the recording back where nothing is read. */
  release(): void
}

const replayMs = 30 * 60_000
/** How often a living recording is looked at for more, and how often whether its viewer still may. */
const lookMs = 200
const askAgainMs = 5_000
const mostFollowers = 64

/** A recording that can be read until it is released. */
type HeldRecording = ReadableRecording & { readonly replay: OpenReplay; now(): string; release(): void }

interface OpenReplay {
  readonly session: SessionId
  readonly person: string
  readonly expiresAt: number
}

export function openReplays(deps: {
  readonly store: Store
  readonly recordings: Pick<Recordings, 'hold' | 'key' | 'channels'>
  readonly indexes: Pick<ReplayIndexes, 'of'>
  readonly gate: ViewingGate
  /** Is somebody at work in it on this node? */
  readonly isLiving: (session: SessionId) => boolean
  readonly clock: Clock
}): Replays {
  const { store, recordings, indexes, gate, isLiving, clock } = deps
  const replays = new Map<string, OpenReplay>()
  let followers = 0

  const purposeOf = (session: SessionId): ViewingPurpose => (isLiving(session) ? 'follow' : 'replay')

  /** The recording behind a token, for the person who opened it and may still look. Whoever asks releases it. */
  async function find(actor: Actor, token: string): Promise<HeldRecording> {
    const replay = replays.get(token)
    const over = new GatewayError('not-found', 'this replay is over: open the recording again and state the purpose')
    if (!replay || replay.person !== actor.person.id || replay.expiresAt <= clock.now()) throw over
    const { session } = replay
    const stored = await store.sessions.byId(session)
    if (!stored) throw over
    // The rules may have become stricter since it was opened.
    await gate.needView(actor, stored, purposeOf(session))
    const key = await readable('the recording', () => recordings.key(session))
    return { replay, session, lives: isLiving(session), key, ...(await recordings.hold(session)) }
  }

  async function indexed(recording: HeldRecording, channel: number): Promise<IndexedChannel> {
    const found = await readable(`channel ${channel}`, () =>
      whereItIs(recording.now, (dir) => indexes.of({ ...recording, dir }, channel)),
    )
    if (found === null) throw new GatewayError('not-found', `channel ${channel} has nothing to show yet`)
    return found
  }

  /** While following: may they still, and does the session still live? */
  async function mayGoOn({ replay, session }: { replay: OpenReplay; session: SessionId }): Promise<boolean> {
    if (replay.expiresAt <= clock.now()) return false
    const [person, stored] = [
      await store.people.byId(replay.person as Actor['person']['id']),
      await store.sessions.byId(session),
    ]
    if (!person || person.disabled || !stored) return false
    const { kind } = await gate.permitView({ person, mfa: [], source: '' }, stored, purposeOf(session))
    return kind === 'permitted'
  }

  async function* follow(
    recording: HeldRecording,
    channel: number,
    from: ReturnType<typeof positionOf>,
    left: AbortSignal,
    stays: () => Promise<boolean>,
  ): AsyncGenerator<Frame, void> {
    followers++
    try {
      let askedAt = clock.now()
      const more = async (): Promise<boolean> => {
        if (!isLiving(recording.session)) return false
        await wait(lookMs, undefined, { ref: false })
        // Of a session in which nothing happens this is all that ends a reading nobody waits for any more.
        if (left.aborted) return false
        if (clock.now() - askedAt < askAgainMs) return true
        askedAt = clock.now()
        return (await stays()) && mayGoOn(recording)
      }
      for await (const frame of followFrames(recording.now, recording.key, channel, from, more)) {
        // Also where there is always more to show.
        if (clock.now() - askedAt >= askAgainMs) {
          askedAt = clock.now()
          if (!(await stays()) || !(await mayGoOn(recording))) return
        }
        yield frame
      }
    } finally {
      followers--
    }
  }

  return {
    async open(actor, session, purpose) {
      const lives = isLiving(session.id)
      needKept(session)
      const { applied, until } = await gate.needView(actor, session, purposeOf(session.id))
      const channels = await recordings.channels(session.id)
      const now = clock.now()
      await store.change(async (tx) => {
        const entry = { session: session.id, by: actor.person.id, purpose: await tx.ledger.commit(purpose), ...applied }
        await tx.ledger.append(lives ? 'session.watched' : 'session.replayed', now, entry)
      })
      for (const [token, { expiresAt }] of replays) if (expiresAt <= now) replays.delete(token)
      const token = mint.token()
      const expiresAt = Math.min(now + replayMs, until ?? Infinity)
      replays.set(token, { session: session.id, person: actor.person.id, expiresAt })
      return { token, lives, expiresAt, channels }
    },
    async channel(actor, token, channel) {
      const recording = await find(actor, token)
      return indexed(recording, channel).finally(recording.release)
    },
    async part(actor, token, channel, { follows, stays, ...part }) {
      const recording = await find(actor, token)
      const { key, session, release } = recording
      try {
        const left = recording.lives ? follows : null
        if (left !== null && followers >= mostFollowers)
          throw new GatewayError(
            'too-many-requests',
            'too many people are watching sessions: wait until one of them stops',
          )
        // From the beginning nothing has to be known of what comes later.
        const known = part.from > 0 ? await indexed(recording, channel) : null
        const start = await readable(`channel ${channel}`, () =>
          whereItIs(recording.now, (dir) => partStart({ dir, key, channel }, part.from, known)),
        )
        if (start === null) throw new GatewayError('not-found', `channel ${channel} has nothing to show yet`)
        const position = positionOf(start)
        const frames =
          left === null
            ? readFramesWhereItIs(recording.now, key, channel, position)
            : follow(recording, channel, position, left, stays)
        return releasing(partLines(start, frames, { ...part, title: `${session} channel ${channel}` }), release)
      } catch (error) {
        release()
        throw error
      }
    },
    async raw(actor, token, channel, direction) {
      const recording = await find(actor, token)
      const { index } = await indexed(recording, channel).catch((error: unknown) => {
        recording.release()
        throw error
      })
      return {
        length: index.crossed[direction],
        read: (from, to) =>
          releasing(rawBytes({ ...recording, channel }, direction, { from, to }, index), recording.release),
        release: recording.release,
      }
    },
  }
}

/** Gives the pieces, and the recording back at their end. */
async function* releasing<T>(pieces: AsyncIterable<T>, release: () => void): AsyncGenerator<T> {
  try {
    yield* pieces
  } finally {
    release()
  }
}

/** What is missing or damaged from its beginning is not there for who asks; what is wrong is verify's to say. */
async function readable<T>(what: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (error) {
    if (!(error instanceof RecorderError)) throw error
    throw new GatewayError('not-found', `${what} cannot be read: ${error.message}`, {}, error)
  }
}

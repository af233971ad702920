// The replay indexes of the recordings here: made when asked for, or ahead where a recording is long, kept in a folder beside the
// recordings, and the latest of them in memory. They are no evidence: what is lost is made again.

import { join } from 'node:path'
import {
  isSessionId,
  type IndexPlace,
  lengthOf,
  readIndex,
  readManifest,
  RecorderError,
  removeIndexes,
  type ReplayIndex,
} from '../../recorder/index.ts'
import type { SessionId } from '../../policy/index.ts'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import { openReplayBuilder, type ReplayBuilder } from './replay-builder.ts'

export interface IndexedChannel {
  readonly index: ReplayIndex
  readonly place: IndexPlace
}

/** A recording that can be read. */
export interface ReadableRecording {
  readonly session: SessionId
  readonly dir: string
  readonly key: Uint8Array
  /** Whether something may still be added. */
  readonly lives: boolean
}

export interface ReplayIndexes {
  /**
   * The index of a channel, of what is there now; null where nothing is there yet. Of a living recording it may be some
   * seconds old.
   * @throws RecorderError where the recording cannot be read; Error where the index cannot be made.
   */
  of(recording: ReadableRecording, channel: number): Promise<IndexedChannel | null>
  /** Makes those of the long channels of a recording that has ended, without haste. */
  prepare(recording: ReadableRecording, channels: readonly number[]): Promise<void>
  /** Removes what there is of a recording. */
  forget(session: SessionId): Promise<void>
  close(): Promise<void>
}

/** Of a shorter channel the index is made while somebody waits, unnoticed. */
const worthPreparing = 1 << 20
/** An index of a living channel serves for so long. */
const freshMs = 2_000
const mostInMemory = 32

interface Held extends IndexedChannel {
  readonly bytes: number
  readonly madeAt: number
}

export function openReplayIndexes(deps: {
  /** Folder of the indexes. */
  readonly root: string
  readonly clock: Clock
  readonly log: Log
  readonly builders?: { readonly asked: ReplayBuilder; readonly ahead: ReplayBuilder }
}): ReplayIndexes {
  const { root, clock, log } = deps
  // Who waits for a replay does not wait for the long recordings that are made ready.
  const { asked, ahead } = deps.builders ?? { asked: openReplayBuilder(log), ahead: openReplayBuilder(log) }
  const held = new Map<string, Held>()
  const making = new Map<string, Promise<IndexedChannel | null>>()
  let isClosed = false

  const folderOf = (session: SessionId): string => {
    if (!isSessionId(session)) throw new Error(`session \`${session}\`: expected a session id`)
    return join(root, session)
  }

  function keep(name: string, one: Held): void {
    held.delete(name)
    held.set(name, one)
    const [oldest] = held.keys()
    if (held.size > mostInMemory && oldest !== undefined) held.delete(oldest)
  }

  async function make(
    recording: ReadableRecording,
    channel: number,
    builder: ReplayBuilder,
    name: string,
  ): Promise<IndexedChannel | null> {
    const { session, dir, key } = recording
    const bytes = await lengthOf(dir, channel)
    const known = held.get(name)
    if (known !== undefined && stillServes(known, recording.lives, bytes)) {
      keep(name, known)
      return known
    }
    const folder = folderOf(session)
    const { digest: manifest } = await readManifest(dir)
    const place = { folder, manifest, channel, key }
    // What was made ahead, or before the gateway was started anew.
    const kept = recording.lives || known !== undefined ? null : await readIndex(place)
    if (kept?.complete !== true && (await builder.build({ dir, key, channel, folder, bytes })) === 'empty') return null
    const index = kept?.complete === true ? kept : await readIndex(place)
    if (index === null) throw new Error('replay index: was made and cannot be read back')
    const one = { index, place, bytes, madeAt: clock.now() }
    keep(name, one)
    return one
  }

  /** What is complete stays so, and what cannot be read stays unreadable; what lives may be a little old. */
  function stillServes({ index, madeAt, bytes: then }: Held, lives: boolean, bytes: number): boolean {
    if (index.complete) return true
    if (bytes === then) return lives || index.unreadable !== null
    return lives && clock.now() - madeAt < freshMs
  }

  /** One making at a time for each channel: two would write the same files. */
  function single(
    recording: ReadableRecording,
    channel: number,
    builder: ReplayBuilder,
  ): Promise<IndexedChannel | null> {
    const name = `${recording.session}/${channel}`
    const running = making.get(name) ?? make(recording, channel, builder, name).finally(() => making.delete(name))
    making.set(name, running)
    return running
  }

  return {
    of: (recording, channel) => single(recording, channel, asked),
    async prepare(recording, channels) {
      for (const channel of channels) {
        try {
          if ((await lengthOf(recording.dir, channel)) >= worthPreparing) await single(recording, channel, ahead)
        } catch (err) {
          if (isClosed) return
          // One that cannot be read keeps no other from being made; who replays it is told.
          const level = err instanceof RecorderError ? 'warn' : 'error'
          log[level]({ err, sessionId: recording.session, channel }, 'Replay index not made ahead')
        }
      }
    },
    async forget(session) {
      for (const name of held.keys()) if (name.startsWith(`${session}/`)) held.delete(name)
      const running = [...making].filter(([name]) => name.startsWith(`${session}/`)).map(([, one]) => one)
      await Promise.allSettled(running)
      for (const name of held.keys()) if (name.startsWith(`${session}/`)) held.delete(name)
      await removeIndexes(folderOf(session))
    },
    async close() {
      isClosed = true
      await Promise.all([asked.close(), ahead.close()])
    },
  }
}

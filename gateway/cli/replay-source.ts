// Where a replay comes from: a gateway, for a stated purpose, or a folder with a recording and its key, without any gateway.
// Both give the same lines and the same bytes.

import type { IncomingMessage } from 'node:http'
import { basename, join } from 'node:path'
import { readdir, readFile, stat } from 'node:fs/promises'
import type * as Recorder from '../../recorder/index.ts'
import type { ReplayChannelView } from '../contract/views.ts'
import { readLines } from './cast.ts'
import type { Gateway } from './client.ts'
import { codeOf, Failure, messageOf, misused } from './failure.ts'
import { plain } from './plain.ts'

export interface PartWish {
  readonly format: Recorder.PartFormat
  /** Seconds since the channel was opened; null `until` is to the end. */
  readonly from: number
  readonly until: number | null
  readonly input: boolean
  readonly follow: boolean
}

export interface ReplayLines {
  /** Without their newlines. */
  readonly lines: AsyncIterable<string>
  /** Lets go of a line that is being waited for. */
  close(): void
}

export interface RawPart {
  readonly direction: Recorder.DataDirection
  /** SHA-256 as whoever keeps the recording says it, hex; null where nobody does. */
  readonly sha256: string | null
  read(): AsyncIterable<Uint8Array>
}

export interface ReplaySource {
  readonly session: string
  readonly channels: readonly { readonly channel: number; readonly kind: string }[]
  /** Seconds of a channel that are there by now. */
  duration(channel: number): Promise<number>
  part(channel: number, wish: PartWish): Promise<ReplayLines>
  /** What crossed, a part for each direction in which something did. */
  raw(channel: number): Promise<readonly RawPart[]>
}

/** Opens a replay at a gateway. @throws Failure where it refuses. */
export async function gatewaySource(gateway: Gateway, session: string, purpose: string): Promise<ReplaySource> {
  const opened = await gateway.call('replay', { id: session, body: { purpose } })
  const addressOf = (channel: number) => {
    const found = opened.channels.find((one) => one.channel === channel)
    if (found === undefined) throw new Failure(`recording \`${session}\`: has no channel ${channel}`)
    return found
  }
  const view = (channel: number): Promise<ReplayChannelView> => gateway.at('replayChannel', addressOf(channel).index)
  return {
    session: opened.session,
    channels: opened.channels,
    duration: async (channel) => (await view(channel)).duration,
    async part(channel, { format, from, until, input, follow }) {
      const query = new URLSearchParams({ format, times: 'clip', from: from.toFixed(6) })
      if (until !== null) query.set('until', until.toFixed(6))
      if (input) query.set('input', 'true')
      if (follow) query.set('follow', 'true')
      const answer: IncomingMessage = await gateway.cast(`${addressOf(channel).cast}?${query.toString()}`)
      return { lines: readLines(answer), close: () => answer.destroy() }
    },
    async raw(channel) {
      const { raw } = await view(channel)
      return raw
        .filter(({ bytes }) => bytes > 0)
        .map(({ direction, sha256, href }) => ({
          direction,
          sha256,
          async *read() {
            yield* await gateway.cast(href)
          },
        }))
    },
  }
}

/** Is this the folder of an export or of a recording, and not the id of a session at a gateway? */
export async function isFolder(text: string): Promise<boolean> {
  try {
    return (await stat(text)).isDirectory()
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error))) return false
    throw new Failure(`${plain(text)}: cannot be looked at: ${plain(messageOf(error))}`, { cause: error })
  }
}

export interface FolderKeys {
  /** Which session of an export. */
  readonly session?: string
  /** File with the session key, as `age -d key.age` prints it. */
  readonly key?: string
  /** File with an age identity that opens the session key. */
  readonly identity?: string
}

/** Reads an export or one recording. @throws Failure where it is none, or nothing opens it. */
export async function folderSource(folder: string, keys: FolderKeys): Promise<ReplaySource> {
  const recorder = await import('../../recorder/index.ts')
  const { dir, keyFile } = await placesOf(folder, keys, recorder.isSessionId)
  const key = await readKey(dir, keyFile, keys.identity, recorder)
  const channels: { channel: number; kind: string }[] = []
  for (let channel = 0; ; channel++) {
    const opening = await recorder.readOpening(dir, key, channel).catch((error: unknown) => {
      if (error instanceof recorder.RecorderError) return error
      throw error
    })
    // Channels are numbered without gaps: the first that is not there ends them.
    if (opening instanceof Error && opening.code === 'unreadable') break
    if (opening instanceof Error && opening.code === 'wrong-key') throw new Failure(`\`${dir}\`: ${opening.message}`)
    channels.push({ channel, kind: opening === null || opening instanceof Error ? 'unreadable' : opening.meta.kind })
  }
  const micros = (seconds: number): number => Math.round(seconds * 1e6)
  return {
    session: basename(dir),
    channels,
    async duration(channel) {
      let first: bigint | null = null
      let last = 0n
      for await (const { monotonic } of recorder.readFrames(dir, key, channel)) {
        first ??= monotonic
        last = monotonic
      }
      return Number((last - (first ?? last)) / 1000n) / 1e6
    },
    async part(channel, { format, from, until, input }) {
      const start = await recorder.partStart({ dir, key, channel }, micros(from), null)
      if (start === null) throw new Failure(`channel ${channel}: has no opening frame: its recording broke off before`)
      const lines = recorder.partLines(start, recorder.readFrames(dir, key, channel), {
        title: `${basename(dir)} channel ${channel}`,
        format,
        from: micros(from),
        until: until === null ? null : micros(until),
        input,
        clipped: true,
      })
      async function* bare(): AsyncGenerator<string> {
        for await (const line of lines) yield line.slice(0, -1)
      }
      return { lines: bare(), close: () => undefined }
    },
    async raw(channel) {
      const parts: RawPart[] = []
      for (const direction of ['in', 'out', 'err'] as const) {
        const read = () => recorder.rawBytes({ now: () => dir, key, channel }, direction, { from: 0, to: null }, null)
        const first = await read().next()
        if (first.done !== true) parts.push({ direction, sha256: null, read })
      }
      return parts
    },
  }
}

/** The recording's folder, and the file of its key where one is known. */
async function placesOf(
  folder: string,
  { session, key }: FolderKeys,
  isSessionId: (text: string) => boolean,
): Promise<{ readonly dir: string; readonly keyFile: string | null }> {
  const names = await readdir(folder)
  if (names.includes('manifest.json')) return { dir: folder, keyFile: key ?? null }
  const sessions = names.includes('recordings') ? (await readdir(join(folder, 'recordings'))).filter(isSessionId) : []
  const [only] = sessions
  const wanted = session ?? (sessions.length === 1 ? only : undefined)
  if (wanted !== undefined && sessions.includes(wanted))
    return { dir: join(folder, 'recordings', wanted), keyFile: key ?? join(folder, 'keys', wanted) }
  if (sessions.length === 0)
    throw new Failure(`\`${folder}\`: expected an export or the folder of one recording, and it has no recording`)
  throw misused(
    session === undefined
      ? `\`${folder}\`: holds ${sessions.length} recordings: say which with --session ${only ?? 'ID'}`
      : `\`${folder}\`: holds no recording of session \`${session}\``,
  )
}

async function readKey(
  dir: string,
  keyFile: string | null,
  identity: string | undefined,
  { unwrapSessionKey, parseSessionKey, RecorderError }: typeof Recorder,
): Promise<Uint8Array> {
  if (identity !== undefined) {
    const text = await readText(identity, 'identity')
    const found = /^AGE-SECRET-KEY-1[0-9A-Z]+$/m.exec(text)?.[0]
    if (found === undefined) throw new Failure(`identity \`${identity}\`: expected a line \`AGE-SECRET-KEY-1…\``)
    return unwrapSessionKey(dir, [found]).catch((error: unknown) => {
      if (!(error instanceof RecorderError)) throw error
      throw new Failure(`\`${dir}\`: ${error.message}`, { cause: error })
    })
  }
  if (keyFile === null)
    throw misused('a recording is opened with --key FILE (what `age -d -i IDENTITY key.age` prints) or --identity FILE')
  const key = parseSessionKey(await readText(keyFile, 'session key'))
  if (key === null) throw new Failure(`session key \`${keyFile}\`: expected 64 hex digits and a newline`)
  return key
}

async function readText(file: string, what: string): Promise<string> {
  return readFile(file, 'utf8').catch((error: unknown) => {
    const found = codeOf(error) === 'ENOENT' ? 'there is no such file' : messageOf(error)
    throw new Failure(`${what} \`${file}\`: ${found}`, { cause: error })
  })
}

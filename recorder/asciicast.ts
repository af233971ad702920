// A channel as an asciicast v2 (FORMAT.md section 6), which asciinema and asciinema-player play. Made line by line, so a
// recording of any length goes through in constant memory, and made of nothing but the recording, so that a verifier
// can make it again and compare.

import { RecorderError } from './errors.ts'
import type { ExitStatus, Frame } from './frame.ts'
import { channelText } from './layout.ts'
import { readFrames } from './replay.ts'
import { TerminalFilter } from './terminal-safe.ts'

/** Channel kinds that show text, and of which a cast is made. */
const castKinds: ReadonlySet<string> = new Set(['pty', 'shell', 'exec'])

export interface CastOptions {
  readonly title: string
  /** Also write what the user typed, as `i` events. A cast in an export never has it. */
  readonly input?: boolean
}

/**
 * The lines of a cast, each with its newline. Nothing comes of a channel without an opening frame.
 * Rejects as `frames` does, after the lines of the frames before.
 */
export async function* toAsciicast(
  frames: AsyncIterable<Frame> | Iterable<Frame>,
  options: CastOptions,
): AsyncGenerator<string, void> {
  let screen: {
    readonly opened: bigint
    readonly out: TextTrack
    readonly err: TextTrack
    readonly in: TextTrack
  } | null = null
  let time = 0
  for await (const frame of frames) {
    if (frame.kind === 'open' && screen === null) {
      const { cols, rows, term } = frame.meta
      const terminal = cols !== undefined && rows !== undefined
      const size = terminal ? { width: cells(cols), height: cells(rows) } : { width: 80, height: 24 }
      const env = term === undefined ? {} : { env: { TERM: term } }
      const timestamp = Math.floor(frame.wall / 1000)
      yield line({ version: 2, ...size, timestamp, title: options.title, ...env })
      screen = {
        opened: frame.monotonic,
        out: new TextTrack(!terminal),
        err: new TextTrack(!terminal),
        in: new TextTrack(false),
      }
    }
    if (screen === null) continue
    time = Number((frame.monotonic - screen.opened) / 1000n) / 1e6
    switch (frame.kind) {
      case 'data': {
        if (frame.direction === 'in' && options.input !== true) break
        const text = screen[frame.direction].push(frame.bytes)
        if (text !== '') yield line([time, frame.direction === 'in' ? 'i' : 'o', text])
        break
      }
      case 'resize':
        yield line([time, 'r', `${cells(frame.cols)}x${cells(frame.rows)}`])
        break
      case 'exit':
        yield line([time, 'm', exitLabel(frame.status)])
        break
      case 'notice': {
        // A track of its own: a notice must not end up inside a sequence that the target left unfinished.
        const text = new TerminalFilter().push(frame.text)
        if (text !== '') yield line([time, 'o', text])
        yield line([time, 'm', oneLine(frame.text)])
        break
      }
      case 'masked':
        yield line([time, 'm', `${frame.count} bytes typed unseen`])
        break
      case 'open':
      case 'signal':
      case 'event':
      case 'close':
      case 'unknown':
        break
    }
  }
  if (screen === null) return
  const rest = screen.out.end() + screen.err.end()
  if (rest !== '') yield line([time, 'o', rest])
}

/**
 * The lines of the cast that an export has of a channel; none where it has none (kinds other than `pty`, `shell` and `exec`).
 * A recording that is not sound gives the cast of its readable prefix: what is wrong with it is verify's to say.
 */
export async function* exportCast(
  dir: string,
  key: Uint8Array,
  session: string,
  channel: number,
): AsyncGenerator<string, void> {
  yield* toAsciicast(castFrames(dir, key, channel), { title: `${session} channel ${channelText(channel)}` })
}

async function* castFrames(dir: string, key: Uint8Array, channel: number): AsyncGenerator<Frame, void> {
  try {
    let first = true
    for await (const frame of readFrames(dir, key, channel)) {
      if (first && !(frame.kind === 'open' && castKinds.has(frame.meta.kind))) return
      first = false
      yield frame
    }
  } catch (cause) {
    // The same prefix comes out for whoever makes the cast again, so the comparison still means something.
    if (!(cause instanceof RecorderError)) throw cause
  }
}

/** One direction of a channel on its way to the screen: bytes to text across frames, line ends, made safe. */
class TextTrack {
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  readonly #filter = new TerminalFilter()
  /** Without a terminal nobody turned LF into CR LF on the way; a player needs it. */
  readonly #addReturns: boolean
  #lastWasReturn = false

  constructor(addReturns: boolean) {
    this.#addReturns = addReturns
  }

  push(bytes: Uint8Array): string {
    return this.#show(this.#decoder.decode(bytes, { stream: true }))
  }

  end(): string {
    return this.#show(this.#decoder.decode())
  }

  #show(text: string): string {
    if (!this.#addReturns || text === '') return this.#filter.push(text)
    const withReturns = text.replace(/\r?\n/g, (match, at: number) =>
      match === '\n' && at === 0 && this.#lastWasReturn ? '\n' : '\r\n',
    )
    this.#lastWasReturn = text.endsWith('\r')
    return this.#filter.push(withReturns)
  }
}

function line(value: unknown): string {
  return `${JSON.stringify(value)}\n`
}

/** A window size that a player can lay out: the client may have named any number. */
function cells(count: number): number {
  return Math.min(Math.max(count, 1), 1000)
}

function exitLabel(status: ExitStatus): string {
  return 'code' in status ? `exit ${status.code}` : `exit signal ${oneLine(status.signal)}`
}

function oneLine(text: string): string {
  return text.replace(/[\s\p{Cc}]+/gu, ' ').trim()
}

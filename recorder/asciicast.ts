// A channel as an asciicast v2 or v3 (FORMAT.md section 6), which asciinema and asciinema-player play. Made line by line, so a
// recording of any length goes through in constant memory, and made of nothing but the recording, so that a verifier
// can make it again and compare. A part of a channel, beginning with its screen at some time, is cast-part.ts's.

import { RecorderError } from './errors.ts'
import type { Frame } from './frame.ts'
import { channelText } from './layout.ts'
import { readFrames } from './replay.ts'
import { exitLabel, openingSize, ScreenEvents, type ScreenEvent } from './screen-events.ts'

/** Channel kinds that show text, and of which a cast is made. */
export const castKinds: ReadonlySet<string> = new Set(['pty', 'shell', 'exec'])

export type CastFormat = 'v2' | 'v3'

export interface CastOptions {
  readonly title: string
  /** Also write what the user typed, as `i` events. A cast in an export never has it. */
  readonly input?: boolean
  /** Version of the format; 2 when left out, as in exports. */
  readonly format?: CastFormat
}

export interface CastHeader {
  readonly cols: number
  readonly rows: number
  /** Wall time of what is the beginning, ms. */
  readonly wall: number
  readonly title: string
  readonly term: string | undefined
}

/** Writes the lines of a cast, each with its newline. */
export interface CastWriter {
  header(header: CastHeader): string
  /** The lines of an event: one or more, none of some. */
  event(event: ScreenEvent): readonly string[]
}

/** @param input whether what was typed is written. */
export function castWriter(format: CastFormat, input: boolean): CastWriter {
  return format === 'v2' ? writerV2(input) : writerV3(input)
}

/**
 * The lines of a cast, each with its newline. Nothing comes of a channel without an opening frame.
 * Rejects as `frames` does, after the lines of the frames before.
 */
export async function* toAsciicast(
  frames: AsyncIterable<Frame> | Iterable<Frame>,
  options: CastOptions,
): AsyncGenerator<string, void> {
  const writer = castWriter(options.format ?? 'v2', options.input === true)
  let screen: ScreenEvents | null = null
  for await (const frame of frames) {
    if (frame.kind === 'open' && screen === null) {
      const { meta, wall } = frame
      yield writer.header({ ...openingSize(meta), wall, title: options.title, term: meta.term })
      screen = new ScreenEvents(frame)
    }
    const event = screen?.next(frame) ?? null
    if (event !== null) yield* writer.event(event)
  }
  const rest = screen?.end() ?? null
  if (rest !== null) yield* writer.event(rest)
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

function writerV2(input: boolean): CastWriter {
  return {
    header({ cols, rows, wall, title, term }) {
      const env = term === undefined ? {} : { env: { TERM: term } }
      return line({ version: 2, width: cols, height: rows, timestamp: Math.floor(wall / 1000), title, ...env })
    },
    event: (event) => marksOf(event, input).map(([code, text]) => line([event.at / 1e6, code, text])),
  }
}

/** asciicast v3: sizes under `term`, intervals instead of times, and an event of its own for the exit status. */
function writerV3(input: boolean): CastWriter {
  let before = 0
  return {
    header({ cols, rows, wall, title, term }) {
      const type = term === undefined ? {} : { type: term }
      return line({ version: 3, term: { cols, rows, ...type }, timestamp: Math.floor(wall / 1000), title })
    },
    event(event) {
      const marks = marksOf(event, input)
      if (event.kind === 'exit' && 'code' in event.status) marks.push(['x', String(event.status.code)])
      return marks.map(([code, text]) => {
        const interval = Math.max(event.at - before, 0)
        before += interval
        return line([interval / 1e6, code, text])
      })
    },
  }
}

/** Codes and texts of the lines of an event that both versions have. */
function marksOf(event: ScreenEvent, input: boolean): [string, string][] {
  switch (event.kind) {
    case 'output':
      return [['o', event.text]]
    case 'typed':
      return input && event.text !== '' ? [['i', event.text]] : []
    case 'resize':
      return [['r', `${event.cols}x${event.rows}`]]
    case 'notice':
      return [...(event.text === '' ? [] : ([['o', event.text]] as [string, string][])), ['m', event.label]]
    case 'masked':
      return [['m', `${event.count} bytes typed unseen`]]
    case 'exit':
      return [['m', exitLabel(event.status)]]
    case 'signal':
      return []
  }
}

function line(value: unknown): string {
  return `${JSON.stringify(value)}\n`
}

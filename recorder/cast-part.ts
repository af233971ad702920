// A part of a channel, from a time until a time: as a cast that begins with the screen at that time, or as a transcript. With a replay
// index it begins reading at the nearest keyframe, without one at the beginning of the channel.

import { type CastFormat, castWriter } from './asciicast.ts'
import type { Frame } from './frame.ts'
import { readOpening } from './replay.ts'
import { readScreen, type IndexPlace, type Screen } from './replay-index/index-files.ts'
import { type Keyframe, lastUpTo, type ReplayIndex } from './replay-index/replay-index.ts'
import { openingSize, type ScreenEvent, ScreenEvents, type ScreenOpening } from './screen-events.ts'
import type { FramePosition } from './stream.ts'
import { Transcript } from './transcript.ts'
import type { ChannelMeta } from './frame.ts'

export type PartFormat = CastFormat | 'text'

export interface Part {
  readonly title: string
  readonly format: PartFormat
  /** Microseconds since the channel's opening. */
  readonly from: number
  /** Null: to the end. */
  readonly until: number | null
  /** Whether what was typed is in a cast. A transcript always has it. */
  readonly input: boolean
  /** Whether times count from `from` on, as in a file of its own, and not from the channel's opening. */
  readonly clipped: boolean
}

/** Where the reading of a part begins, and what is known there. */
export interface PartStart {
  readonly opening: ScreenOpening & { readonly meta: ChannelMeta; readonly wall: number }
  /** Null: the beginning of the channel. */
  readonly key: (Keyframe & { readonly screen: Screen }) | null
}

/** Where to begin for a time; null where the channel has no opening frame. @throws RecorderError as `readFrames`. */
export async function partStart(
  recording: { readonly dir: string; readonly key: Uint8Array; readonly channel: number },
  from: number,
  indexed: { readonly index: ReplayIndex; readonly place: IndexPlace } | null,
): Promise<PartStart | null> {
  if (indexed === null) {
    const opening = await readOpening(recording.dir, recording.key, recording.channel)
    return opening === null ? null : { opening, key: null }
  }
  const { index: opening, place } = indexed
  const keyframe = lastUpTo(opening.keyframes, from, ({ at }) => at)
  // The latest of a living channel goes when a later one comes; the one before it stays.
  const known = keyframe === null ? [] : opening.keyframes.filter(({ index }) => index <= keyframe.index).slice(-2)
  for (const key of known.toReversed()) {
    const screen = await readScreen(place, key)
    if (screen !== null) return { opening, key: { ...key, screen } }
  }
  return { opening, key: null }
}

/** The frame that reading begins with. */
export function positionOf({ key }: PartStart): FramePosition | null {
  return key
}

/**
 * The lines of the part, each with its newline.
 * @param frames from `positionOf(start)` on. Rejects as they do, after the lines of the frames before.
 */
export async function* partLines(
  start: PartStart,
  frames: AsyncIterable<Frame>,
  part: Part,
): AsyncGenerator<string, void> {
  if (part.format === 'text') yield* transcriptLines(start, frames, part)
  else yield* castLines(start, frames, part, part.format)
}

async function* castLines(
  { opening, key }: PartStart,
  frames: AsyncIterable<Frame>,
  part: Part,
  format: CastFormat,
): AsyncGenerator<string, void> {
  const writer = castWriter(format, part.input)
  const { meta, wall } = opening
  const size = key ?? openingSize(meta)
  const begun = part.clipped ? wall + Math.floor(part.from / 1000) : wall
  yield writer.header({ cols: size.cols, rows: size.rows, wall: begun, title: part.title, term: meta.term })
  // What came before is drawn at once: the screen as it was kept, and what has changed it since, in its order.
  const placed = (event: ScreenEvent): ScreenEvent => ({
    ...event,
    at: Math.max(event.at, part.from) - (part.clipped ? part.from : 0),
  })
  if (key !== null) yield* writer.event(placed({ at: key.at, kind: 'output', text: key.screen.text }))
  for await (const event of eventsOf({ opening, key }, frames, part.until)) {
    const isPast = event.at < part.from
    // A key or a mark of before changes no screen.
    if (isPast && event.kind !== 'output' && event.kind !== 'resize' && event.kind !== 'notice') continue
    const shown: ScreenEvent =
      isPast && event.kind === 'notice' ? { at: event.at, kind: 'output', text: event.text } : event
    if (!(shown.kind === 'output' && shown.text === '')) yield* writer.event(placed(shown))
  }
}

async function* transcriptLines(
  start: PartStart,
  frames: AsyncIterable<Frame>,
  part: Part,
): AsyncGenerator<string, void> {
  const transcript = new Transcript(part.clipped ? part.from : 0)
  for await (const event of eventsOf(start, frames, part.until)) {
    if (event.at < part.from) continue
    yield* transcript.next(event)
  }
  yield* transcript.end()
}

async function* eventsOf(
  { opening, key }: PartStart,
  frames: AsyncIterable<Frame>,
  until: number | null,
): AsyncGenerator<ScreenEvent, void> {
  const events = new ScreenEvents(opening, key?.screen.tracks ?? null)
  for await (const frame of frames) {
    if (until !== null && events.timeOf(frame) >= until) return
    const event = events.next(frame)
    if (event !== null) yield event
  }
  const rest = events.end()
  if (rest !== null) yield rest
}

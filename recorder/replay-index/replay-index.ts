// What a replay index says of one channel (FORMAT.md section 6.4), and its form in a file. It is made by build.ts, is
// no evidence, and may be thrown away at any time: the recording makes it again.

import type { JsonObject, JsonValue } from '../canonical.ts'
import type { ChannelMeta, ExitStatus } from '../frame.ts'
import type { FramePosition } from '../stream.ts'
import type { ActivityState } from './activity.ts'

/** Bytes that crossed so far, by direction. */
export interface Crossed {
  readonly in: number
  readonly out: number
  readonly err: number
}

/** A frame that reading may begin with. */
export interface Point extends FramePosition {
  /** Microseconds from the channel's opening to this frame. */
  readonly at: number
  /** What had crossed before this frame. */
  readonly crossed: Crossed
}

/** A frame before which the screen is known. */
export interface Keyframe extends FramePosition {
  /** Microseconds from the opening to the frame before. */
  readonly at: number
  readonly cols: number
  readonly rows: number
  /** Where its box stands in the file of screens. */
  readonly box: { readonly offset: number; readonly length: number }
}

export interface ReplayIndex {
  /** The opening frame. */
  readonly meta: ChannelMeta
  /** Of the opening frame: ns since the recording was opened, and ms since the Unix epoch. */
  readonly monotonic: bigint
  readonly wall: number
  /** Where reading goes on. */
  readonly next: FramePosition
  /** Microseconds from the opening to the last frame read. */
  readonly duration: number
  /** Nothing will follow: the channel is closed, or the recording sealed. */
  readonly complete: boolean
  /** Why reading stopped before the end, of a recording that is not sound. */
  readonly unreadable: string | null
  readonly exit: ExitStatus | null
  readonly crossed: Crossed
  /** SHA-256 (hex) of what crossed, by direction; once it is complete. */
  readonly digests: { readonly in: string; readonly out: string; readonly err: string } | null
  readonly activity: ActivityState
  /** Ascending, the first at the beginning. */
  readonly points: readonly Point[]
  readonly keyframes: readonly Keyframe[]
  /** False where the emulator could not draw this channel; then there are no keyframes. */
  readonly drawn: boolean
}

/** Numbers of a point and of a keyframe in the file. */
const pointNumbers = 6
const keyframeNumbers = 7

export function indexBytes(index: ReplayIndex): Buffer {
  const { monotonic, points, keyframes, ...rest } = index
  const flat = {
    ...rest,
    monotonic: monotonic.toString(),
    points: points.flatMap(({ index: number, offset, at, crossed }) => [
      number,
      offset,
      at,
      crossed.in,
      crossed.out,
      crossed.err,
    ]),
    keyframes: keyframes.flatMap(({ index: number, offset, at, cols, rows, box }) => [
      number,
      offset,
      at,
      cols,
      rows,
      box.offset,
      box.length,
    ]),
  }
  return Buffer.from(JSON.stringify(flat), 'utf8')
}

/**
 * Reads an index back; null where it is none. It comes out of a box that only the session key opens, so this guards
 * against our own earlier versions, not against strangers.
 */
export function parseIndex(bytes: Uint8Array): ReplayIndex | null {
  const value = parseObject(bytes)
  if (value === null) return null
  const { points, keyframes, monotonic, activity, meta, next, crossed, ...rest } = value
  if (!areNumbers(points, pointNumbers) || !areNumbers(keyframes, keyframeNumbers)) return null
  if (typeof monotonic !== 'string' || !/^[0-9]{1,20}$/.test(monotonic)) return null
  if (![activity, meta, next, crossed].every((part) => typeof part === 'object' && part !== null)) return null
  const parts = { ...rest, activity, meta, next, crossed } as unknown as ReplayIndex
  return {
    ...parts,
    monotonic: BigInt(monotonic),
    points: grouped(points, pointNumbers, ([index = 0, offset = 0, at = 0, into = 0, out = 0, err = 0]) => ({
      index,
      offset,
      at,
      crossed: { in: into, out, err },
    })),
    keyframes: grouped(
      keyframes,
      keyframeNumbers,
      ([index = 0, offset = 0, at = 0, cols = 0, rows = 0, start = 0, length = 0]) => ({
        index,
        offset,
        at,
        cols,
        rows,
        box: { offset: start, length },
      }),
    ),
  }
}

/** The last item that is not after a place; null where all are. Items ascend by that place. */
export function lastUpTo<T>(items: readonly T[], place: number, placeOf: (item: T) => number): T | null {
  let low = 0
  let high = items.length
  while (low < high) {
    const middle = (low + high) >> 1
    const item = items[middle]
    if (item !== undefined && placeOf(item) <= place) low = middle + 1
    else high = middle
  }
  return items[low - 1] ?? null
}

function parseObject(bytes: Uint8Array): JsonObject | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8'))
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : null
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    return null
  }
}

function areNumbers(value: JsonValue | undefined, group: number): value is number[] {
  return Array.isArray(value) && value.length % group === 0 && value.every((item) => Number.isSafeInteger(item))
}

function grouped<T>(numbers: readonly number[], size: number, make: (group: readonly number[]) => T): T[] {
  return Array.from({ length: numbers.length / size }, (_, i) => make(numbers.slice(i * size, (i + 1) * size)))
}

// What crossed a channel in one direction, byte for byte: a file that was transferred, a tunnel, the output of a program. Not made
// safe: for files, never for a terminal.

import type { DataDirection } from './frame.ts'
import { readFramesWhereItIs } from './follow.ts'
import { lastUpTo, type ReplayIndex } from './replay-index/replay-index.ts'

/**
 * The bytes from `from` up to, not including, `to` (null: all there are).
 * @param recording `now` is the folder it has at this moment: it may be moved while it is read.
 * @param index begins the reading near `from`; null reads from the beginning.
 * @throws RecorderError as `readFrames`, after the bytes before.
 */
export async function* rawBytes(
  recording: { readonly now: () => string; readonly key: Uint8Array; readonly channel: number },
  direction: DataDirection,
  { from, to }: { readonly from: number; readonly to: number | null },
  index: Pick<ReplayIndex, 'points'> | null,
): AsyncGenerator<Buffer, void> {
  const end = to ?? Number.MAX_SAFE_INTEGER
  if (from >= end) return
  const start = index === null ? null : lastUpTo(index.points, from, ({ crossed }) => crossed[direction])
  let at = start?.crossed[direction] ?? 0
  for await (const frame of readFramesWhereItIs(recording.now, recording.key, recording.channel, start)) {
    if (frame.kind !== 'data' || frame.direction !== direction) continue
    const { bytes } = frame
    const part = bytes.subarray(Math.max(0, from - at), Math.max(0, end - at))
    at += bytes.length
    if (part.length > 0) yield part
    if (at >= end) return
  }
}

// The frames of a channel that is being written, as they come: what is there, and then what is added, until the channel is closed or
// nobody writes it any more.

import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { messageOf, quote, RecorderError } from './errors.ts'
import { streamFile } from './layout.ts'
import { type PlacedFrame, readFramesFrom } from './replay.ts'
import type { FramePosition } from './stream.ts'

/**
 * Gives the frames from a position to the end of what is there. A recording may be moved as it is read: what fails where it
 * was is tried again where it is.
 * @throws RecorderError as `readFrames`.
 */
export async function* readFramesWhereItIs(
  dirOf: () => string,
  key: Uint8Array,
  channel: number,
  from: FramePosition | null,
): AsyncGenerator<PlacedFrame, void> {
  for (let position = from; ;) {
    const dir = dirOf()
    try {
      for await (const frame of readFramesFrom(dir, key, channel, position)) {
        position = { index: frame.index + 1, offset: frame.end }
        yield frame
      }
      return
    } catch (error) {
      if (dirOf() === dir) throw error
    }
  }
}

/**
 * Gives the frames from a position on, up to the one that closes the channel. At the end of what is there it calls `more`, which resolves when it is time to look
 * again: true where something may still be written, false where nothing will; then what came meanwhile is given and it ends.
 * @throws RecorderError as `readFrames`.
 */
export async function* followFrames(
  dirOf: () => string,
  key: Uint8Array,
  channel: number,
  from: FramePosition | null,
  more: () => Promise<boolean>,
): AsyncGenerator<PlacedFrame, void> {
  let position = from
  for (let lasts = true; ;) {
    for await (const frame of readFramesWhereItIs(dirOf, key, channel, position)) {
      position = { index: frame.index + 1, offset: frame.end }
      yield frame
      if (frame.kind === 'close') return
    }
    if (!lasts) return
    lasts = await more()
    // Opening a recording costs a key derivation: while nothing grows, its length is looked at and no more.
    while (lasts && (await whereItIs(dirOf, (at) => lengthOf(at, channel))) <= (position?.offset ?? 0))
      lasts = await more()
  }
}

/** Reads in the folder a recording has now; where that failed because it was moved meanwhile, in the one it was moved to. */
export async function whereItIs<T>(dirOf: () => string, read: (dir: string) => Promise<T>): Promise<T> {
  for (;;) {
    const dir = dirOf()
    try {
      return await read(dir)
    } catch (error) {
      if (dirOf() === dir) throw error
    }
  }
}

/** Bytes in the file of a channel. @throws RecorderError `unreadable` */
export async function lengthOf(dir: string, channel: number): Promise<number> {
  const name = streamFile(channel)
  try {
    return (await stat(join(dir, name))).size
  } catch (cause) {
    throw new RecorderError('unreadable', `${quote(name)}: ${messageOf(cause)}`, { cause })
  }
}

// Reading files that a stranger may have put there: only regular files are opened, links are not followed, a named pipe
// cannot make the reader wait, and what is read whole has a limit.

import { constants, type Stats } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { basename } from 'node:path'
import { messageOf, quote, RecorderError } from './errors.ts'

/**
 * Opens a regular file for reading.
 * @throws RecorderError `unreadable` when it is missing, not a regular file, or not permitted.
 */
export async function openRegular(path: string): Promise<{ readonly file: FileHandle; readonly stats: Stats }> {
  let file: FileHandle | undefined
  try {
    file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    const stats = await file.stat()
    if (!stats.isFile()) throw new Error('not a regular file')
    return { file, stats }
  } catch (cause) {
    await file?.close()
    throw new RecorderError('unreadable', `${quote(basename(path))}: ${messageOf(cause)}`, { cause })
  }
}

/**
 * The whole of a small file.
 * @throws RecorderError `unreadable` as above, or when it has more than `limit` bytes.
 */
export async function readSmall(path: string, limit: number): Promise<Buffer> {
  const { file, stats } = await openRegular(path)
  try {
    if (stats.size > limit)
      throw new RecorderError(
        'unreadable',
        `${quote(basename(path))}: expected at most ${limit} bytes, got ${stats.size}`,
      )
    // One byte more than allowed, so that a file growing meanwhile is noticed.
    const buffer = Buffer.alloc(Math.min(stats.size, limit) + 1)
    let length = 0
    while (length < buffer.length) {
      const { bytesRead } = await file.read(buffer, length, buffer.length - length, length)
      if (bytesRead === 0) break
      length += bytesRead
    }
    if (length === buffer.length) throw new RecorderError('unreadable', `${quote(basename(path))}: changed while read`)
    return buffer.subarray(0, length)
  } catch (cause) {
    if (cause instanceof RecorderError) throw cause
    throw new RecorderError('unreadable', `${quote(basename(path))}: ${messageOf(cause)}`, { cause })
  } finally {
    await file.close()
  }
}

/** The content of a file in chunks; a chunk is valid until the next is asked for. */
export async function* readChunks(path: string): AsyncGenerator<Buffer, void> {
  const { file, stats } = await openRegular(path)
  const buffer = Buffer.allocUnsafe(Math.min(1 << 18, Math.max(stats.size, 1 << 10)))
  try {
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, buffer.length, null)
      if (bytesRead === 0) return
      yield buffer.subarray(0, bytesRead)
    }
  } catch (cause) {
    throw new RecorderError('unreadable', `${quote(basename(path))}: ${messageOf(cause)}`, { cause })
  } finally {
    await file.close()
  }
}

// A stream file (FORMAT.md sections 1.3 to 1.5): its header line, and reading its frames from the first to the last whole
// one in constant memory. What the frames say is frame.ts.

import { createHash } from 'node:crypto'
import { basename } from 'node:path'
import { messageOf, quote, RecorderError } from './errors.ts'
import { maxFrameBytes, maxFrameLength, minFrameLength, type RawFrame } from './frame.ts'
import { channelText } from './layout.ts'
import { openRegular } from './regular-file.ts'

/** How a stream ends. Only `whole` is allowed in a sealed one. */
export type StreamEnd =
  | { readonly kind: 'whole'; readonly offset: number }
  /** The file ends in the middle of a frame (or of the header line) that begins at `offset`. */
  | { readonly kind: 'torn'; readonly offset: number }
  /** What stands at `offset` is no frame. */
  | { readonly kind: 'invalid'; readonly offset: number; readonly reason: string }

/** A buffer is no smaller. */
const smallest = 4 << 10

/** A point of a stream: so many frames, so many bytes, and the SHA-256 of those bytes. */
export interface StreamHead {
  readonly frames: number
  readonly length: number
  /** Hex. */
  readonly head: string
}

export function streamHeader(session: string, channel: number, manifestDigest: string): Buffer {
  return Buffer.from(`sallyport-stream/v1 ${session} ${channelText(channel)} ${manifestDigest}\n`, 'ascii')
}

/** Where a frame begins: its number in the stream and its first byte in the file. */
export interface FramePosition {
  readonly index: number
  readonly offset: number
}

/**
 * Reads the frames of a stream up to its end or the first byte that is none, which the generator's return value tells.
 * Checks form only: neither keys nor digests are needed.
 * @param from the frame to begin with, as an earlier reading found it; null begins with the first. Whoever decrypts finds
 * out where it is not one: the number of a frame is in its nonce.
 * @throws RecorderError `unreadable` when the file cannot be read.
 */
export async function* scanFrames(
  path: string,
  header: Buffer,
  from: FramePosition | null = null,
): AsyncGenerator<RawFrame, StreamEnd> {
  const { file, stats } = await openRegular(path)
  try {
    // Room for the largest frame and a good read behind it; of a small file, no more than it needs.
    let buffer = Buffer.allocUnsafe(Math.min(maxFrameBytes + (1 << 18), Math.max(stats.size + 1, smallest)))
    let start = 0
    let end = 0
    let offset = 0
    let readAt = 0
    /** Makes `need` bytes stand in the buffer from `start`; false at the end of the file. */
    const fill = async (need: number): Promise<boolean> => {
      if (end - start >= need) return true
      // A live one grows while it is read.
      const room = need <= buffer.length ? buffer : Buffer.allocUnsafe(maxFrameBytes + (1 << 18))
      buffer.copy(room, 0, start, end)
      buffer = room
      end -= start
      start = 0
      while (end < need) {
        const { bytesRead } = await file.read(buffer, end, buffer.length - end, readAt)
        if (bytesRead === 0) return false
        readAt += bytesRead
        end += bytesRead
      }
      return true
    }

    if (!(await fill(header.length))) {
      if (end === 0) return { kind: 'whole', offset: 0 }
      if (header.subarray(0, end).equals(buffer.subarray(0, end))) return { kind: 'torn', offset: 0 }
      return { kind: 'invalid', offset: 0, reason: 'not the header line of this stream' }
    }
    if (!header.equals(buffer.subarray(0, header.length)))
      return { kind: 'invalid', offset: 0, reason: 'not the header line of this stream' }
    start = offset = header.length
    if (from !== null) {
      start = end = 0
      readAt = offset = from.offset
    }

    for (let index = from?.index ?? 0; ; index++) {
      if (!(await fill(4))) return end === start ? { kind: 'whole', offset } : { kind: 'torn', offset }
      const length = buffer.readUInt32BE(start)
      if (length < minFrameLength || length > maxFrameLength)
        return {
          kind: 'invalid',
          offset,
          reason: `frame length: expected ${minFrameLength}–${maxFrameLength}, got ${length}`,
        }
      if (!(await fill(4 + length))) return { kind: 'torn', offset }
      const bytes = buffer.subarray(start, start + 4 + length)
      const kind = bytes.readUInt8(4)
      if (kind === 0) return { kind: 'invalid', offset, reason: 'frame kind: got 0' }
      yield {
        index,
        offset,
        bytes,
        kind,
        direction: bytes.readUInt8(5),
        monotonic: bytes.readBigUInt64BE(6),
        wall: bytes.readBigUInt64BE(14),
      }
      start += bytes.length
      offset += bytes.length
    }
  } catch (cause) {
    if (cause instanceof RecorderError) throw cause
    throw new RecorderError('unreadable', `${quote(basename(path))}: ${messageOf(cause)}`, { cause })
  } finally {
    await file.close()
  }
}

export interface ScannedStream extends StreamHead {
  readonly end: StreamEnd
}

/** Points at which the head is wanted, by their number of frames, ascending. */
export interface Marks {
  readonly frames: readonly number[]
  reached(head: StreamHead): void
}

/**
 * Reads a whole stream, handing each frame to `visit`, and gives the head after its last whole frame. `visit` may end
 * the scan at a frame by giving a reason why that is none. `marks` are told on the way.
 */
export async function scanStream(
  path: string,
  header: Buffer,
  visit: (frame: RawFrame) => string | null,
  marks: Marks = { frames: [], reached: () => undefined },
): Promise<ScannedStream> {
  const hash = createHash('sha256')
  let frames = 0
  let length = 0
  let mark = 0
  const scan = scanFrames(path, header)
  for (;;) {
    const next = await scan.next()
    if (next.done === true) {
      // A stream without frames still has its header line, unless that was torn off or never written.
      if (frames === 0 && next.value.offset > 0) {
        hash.update(header)
        length = header.length
      }
      return { frames, length, head: hash.digest('hex'), end: next.value }
    }
    const frame = next.value
    const reason = visit(frame)
    if (frames === 0) {
      hash.update(header)
      length = header.length
    }
    if (reason !== null) {
      await scan.return({ kind: 'whole', offset: frame.offset })
      return { frames, length, head: hash.digest('hex'), end: { kind: 'invalid', offset: frame.offset, reason } }
    }
    hash.update(frame.bytes)
    frames++
    length += frame.bytes.length
    if (frames === marks.frames[mark]) {
      marks.reached({ frames, length, head: hash.copy().digest('hex') })
      while (frames === marks.frames[mark]) mark++
    }
  }
}

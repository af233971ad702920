// Writing one channel of a recording. Every call here has handed its bytes to the kernel when it returns, so the caller
// may forward what it recorded; if a call throws, it must not. Where the recording waits for room on its disk, frames wait
// in order, and `written` tells when the bytes of one may be forwarded (waiting.ts).

import { createHash, type Hash, type KeyObject } from 'node:crypto'
import { type Disk, isFull, writeAll } from './disk.ts'
import { messageOf, RecorderError } from './errors.ts'
import {
  type ChannelMeta,
  type DataDirection,
  directions,
  encryptFrame,
  type ExitStatus,
  headerBytes,
  jsonPayload,
  kinds,
  maxPlaintext,
  putHeader,
  putNonce,
} from './frame.ts'
import { channelText } from './layout.ts'
import type { StreamHead } from './stream.ts'
import type { Waiting } from './waiting.ts'

/** What the channels of one recording share: whether it still takes frames, and what time it is. */
export interface RecordingState {
  /** Set by the first write or sync that failed; from then on every write throws it again. */
  failure: RecorderError | null
  /** The recording is being sealed, or is: no frame may follow. */
  closed: boolean
  /** Frames that wait for room on the disk; null where a full disk ends the recording. */
  readonly waiting: Waiting | null
  /** Nanoseconds since the recording was opened. */
  elapsed(): bigint
  /** Milliseconds since the Unix epoch. */
  now(): number
}

export class ChannelWriter {
  readonly channel: number
  readonly #disk: Disk
  readonly #state: RecordingState
  readonly #key: KeyObject
  // Owned by #append: they advance together, and only after the write they speak of.
  #frames = 0
  #length = 0
  readonly #hash: Hash = createHash('sha256')
  #monotonic = 0n
  // Reused for each frame; a write is synchronous, so nobody sees them change.
  readonly #header = Buffer.alloc(headerBytes)
  readonly #nonce = Buffer.alloc(12)
  /** Null once the file was closed. */
  #fd: number | null
  /** Takes no frame any more, and has its last one on the disk. */
  #closed = false
  #whole = false
  #dirty = true
  /** A frame whose write failed for want of room, as it will stand on the disk. */
  #unwritten: Unwritten | null = null

  /** @internal Made by `Recording.openChannel`, with a file that is new and empty. */
  constructor(
    disk: Disk,
    state: RecordingState,
    file: { readonly fd: number; readonly channel: number; readonly header: Buffer },
    key: KeyObject,
    meta: Buffer,
  ) {
    this.#disk = disk
    this.#state = state
    this.#key = key
    this.#fd = file.fd
    this.channel = file.channel
    const write = (): boolean => this.#write(kinds.open, directions.none, [meta], [file.header])
    if (!write()) state.waiting?.add(write, undefined)
  }

  /** Is its opening frame written? Where it is not, nothing may cross the channel. */
  get isOpen(): boolean {
    return this.#frames > 0
  }

  /**
   * Records bytes that are about to cross: `in` from the user, `out` and `err` from the asset. Several pieces are
   * recorded as one, in one frame where it holds them: bulk data then costs one write instead of many.
   * @param written called when the bytes may be forwarded: before this returns, or, where the recording waits for room,
   * when it goes on. Until then the bytes must not change. It is never called where the recording ends before.
   * @throws RecorderError `write-failed`, `sync-failed` or `closed`: then the bytes must not be forwarded.
   */
  data(direction: DataDirection, bytes: Uint8Array | readonly Uint8Array[], written?: () => void): void {
    const pieces = bytes instanceof Uint8Array ? [bytes] : bytes
    const frames = framesOf(pieces)
    for (const [i, frame] of frames.entries())
      this.#append(kinds.data, directions[direction], frame, i === frames.length - 1 ? written : undefined)
  }

  /** The user's window changed. `written` and what is thrown: as with `data`. */
  resize(cols: number, rows: number, written?: () => void): void {
    this.#append(kinds.resize, directions.in, [jsonPayload({ cols: count(cols), rows: count(rows) })], written)
  }

  /** So many bytes were typed at a password prompt; they are not kept. `written` and what is thrown: as with `data`. */
  masked(bytes: number, written?: () => void): void {
    this.#append(kinds.masked, directions.in, [jsonPayload({ bytes: count(bytes) })], written)
  }

  /** The user sent a signal (`TERM`, without SIG). `written` and what is thrown: as with `data`. */
  signal(name: string, written?: () => void): void {
    this.#append(kinds.signal, directions.in, [jsonPayload({ name })], written)
  }

  /** The asset's program ended. `written` and what is thrown: as with `data`. */
  exit(status: ExitStatus, written?: () => void): void {
    const payload = 'code' in status ? { code: status.code } : { signal: status.signal }
    this.#append(kinds.exit, directions.out, [jsonPayload(payload)], written)
  }

  /** What the gateway itself writes to the user, exactly as written. Throws as `data` does. */
  notice(text: string): void {
    const bytes = Buffer.from(text, 'utf8')
    if (bytes.length > maxPlaintext) throw new RecorderError('invalid-argument', 'notice: expected at most 1 MiB')
    this.#append(kinds.notice, directions.none, [bytes])
  }

  /** Something that happened on the channel and is none of the others: a JSON object. Throws as `data` does. */
  event(event: object, written?: () => void): void {
    this.#append(kinds.event, directions.none, [jsonPayload(event)], written)
  }

  /** The channel ended; nothing can follow. Closing it again does nothing. Throws as `data` does. */
  close(): void {
    if (this.#closed) return
    this.#append(kinds.close, directions.none, [], () => (this.#whole = true))
    this.#closed = true
  }

  /** Bytes in its file. */
  get length(): number {
    return this.#length
  }

  /** The head after the last frame written. */
  head(): StreamHead {
    return { frames: this.#frames, length: this.#length, head: this.#hash.copy().digest('hex') }
  }

  /** @internal Brings what was written to stable storage; gives back the descriptor of a closed channel. */
  async sync(): Promise<void> {
    if (this.#fd === null) return
    if (this.#dirty) {
      // Cleared before, so that a frame written meanwhile makes it dirty again.
      this.#dirty = false
      await this.#disk.sync(this.#fd)
    }
    if (this.#whole && !this.#dirty) this.release()
  }

  /** @internal Closes the file; throws if it is not as long as what was written to it. */
  release(): void {
    if (this.#fd === null) return
    const fd = this.#fd
    this.#fd = null
    try {
      if (this.#disk.size(fd) !== this.#length)
        throw new Error(`stream ${channelText(this.channel)}: changed by others`)
    } finally {
      this.#disk.close(fd)
    }
  }

  #append(kind: number, direction: number, plaintext: readonly Uint8Array[], written?: () => void): void {
    if (this.#state.failure !== null) throw again(this.#state.failure)
    if (this.#closed || this.#state.closed)
      throw new RecorderError('closed', `channel ${channelText(this.channel)}: closed, takes no frame`)
    const write = (): boolean => this.#write(kind, direction, plaintext, [])
    const { waiting } = this.#state
    // Without a place to wait, write throws where there is no room.
    if ((waiting === null || waiting.isEmpty) && write()) written?.()
    else waiting?.add(write, written)
  }

  /** False where the disk has no room and the recording waits for some: then it is to be called again. */
  #write(kind: number, direction: number, plaintext: readonly Uint8Array[], before: readonly Buffer[]): boolean {
    const fd = this.#fd
    if (fd === null) throw new RecorderError('closed', `channel ${channelText(this.channel)}: closed, takes no frame`)
    const { parts, sealed } = this.#unwritten ?? this.#frame(kind, direction, plaintext, before)
    this.#unwritten = null
    try {
      writeAll(this.#disk, fd, parts)
    } catch (cause) {
      // INVARIANT: a nonce is used once. What is written later are these very bytes, behind what stood before, or none.
      if (this.#state.waiting !== null && isFull(cause) && this.#shorten(fd)) {
        // The header is used again by the next frame, which may be another channel's turn away.
        this.#unwritten = { parts: parts.map((part) => (part === this.#header ? Buffer.from(part) : part)), sealed }
        return false
      }
      const message = `channel ${channelText(this.channel)}: write failed: ${messageOf(cause)}`
      this.#state.failure = new RecorderError('write-failed', message, { cause })
      throw this.#state.failure
    }
    this.#dirty = true
    this.#frames++
    for (const part of parts) {
      this.#hash.update(part)
      this.#length += part.length
    }
    for (const part of sealed) giveBack(part)
    return true
  }

  #frame(kind: number, direction: number, plaintext: readonly Uint8Array[], before: readonly Buffer[]): Unwritten {
    const elapsed = this.#state.elapsed()
    // A clock that steps back must not make a frame older than the one before it.
    if (elapsed > this.#monotonic) this.#monotonic = elapsed
    putHeader(this.#header, kind, direction, this.#monotonic, this.#state.now(), lengthOf(plaintext))
    // INVARIANT: a nonce is used once. After a failed write #frames stays, and the failure stops every later frame.
    putNonce(this.#nonce, this.#frames)
    const sealed = encryptFrame(this.#key, this.#nonce, this.#header, plaintext)
    return { parts: [...before, this.#header, ...sealed], sealed }
  }

  /** Takes away what of a frame was written. False where nobody can say what the file holds now. */
  #shorten(fd: number): boolean {
    try {
      this.#disk.truncate(fd, this.#length)
      return this.#disk.size(fd) === this.#length
    } catch {
      return false
    }
  }
}

interface Unwritten {
  readonly parts: readonly Buffer[]
  /** Those of the parts that are this frame's alone. */
  readonly sealed: readonly Buffer[]
}

/** The failure that ended a recording, thrown again with a stack of its own. */
export function again(failure: RecorderError): RecorderError {
  return new RecorderError(failure.code, failure.message, { cause: failure })
}

/** @internal The opening frame's plaintext. @throws RecorderError `invalid-argument`. */
export function channelMetaPayload(meta: ChannelMeta): Buffer {
  for (const [name, value] of [
    ['cols', meta.cols],
    ['rows', meta.rows],
  ] as const)
    if (value !== undefined && count(value) !== value)
      throw new RecorderError('invalid-argument', `channel ${name}: expected a count`)
  return jsonPayload(meta)
}

/** The pieces, cut and grouped into frames that hold them. No byte at all is one empty frame. */
function framesOf(pieces: readonly Uint8Array[]): (readonly Uint8Array[])[] {
  if (lengthOf(pieces) <= maxPlaintext) return [pieces]
  const frames: Uint8Array[][] = []
  let frame: Uint8Array[] = []
  let room = maxPlaintext
  for (const piece of pieces)
    for (let at = 0; at < piece.length;) {
      const part = piece.subarray(at, at + room)
      frame.push(part)
      at += part.length
      room -= part.length
      if (room > 0) continue
      frames.push(frame)
      frame = []
      room = maxPlaintext
    }
  if (frame.length > 0) frames.push(frame)
  return frames
}

const lengthOf = (pieces: readonly Uint8Array[]): number => pieces.reduce((sum, piece) => sum + piece.length, 0)

/** Below this it is cheaper to leave memory to the garbage collector. */
const worthGivingBack = 8 << 10

/**
 * Frees the memory of bytes nobody will look at again, at once. V8 counts the memory behind buffers and collects all
 * garbage, of the whole heap, for each 64 MB: without this a bulk transfer spends half of its time on that.
 */
function giveBack(bytes: Buffer): void {
  const { buffer } = bytes
  // Only memory that is this buffer's alone: what is detached is gone for every view of it.
  if (bytes.length >= worthGivingBack && bytes.length === buffer.byteLength && buffer instanceof ArrayBuffer)
    buffer.transfer(0)
}

/** Window sizes come from the client: what is no count is recorded as 0, not thrown at the session. */
function count(value: number): number {
  return Number.isSafeInteger(value) && value >= 0 ? value : 0
}

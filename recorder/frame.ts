// One frame of a stream (FORMAT.md section 1.4): header, encryption, and what the plaintext of each kind means. Where
// frames stand in a file is stream.ts.
//
//   offset 0   u32 length of what follows | 4 u8 kind | 5 u8 direction | 6 u64 monotonic ns | 14 u64 wall ms
//   offset 22  ciphertext (n bytes) | 22 + n  GCM tag (16 bytes)

import { createCipheriv, createDecipheriv, type KeyObject } from 'node:crypto'
import { canonicalBytes, hasKeys, isObject, type JsonObject, type JsonValue, parseCanonical } from './canonical.ts'
import { RecorderError } from './errors.ts'

export const headerBytes = 22
export const tagBytes = 16
export const maxPlaintext = 1 << 20
export const minFrameLength = headerBytes - 4 + tagBytes
export const maxFrameLength = minFrameLength + maxPlaintext
export const maxFrameBytes = 4 + maxFrameLength

export const kinds = {
  open: 1,
  data: 2,
  resize: 3,
  signal: 4,
  exit: 5,
  notice: 6,
  event: 7,
  close: 8,
  masked: 9,
} as const
export const directions = { none: 0, in: 1, out: 2, err: 3 } as const
export type DataDirection = 'in' | 'out' | 'err'

/** What a channel is, as its opening frame tells it. */
export interface ChannelMeta {
  /** `pty`, `shell`, `exec`, or another word; a cast is made of the first three. */
  readonly kind: string
  readonly term?: string
  readonly cols?: number
  readonly rows?: number
  readonly command?: string
  readonly [key: string]: JsonValue
}

export type ExitStatus = { readonly code: number } | { readonly signal: string }

interface FramePlace {
  /** Number of the frame in its stream, from 0. */
  readonly index: number
  /** Nanoseconds since the recording was opened. */
  readonly monotonic: bigint
  /** Milliseconds since the Unix epoch. */
  readonly wall: number
}

export type FrameContent =
  | { readonly kind: 'open'; readonly meta: ChannelMeta }
  | { readonly kind: 'data'; readonly direction: DataDirection; readonly bytes: Buffer }
  | { readonly kind: 'resize'; readonly cols: number; readonly rows: number }
  | { readonly kind: 'signal'; readonly name: string }
  | { readonly kind: 'exit'; readonly status: ExitStatus }
  | { readonly kind: 'notice'; readonly text: string }
  | { readonly kind: 'event'; readonly event: JsonObject }
  | { readonly kind: 'close' }
  /** So many bytes were typed where the target echoes none; they are not kept. */
  | { readonly kind: 'masked'; readonly count: number }
  /** Of a later revision or for private use: a replay skips it. */
  | { readonly kind: 'unknown'; readonly code: number; readonly bytes: Buffer }
export type Frame = FramePlace & FrameContent

/** A frame as it stands in a file. */
export interface RawFrame {
  readonly index: number
  /** Byte in the file at which it begins. */
  readonly offset: number
  /** All of its bytes; valid until the next frame is asked for. */
  readonly bytes: Buffer
  readonly kind: number
  readonly direction: number
  readonly monotonic: bigint
  readonly wall: bigint
}

/** Writes a frame's header into `header` (22 bytes). */
export function putHeader(
  header: Buffer,
  kind: number,
  direction: number,
  monotonic: bigint,
  wall: number,
  plaintext: number,
): void {
  header.writeUInt32BE(minFrameLength + plaintext, 0)
  header.writeUInt8(kind, 4)
  header.writeUInt8(direction, 5)
  header.writeBigUInt64BE(monotonic, 6)
  header.writeUInt32BE(Math.floor(wall / 0x1_0000_0000), 14)
  header.writeUInt32BE(wall % 0x1_0000_0000, 18)
}

/** Writes the nonce of frame `index` into `nonce` (12 bytes): u32 zero, u64 index. */
export function putNonce(nonce: Buffer, index: number): void {
  nonce.writeUInt32BE(0, 0)
  nonce.writeUInt32BE(Math.floor(index / 0x1_0000_0000), 4)
  nonce.writeUInt32BE(index % 0x1_0000_0000, 8)
}

/** Encrypts a frame's plaintext, given in pieces, under its header; gives the ciphertext in as many pieces and the tag. */
export function encryptFrame(
  key: KeyObject,
  nonce: Buffer,
  header: Buffer,
  plaintext: readonly Uint8Array[],
): Buffer[] {
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  cipher.setAAD(header)
  const ciphertext = plaintext.map((piece) => cipher.update(piece))
  cipher.final()
  return [...ciphertext, cipher.getAuthTag()]
}

/** Decrypts a frame; null when it does not authenticate at its place in the stream. */
export function decryptFrame(key: KeyObject, frame: RawFrame): Buffer | null {
  const nonce = Buffer.alloc(12)
  putNonce(nonce, frame.index)
  const { bytes } = frame
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes })
  decipher.setAAD(bytes.subarray(0, headerBytes))
  decipher.setAuthTag(bytes.subarray(bytes.length - tagBytes))
  try {
    const plaintext = decipher.update(bytes.subarray(headerBytes, bytes.length - tagBytes))
    decipher.final()
    return plaintext
  } catch (cause) {
    // OpenSSL has one way to say that a tag does not fit; anything else is not about this frame.
    if (cause instanceof Error && /authenticat/i.test(cause.message)) return null
    throw cause
  }
}

/**
 * What a decrypted frame says.
 * @throws RecorderError `corrupt` when the plaintext or direction is not what the kind demands.
 */
export function decodeFrame(raw: RawFrame, plaintext: Buffer): Frame {
  const place = { index: raw.index, monotonic: raw.monotonic, wall: Number(raw.wall) }
  return { ...place, ...decodeContent(raw, plaintext) }
}

/** The plaintext of the kinds that are JSON. */
export function jsonPayload(value: unknown): Buffer {
  const bytes = canonicalBytes(value)
  if (bytes.length > maxPlaintext)
    throw new RecorderError('invalid-argument', `frame: expected at most ${maxPlaintext} bytes, got ${bytes.length}`)
  return bytes
}

function decodeContent(raw: RawFrame, plaintext: Buffer): FrameContent {
  const expectDirection = (direction: number): void => {
    if (raw.direction !== direction) throw corrupt(raw, `direction: expected ${direction}, got ${raw.direction}`)
  }
  switch (raw.kind) {
    case kinds.open: {
      expectDirection(directions.none)
      const meta = objectIn(raw, plaintext)
      if (!isChannelMeta(meta)) throw corrupt(raw, 'expected the description of a channel')
      return { kind: 'open', meta }
    }
    case kinds.data:
      return { kind: 'data', direction: dataDirection(raw), bytes: plaintext }
    case kinds.resize: {
      expectDirection(directions.in)
      const { cols, rows, ...rest } = objectIn(raw, plaintext)
      if (!isCount(cols) || !isCount(rows) || !hasKeys(rest, [])) throw corrupt(raw, 'expected cols and rows')
      return { kind: 'resize', cols, rows }
    }
    case kinds.signal: {
      expectDirection(directions.in)
      const { name, ...rest } = objectIn(raw, plaintext)
      if (typeof name !== 'string' || !hasKeys(rest, [])) throw corrupt(raw, 'expected a signal name')
      return { kind: 'signal', name }
    }
    case kinds.exit: {
      expectDirection(directions.out)
      return { kind: 'exit', status: exitStatus(raw, objectIn(raw, plaintext)) }
    }
    case kinds.notice: {
      expectDirection(directions.none)
      const text = plaintext.toString('utf8')
      if (!Buffer.from(text, 'utf8').equals(plaintext)) throw corrupt(raw, 'expected UTF-8')
      return { kind: 'notice', text }
    }
    case kinds.event:
      expectDirection(directions.none)
      return { kind: 'event', event: objectIn(raw, plaintext) }
    case kinds.close:
      expectDirection(directions.none)
      if (plaintext.length > 0) throw corrupt(raw, 'expected no content')
      return { kind: 'close' }
    case kinds.masked: {
      expectDirection(directions.in)
      const { bytes, ...rest } = objectIn(raw, plaintext)
      if (!isCount(bytes) || !hasKeys(rest, [])) throw corrupt(raw, 'expected a number of bytes')
      return { kind: 'masked', count: bytes }
    }
    default:
      return { kind: 'unknown', code: raw.kind, bytes: plaintext }
  }
}

function dataDirection(raw: RawFrame): DataDirection {
  switch (raw.direction) {
    case directions.in:
      return 'in'
    case directions.out:
      return 'out'
    case directions.err:
      return 'err'
    default:
      throw corrupt(raw, `direction: expected 1, 2 or 3, got ${raw.direction}`)
  }
}

function objectIn(raw: RawFrame, plaintext: Buffer): JsonObject {
  const parsed = parseCanonical(plaintext)
  if (parsed.kind === 'malformed') throw corrupt(raw, parsed.reason)
  if (!isObject(parsed.value)) throw corrupt(raw, 'expected a JSON object')
  return parsed.value
}

function exitStatus(raw: RawFrame, { code, signal, ...rest }: JsonObject): ExitStatus {
  if (hasKeys(rest, [])) {
    if (typeof code === 'number' && Number.isSafeInteger(code) && signal === undefined) return { code }
    if (typeof signal === 'string' && code === undefined) return { signal }
  }
  throw corrupt(raw, 'expected an exit code or signal')
}

function isChannelMeta(meta: JsonObject): meta is ChannelMeta {
  const { kind, term, cols, rows, command } = meta
  return (
    typeof kind === 'string' &&
    (term === undefined || typeof term === 'string') &&
    (command === undefined || typeof command === 'string') &&
    (cols === undefined || isCount(cols)) &&
    (rows === undefined || isCount(rows))
  )
}

function isCount(value: JsonValue | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}

function corrupt(raw: RawFrame, what: string): RecorderError {
  return new RecorderError('corrupt', `frame ${raw.index} at byte ${raw.offset}: kind ${raw.kind}: ${what}`)
}

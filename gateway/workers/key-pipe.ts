// The gateway's host keys stay in the core: a worker asks for each signature over a pipe of its own, and stands still
// until it comes, because ssh2 signs in the middle of a key exchange and waits for nothing. Which key signs what is
// host-key-signer.ts's; whose connection it is, the caller's.
//
// An ask, from the worker:
//
//   uint32    length of what follows, 38, 54 or 70
//   uint32    connection
//   byte      which host key, from 0
//   byte      hash that is wanted of an RSA key: 0 none, 1 sha256, 2 sha512
//   byte[n]   exchange hash (RFC 4253 section 8): 32, 48 or 64 bytes
//
// The answer: uint32 length, at most 4096, and the signature; of length 0, it is refused. One ask at a time.

import { readSync, writeSync } from 'node:fs'
import type { Duplex } from 'node:stream'

const headBytes = 6
const mostAnswer = 4_096
/** How long an exchange hash may be: SHA-256, SHA-384, SHA-512. Nothing else may ever be signed with a host key. */
const hashBytes: readonly number[] = [32, 48, 64]
const hashes: readonly (string | null)[] = [null, 'sha256', 'sha512']

export interface SignatureAsk {
  readonly connection: number
  /** Which of the host keys, from 0. */
  readonly key: number
  /** The exchange hash. */
  readonly data: Uint8Array
  /** The hash of an RSA signature; null of the other kinds. */
  readonly hash: 'sha256' | 'sha512' | null
}

export interface KeyPipe {
  /** Waits for the answer; DER for ECDSA. @throws when it is refused, and when the core is gone. */
  sign(connection: number, key: number, data: Uint8Array, hash: string | null): Buffer
}

/** The ask as bytes. @throws when it is none that is ever answered. */
export function encodeAsk({
  connection,
  key,
  data,
  hash,
}: Omit<SignatureAsk, 'hash'> & { hash: string | null }): Buffer {
  const hashed = hashes.indexOf(hash)
  if (!hashBytes.includes(data.length) || hashed < 0)
    throw new Error(`signature of a host key: expected an exchange hash, got ${data.length} bytes and \`${hash}\``)
  const head = Buffer.alloc(4 + headBytes)
  head.writeUInt32BE(headBytes + data.length, 0)
  head.writeUInt32BE(connection, 4)
  head.writeUInt8(key, 8)
  head.writeUInt8(hashed, 9)
  return Buffer.concat([head, data])
}

/** @returns the ask that these bytes begin with, `short` where they may become one, or what is wrong with them. */
export function decodeAsk(bytes: Buffer): SignatureAsk | 'short' | { readonly fault: string } {
  if (bytes.length < 4) return 'short'
  const length = bytes.readUInt32BE(0)
  if (!hashBytes.includes(length - headBytes)) return { fault: `byte 0: expected the length of an ask, got ${length}` }
  // Who waits for an answer asks nothing more.
  if (bytes.length > 4 + length) return { fault: `byte ${4 + length}: expected nothing before the answer` }
  const hash = bytes.length > 9 ? hashes[bytes.readUInt8(9)] : null
  if (hash !== null && hash !== 'sha256' && hash !== 'sha512')
    return { fault: `byte 9: expected a hash, got ${bytes.readUInt8(9)}` }
  if (bytes.length < 4 + length) return 'short'
  return { connection: bytes.readUInt32BE(4), key: bytes.readUInt8(8), data: bytes.subarray(10), hash }
}

/** Worker end. @param fd a pipe that blocks, as a process has it from the one that started it. */
export function openKeyPipe(fd: number): KeyPipe {
  return {
    sign(connection, key, data, hash) {
      writeWhole(fd, encodeAsk({ connection, key, data, hash }))
      const length = readWhole(fd, 4).readUInt32BE(0)
      if (length > mostAnswer) throw new Error(`signature of a host key: expected at most ${mostAnswer} bytes`)
      if (length === 0) throw new Error('signature of a host key: the gateway refused it')
      return readWhole(fd, length)
    },
  }
}

const stillness = new Int32Array(new SharedArrayBuffer(4))

/** A step on the pipe, again where a signal came in between, or where the pipe does not block after all. */
function persist(step: () => number): number {
  for (;;) {
    try {
      return step()
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : null
      if (code === 'EAGAIN') Atomics.wait(stillness, 0, 0, 1)
      else if (code !== 'EINTR')
        throw new Error('signature of a host key: the pipe to the gateway failed', { cause: error })
    }
  }
}

function writeWhole(fd: number, bytes: Buffer): void {
  let at = 0
  while (at < bytes.length) at += persist(() => writeSync(fd, bytes, at))
}

function readWhole(fd: number, length: number): Buffer {
  const bytes = Buffer.alloc(length)
  let at = 0
  while (at < length) {
    const got = persist(() => readSync(fd, bytes, at, length - at, null))
    if (got === 0) throw new Error('signature of a host key: the pipe to the gateway is closed')
    at += got
  }
  return bytes
}

/**
 * Core end: answers for as long as the pipe is there. Nothing is buffered but one ask that is not whole yet.
 * @param sign null where this may not be signed: the worker is told so, and no more.
 * @param onFault the worker sends what none of ours does; told once, and the pipe is closed.
 */
export function answerSignatures(
  pipe: Duplex,
  sign: (ask: SignatureAsk) => Uint8Array | null,
  onFault: (why: string) => void,
): void {
  let held: Buffer = Buffer.alloc(0)

  function fault(why: string): void {
    if (pipe.destroyed) return
    pipe.destroy()
    onFault(`signatures: ${why}`)
  }

  pipe.on('data', (chunk: Buffer) => {
    if (pipe.destroyed) return
    held = held.length === 0 ? chunk : Buffer.concat([held, chunk])
    const ask = decodeAsk(held)
    if (ask === 'short') return
    if ('fault' in ask) return fault(ask.fault)
    // It asks and asks, and takes no answer.
    if (pipe.writableLength > mostAnswer) return fault('expected the last answer to be taken before another ask')
    held = Buffer.alloc(0)
    const signature = sign(ask) ?? Buffer.alloc(0)
    const length = Buffer.alloc(4)
    length.writeUInt32BE(signature.length)
    pipe.write(Buffer.concat([length, signature]))
  })
  // A worker that is gone leaves its pipe broken: its end is told by its process, not here.
  pipe.on('error', () => pipe.destroy())
}

// Files in quarantine on the gateway's own disk: one file each, made anew under the transfer's id, read and written by
// nobody else. What is in it is judged elsewhere.

import { createHash, type Hash } from 'node:crypto'
import { mkdir, open, readdir, rm, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import type { FileBlockReason } from '../../policy/index.ts'
import { systemCode } from '../start-problem.ts'
import type { Room } from './room.ts'

/** How much is read at a time. */
export const pieceBytes = 256 * 1024

export interface SpoolFault {
  readonly because: Extract<FileBlockReason, 'too-large' | 'no-room' | 'fault'>
  /** One clause, for who sends it. */
  readonly text: string
}

export interface SpoolFile {
  readonly size: number
  /** Resolves with a clause where it is not kept. */
  write(offset: number, bytes: Uint8Array): Promise<string | null>
  read(offset: number, length: number): Promise<Uint8Array>
  truncate(size: number): Promise<string | null>
  /** Waits for what is being written. Null: all of it is there; else why it is not. */
  flush(): Promise<SpoolFault | null>
  /** SHA-256 (hex): known already where all came in order, else all of it is read. */
  digest(): Promise<string>
  remove(): Promise<void>
}

/** Makes the folder, and removes what a crash left in it: nobody will finish that. */
export async function tidySpool(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  for (const name of await readdir(folder)) await rm(join(folder, name), { recursive: true, force: true })
}

/** @param name of the transfer, never of the client's making. @param largest bytes it may have. */
export async function openSpool(
  folder: string,
  name: string,
  { largest, room }: { readonly largest: number; readonly room: Room },
): Promise<SpoolFile> {
  const path = join(folder, name)
  // `x`: made here or not at all; a link that somebody laid in wait is not followed.
  const handle: FileHandle = await open(path, 'wx+', 0o600)
  let size = 0
  /** All that came in order from the first byte; null once something came otherwise. */
  let running: { readonly hash: Hash; at: number } | null = { hash: createHash('sha256'), at: 0 }
  let fault: SpoolFault | null = null
  let pending = Promise.resolve<unknown>(undefined)
  let isRemoved = false

  function fail(because: SpoolFault['because'], text: string): string {
    fault ??= { because, text }
    return fault.text
  }
  const failTooLarge = (): string => fail('too-large', `it is larger than the ${largest} bytes the plant lets through`)

  function queue<T>(work: () => Promise<T>): Promise<T> {
    const done = pending.then(work)
    pending = done.catch(() => undefined)
    return done
  }

  async function kept(work: () => Promise<void>): Promise<string | null> {
    if (fault !== null) return fault.text
    try {
      await queue(work)
    } catch (error) {
      const isFull = ['ENOSPC', 'EDQUOT'].includes(systemCode(error))
      return isFull ? fail('no-room', 'the gateway has no room for it') : fail('fault', 'the gateway could not keep it')
    }
    return null
  }

  async function writeWhole(offset: number, bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) {
      const { bytesWritten } = await handle.write(bytes, at, bytes.length - at, offset + at)
      at += bytesWritten
    }
  }

  async function readInto(offset: number, length: number): Promise<Uint8Array> {
    const wanted = Math.max(0, Math.min(length, size - offset))
    const buffer = Buffer.alloc(wanted)
    let got = 0
    while (got < wanted) {
      const { bytesRead } = await handle.read(buffer, got, wanted - got, offset + got)
      if (bytesRead === 0) break
      got += bytesRead
    }
    return buffer.subarray(0, got)
  }

  return {
    get size() {
      return size
    },
    async write(offset, bytes) {
      if (fault !== null) return fault.text
      const end = offset + bytes.length
      if (end > largest) return failTooLarge()
      return kept(async () => {
        const noRoom = await room.take(bytes.length)
        if (noRoom !== null) {
          fail('no-room', noRoom)
          throw new Error('no room')
        }
        await writeWhole(offset, bytes)
        if (running !== null && running.at === offset) {
          running.hash.update(bytes)
          running.at = end
        } else running = null
        size = Math.max(size, end)
      })
    },
    read: (offset, length) => queue(() => readInto(offset, length)),
    async truncate(to) {
      if (to > largest) return failTooLarge()
      return kept(async () => {
        await handle.truncate(to)
        if (to !== running?.at) running = to === 0 ? { hash: createHash('sha256'), at: 0 } : null
        size = to
      })
    },
    async flush() {
      await pending
      return fault
    },
    async digest() {
      if (running !== null && running.at === size) return running.hash.copy().digest('hex')
      const hash = createHash('sha256')
      for (let at = 0; at < size;) {
        const piece = await readInto(at, Math.min(pieceBytes, size - at))
        if (piece.length === 0) throw new Error(`quarantined file \`${name}\`: expected ${size} bytes, got ${at}`)
        hash.update(piece)
        at += piece.length
      }
      return hash.digest('hex')
    },
    async remove() {
      if (isRemoved) return
      isRemoved = true
      await pending
      await handle.close()
      await rm(path, { force: true })
    },
  }
}

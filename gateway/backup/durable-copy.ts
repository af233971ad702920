// Files of a backup: copied, digested and put in place so that a crash leaves the old one or the new one.

import { createHash } from 'node:crypto'
import { constants, createReadStream } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'

export interface Digested {
  readonly bytes: number
  /** Hex. */
  readonly sha256: string
}

/** Reads a file through. */
export async function digestFile(path: string): Promise<Digested> {
  const hash = createHash('sha256')
  let bytes = 0
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 18 })) {
    hash.update(chunk as Buffer)
    bytes += (chunk as Buffer).length
  }
  return { bytes, sha256: hash.digest('hex') }
}

/**
 * Copies a file, at most as many bytes as it has when the copy begins: a stream that still grows gives a prefix. The
 * target appears whole and on stable storage; its folder is the caller's to sync.
 * @returns what was read of the source.
 */
export async function copyDurably(source: string, target: string): Promise<Digested> {
  // What stands in the folder of a worker may have been put there by a stranger: no link is followed, no pipe waited for.
  const from = await open(source, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  const draft = `${target}.part`
  try {
    const stats = await from.stat()
    if (!stats.isFile()) throw new Error(`\`${source}\`: expected a regular file`)
    const { size } = stats
    const to = await open(draft, 'w', 0o600)
    const hash = createHash('sha256')
    const buffer = Buffer.allocUnsafe(1 << 18)
    let bytes = 0
    try {
      while (bytes < size) {
        const { bytesRead } = await from.read(buffer, 0, Math.min(buffer.length, size - bytes), bytes)
        if (bytesRead === 0) break
        hash.update(buffer.subarray(0, bytesRead))
        await to.writeFile(buffer.subarray(0, bytesRead))
        bytes += bytesRead
      }
      await to.sync()
    } finally {
      await to.close()
    }
    await rename(draft, target)
    return { bytes, sha256: hash.digest('hex') }
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  } finally {
    await from.close()
  }
}

/** Puts a small file in place in one step, and syncs its folder. */
export async function placeDurably(path: string, content: string | Uint8Array): Promise<void> {
  const file = await open(`${path}.part`, 'w', 0o600)
  try {
    await file.writeFile(content)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(`${path}.part`, path)
  await syncFolder(dirname(path))
}

export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

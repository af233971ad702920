// What a file is, by name, size and digest, without keeping it: read once, as a stream.

import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { basename } from 'node:path'
import { Failure } from './failure.ts'

export interface FileDigest {
  readonly name: string
  readonly bytes: number
  /** 64 hexadecimal digits. */
  readonly sha256: string
}

/** @throws Failure when the file cannot be read. */
export async function digestOf(path: string): Promise<FileDigest> {
  const hash = createHash('sha256')
  let bytes = 0
  try {
    for await (const chunk of createReadStream(path)) {
      // INVARIANT: without an encoding a stream of a file gives buffers.
      const piece = chunk as Buffer
      hash.update(piece)
      bytes += piece.length
    }
  } catch (error) {
    if (!(error instanceof Error)) throw error
    throw new Failure(`file \`${path}\`: cannot be read: ${error.message}: check the path`)
  }
  return { name: basename(path), bytes, sha256: hash.digest('hex') }
}

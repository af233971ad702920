// Which files a sealed recording has, and what each has to be: read from the seal, which the ledger holds the digest of,
// never from the files themselves.

import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import {
  keyFile,
  manifestFile,
  readManifest,
  readSeal,
  RecorderError,
  sealFile,
  streamFile,
} from '../../recorder/index.ts'
import { systemCode } from '../start-problem.ts'

export interface RecordingFile {
  /** In the recording's folder. */
  readonly name: string
  readonly path: string
  readonly bytes: number
  /** Hex. */
  readonly sha256: string
}

export type RecordingFiles =
  /** Streams first: what makes them a recording comes last. */
  | { readonly kind: 'ok'; readonly files: readonly RecordingFile[] }
  | { readonly kind: 'damaged'; readonly file: string; readonly found: string }

/** @param seal digest of the seal file, as the ledger has it. */
export async function filesOf(dir: string, seal: string): Promise<RecordingFiles> {
  const damaged = (file: string, found: string): RecordingFiles => ({ kind: 'damaged', file, found })
  let file: string = sealFile
  try {
    const read = await readSeal(dir)
    if (read.digest !== seal) return damaged(sealFile, `SHA-256 ${read.digest}`)
    file = manifestFile
    const { manifest, digest } = await readManifest(dir)
    if (digest !== read.seal.manifest) return damaged(manifestFile, `SHA-256 ${digest}`)
    file = keyFile
    const wrapped = createHash('sha256')
      .update(await readFile(join(dir, keyFile)))
      .digest('hex')
    if (wrapped !== manifest.key.age) return damaged(keyFile, `SHA-256 ${wrapped}`)
    const small = async (name: string, sha256: string): Promise<RecordingFile> => {
      const path = join(dir, name)
      return { name, path, bytes: (await stat(path)).size, sha256 }
    }
    return {
      kind: 'ok',
      files: [
        ...read.seal.streams.map(({ length: bytes, head: sha256 }, channel) => {
          const name = streamFile(channel)
          return { name, path: join(dir, name), bytes, sha256 }
        }),
        await small(keyFile, wrapped),
        await small(manifestFile, digest),
        await small(sealFile, read.digest),
      ],
    }
  } catch (error) {
    if (error instanceof RecorderError) return damaged(file, error.message)
    const code = systemCode(error)
    if (code === '') throw error
    return damaged(file, code === 'ENOENT' ? 'no file' : code)
  }
}

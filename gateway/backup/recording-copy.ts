// Recordings in a backup: each copied once when it is sealed, and anew with each backup while it is not. A copy is compared
// with what was read, and with its seal.

import { mkdir, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { readSeal, RecorderError } from '../../recorder/index.ts'
import { systemCode } from '../start-problem.ts'
import type { ListedRecording } from './contents.ts'
import { copyDurably, digestFile, syncFolder } from './durable-copy.ts'

const fileName = /^(?:manifest\.json|key\.age|seal|[0-9]{4}\.stream)$/

export interface CopiedRecording {
  readonly listed: ListedRecording
  /** False where the backup had it already. */
  readonly isNew: boolean
  /** What of it is not as its seal says, as a clause each. */
  readonly problems: readonly string[]
}

/**
 * Brings a recording into the backup, and reads back what was written.
 * @param before what the last backup into this folder says of it.
 * @returns null when it is gone: deleted since the folder was listed.
 * @throws when the copy is not what was read.
 */
export async function copyRecording(
  session: string,
  source: string,
  target: string,
  before: ListedRecording | null,
): Promise<CopiedRecording | null> {
  let names: string[]
  try {
    names = (await readdir(source)).filter((name) => fileName.test(name)).sort()
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null
    throw error
  }
  const sealed = names.includes('seal')
  if (before !== null && before.sealed && sealed && (await isSame(source, target, names, before)))
    return { listed: before, isNew: false, problems: [] }
  await mkdir(target, { recursive: true, mode: 0o700 })
  const files: ListedRecording['files'] = []
  // Alphabetical order puts the seal last but for nothing: what it names is copied before it.
  for (const name of names.filter((each) => each !== 'seal').concat(sealed ? ['seal'] : [])) {
    const read = await copyDurably(join(source, name), join(target, name))
    const written = await digestFile(join(target, name))
    if (written.sha256 !== read.sha256)
      throw new Error(`recording \`${session}\`: \`${name}\`: the copy reads otherwise`)
    files.push({ name, ...read })
  }
  await syncFolder(target)
  const listed: ListedRecording = { session, sealed, files }
  return { listed, isNew: true, problems: sealed ? await notAsSealed(target, listed) : [] }
}

/** A sealed recording never changes: the same seal and sizes are the same recording. Local copies may go after an upload. */
async function isSame(
  source: string,
  target: string,
  names: readonly string[],
  { files }: ListedRecording,
): Promise<boolean> {
  for (const name of names) {
    const listed = files.find((file) => file.name === name)
    if (listed === undefined || (await stat(join(source, name))).size !== listed.bytes) return false
  }
  for (const { name, bytes } of files) if ((await sizeOf(join(target, name))) !== bytes) return false
  const seal = files.find(({ name }) => name === 'seal')
  return seal !== undefined && (await digestFile(join(source, 'seal'))).sha256 === seal.sha256
}

async function sizeOf(path: string): Promise<number | null> {
  try {
    return (await stat(path)).size
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null
    throw error
  }
}

/** What the digests of its files say against its seal. A stream that is only in the object store is no fault. */
async function notAsSealed(dir: string, { files }: ListedRecording): Promise<string[]> {
  try {
    const { seal } = await readSeal(dir)
    const of = (name: string) => files.find((file) => file.name === name)
    const problems = of('manifest.json')?.sha256 === seal.manifest ? [] : ['its manifest is not the sealed one']
    for (const [channel, { head, length }] of seal.streams.entries()) {
      const stream = of(`${String(channel).padStart(4, '0')}.stream`)
      if (stream !== undefined && (stream.sha256 !== head || stream.bytes !== length))
        problems.push(`channel ${channel} is not what was sealed`)
    }
    return problems
  } catch (error) {
    if (error instanceof RecorderError) return [error.message]
    throw error
  }
}

/** What of a recording in a backup is not as its list says, as a clause each. */
export async function checkCopy(dir: string, { files }: ListedRecording): Promise<string[]> {
  const problems: string[] = []
  for (const { name, bytes, sha256 } of files) {
    try {
      const found = await digestFile(join(dir, name))
      if (found.bytes !== bytes || found.sha256 !== sha256) problems.push(`\`${name}\` was changed`)
    } catch (error) {
      const code = systemCode(error)
      if (code === '') throw error
      problems.push(`\`${name}\`: ${code === 'ENOENT' ? 'is missing' : `cannot be read (${code})`}`)
    }
  }
  return problems
}

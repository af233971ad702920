// What files held, kept under its digest: once however often it came, encrypted for those who open recordings, in age files
// that `age -d` reads. Which of them have to stay, and until when, is upkeep.ts's.

import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { writeAgeFile } from '../../recorder/index.ts'
import { syncFolder } from '../backup/durable-copy.ts'
import { systemCode } from '../start-problem.ts'

export interface ContentShelf {
  /** Runs work on one content alone: nothing else adds or removes it meanwhile. */
  alone<T>(sha256: string, work: () => Promise<T>): Promise<T>
  /** Keeps it unless it is there; when it resolves it is durable. Only inside `alone`. */
  put(sha256: string, content: () => AsyncIterable<Uint8Array>): Promise<void>
  /** Only inside `alone`. */
  remove(sha256: string): Promise<void>
  /** Digests of what is there. */
  list(): Promise<readonly string[]>
}

const ending = '.age'
const partPrefix = '.part-'

/** Makes the folder, and removes what was being written when a gateway ended. */
export async function openContentShelf(folder: string, recipients: readonly string[]): Promise<ContentShelf> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  for (const name of await readdir(folder))
    if (name.startsWith(partPrefix)) await rm(join(folder, name), { force: true })
  const pathOf = (sha256: string): string => {
    // The name is made of nothing a client could choose the form of.
    if (!/^[0-9a-f]{64}$/.test(sha256)) throw new Error('a digest of 64 hex digits was expected')
    return join(folder, `${sha256}${ending}`)
  }
  const turns = new Map<string, Promise<unknown>>()

  return {
    async alone(sha256, work) {
      const before = turns.get(sha256) ?? Promise.resolve()
      const mine = before.then(work)
      const settled = mine.catch(() => undefined)
      turns.set(sha256, settled)
      try {
        return await mine
      } finally {
        if (turns.get(sha256) === settled) turns.delete(sha256)
      }
    },
    async put(sha256, content) {
      const path = pathOf(sha256)
      if (await isThere(path)) return
      const part = join(folder, `${partPrefix}${sha256}`)
      await rm(part, { force: true })
      try {
        await writeAgeFile(part, recipients, content())
      } catch (error) {
        await rm(part, { force: true })
        throw error
      }
      await rename(part, path)
      await syncFolder(folder)
    },
    async remove(sha256) {
      await rm(pathOf(sha256), { force: true })
      await syncFolder(folder)
    },
    async list() {
      const names = await readdir(folder)
      return names.filter((name) => name.endsWith(ending)).map((name) => name.slice(0, -ending.length))
    },
  }
}

async function isThere(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile()
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false
    throw error
  }
}

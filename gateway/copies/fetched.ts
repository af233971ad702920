// Recordings fetched back from the object store for reading: whole, each stream with the digest its seal demands, in a
// folder of the same form. Those nobody reads go again, the longest unused first, when others need the room. What stands
// here is a convenience and is thrown away at a start.

import { copyFile, mkdir, readdir, rm, stat, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { keyFile, manifestFile, readSeal, sealFile, streamFile } from '../../recorder/index.ts'
import type { SessionId } from '../../policy/index.ts'
import { isAbsent } from '../start-problem.ts'
import { leastFreeBytes } from '../data-folder.ts'
import type { CopiedFile } from '../store/copies.ts'
import type { Blobs, FetchOutcome } from '../blobs/blobs.ts'

export type Brought =
  | { readonly kind: 'there'; readonly dir: string }
  | { readonly kind: 'failed'; readonly file: string; readonly outcome: Exclude<FetchOutcome, { kind: 'fetched' }> }

export interface Fetched {
  /** @param local folder with manifest, key and seal. @throws when these cannot be read. */
  bring(session: SessionId, local: string, files: readonly CopiedFile[]): Promise<Brought>
  forget(session: SessionId): Promise<void>
}

/**
 * Empties the folder, or makes it.
 * @param isHeld whether somebody reads it now.
 */
export async function openFetched(deps: {
  readonly blobs: Blobs
  readonly folder: string
  readonly cacheBytes: number
  readonly isHeld: (session: SessionId) => boolean
}): Promise<Fetched> {
  const { blobs, folder, cacheBytes, isHeld } = deps
  await mkdir(folder, { recursive: true, mode: 0o700 })
  for (const name of await readdir(folder)) await rm(join(folder, name), { recursive: true, force: true })
  /** Bytes by session, the longest unused first. */
  const kept = new Map<SessionId, number>()
  const underway = new Map<SessionId, Promise<Brought>>()

  async function forget(session: SessionId): Promise<void> {
    kept.delete(session)
    await rm(join(folder, session), { recursive: true, force: true })
  }

  /** True when there is room for so many bytes more. */
  async function makeRoom(bytes: number): Promise<boolean> {
    const total = (): number => [...kept.values()].reduce((sum, each) => sum + each, 0)
    const free = async (): Promise<number> => {
      const { bavail, bsize } = await statfs(folder)
      return bavail * bsize
    }
    for (const session of kept.keys()) {
      if (total() + bytes <= cacheBytes && (await free()) >= bytes + 2 * leastFreeBytes) return true
      if (!isHeld(session)) await forget(session)
    }
    // The limit is one of what lies about; the disk's own is for what is needed now: sessions that run come first.
    return (await free()) >= bytes + 2 * leastFreeBytes
  }

  async function fetch(session: SessionId, local: string, files: readonly CopiedFile[]): Promise<Brought> {
    const dir = join(folder, session)
    const { streams } = (await readSeal(local)).seal
    const bytes = streams.reduce((sum, { length }) => sum + length, 0)
    const failed = (file: string, outcome: Exclude<FetchOutcome, { kind: 'fetched' }>): Brought => ({
      kind: 'failed',
      file,
      outcome,
    })
    if (!(await makeRoom(bytes))) return failed(sealFile, { kind: 'disk', reason: 'no room for it' })
    await mkdir(dir, { recursive: true, mode: 0o700 })
    for (const name of [manifestFile, keyFile, sealFile]) await copyFile(join(local, name), join(dir, name))
    const byName = new Map(files.map((file) => [file.name, file]))
    for (const [channel, { length, head }] of streams.entries()) {
      const name = streamFile(channel)
      const file = byName.get(name)
      if (file === undefined) return failed(name, { kind: 'missing' })
      // What has to come back is said by the seal, whatever our own table says.
      const object = { key: file.key, version: file.version, bytes: length, sha256: head }
      const outcome = await blobs.fetch(object, join(dir, name))
      if (outcome.kind !== 'fetched') return failed(name, outcome)
    }
    kept.set(session, bytes)
    return { kind: 'there', dir }
  }

  return {
    forget,
    async bring(session, local, files) {
      const bytes = kept.get(session)
      if (bytes !== undefined && (await stands(join(folder, session)))) {
        kept.delete(session)
        kept.set(session, bytes)
        return { kind: 'there', dir: join(folder, session) }
      }
      const running =
        underway.get(session) ??
        fetch(session, local, files)
          .then(async (brought) => {
            if (brought.kind === 'failed') await forget(session)
            return brought
          })
          .finally(() => underway.delete(session))
      underway.set(session, running)
      return running
    },
  }
}

async function stands(dir: string): Promise<boolean> {
  try {
    return (await stat(dir)).isDirectory()
  } catch (error) {
    if (isAbsent(error)) return false
    throw error
  }
}

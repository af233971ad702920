// Unpacking a tar stream into a new folder, which appears whole or not at all. The archive's single top folder becomes
// the folder asked for.

import { randomBytes } from 'node:crypto'
import { lstat, mkdir, open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { codeOf, Failure, messageOf } from './failure.ts'
import { readTar, TarFault, type TarEntry } from './tar.ts'

export interface Unpacked {
  readonly files: number
  readonly bytes: number
}

/** @throws Failure when something stands at the path, whatever it is, or when its folder cannot be looked into. */
export async function needFree(path: string, what: string): Promise<void> {
  const found = await lstat(path).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return null
    throw new Failure(`${what} \`${path}\`: ${messageOf(error)}`, { cause: error })
  })
  if (found !== null) throw new Failure(`${what} \`${path}\`: is there already: choose another name`)
}

/**
 * Unpacks into `out`, which must not exist. Files are 0600, folders 0700, whatever the archive says.
 * @throws Failure when the stream is not a strict tar, an entry stands twice, or writing fails; nothing is left then.
 */
export async function unpack(source: AsyncIterable<Uint8Array>, out: string): Promise<Unpacked> {
  const target = resolve(out)
  await needFree(target, 'folder')
  const draft = join(dirname(target), `.${basename(target)}.${randomBytes(6).toString('hex')}.tmp`)
  try {
    await mkdir(draft, { mode: 0o700 })
    const folder = new Folder(draft)
    let top: string | null = null
    for await (const entry of readTar(source)) {
      const [first = '', ...rest] = entry.path.split('/')
      top ??= first
      if (first !== top || (rest.length === 0 && entry.kind === 'file')) {
        throw new Failure(`archive: entry \`${entry.path}\`: expected everything inside one folder`)
      }
      await folder.add(entry, rest)
    }
    await rename(draft, target)
    return folder.sum()
  } catch (error) {
    await rm(draft, { recursive: true, force: true })
    if (error instanceof Failure) throw error
    const what = error instanceof TarFault ? 'archive' : `folder \`${out}\``
    throw new Failure(`${what}: ${messageOf(error)}: nothing was kept`, { cause: error })
  }
}

/** What is being unpacked. Only folders made here are ever written into. */
class Folder {
  readonly #root: string
  readonly #made = new Set([''])
  #files = 0
  #bytes = 0

  constructor(root: string) {
    this.#root = root
  }

  async add(entry: TarEntry, parts: readonly string[]): Promise<void> {
    const path = parts.join('/')
    if (entry.kind === 'folder') return this.#need(path)
    await this.#need(parts.slice(0, -1).join('/'))
    // wx: a second entry of the same name, or of one that this file system takes for the same, is refused.
    const file = await open(join(this.#root, path), 'wx', 0o600)
    try {
      for await (const chunk of entry.content) await file.writeFile(chunk)
      await file.sync()
    } finally {
      await file.close()
    }
    this.#files++
    this.#bytes += entry.size
  }

  sum(): Unpacked {
    return { files: this.#files, bytes: this.#bytes }
  }

  async #need(path: string): Promise<void> {
    if (this.#made.has(path)) return
    const at = path.lastIndexOf('/')
    await this.#need(at < 0 ? '' : path.slice(0, at))
    await mkdir(join(this.#root, path), { mode: 0o700 })
    this.#made.add(path)
  }
}

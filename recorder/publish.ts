// A ledger published as a folder of static files (C2SP tlog-tiles): it only ever grows. Tiles come first and reach stable storage,
// the checkpoint that speaks for them comes last and in one step, so that whoever reads meanwhile finds every tile of the
// checkpoint found. After a crash it goes on from the checkpoint that stands there.

import { randomBytes } from 'node:crypto'
import { lstat, mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { parseCheckpoint } from './checkpoint.ts'
import { quote, RecorderError, systemCode } from './errors.ts'
import { parseNote } from './note.ts'
import { readSmall } from './regular-file.ts'
import { type LedgerSource, tilesSince } from './tile-range.ts'
import { maxBundleBytes } from './tiles.ts'

export interface Publication extends LedgerSource {
  /** Root of the first `size` entries. */
  root(size: number): Promise<Uint8Array>
}

const maxCheckpointBytes = 1 << 20

/**
 * Brings a folder up to a signed checkpoint. Nothing that stands there is changed but the checkpoint; partial tiles go once the
 * full one stands.
 * @returns how many tiles were written; 0 where the folder was there already.
 * @throws RecorderError `ledger-inconsistent` where the folder holds another ledger, or more of it than this one has: nothing is
 * written then. Errors of the file system come as they are.
 */
export async function publishLedger(folder: string, checkpoint: Uint8Array, ledger: Publication): Promise<number> {
  const { origin, size } = read(checkpoint)
  await mkdir(folder, { recursive: true })
  const from = await published(folder, origin, size, ledger)
  let written = 0
  for await (const { path, content } of tilesSince(ledger, from, size)) {
    const isFull = !path.includes('.p/')
    if (await put(folder, path, content)) written++
    if (isFull) await rm(join(folder, `${path}.p`), { recursive: true, force: true })
  }
  await replaceCheckpoint(folder, checkpoint)
  return written
}

/** How much of this very ledger stands there. */
async function published(folder: string, origin: string, size: number, ledger: Publication): Promise<number> {
  const other = (what: string): RecorderError =>
    new RecorderError('ledger-inconsistent', `published folder ${quote(folder)}: ${what}`)
  const standing = await readOrNull(join(folder, 'checkpoint'), maxCheckpointBytes)
  if (standing === null) return 0
  const last = read(standing)
  if (last.origin !== origin) throw other(`holds ledger ${quote(last.origin)}`)
  if (last.size > size) throw other(`holds ${last.size} entries, and the ledger has ${size}`)
  if (!Buffer.from(await ledger.root(last.size)).equals(last.root))
    throw other(`its ${last.size} entries are not those of the ledger`)
  return last.size
}

/** Writes a tile once. What a crash left behind is the same, or it was changed. */
async function put(folder: string, path: string, content: Buffer): Promise<boolean> {
  const target = join(folder, path)
  const standing = await readOrNull(target, maxBundleBytes)
  if (standing !== null) {
    if (standing.equals(content)) return false
    throw new RecorderError('ledger-inconsistent', `published folder: ${path}: was changed`)
  }
  await makeFolders(folder, dirname(path))
  await writeWhole(target, content)
  return true
}

async function replaceCheckpoint(folder: string, checkpoint: Uint8Array): Promise<void> {
  const standing = await readOrNull(join(folder, 'checkpoint'), maxCheckpointBytes)
  if (standing?.equals(checkpoint) === true) return
  await writeWhole(join(folder, 'checkpoint'), checkpoint)
}

/** Under its name the file is whole and on stable storage. */
async function writeWhole(target: string, content: Uint8Array): Promise<void> {
  const draft = `${target}.${randomBytes(6).toString('hex')}.tmp`
  try {
    const file = await open(draft, 'wx', 0o644)
    try {
      await file.writeFile(content)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(draft, target)
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
  await syncFolder(dirname(target))
}

/** Each new folder's name is on stable storage before something stands in it. */
async function makeFolders(folder: string, path: string): Promise<void> {
  let at = folder
  for (const part of path.split('/')) {
    const parent = at
    at = join(at, part)
    if (await isFolder(at)) continue
    await mkdir(at, { recursive: true })
    await syncFolder(parent)
  }
}

/** Removes drafts that a crash left. Only for who alone writes there. */
export async function tidyPublished(folder: string): Promise<void> {
  for (const path of await filesOr(folder))
    if (/\.[0-9a-f]{12}\.tmp$/.test(path)) await rm(join(folder, path), { force: true })
}

async function filesOr(folder: string): Promise<string[]> {
  try {
    return await readdir(folder, { recursive: true })
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return []
    throw error
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isDirectory()
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false
    throw error
  }
}

async function readOrNull(path: string, limit: number): Promise<Buffer | null> {
  try {
    return await readSmall(path, limit)
  } catch (error) {
    if (error instanceof RecorderError && systemCode(error.cause) === 'ENOENT') return null
    throw error
  }
}

function read(checkpoint: Uint8Array) {
  const note = parseNote(checkpoint)
  const said = note.kind === 'ok' ? parseCheckpoint(note.value.text) : note
  if (said.kind === 'malformed') throw new RecorderError('ledger-inconsistent', said.reason)
  return said.value
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

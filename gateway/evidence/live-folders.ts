// Where recordings stand while a worker writes them: each worker has a folder of its own, which is all it may touch. From
// there the core brings them to their place, and believes nothing it finds: what was put there may have been made by
// whoever took the worker over. Which recordings are where, as long as they live, is recording-places.ts's.

import { randomBytes } from 'node:crypto'
import { chmodSync, lstatSync, mkdirSync, opendirSync, readdirSync, renameSync, type Dirent } from 'node:fs'
import { readdir, rm, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import {
  folderState,
  isOpening,
  isSessionId,
  maxChannels,
  readManifest,
  realDisk,
  recordingDir,
  RecorderError,
} from '../../recorder/index.ts'
import { systemCode } from '../start-problem.ts'

const liveFolder = '.live'
const arrivingPrefix = '.arriving-'
/** Besides its streams: manifest, key, seal, its draft, and the room kept for it. */
const mostFiles = maxChannels + 5

/** A recording that stands in the folder of a worker. */
export interface LiveRecording {
  readonly session: string
  /** Of the worker. */
  readonly folder: string
}

export type Moved =
  | { readonly kind: 'home' }
  /** It is neither in that folder nor in its place. */
  | { readonly kind: 'missing' }
  /** What stands there is no recording of ours: it is kept aside, where no worker reaches it, for a person to look at. */
  | { readonly kind: 'doubtful'; readonly why: string }

/**
 * Makes the folder of a worker, by a name that was never used, and gives its path. It is there after a power cut, too.
 * @throws the system's error.
 */
export async function makeLiveFolder(root: string): Promise<string> {
  const all = join(root, liveFolder)
  mkdirSync(all, { recursive: true, mode: 0o700 })
  const folder = join(all, randomBytes(12).toString('hex'))
  mkdirSync(folder, { mode: 0o700 })
  await Promise.all([realDisk.syncDir(root), realDisk.syncDir(all)])
  return folder
}

/** Folders of workers, of today and of earlier starts. */
export function liveFoldersIn(root: string): string[] {
  const all = join(root, liveFolder)
  return foldersIn(all).map((name) => join(all, name))
}

/** What stands in the folders of workers under the name of a session. */
export function liveRecordingsIn(root: string): LiveRecording[] {
  return liveFoldersIn(root).flatMap((folder) => {
    makeOurs(folder)
    return foldersIn(folder)
      .filter(isSessionId)
      .map((session) => ({ session, folder }))
  })
}

/** Sessions whose recordings a crash left between the folder of a worker and their place, or that are doubtful. */
function arrivingIn(root: string): string[] {
  return itemsIn(root)
    .flatMap(({ name }) => (name.startsWith(arrivingPrefix) ? [name.slice(arrivingPrefix.length)] : []))
    .filter(isSessionId)
}

/** Every session of which something stands elsewhere than in its place. */
export const sessionsAway = (root: string): ReadonlySet<string> =>
  new Set([...liveRecordingsIn(root).map(({ session }) => session), ...arrivingIn(root)])

/** A worker may take its rights from a folder it made: they are given back, or no start and no backup would get past it. */
function makeOurs(path: string): void {
  if (folderState(path) === 'folder') chmodSync(path, 0o700)
}

function foldersIn(path: string): string[] {
  return itemsIn(path).flatMap((item) => (item.isDirectory() ? [item.name] : []))
}

function itemsIn(path: string): Dirent[] {
  try {
    return readdirSync(path, { withFileTypes: true })
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return []
    throw error
  }
}

/**
 * Brings a recording from the folder of a worker to its place, at one go for whoever reads in this process. First it is
 * moved to where the worker has no way to its names, and only then looked at: a link, a pipe, or a second name by which the
 * worker could go on writing make it doubtful. May be called again after anything that went wrong.
 * @param folder null: it was moved as far as there before, or not at all.
 * @throws the system's error: no room for its name, for one.
 */
export function moveHome(root: string, folder: string | null, session: string): Moved {
  const home = recordingDir(root, session)
  const arriving = join(root, `${arrivingPrefix}${session}`)
  if (folderState(arriving) === 'missing') {
    if (folderState(home) !== 'missing') return { kind: 'home' }
    if (folder === null) return { kind: 'missing' }
    makeOurs(join(folder, session))
    try {
      // A link is moved as the link it is.
      renameSync(join(folder, session), arriving)
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return { kind: 'missing' }
      throw error
    }
  }
  const why = faultOf(arriving)
  if (why !== null) return { kind: 'doubtful', why }
  if (folderState(home) !== 'missing') return { kind: 'doubtful', why: 'recording: another stands in its place' }
  renameSync(arriving, home)
  return { kind: 'home' }
}

/** Brings to stable storage that a recording is in its place, and no more where it was. */
export async function syncMoved(root: string, folder: string | null): Promise<void> {
  const left = folder !== null && folderState(folder) === 'folder' ? [folder] : []
  await Promise.all([root, ...left].map((path) => realDisk.syncDir(path)))
}

/** What keeps a folder from being a recording of ours; null where it may be one. */
function faultOf(dir: string): string | null {
  if (folderState(dir) !== 'folder') return 'recording: expected a folder'
  const listing = opendirSync(dir)
  try {
    for (let count = 1; ; count++) {
      const item = listing.readSync()
      if (item === null) return null
      if (count > mostFiles) return `recording: expected at most ${mostFiles} files`
      const name = /^[\w.]{1,32}$/.test(item.name) ? `\`${item.name}\`` : 'an odd name'
      const stats = lstatSync(join(dir, item.name))
      if (!stats.isFile()) return `${name}: not a regular file`
      if (stats.nlink !== 1) return `${name}: has ${stats.nlink} names`
    }
  } finally {
    listing.closeSync()
  }
}

/**
 * Brings what a crash left of a recording to its place, wherever it stands. Where several folders have one by its name, it is
 * the one whose manifest the ledger names: any worker can make another.
 */
export async function bringHome(
  root: string,
  session: string,
  manifest: () => Promise<string | null>,
): Promise<Moved & { readonly folder: string | null }> {
  const found = liveRecordingsIn(root).filter((one) => one.session === session)
  const folder = found.length < 2 ? found[0]?.folder : await namedBy(await manifest(), found)
  const moved = moveHome(root, folder ?? null, session)
  await syncMoved(root, folder ?? null)
  return { ...moved, folder: folder ?? null }
}

async function namedBy(manifest: string | null, found: readonly LiveRecording[]): Promise<string | undefined> {
  for (const { session, folder } of found) {
    const read = await readManifest(recordingDir(folder, session)).catch((error: unknown) => {
      if (error instanceof RecorderError) return null
      throw error
    })
    if (read !== null && read.digest === manifest) return folder
  }
  return undefined
}

/**
 * Removes the folder of a worker that is gone, and what was only being opened in it. It stays where anything else is in it:
 * recordings that are still to be brought home, or what was never one.
 */
export async function leaveLiveFolder(folder: string): Promise<void> {
  if (folderState(folder) !== 'folder') return
  try {
    makeOurs(folder)
    for (const name of await readdir(folder)) {
      if (!isOpening(name)) continue
      makeOurs(join(folder, name))
      await rm(join(folder, name), { recursive: true, force: true })
    }
    await rmdir(folder)
  } catch (error) {
    if (!['ENOTEMPTY', 'EEXIST', 'ENOENT'].includes(systemCode(error) ?? '')) throw error
  }
}

/**
 * Removes what earlier workers left empty. Only for who holds the folder's lock, before there are new ones.
 * @param onLeft told of what could not be removed: nobody is kept from starting by it.
 */
export async function tidyLiveFolders(root: string, onLeft: (folder: string, error: unknown) => void): Promise<void> {
  for (const folder of liveFoldersIn(root))
    await leaveLiveFolder(folder).catch((error: unknown) => onLeft(folder, error))
}

/** Every recording under a root and the folder it stands in, whether or not it lives. */
export function everyRecording(root: string): ReadonlyMap<string, string> {
  const living = liveRecordingsIn(root).map(({ session, folder }) => [session, join(folder, session)] as const)
  const home = itemsIn(root)
    .map(({ name }) => name)
    .filter(isSessionId)
    .map((name) => [name, join(root, name)] as const)
  const arriving = arrivingIn(root).map((session) => [session, join(root, `${arrivingPrefix}${session}`)] as const)
  // In its place it is the one that counts.
  return new Map([...living, ...arriving, ...home])
}

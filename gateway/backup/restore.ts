// Restoring a backup: everything in it is checked before the first file is written, into a data folder that is empty. The
// store comes last, so that a restore that broke off leaves nothing a gateway would start on.

import { mkdir, readdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { recordingDir } from '../../recorder/index.ts'
import { storeFile, vaultKeyFile } from '../keys.ts'
import { systemCode } from '../start-problem.ts'
import { contentFile } from './content-copy.ts'
import { filesFolder, readContents, readFileList, readList, recordingsFolder, type Contents } from './contents.ts'
import { copyDurably, digestFile, placeDurably, syncFolder } from './durable-copy.ts'
import { checkCopy } from './recording-copy.ts'
import { inspectStore } from '../store/store-copy.ts'

export interface CheckedBackup {
  readonly contents: Contents
  /** The newest checkpoint of the store in it. */
  readonly checkpoint: string | null
}

export type BackupCheck =
  | { readonly kind: 'whole'; readonly backup: CheckedBackup }
  | { readonly kind: 'faulty'; readonly problems: readonly string[] }

/** Reads a whole backup and compares everything in it with what it says of itself. Goes on past the first fault. */
export async function checkBackup(folder: string): Promise<BackupCheck> {
  const read = await readContents(folder)
  if (read.kind === 'none')
    return { kind: 'faulty', problems: [`\`${folder}\`: holds no backup: \`backup.json\` is missing`] }
  if (read.kind === 'malformed') return { kind: 'faulty', problems: [read.reason] }
  const { contents } = read
  const { store, recordings, files, keys } = contents
  const problems: string[] = []
  const sound = async (file: string, sha256: string): Promise<boolean> => {
    const fault = await faultOf(join(folder, file), sha256)
    if (fault !== null) problems.push(`\`${file}\`: ${fault}`)
    return fault === null
  }
  let checkpoint: string | null = null
  if (await sound(store.file, store.sha256)) {
    const state = inspectStore(join(folder, store.file))
    checkpoint = state.checkpoint
    problems.push(...state.problems.map((problem) => `\`${store.file}\`: ${problem}`))
    if (state.entries !== store.entries || state.root.toString('base64') !== store.root)
      problems.push(`\`${store.file}\`: its ledger is not the one \`backup.json\` names`)
  }
  if (keys !== null) await sound(keys.file, keys.sha256)
  if (await sound(recordings.file, recordings.sha256))
    for await (const listed of readList(join(folder, recordings.file))) {
      const faults = await checkCopy(recordingDir(join(folder, recordingsFolder), listed.session), listed)
      problems.push(...faults.map((fault) => `recording \`${listed.session}\`: ${fault}`))
    }
  if (files !== undefined && (await sound(files.file, files.sha256)))
    for await (const { content, sha256 } of readFileList(join(folder, files.file))) {
      const fault = await faultOf(join(folder, filesFolder, contentFile(content)), sha256)
      if (fault !== null) problems.push(`kept file \`${content}\`: ${fault}`)
    }
  return problems.length > 0 ? { kind: 'faulty', problems } : { kind: 'whole', backup: { contents, checkpoint } }
}

async function faultOf(path: string, sha256: string): Promise<string | null> {
  try {
    return (await digestFile(path)).sha256 === sha256 ? null : 'was changed'
  } catch (error) {
    const code = systemCode(error)
    if (code === '') throw error
    return code === 'ENOENT' ? 'is missing' : `cannot be read (${code})`
  }
}

/** What stands where the data folder is to be; null where it may be restored to. */
export async function whatStandsIn(dataFolder: string): Promise<string | null> {
  try {
    return (await readdir(dataFolder))[0] ?? null
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null
    throw error
  }
}

/**
 * Writes a checked backup into an empty data folder.
 * @param vaultKey content of `vault.key`; null where the operator puts it there.
 * @throws when a file cannot be written, or reads otherwise than when it was checked.
 */
export async function restoreBackup(
  folder: string,
  { contents, checkpoint }: CheckedBackup,
  dataFolder: string,
  vaultKey: Uint8Array | null,
): Promise<void> {
  const recordings = join(dataFolder, recordingsFolder)
  await mkdir(recordings, { recursive: true, mode: 0o700 })
  const copy = async (source: string, target: string, sha256: string): Promise<void> => {
    const { sha256: read } = await copyDurably(source, target)
    if (read !== sha256 || (await digestFile(target)).sha256 !== sha256)
      throw new Error(`\`${source}\`: changed while it was restored`)
  }
  for await (const { session, files } of readList(join(folder, contents.recordings.file))) {
    const target = recordingDir(recordings, session)
    await mkdir(target, { mode: 0o700 })
    const source = recordingDir(join(folder, recordingsFolder), session)
    for (const { name, sha256 } of files) await copy(join(source, name), join(target, name), sha256)
    await syncFolder(target)
  }
  await syncFolder(recordings)
  if (contents.files !== undefined) {
    const kept = join(dataFolder, filesFolder)
    await mkdir(kept, { mode: 0o700 })
    for await (const { content, sha256 } of readFileList(join(folder, contents.files.file)))
      await copy(join(folder, filesFolder, contentFile(content)), join(kept, contentFile(content)), sha256)
    await syncFolder(kept)
  }
  if (checkpoint !== null) await placeDurably(join(dataFolder, 'checkpoint'), checkpoint)
  if (vaultKey !== null) await placeDurably(vaultKeyFile(dataFolder), vaultKey)
  const draft = join(dataFolder, 'store.restoring')
  await copy(join(folder, contents.store.file), draft, contents.store.sha256)
  await rename(draft, storeFile(dataFolder))
  await syncFolder(dataFolder)
}

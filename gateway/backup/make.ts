// Making a backup while the gateway runs: the store as it is at one instant, then the recordings and the
// contents of files, then the page that names them all. A backup into a folder that holds one adds what is new; until its last step the one before stands.

import { mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { createHash } from 'node:crypto'
import { dirname, join } from 'node:path'
import { folderState, recordingDir, isSessionId, whereItIs } from '../../recorder/index.ts'
import { everyRecording } from '../evidence/live-folders.ts'
import { storeFile } from '../keys.ts'
import { systemCode } from '../start-problem.ts'
import { lockFolder } from '../store/folder-lock.ts'
import { contentsFile, readContents, readList, recordingsFolder, type Contents } from './contents.ts'
import { copyContents, letContentsGo } from './content-copy.ts'
import { digestFile, placeDurably, syncFolder } from './durable-copy.ts'
import { lookUpIn } from './earlier-list.ts'
import { lockUp, type KeptFile } from './keys.ts'
import { copyRecording } from './recording-copy.ts'
import { copyStore, inspectStore } from '../store/store-copy.ts'

export interface BackupPlan {
  readonly dataFolder: string
  /** Folder of the backup: not there yet, empty, or holding an earlier backup of the same ledger. */
  readonly target: string
  readonly origin: string
  readonly version: string
  /** Milliseconds since the Unix epoch. */
  readonly now: number
  /** SHA-256 (hex) of the configuration file. */
  readonly config: string | null
  /** Keys go in only encrypted; null leaves them out. */
  readonly keys: { readonly files: readonly KeptFile[]; readonly recipients: readonly string[] } | null
  /** Whether the ledger says that this recording was deleted: then the backup lets go of it, too. */
  readonly isDeleted: (session: string) => Promise<boolean>
  /** Whether the store says that the content with this digest (hex) is kept. */
  readonly isKept: (sha256: string) => Promise<boolean>
}

export type BackupOutcome =
  | {
      readonly kind: 'made'
      readonly contents: Contents
      /** Recordings copied by this run; the others were there. */
      readonly copied: number
      /** Recordings that are not on the gateway any more, and no entry says they were deleted. They stay in the backup. */
      readonly vanished: readonly string[]
      readonly files: {
        /** Contents of the airlock copied by this run. */
        readonly copied: number
        /** Those that the store has as kept, and that are not on the gateway any more. They stay in the backup. */
        readonly vanished: readonly string[]
      }
      /** Recordings that are not as their seal says, on the gateway itself. */
      readonly damaged: readonly { readonly session: string; readonly problems: readonly string[] }[]
    }
  | { readonly kind: 'refused'; readonly reason: string }

/** @throws when something cannot be read or written; an earlier backup in the folder then still stands. */
export async function makeBackup(plan: BackupPlan): Promise<BackupOutcome> {
  const { target } = plan
  await mkdir(target, { recursive: true, mode: 0o700 })
  const before = await readContents(target)
  const reason = before.kind === 'malformed' ? before.reason : await notForUs(plan, before)
  if (reason !== null) return { kind: 'refused', reason }
  const lock = lockFolder(target, { name: 'backup.lock', taken: 'another backup is being made here: wait for it' })
  try {
    return await writeBackup(plan, before.kind === 'ok' ? before.contents : null)
  } finally {
    lock.release()
  }
}

async function notForUs({ target, origin }: BackupPlan, before: { kind: 'ok'; contents: Contents } | { kind: 'none' }) {
  if (before.kind === 'ok')
    return before.contents.origin === origin || isSameLedger(before.contents.origin, origin)
      ? null
      : `holds a backup of the ledger \`${before.contents.origin}\``
  // What a first backup that broke off left is of our making.
  const others = (await readdir(target)).filter((name) => !ownFile.test(name))
  return others.length === 0 ? null : `is not empty and holds no backup: there is \`${others[0] ?? ''}\``
}

/** After a declared loss the ledger goes on under its name and a number. */
const isSameLedger = (before: string, now: string): boolean =>
  before.replace(/\/[0-9]+$/, '') === now.replace(/\/[0-9]+$/, '')

const ownFile =
  /^(?:backup\.(?:json|lock|lock-journal)|recordings|files|(?:store-[0-9]+\.sqlite|(?:recordings|files)-[0-9]+\.jsonl|keys-[0-9]+\.age)(?:\.part|-journal)?)$/

async function writeBackup(plan: BackupPlan, before: Contents | null): Promise<BackupOutcome> {
  const { target, dataFolder, now, keys } = plan
  const store = { ...(await putStore(plan)), file: `store-${now}.sqlite` }
  const recordings = await putRecordings(plan, before)
  const files = await copyContents(plan, before?.files)
  let kept: Contents['keys'] = null
  if (keys !== null) {
    const file = `keys-${now}.age`
    await placeDurably(join(target, file), await lockUp(keys.files, keys.recipients))
    const { sha256 } = await digestFile(join(target, file))
    kept = { file, sha256, recipients: [...keys.recipients] }
  }
  const { origin, version, config } = plan
  const contents: Contents = {
    format: 'sallyport-backup/v1',
    createdAt: now,
    version,
    origin,
    config,
    store,
    recordings: recordings.list,
    ...(files.list && { files: files.list }),
    keys: kept,
  }
  await placeDurably(join(target, contentsFile), `${JSON.stringify(contents, null, 2)}\n`)
  // Only now is the one before not needed any more.
  const current = [store.file, recordings.list.file, files.list?.file, kept?.file]
  for (const name of await readdir(target))
    if (/^(?:store|recordings|files|keys)-[0-9]+\./.test(name) && !current.includes(name)) await rm(join(target, name))
  const { copied, damaged } = recordings
  const vanished = await letGo(plan, join(dataFolder, recordingsFolder))
  const vanishedFiles = await letContentsGo(plan, plan.isKept)
  return {
    kind: 'made',
    contents,
    copied,
    damaged,
    vanished,
    files: { copied: files.copied, vanished: vanishedFiles },
  }
}

async function putStore({ dataFolder, target, now }: BackupPlan): Promise<Omit<Contents['store'], 'file'>> {
  const path = join(target, `store-${now}.sqlite`)
  // SQLite writes only where nothing stands, as a broken off run may have left it.
  await rm(`${path}.part`, { force: true })
  await copyStore(storeFile(dataFolder), `${path}.part`)
  const { entries, root, problems } = inspectStore(`${path}.part`)
  if (problems.length > 0) throw new Error(`the store does not hold: ${problems.join('; ')}`)
  await rename(`${path}.part`, path)
  await syncFolder(target)
  return { ...(await digestFile(path)), entries, root: root.toString('base64') }
}

/** Copies what is new and writes the list, one recording after the other in the order of their ids. */
async function putRecordings({ dataFolder, target, now }: BackupPlan, before: Contents | null) {
  const source = join(dataFolder, recordingsFolder)
  const folder = join(target, recordingsFolder)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const known =
    before === null ? null : lookUpIn(readList(join(target, before.recordings.file)), ({ session }) => session)
  const file = `recordings-${now}.jsonl`
  const list = await open(join(target, `${file}.part`), 'w', 0o600)
  const hash = createHash('sha256')
  const damaged: { readonly session: string; readonly problems: readonly string[] }[] = []
  let copied = 0
  let count = 0
  let bytes = 0
  try {
    for (const [session, listedAt] of [...everyRecording(source)].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const earlier = (await known?.(session)) ?? null
      const home = recordingDir(source, session)
      const copyOf = (dir: string) => copyRecording(session, dir, recordingDir(folder, session), earlier)
      // One that a worker writes is brought to its place when its session ends, which may be now.
      const now = () => (folderState(home) === 'missing' ? listedAt : home)
      const done = await whereItIs(
        now,
        async (dir) => (await copyOf(dir)) ?? (dir === home ? null : copyOf(home)),
      ).catch((error: unknown) => {
        if (now() === home) throw error
        // What a worker has put there keeps no backup from being made.
        damaged.push({ session, problems: [error instanceof Error ? error.message : String(error)] })
        return null
      })
      if (done === null) continue
      const { listed, isNew, problems } = done
      if (isNew) copied++
      if (problems.length > 0) damaged.push({ session, problems })
      const line = `${JSON.stringify(listed)}\n`
      hash.update(line)
      await list.writeFile(line)
      count++
      bytes += listed.files.reduce((sum, each) => sum + each.bytes, 0)
    }
    await list.sync()
  } finally {
    await list.close()
  }
  await rename(join(target, `${file}.part`), join(target, file))
  await syncFolder(folder)
  return { list: { file, sha256: hash.digest('hex'), count, bytes }, copied, damaged }
}

async function sessionsIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter(isSessionId)
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return []
    throw error
  }
}

/** Removes from the backup what the ledger says was deleted; names what is gone without that. */
async function letGo({ target, isDeleted }: BackupPlan, source: string): Promise<string[]> {
  const here = everyRecording(source)
  const vanished: string[] = []
  const folder = join(target, recordingsFolder)
  for (const session of await sessionsIn(folder)) {
    if (here.has(session)) continue
    if (await isDeleted(session)) await rm(recordingDir(folder, session), { recursive: true })
    else vanished.push(session)
  }
  await syncFolder(dirname(folder))
  return vanished
}

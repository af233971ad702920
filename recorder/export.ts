// Writing an export (FORMAT.md section 5): a folder that an auditor verifies with nothing but a trust file. Who may have
// one, and which keys and disclosures go in, is the gateway's to decide; with keys in it an export is as confidential as
// the sessions themselves.

import { createHash, randomBytes } from 'node:crypto'
import { lstat, mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { exportCast } from './asciicast.ts'
import { type Checkpoint, parseCheckpoint } from './checkpoint.ts'
import { sha256Hex } from './digest.ts'
import { type Disclosure, disclosuresBytes } from './disclosure.ts'
import { messageOf, quote, RecorderError, systemCode } from './errors.ts'
import { excerptFile, excerptLine, type ProvedEntry } from './excerpt.ts'
import {
  exportFormat,
  exportHeaderBytes,
  narrowedFormat,
  type ExportExtent,
  type ExportScope,
} from './export-header.ts'
import { leafHash, verifyInclusion } from './merkle.ts'
import { exportManifestFile, exportManifestText, type ListedFile } from './export-manifest.ts'
import { sessionKeyText } from './session-key.ts'
import {
  attestedPath,
  channelOf,
  channelText,
  isSessionId,
  keyFile,
  manifestFile,
  sealFile,
  timestampPath,
} from './layout.ts'
import { parseNote, type Signer, signNote } from './note.ts'
import { readChunks } from './regular-file.ts'
import { type TileFile, TileTree } from './tiles.ts'

export interface ExportOptions {
  /** The folder to make. Nothing may stand there. */
  readonly out: string
  readonly signer: Signer
  readonly header: {
    readonly origin: string
    /** Milliseconds since the Unix epoch. */
    readonly createdAt: number
    readonly purpose: string
    readonly scope: ExportScope
    /** Of an export that is narrowed; its `entries` has to say which of the two the ledger below is. */
    readonly extent?: ExportExtent
  }
  readonly ledger: {
    /**
     * The bytes of every entry, from the first; as many as the checkpoint says. Or an excerpt: some of them, ascending,
     * each with its proof to the checkpoint; then without timestamps.
     */
    readonly entries:
      | Iterable<Uint8Array>
      | AsyncIterable<Uint8Array>
      | { readonly excerpt: Iterable<ProvedEntry> | AsyncIterable<ProvedEntry> }
    /** The signed checkpoint. */
    readonly checkpoint: Uint8Array
    /** What authorities attested of checkpoints up to this one: the note, byte for byte, and the TimeStampResp. */
    readonly timestamps?: readonly Timestamp[]
  }
  /** Folders of sealed recordings, each with its session key where the reader may replay it. */
  readonly recordings: readonly { readonly dir: string; readonly key?: Uint8Array }[]
  readonly disclosures: readonly Disclosure[]
}

export interface Timestamp {
  readonly size: number
  /** Token (FORMAT.md section 0) that names the authority. */
  readonly name: string
  readonly note: Uint8Array
  readonly response: Uint8Array
}

export interface ExportResult {
  readonly dir: string
  /** SHA-256 of MANIFEST, hex. */
  readonly manifestDigest: string
  readonly files: number
  readonly bytes: number
}

/**
 * Writes an export: when it resolves, the folder is there, whole and on stable storage. It appears in one step.
 * @throws RecorderError `exists` when something stands at `out`; `invalid-argument` for a header, recording or
 * disclosure that cannot stand in an export; `not-sealed`; `ledger-inconsistent` when entries and checkpoint disagree;
 * `export-failed` when writing failed. In every case nothing new stands at `out`.
 */
export async function writeExport(options: ExportOptions): Promise<ExportResult> {
  const sessions = sessionsOf(options.recordings)
  if (await stands(options.out)) throw new RecorderError('exists', `export ${quote(options.out)}: is there already`)
  const draft = join(dirname(options.out), `.${basename(options.out)}.${randomBytes(6).toString('hex')}.tmp`)
  try {
    await mkdir(draft, { mode: 0o700 })
    const folder = new ExportFolder(draft)
    const isExcerpt = 'excerpt' in options.ledger.entries
    if (isExcerpt !== (options.header.extent?.entries === 'excerpt'))
      throw new RecorderError('invalid-argument', 'export header: extent: expected what the ledger is given as')
    const checkpoint = await addLedger(folder, options.ledger)
    const header = {
      format: options.header.extent === undefined ? exportFormat : narrowedFormat,
      ...options.header,
      ledger: { size: checkpoint.size, root: Buffer.from(checkpoint.root).toString('base64') },
      sessions,
    } as const
    if (checkpoint.origin !== header.origin)
      throw new RecorderError('invalid-argument', `export header: origin: expected \`${checkpoint.origin}\``)
    await folder.add('export.json', [exportHeaderBytes(header)])
    await folder.add('disclosures.json', [disclosuresBytes(options.disclosures)])
    for (const recording of options.recordings) await addRecording(folder, recording.dir, recording.key ?? null)
    const { files, bytes } = folder.listing()
    const text = exportManifestText({ origin: header.origin, bytes, files })
    const manifest = signNote(text, [options.signer])
    await folder.add(exportManifestFile, [manifest])
    await folder.syncFolders()
    if (await stands(options.out)) throw new RecorderError('exists', `export ${quote(options.out)}: is there already`)
    await rename(draft, options.out)
    await syncFolder(dirname(options.out))
    return { dir: options.out, manifestDigest: sha256Hex(manifest), files: files.length, bytes }
  } catch (cause) {
    await rm(draft, { recursive: true, force: true })
    if (cause instanceof RecorderError) throw cause
    throw new RecorderError('export-failed', `export ${quote(options.out)}: ${messageOf(cause)}`, { cause })
  }
}

function sessionsOf(recordings: ExportOptions['recordings']): string[] {
  const sessions = recordings.map(({ dir }) => basename(dir)).sort()
  for (const [i, session] of sessions.entries()) {
    if (!isSessionId(session) || session === sessions[i + 1])
      throw new RecorderError('invalid-argument', `recording ${quote(session)}: expected folders of different sessions`)
  }
  return sessions
}

async function addLedger(folder: ExportFolder, ledger: ExportOptions['ledger']): Promise<Checkpoint> {
  const note = parseNote(ledger.checkpoint)
  const checkpoint = note.kind === 'ok' ? parseCheckpoint(note.value.text) : note
  if (checkpoint.kind === 'malformed') throw new RecorderError('invalid-argument', checkpoint.reason)
  const { size, root } = checkpoint.value
  await folder.add('ledger/checkpoint', [ledger.checkpoint])
  if ('excerpt' in ledger.entries) {
    await folder.add(excerptFile, excerptLines(ledger.entries.excerpt, checkpoint.value))
    return checkpoint.value
  }
  const tree = new TileTree()
  const addTiles = async (tiles: readonly TileFile[]): Promise<void> => {
    for (const { path, content } of tiles) await folder.add(`ledger/${path}`, [content])
  }
  for await (const entry of ledger.entries) await addTiles(tree.append(entry))
  await addTiles(tree.partialTiles())
  if (tree.size !== size || !Buffer.from(root).equals(tree.root()))
    throw new RecorderError(
      'ledger-inconsistent',
      `ledger: ${tree.size} entries do not give the checkpoint's root of ${size}`,
    )
  const attested = new Set<number>()
  for (const { size: of, name, note: document, response } of ledger.timestamps ?? []) {
    if (!attested.has(of)) await folder.add(attestedPath(of), [document])
    attested.add(of)
    await folder.add(timestampPath(of, name), [response])
  }
  return checkpoint.value
}

async function* excerptLines(
  entries: Iterable<ProvedEntry> | AsyncIterable<ProvedEntry>,
  { size, root }: Checkpoint,
): AsyncGenerator<Buffer, void> {
  for await (const proved of entries) {
    if (!verifyInclusion(proved.index, size, leafHash(proved.entry), proved.proof, root))
      throw new RecorderError('ledger-inconsistent', `ledger: entry ${proved.index} is not proved by the checkpoint`)
    yield excerptLine(proved)
  }
}

/**
 * Copies a recording byte for byte, sound or not: what is wrong with it is for the verifier to say. A link or a pipe in
 * the place of a file is left out, and missing there, so that it keeps no other recording from the auditor.
 */
async function addRecording(folder: ExportFolder, dir: string, key: Uint8Array | null): Promise<void> {
  const session = basename(dir)
  const found = await readdir(dir, { withFileTypes: true })
  const names = found.filter((entry) => entry.isFile()).map(({ name }) => name)
  if (!names.includes(sealFile))
    throw new RecorderError('not-sealed', `recording of session \`${session}\`: has no seal`)
  const channels = names.map(channelOf).filter((channel) => channel !== null)
  const wanted = names.filter((name) => [manifestFile, keyFile, sealFile].includes(name) || channelOf(name) !== null)
  for (const name of wanted.sort()) await folder.add(`recordings/${session}/${name}`, readChunks(join(dir, name)))
  if (key === null) return
  await folder.add(`keys/${session}`, [Buffer.from(sessionKeyText(key), 'ascii')])
  for (const channel of channels.sort((a, b) => a - b)) {
    // From the copy: what is written here is what the verifier will read.
    const lines = exportCast(join(folder.dir, 'recordings', session), key, session, channel)
    const first = await lines.next()
    if (first.done !== true)
      await folder.add(`casts/${session}.${channelText(channel)}.cast`, castBytes(first.value, lines))
  }
}

/** Lines as bytes, in pieces worth a write each. */
async function* castBytes(first: string, rest: AsyncIterable<string>): AsyncGenerator<Buffer, void> {
  let text = first
  for await (const line of rest) {
    text += line
    if (text.length < 1 << 16) continue
    yield Buffer.from(text, 'utf8')
    text = ''
  }
  yield Buffer.from(text, 'utf8')
}

/** The folder being made, and the digests of what was put into it. */
class ExportFolder {
  readonly dir: string
  readonly #files: ListedFile[] = []
  readonly #folders = new Set<string>()
  #bytes = 0

  constructor(dir: string) {
    this.dir = dir
    this.#folders.add(dir)
  }

  async add(path: string, chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<void> {
    const target = join(this.dir, path)
    await this.#makeFolder(dirname(target))
    const hash = createHash('sha256')
    const file = await open(target, 'wx', 0o600)
    try {
      for await (const chunk of chunks) {
        hash.update(chunk)
        await file.writeFile(chunk)
        this.#bytes += chunk.length
      }
      await file.sync()
    } finally {
      await file.close()
    }
    this.#files.push({ path, sha256: hash.digest('hex') })
  }

  listing(): { readonly files: readonly ListedFile[]; readonly bytes: number } {
    return { files: this.#files.toSorted((a, b) => (a.path < b.path ? -1 : 1)), bytes: this.#bytes }
  }

  async syncFolders(): Promise<void> {
    for (const folder of this.#folders) await syncFolder(folder)
  }

  async #makeFolder(folder: string): Promise<void> {
    if (this.#folders.has(folder)) return
    await this.#makeFolder(dirname(folder))
    await mkdir(folder, { mode: 0o700 })
    this.#folders.add(folder)
  }
}

async function stands(path: string): Promise<boolean> {
  try {
    await lstat(path)
    return true
  } catch (cause) {
    if (systemCode(cause) === 'ENOENT') return false
    throw new RecorderError('export-failed', `export ${quote(path)}: ${messageOf(cause)}`, { cause })
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

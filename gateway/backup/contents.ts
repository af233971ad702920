// What a backup holds, as its own files say: `backup.json` names the store, the list of recordings and the keys with their
// digests, and is written last. docs/backup.md describes the folder.

import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { Type, type Static } from 'typebox'
import { Value } from 'typebox/value'
import { systemCode } from '../start-problem.ts'

const closed = { additionalProperties: false } as const
const Count = Type.Integer({ minimum: 0 })
const Sha256 = Type.String({ pattern: '^[0-9a-f]{64}$' })
const Name = (pattern: string) => Type.String({ pattern: `^${pattern}$` })

const ContentsSchema = Type.Object(
  {
    format: Type.Literal('sallyport-backup/v1'),
    /** Milliseconds since the Unix epoch, up to the last there is a date for. */
    createdAt: Type.Integer({ minimum: 0, maximum: 8_640_000_000_000_000 }),
    /** Of the program that made it. */
    version: Type.String(),
    origin: Type.String({ minLength: 1 }),
    /** SHA-256 of the configuration file; null where the configuration came from the environment. */
    config: Type.Union([Sha256, Type.Null()]),
    store: Type.Object(
      {
        file: Name('store-[0-9]+\\.sqlite'),
        bytes: Count,
        sha256: Sha256,
        entries: Count,
        /** RFC 6962 root of these entries, base64. */
        root: Type.String(),
      },
      closed,
    ),
    recordings: Type.Object(
      { file: Name('recordings-[0-9]+\\.jsonl'), sha256: Sha256, count: Count, bytes: Count },
      closed,
    ),
    /** Contents the airlock keeps; absent where it keeps none, and in backups made before there were any. */
    files: Type.Optional(
      Type.Object({ file: Name('files-[0-9]+\\.jsonl'), sha256: Sha256, count: Count, bytes: Count }, closed),
    ),
    keys: Type.Union([
      Type.Object({ file: Name('keys-[0-9]+\\.age'), sha256: Sha256, recipients: Type.Array(Type.String()) }, closed),
      Type.Null(),
    ]),
  },
  closed,
)
export type Contents = Static<typeof ContentsSchema>

const RecordingSchema = Type.Object(
  {
    session: Name('ses_[0-9a-hjkmnp-tv-z]{26}'),
    sealed: Type.Boolean(),
    files: Type.Array(
      Type.Object(
        { name: Name('(manifest\\.json|key\\.age|seal|[0-9]{4}\\.stream)'), bytes: Count, sha256: Sha256 },
        closed,
      ),
    ),
  },
  closed,
)
/** One line of the list of recordings, which is ordered by session. */
export type ListedRecording = Static<typeof RecordingSchema>

/** `content`: the digest a content is kept under; `bytes` and `sha256` are of its age file. */
const FileSchema = Type.Object({ content: Sha256, bytes: Count, sha256: Sha256 }, closed)
/** One line of the list of kept contents, which is ordered by `content`. */
export type ListedFile = Static<typeof FileSchema>

export const contentsFile = 'backup.json'
export const recordingsFolder = 'recordings'
/** Of the airlock, in the data folder and in a backup. */
export const filesFolder = 'files'

export type ReadContents =
  | { readonly kind: 'ok'; readonly contents: Contents }
  | { readonly kind: 'none' }
  | { readonly kind: 'malformed'; readonly reason: string }

export async function readContents(folder: string): Promise<ReadContents> {
  let value: unknown
  try {
    value = JSON.parse(await readFile(join(folder, contentsFile), 'utf8'))
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return { kind: 'none' }
    if (error instanceof SyntaxError) return { kind: 'malformed', reason: `${contentsFile}: expected JSON` }
    throw error
  }
  if (Value.Check(ContentsSchema, value)) return { kind: 'ok', contents: value }
  const [first] = Value.Errors(ContentsSchema, value)
  return {
    kind: 'malformed',
    reason: `${contentsFile}: ${first?.instancePath ?? ''}: ${first?.message ?? 'not as it should be'}`,
  }
}

/**
 * The recordings that a list names, in its order.
 * @throws Error at a line that is none.
 */
export const readList = (path: string): AsyncGenerator<ListedRecording, void> =>
  readLines(path, (value) => (Value.Check(RecordingSchema, value) ? value : null), 'a recording with its files')

/**
 * The kept contents that a list names, in its order.
 * @throws Error at a line that is none.
 */
export const readFileList = (path: string): AsyncGenerator<ListedFile, void> =>
  readLines(path, (value) => (Value.Check(FileSchema, value) ? value : null), 'a kept file with its digest')

async function* readLines<T>(path: string, parse: (value: unknown) => T | null, what: string): AsyncGenerator<T, void> {
  let number = 0
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
    number++
    const listed = parse(jsonOf(line))
    if (listed === null) throw new Error(`line ${number}: expected ${what}`)
    yield listed
  }
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}

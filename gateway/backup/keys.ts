// The keys of a gateway in a backup: only where they are asked for, and only encrypted to age recipients that the operator
// names. Inside is one JSON document, so that `age -d` and any tool open it without us.

import { readFile, stat } from 'node:fs/promises'
import { Type } from 'typebox'
import { Value } from 'typebox/value'
import { decryptWith, encryptFor } from '../../recorder/index.ts'
import { ConfigSchema, fieldsOf, type Config } from '../config-fields.ts'
import { vaultKeyFile } from '../keys.ts'

/** A file that a field of the configuration names; `vault.key` and the configuration itself have names of their own. */
export interface KeptFile {
  readonly field: string
  readonly path: string
  readonly content: Buffer
}

export const vaultField = 'dataFolder/vault.key'

const closed = { additionalProperties: false } as const
const KeysSchema = Type.Object(
  {
    format: Type.Literal('sallyport-keys/v1'),
    files: Type.Array(Type.Object({ field: Type.String(), path: Type.String(), base64: Type.String() }, closed)),
  },
  closed,
)

/** What is in the data folder, in the bundle's store or published is no key. */
const noKeys = ['dataFolder', 'bundleFolder', 'evidence.publish']

/** Every regular file that the configuration names, the vault key, and the configuration. @throws when one cannot be read. */
export async function collectKeys(config: Config, configFile: string | null): Promise<KeptFile[]> {
  const named = fieldsOf(ConfigSchema).flatMap(({ path, schema }) => {
    const field = path.join('.')
    if (noKeys.includes(field)) return []
    return pathsIn(schema, valueAt(config, path)).map((file) => ({ field, path: file }))
  })
  const own = [
    { field: vaultField, path: vaultKeyFile(config.dataFolder) },
    ...(configFile === null ? [] : [{ field: 'configuration', path: configFile }]),
  ]
  const kept: KeptFile[] = []
  for (const { field, path } of [...own, ...named])
    if ((await stat(path)).isFile()) kept.push({ field, path, content: await readFile(path) })
  return kept
}

function valueAt(root: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (at, part) => (typeof at === 'object' && at !== null ? (at as Record<string, unknown>)[part] : undefined),
    root,
  )
}

interface Shape {
  readonly format?: string
  readonly items?: Shape
  readonly properties?: Readonly<Record<string, Shape>>
}

/** The paths in a value, by what its schema says they are. */
function pathsIn(schema: Shape, value: unknown): string[] {
  if (typeof value === 'string') return schema.format === 'path' ? [value] : []
  const { items, properties } = schema
  if (Array.isArray(value)) return items === undefined ? [] : value.flatMap((item) => pathsIn(items, item))
  return Object.entries(properties ?? {}).flatMap(([name, child]) => pathsIn(child, valueAt(value, [name])))
}

export async function lockUp(files: readonly KeptFile[], recipients: readonly string[]): Promise<Buffer> {
  const written = files.map(({ field, path, content }) => ({ field, path, base64: content.toString('base64') }))
  const text = `${JSON.stringify({ format: 'sallyport-keys/v1', files: written }, null, 2)}\n`
  return encryptFor(recipients, Buffer.from(text, 'utf8'))
}

/** @throws RecorderError `wrong-key` when no identity opens it; Error when what is inside is no list of keys. */
export async function unlock(locked: Uint8Array, identities: readonly string[]): Promise<KeptFile[]> {
  const value: unknown = JSON.parse((await decryptWith(identities, locked)).toString('utf8'))
  if (!Value.Check(KeysSchema, value)) throw new Error('keys of the backup: expected `sallyport-keys/v1`')
  return value.files.map(({ field, path, base64 }) => ({ field, path, content: Buffer.from(base64, 'base64') }))
}

// Reads the ledger of an export as a program of somebody else would: the entries from their tiles (FORMAT.md, section 4),
// and what the commitments in them stand for.

import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface ExportedEntry {
  readonly type: string
  readonly data: unknown
}

export function exportedEntries(folder: string): readonly ExportedEntry[] {
  const tiles = globSync('ledger/tile/entries/**', { cwd: folder, withFileTypes: true })
    .filter((file) => file.isFile())
    .map((file) => join(file.parentPath, file.name))
  return tiles.toSorted().flatMap((tile) => {
    const bytes = readFileSync(tile)
    const entries: ExportedEntry[] = []
    for (let at = 0; at < bytes.length;) {
      const size = bytes.readUInt16BE(at)
      entries.push(JSON.parse(bytes.toString('utf8', at + 2, at + 2 + size)) as ExportedEntry)
      at += 2 + size
    }
    return entries
  })
}

/** The values that commitments of the ledger stand for. */
export function disclosedValues(folder: string): readonly string[] {
  const kept = JSON.parse(readFileSync(join(folder, 'disclosures.json'), 'utf8')) as readonly { value: string }[]
  return kept.map(({ value }) => value)
}

/** Every text in a value, with the name it stands under; those of a list under the list's. */
export function textsIn(value: unknown, name = ''): readonly { readonly name: string; readonly text: string }[] {
  if (typeof value === 'string') return [{ name, text: value }]
  if (Array.isArray(value)) return value.flatMap((each) => textsIn(each, name))
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, each]) => textsIn(each, key))
}

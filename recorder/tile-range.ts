// The tiles that a ledger has gained since it had another size (FORMAT.md section 4): what has to be written so that a published
// copy grows with it. Reads hashes and entries from wherever they are kept, one tile at a time.

import { RecorderError } from './errors.ts'
import { type TileFile, tilePath, tileWidth } from './tiles.ts'

export interface LedgerSource {
  /** Hashes of `count` complete subtrees of a level, from number `first` on. */
  hashes(level: number, first: number, count: number): Promise<readonly Uint8Array[]>
  /** The bytes of the entries from `first` up to, and without, `until`. */
  entries(first: number, until: number): Promise<readonly Uint8Array[]>
}

const tileHeight = 8

/**
 * One tile of a ledger: `width` hashes of tile level `level`, or as many entries.
 * @throws RecorderError `ledger-inconsistent` where the ledger does not hold all of it.
 */
export async function tileOf(
  source: LedgerSource,
  level: number | 'entries',
  index: number,
  width: number,
): Promise<TileFile> {
  const path = tilePath(level, index, width)
  const first = index * tileWidth
  const parts =
    level === 'entries'
      ? await source.entries(first, first + width)
      : await source.hashes(level * tileHeight, first, width)
  if (parts.length !== width)
    throw new RecorderError('ledger-inconsistent', `${path}: expected ${width} parts, got ${parts.length}`)
  const content = level === 'entries' ? parts.flatMap((entry) => [lengthOf(entry), entry]) : parts
  return { path, content: Buffer.concat(content) }
}

/** The tiles of a ledger of `size` entries that one of `from` entries does not have: full ones, and the partial ones at its edge. */
export async function* tilesSince(source: LedgerSource, from: number, size: number): AsyncGenerator<TileFile, void> {
  for (const level of ['entries', 0, 1, 2, 3, 4, 5] as const) {
    const under = level === 'entries' ? 1 : tileWidth ** level
    const [before, now] = [Math.floor(from / under), Math.floor(size / under)]
    for (let index = Math.floor(before / tileWidth); index * tileWidth < now; index++) {
      const width = Math.min(tileWidth, now - index * tileWidth)
      if (index * tileWidth + width > before) yield tileOf(source, level, index, width)
    }
  }
}

/** Reads the path of a tile strictly; null for what is none. */
export function parseTilePath(
  path: string,
): { readonly level: number | 'entries'; readonly index: number; readonly width: number } | null {
  const [, levelText, name, widthText] =
    /^tile\/(entries|[0-5])\/((?:x[0-9]{3}\/)*[0-9]{3})(?:\.p\/([1-9][0-9]{0,2}))?$/.exec(path) ?? []
  if (levelText === undefined || name === undefined) return null
  const level = levelText === 'entries' ? 'entries' : Number(levelText)
  const index = Number(name.replace(/[x/]/g, ''))
  const width = widthText === undefined ? tileWidth : Number(widthText)
  // Numbers have one spelling: what is read gives the same path again.
  return Number.isSafeInteger(index) && tilePath(level, index, width) === path ? { level, index, width } : null
}

function lengthOf(entry: Uint8Array): Buffer {
  const prefix = Buffer.alloc(2)
  prefix.writeUInt16BE(entry.length)
  return prefix
}

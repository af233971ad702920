// C2SP tlog-tiles (FORMAT.md section 4): a ledger as static files. TileTree turns entries into tiles and a root; the
// export writes what it gives, the verifier makes it again and compares. No hash is ever read from a tile: a reader that
// checked hashes against tiles would need each tile proven by its parent first, and one such reader did not notice a
// forged bottom tile (CVE-2026-56865).

import { type Parsed } from './canonical.ts'
import { RecorderError } from './errors.ts'
import { maxEntryBytes } from './evidence.ts'
import { emptyRoot, leafHash, nodeHash } from './merkle.ts'

export interface TileFile {
  /** Below the ledger's folder, with `/`: `tile/0/x001/234`. */
  readonly path: string
  readonly content: Buffer
}

/** Entries in a bundle, and hashes in a tile. */
export const tileWidth = 256
const tileHeight = 8
export const maxBundleBytes = tileWidth * (2 + maxEntryBytes)

/** Path of a hash tile (level 0 to 5) or of an entry bundle; `width` below 256 makes it a partial one. */
export function tilePath(level: number | 'entries', index: number, width: number = tileWidth): string {
  const digits = String(index).padStart(Math.ceil(String(index).length / 3) * 3, '0')
  const groups = digits.match(/[0-9]{3}/g) ?? []
  const name = groups.map((group, i) => (i < groups.length - 1 ? `x${group}` : group)).join('/')
  return `tile/${level}/${name}${width < tileWidth ? `.p/${width}` : ''}`
}

/** Reads an entry bundle that must hold `count` entries. */
export function parseBundle(bytes: Buffer, count: number): Parsed<readonly Buffer[]> {
  const entries: Buffer[] = []
  let at = 0
  while (at < bytes.length) {
    const end = at + 2 <= bytes.length ? at + 2 + bytes.readUInt16BE(at) : Infinity
    if (end > bytes.length) return { kind: 'malformed', reason: `entry ${entries.length}: ends after the bundle` }
    entries.push(bytes.subarray(at + 2, end))
    at = end
  }
  if (entries.length !== count) return { kind: 'malformed', reason: `expected ${count} entries, got ${entries.length}` }
  return { kind: 'ok', value: entries }
}

/** The tree over entries given one by one, in memory for no more than one tile a level. */
export class TileTree {
  #size = 0
  // Roots of the complete subtrees of the tree so far, largest first: one for each 1 in the binary form of the size.
  readonly #roots: Buffer[] = []
  /** By tile level: the hashes that fill no tile yet. */
  readonly #hashes: Buffer[][] = []
  #bundle: Buffer[] = []

  get size(): number {
    return this.#size
  }

  /**
   * Appends an entry and gives the tiles that it filled.
   * @throws RecorderError `invalid-argument` when it has more than 65,535 bytes.
   */
  append(entry: Uint8Array): TileFile[] {
    if (entry.length > maxEntryBytes)
      throw new RecorderError('invalid-argument', `ledger entry: expected at most ${maxEntryBytes} bytes`)
    const filled: TileFile[] = []
    const prefix = Buffer.alloc(2)
    prefix.writeUInt16BE(entry.length)
    this.#bundle.push(prefix, Buffer.from(entry))
    let hash = leafHash(entry)
    let index = this.#size
    this.#put(0, hash, index, filled)
    for (let level = 1; index % 2 === 1; level++) {
      hash = nodeHash(this.#roots.pop() ?? hash, hash)
      index = (index - 1) / 2
      if (level % tileHeight === 0) this.#put(level / tileHeight, hash, index, filled)
    }
    this.#roots.push(hash)
    this.#size++
    if (this.#size % tileWidth === 0) {
      filled.push({ path: tilePath('entries', this.#size / tileWidth - 1), content: Buffer.concat(this.#bundle) })
      this.#bundle = []
    }
    return filled
  }

  /** The partial tiles at the right edge. */
  partialTiles(): TileFile[] {
    const tiles = this.#hashes.flatMap((hashes, level) => {
      if (hashes.length === 0) return []
      const index = Math.floor(this.#size / tileWidth ** (level + 1))
      return [{ path: tilePath(level, index, hashes.length), content: Buffer.concat(hashes) }]
    })
    const width = this.#size % tileWidth
    if (width === 0) return tiles
    const index = Math.floor(this.#size / tileWidth)
    return [...tiles, { path: tilePath('entries', index, width), content: Buffer.concat(this.#bundle) }]
  }

  /** The root of the entries so far. */
  root(): Uint8Array {
    const last = this.#roots.at(-1)
    if (last === undefined) return emptyRoot
    return this.#roots.slice(0, -1).reduceRight((right, left) => nodeHash(left, right), last)
  }

  /** Adds a hash, which is number `index` of its tile level. */
  #put(level: number, hash: Buffer, index: number, filled: TileFile[]): void {
    const hashes = (this.#hashes[level] ??= [])
    hashes.push(hash)
    if (hashes.length < tileWidth) return
    filled.push({ path: tilePath(level, (index + 1) / tileWidth - 1), content: Buffer.concat(hashes) })
    this.#hashes[level] = []
  }
}

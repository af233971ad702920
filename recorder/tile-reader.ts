// Reading a ledger that is served as tiles (C2SP tlog-tiles) without believing any of them: a tile is used only once its
// hashes have been shown to make the hash that stands for it in its parent, up to the root of a checkpoint that the caller
// trusts. A reader that skips one of these steps accepts forged entries (CVE-2026-56865).

import { quote, RecorderError } from './errors.ts'
import { leafHash, nodeHash } from './merkle.ts'
import { parseBundle, tilePath, tileWidth } from './tiles.ts'

const hashBytes = 32

/** Gives the bytes of a file below the ledger's folder; the path is `tile/0/x001/234`. */
export type ReadTile = (path: string) => Promise<Uint8Array>

export class TileReader {
  readonly #size: number
  readonly #root: Uint8Array
  readonly #read: ReadTile
  /** The hashes of the right edge, by tile level, once they have been shown to make the root. */
  #edge: Promise<readonly (readonly Buffer[])[]> | null = null
  /** The last few tiles that were authenticated: neighbours are read one after the other. */
  readonly #kept = new Map<string, Promise<readonly Buffer[]>>()

  /** For a checkpoint (its size and root) that has been verified. */
  constructor(checkpoint: { readonly size: number; readonly root: Uint8Array }, read: ReadTile) {
    this.#size = checkpoint.size
    this.#root = checkpoint.root
    this.#read = read
  }

  /**
   * The entries of a bundle (256, or those of the last one), each shown to be under the root.
   * @throws RecorderError `corrupt`, naming the file that is not what the tree needs; whatever `read` throws.
   */
  async bundle(index: number): Promise<readonly Buffer[]> {
    const width = this.#widthAt(0, index)
    const path = tilePath('entries', index, width)
    const parsed = parseBundle(Buffer.from(await this.#read(path)), width)
    if (parsed.kind === 'malformed') throw corrupt(path, parsed.reason)
    const hashes = await this.#tile(0, index)
    for (const [i, entry] of parsed.value.entries())
      if (!leafHash(entry).equals(hashes[i] ?? Buffer.alloc(0)))
        throw corrupt(path, `entry ${index * tileWidth + i} is not what the tree has there`)
    return parsed.value
  }

  /** One entry. @throws as `bundle`; RecorderError `invalid-argument` where there is none of this number. */
  async entry(index: number): Promise<Buffer> {
    if (!Number.isSafeInteger(index) || index < 0 || index >= this.#size)
      throw new RecorderError('invalid-argument', `entry \`${index}\`: expected a number below ${this.#size}`)
    const entries = await this.bundle(Math.floor(index / tileWidth))
    const entry = entries[index % tileWidth]
    if (entry === undefined) throw corrupt(`entry ${index}`, 'is missing')
    return entry
  }

  /** Hashes of a tile, authenticated. */
  async #tile(level: number, index: number): Promise<readonly Buffer[]> {
    const width = this.#widthAt(level, index)
    if (width < tileWidth) return (await this.#rightEdge())[level] ?? []
    const path = tilePath(level, index)
    const kept = this.#kept.get(path)
    if (kept !== undefined) return kept
    const reading = this.#fullTile(level, index, path)
    if (this.#kept.size >= 16) this.#kept.delete(this.#kept.keys().next().value ?? '')
    this.#kept.set(path, reading)
    return reading.catch((cause: unknown) => {
      // What could not be read now may be read another time.
      this.#kept.delete(path)
      throw cause
    })
  }

  async #fullTile(level: number, index: number, path: string): Promise<readonly Buffer[]> {
    const hashes = hashesIn(path, await this.#read(path), tileWidth)
    const parent = await this.#tile(level + 1, Math.floor(index / tileWidth))
    if (!foldWhole(hashes).equals(parent[index % tileWidth] ?? Buffer.alloc(0)))
      throw corrupt(path, 'is not what its parent says')
    return hashes
  }

  #rightEdge(): Promise<readonly (readonly Buffer[])[]> {
    this.#edge ??= this.#readRightEdge().catch((cause: unknown) => {
      this.#edge = null
      throw cause
    })
    return this.#edge
  }

  async #readRightEdge(): Promise<readonly (readonly Buffer[])[]> {
    const edge: (readonly Buffer[])[] = []
    for (let level = 0, count = this.#size; count > 0; level++, count = Math.floor(count / tileWidth)) {
      const width = count % tileWidth
      const path = tilePath(level, Math.floor(count / tileWidth), width)
      edge.push(width === 0 ? [] : hashesIn(path, await this.#read(path), width))
    }
    // The complete subtrees of the tree, largest first: those of the highest tile level stand on the left.
    const subtrees = edge.toReversed().flatMap(completeSubtrees)
    const last = subtrees.at(-1)
    const root = last && subtrees.slice(0, -1).reduceRight((right, left) => nodeHash(left, right), last)
    if (root !== undefined && !root.equals(this.#root))
      throw corrupt('tiles at the right edge', `do not make the root of the checkpoint of ${this.#size} entries`)
    return edge
  }

  /** How many hashes stand in a tile of the tree. */
  #widthAt(level: number, index: number): number {
    const count = Math.floor(this.#size / tileWidth ** level)
    const width = Math.min(tileWidth, count - index * tileWidth)
    if (!Number.isSafeInteger(index) || index < 0 || width <= 0)
      throw new RecorderError('invalid-argument', `tile \`${index}\` of level ${level}: not in a tree of ${this.#size}`)
    return width
  }
}

function hashesIn(path: string, bytes: Uint8Array, count: number): readonly Buffer[] {
  if (bytes.length !== count * hashBytes)
    throw corrupt(path, `expected ${count * hashBytes} bytes, got ${bytes.length}`)
  const whole = Buffer.from(bytes)
  return Array.from({ length: count }, (_, i) => whole.subarray(i * hashBytes, (i + 1) * hashBytes))
}

/** Root of a power of two of neighbours. */
function foldWhole(hashes: readonly Buffer[]): Buffer {
  let level = hashes
  while (level.length > 1)
    level = level.flatMap((hash, i) => (i % 2 === 0 ? [nodeHash(hash, level[i + 1] ?? Buffer.alloc(0))] : []))
  return level[0] ?? Buffer.alloc(0)
}

/** The roots of the complete subtrees that these neighbours make: one for each 1 in the binary form of their number. */
function completeSubtrees(hashes: readonly Buffer[]): Buffer[] {
  const roots: Buffer[] = []
  let at = 0
  for (let width = tileWidth / 2; width >= 1; width /= 2)
    if ((hashes.length & width) !== 0) {
      roots.push(foldWhole(hashes.slice(at, at + width)))
      at += width
    }
  return roots
}

function corrupt(path: string, what: string): RecorderError {
  return new RecorderError('corrupt', `${quote(path)}: ${what}`)
}

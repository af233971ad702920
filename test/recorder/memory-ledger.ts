// A ledger in memory, its tree made the plain way, each level from the one below: what the published files are held against.

import { leafHash, type Publication, TileTree } from '../../recorder/index.ts'
import { nodeHash } from '../../recorder/merkle.ts'

export function ledgerOf(entries: readonly Buffer[]): Publication {
  const levels: Buffer[][] = [entries.map((entry) => leafHash(entry))]
  for (let below = levels[0] ?? []; below.length > 1; below = levels.at(-1) ?? [])
    levels.push(
      below.flatMap((left, i) => {
        const right = below[i + 1]
        return i % 2 === 0 && right !== undefined ? [nodeHash(left, right)] : []
      }),
    )
  return {
    hashes: async (level, first, count) => (levels[level] ?? []).slice(first, first + count),
    entries: async (first, until) => entries.slice(first, until),
    root: async (size) => rootOf(entries, size),
  }
}

export function rootOf(entries: readonly Buffer[], size: number): Uint8Array {
  const tree = new TileTree()
  for (const entry of entries.slice(0, size)) tree.append(entry)
  return tree.root()
}

// Tiles: their paths, and what a ledger of any size gives.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { leafHash, nodeHash } from '../../recorder/merkle.ts'
import { parseBundle, type TileFile, tilePath, TileTree } from '../../recorder/tiles.ts'

function tilesOf(size: number): { readonly tree: TileTree; readonly tiles: TileFile[] } {
  const tree = new TileTree()
  const tiles = Array.from({ length: size }, (_, i) => tree.append(Buffer.from(`entry ${i}`))).flat()
  return { tree, tiles: [...tiles, ...tree.partialTiles()] }
}

function naiveRoot(hashes: readonly Buffer[]): Buffer {
  const [first] = hashes
  if (hashes.length <= 1) return first ?? Buffer.alloc(0)
  const k = 2 ** Math.floor(Math.log2(hashes.length - 1))
  return nodeHash(naiveRoot(hashes.slice(0, k)), naiveRoot(hashes.slice(k)))
}

describe('tiles', () => {
  it.each([
    [0, 0, 256, 'tile/0/000'],
    [1, 7, 256, 'tile/1/007'],
    [0, 1_234_067, 256, 'tile/0/x001/x234/067'],
    [0, 1000, 5, 'tile/0/x001/000.p/5'],
    ['entries', 999, 256, 'tile/entries/999'],
  ] as const)('level %s, index %i and width %i stand at the path of C2SP tlog-tiles', (level, index, width, path) => {
    expect(tilePath(level, index, width)).toBe(path)
  })

  it.each([
    [0, []],
    [1, ['tile/0/000.p/1', 'tile/entries/000.p/1']],
    [256, ['tile/0/000', 'tile/1/000.p/1', 'tile/entries/000']],
    [257, ['tile/0/000', 'tile/0/001.p/1', 'tile/1/000.p/1', 'tile/entries/000', 'tile/entries/001.p/1']],
    [
      600,
      [
        'tile/0/000',
        'tile/0/001',
        'tile/0/002.p/88',
        'tile/1/000.p/2',
        'tile/entries/000',
        'tile/entries/001',
        'tile/entries/002.p/88',
      ],
    ],
  ])('of %i entries are exactly those it needs', (size, paths) => {
    expect(
      tilesOf(size)
        .tiles.map(({ path }) => path)
        .sort(),
    ).toEqual(paths)
  })

  it('hold the hashes and entries they should, and give the root', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 900 }), (size) => {
        const { tree, tiles } = tilesOf(size)
        const leaves = Array.from({ length: size }, (_, i) => leafHash(Buffer.from(`entry ${i}`)))
        const subtrees = Array.from({ length: Math.floor(size / 256) }, (_, i) =>
          naiveRoot(leaves.slice(i * 256, i * 256 + 256)),
        )
        const level = (name: string): Buffer =>
          Buffer.concat(tiles.filter(({ path }) => path.startsWith(`tile/${name}/`)).map(({ content }) => content))
        expect(level('0').equals(Buffer.concat(leaves))).toBe(true)
        expect(level('1').equals(Buffer.concat(subtrees))).toBe(true)
        expect(naiveRoot(leaves).equals(tree.root())).toBe(true)
        const bundles = parseBundle(level('entries'), size)
        expect(bundles.kind === 'ok' && bundles.value.map(String)).toEqual(leaves.map((_, i) => `entry ${i}`))
      }),
      { numRuns: 20 },
    )
  })

  it('reach the third level', () => {
    const { tree, tiles } = tilesOf(65_536 + 1)
    expect(tiles.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['tile/0/255', 'tile/0/256.p/1', 'tile/1/000', 'tile/2/000.p/1']),
    )
    const left = tiles.find(({ path }) => path === 'tile/2/000.p/1')?.content ?? Buffer.alloc(0)
    expect(nodeHash(left, leafHash(Buffer.from('entry 65536'))).equals(tree.root())).toBe(true)
  })
})

describe('a bundle of entries', () => {
  it.each([
    ['cut in a length', Buffer.of(0, 1, 9, 0), 2],
    ['cut in an entry', Buffer.of(0, 2, 9), 1],
    ['with an entry too few', Buffer.of(0, 1, 9), 2],
    ['with an entry too many', Buffer.of(0, 0, 0, 0), 1],
  ])('is refused when %s', (_, bytes, count) => {
    expect(parseBundle(bytes, count)).toMatchObject({ kind: 'malformed' })
  })
})

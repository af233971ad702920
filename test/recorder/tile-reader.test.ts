import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TileReader } from '../../recorder/tile-reader.ts'
import { leafHash, nodeHash } from '../../recorder/merkle.ts'
import { TileTree, tilePath } from '../../recorder/tiles.ts'

const entryOf = (i: number): Buffer => Buffer.from(`entry ${i}`)

function ledgerOf(size: number) {
  const tree = new TileTree()
  const files = new Map<string, Buffer>()
  for (let i = 0; i < size; i++) for (const { path, content } of tree.append(entryOf(i))) files.set(path, content)
  for (const { path, content } of tree.partialTiles()) files.set(path, content)
  const read = async (path: string): Promise<Buffer> => {
    const found = files.get(path)
    if (found === undefined) throw new Error(`no file ${path}`)
    return found
  }
  return { files, root: tree.root(), reader: () => new TileReader({ size, root: tree.root() }, read) }
}

describe('a ledger read from its tiles', () => {
  it('gives every entry at sizes around the edges of tiles', async () => {
    for (const size of [1, 2, 255, 256, 257, 511, 512, 600, 65_535, 65_536, 65_537, 66_000]) {
      const reader = ledgerOf(size).reader()
      const indices = [0, 1, 255, 256, 257, 511, 512, size - 2, size - 1].filter((i) => i >= 0 && i < size)
      for (const i of indices) expect(await reader.entry(i), `entry ${i} of ${size}`).toEqual(entryOf(i))
    }
  })

  it('has no entry before the first and after the last', async () => {
    const reader = ledgerOf(300).reader()
    for (const index of [-1, 300, 1.5, Number.NaN, 2 ** 60])
      await expect(reader.entry(index)).rejects.toThrow(/expected a number below 300/)
  })

  it('refuses a forged tile of the bottom, also where its entries were forged with it', async () => {
    const { files, reader } = ledgerOf(70_000)
    // What the reader of CVE-2026-56865 let pass: entry and level-0 tile agree with each other, and with no parent.
    const bundlePath = tilePath('entries', 3)
    const bundle = Buffer.from(files.get(bundlePath) ?? Buffer.alloc(0))
    bundle.write('E', 2)
    files.set(bundlePath, bundle)
    const forged = Buffer.from('Entry 768')
    const tile = Buffer.from(files.get(tilePath(0, 3)) ?? Buffer.alloc(0))
    leafHash(forged).copy(tile)
    files.set(tilePath(0, 3), tile)
    await expect(reader().entry(768)).rejects.toThrow(/tile\/0\/003`: is not what its parent says/)
    expect(await reader().entry(0)).toEqual(entryOf(0))
    // One level up it is the same again, against the right edge.
    const parentPath = tilePath(1, 0)
    const parent = Buffer.from(files.get(parentPath) ?? Buffer.alloc(0))
    let hashes: Buffer[] = Array.from({ length: 256 }, (_, i) => tile.subarray(i * 32, i * 32 + 32))
    while (hashes.length > 1)
      hashes = hashes.flatMap((hash, i) => (i % 2 === 0 ? [nodeHash(hash, hashes[i + 1] ?? hash)] : []))
    hashes[0]?.copy(parent, 3 * 32)
    files.set(parentPath, parent)
    await expect(reader().entry(768)).rejects.toThrow(/tile\/1\/000`: is not what its parent says/)
  })

  it('refuses any changed byte of any file that an entry needs', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 1200 }),
        fc.nat(),
        fc.nat(),
        fc.nat(),
        async (size, at, file, byte) => {
          const { files, reader } = ledgerOf(size)
          const index = at % size
          const read = new Set<string>()
          const whole = new TileReader({ size, root: ledgerOf(size).root }, async (path) => {
            read.add(path)
            return files.get(path) ?? Buffer.alloc(0)
          })
          expect(await whole.entry(index)).toEqual(entryOf(index))
          const path = [...read][file % read.size] ?? ''
          const changed = Buffer.from(files.get(path) ?? Buffer.alloc(0))
          const where = byte % changed.length
          changed.writeUInt8((changed[where] ?? 0) ^ 0x40, where)
          files.set(path, changed)
          await expect(reader().entry(index)).rejects.toThrow(/tile|edge|bundle/)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('reads again what could not be read before', async () => {
    const { files } = ledgerOf(600)
    let isThere = false
    const reader = new TileReader({ size: 600, root: ledgerOf(600).root }, async (path) => {
      if (!isThere) throw new Error('the network is down')
      return files.get(path) ?? Buffer.alloc(0)
    })
    await expect(reader.entry(5)).rejects.toThrow('the network is down')
    isThere = true
    expect(await reader.entry(5)).toEqual(entryOf(5))
  })
})

// A ledger published as static files: grown step by step, read back, and never changed behind its own back.

import { existsSync, readdirSync, readFileSync, statSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import {
  entryBytes,
  parseTilePath,
  publishedIn,
  publishLedger,
  signCheckpoint,
  tidyPublished,
  TileReader,
  TileTree,
  verifyLog,
} from '../../recorder/index.ts'
import { tilePath } from '../../recorder/tiles.ts'
import { ledgerOf, rootOf } from './memory-ledger.ts'
import { checkpointOf, makeFolder, openedAt, signer, signerOf, trust } from './sample.ts'

const entryOf = (i: number): Buffer => entryBytes({ v: 1, at: openedAt + i, type: 'gateway.noted', data: { i } })
const most = 700
const all = Array.from({ length: most }, (_, i) => entryOf(i))

const ledger = ledgerOf(all)
const publish = (folder: string, size: number): Promise<number> =>
  publishLedger(folder, checkpointOf(all.slice(0, size), signer), ledger)

/** Every file by its path. */
function filesIn(folder: string): Map<string, string> {
  const names = (readdirSync(folder, { recursive: true }) as string[]).filter((name) =>
    statSync(join(folder, name)).isFile(),
  )
  return new Map(names.sort().map((name) => [name, readFileSync(join(folder, name)).toString('base64')]))
}

describe('a published ledger', () => {
  it('has, however it grew, the tiles that the entries make, and verifies', async () => {
    const steps = fc.uniqueArray(fc.integer({ min: 1, max: most }), { minLength: 1, maxLength: 4 })
    await fc.assert(
      fc.asyncProperty(steps, async (sizes) => {
        const folder = makeFolder()
        const grown = sizes.toSorted((a, b) => a - b)
        for (const size of grown) await publish(folder, size)
        const size = grown.at(-1) ?? 0
        const tree = new TileTree()
        const tiles = all.slice(0, size).flatMap((entry) => tree.append(entry))
        const files = filesIn(folder)
        for (const { path, content } of [...tiles, ...tree.partialTiles()])
          expect(files.get(path)).toBe(content.toString('base64'))
        expect(await verifyLog(publishedIn(folder), trust)).toMatchObject({ holds: true, ledger: { size } })
      }),
      { numRuns: 15 },
    )
  }, 60_000)

  it('can be read by its own reader, tile by tile', async () => {
    const folder = makeFolder()
    await publish(folder, 600)
    const reader = new TileReader({ size: 600, root: rootOf(all, 600) }, async (path) =>
      readFileSync(join(folder, path)),
    )
    for (const index of [0, 255, 256, 511, 512, 599]) expect(await reader.entry(index)).toEqual(all[index])
  })

  it('writes only what is new, and takes partial tiles away once the full one stands', async () => {
    const folder = makeFolder()
    await publish(folder, 200)
    await publish(folder, 250)
    const before = filesIn(folder)
    // The width of before stands as long as somebody may hold the checkpoint it is of.
    expect(before.has('tile/0/000.p/200')).toBe(true)
    expect(await publish(folder, 250)).toBe(0)
    expect(filesIn(folder)).toEqual(before)
    expect(await publish(folder, 300)).toBe(6 - 1)
    expect(existsSync(join(folder, 'tile/0/000.p'))).toBe(false)
    expect(existsSync(join(folder, 'tile/entries/000.p'))).toBe(false)
  })

  it('still verifies for whoever read the checkpoint before the full tile took the place of the partial one', async () => {
    const folder = makeFolder()
    await publish(folder, 250)
    const old = readFileSync(join(folder, 'checkpoint'))
    await publish(folder, 600)
    const read = publishedIn(folder)
    const report = await verifyLog(async (path, limit) => (path === 'checkpoint' ? old : read(path, limit)), trust)
    expect(report).toMatchObject({ holds: true, ledger: { size: 250 } })
  })

  it('goes on after a crash that left tiles without checkpoint and a draft', async () => {
    const folder = makeFolder()
    await publish(folder, 300)
    unlinkSync(join(folder, 'checkpoint'))
    writeFileSync(join(folder, 'tile/0/000.0123456789ab.tmp'), 'half')
    await tidyPublished(folder)
    await publish(folder, 600)
    expect(existsSync(join(folder, 'tile/0/000.0123456789ab.tmp'))).toBe(false)
    expect((await verifyLog(publishedIn(folder), trust)).holds).toBe(true)
  })

  it('stands whole or not at all wherever writing it was broken off, and goes on', async () => {
    for (let reads = 0; reads < 12; reads++) {
      const folder = makeFolder()
      await publish(folder, 250)
      let left = reads
      const lose = (): void => {
        if (left-- === 0) throw new Error('the power went')
      }
      const breaking: typeof ledger = {
        ...ledger,
        async hashes(level, first, count) {
          lose()
          return ledger.hashes(level, first, count)
        },
        async entries(first, until) {
          lose()
          return ledger.entries(first, until)
        },
      }
      const published = publishLedger(folder, checkpointOf(all, signer), breaking)
      const whole = await published.then(
        () => true,
        (error: unknown) => error instanceof Error && error.message !== 'the power went',
      )
      const size = whole ? most : 250
      expect(await verifyLog(publishedIn(folder), trust)).toMatchObject({ holds: true, ledger: { size } })
      await publish(folder, most)
      expect(await verifyLog(publishedIn(folder), trust)).toMatchObject({ holds: true, ledger: { size: most } })
    }
  }, 60_000)

  it.each([
    [
      'more entries than the ledger has',
      async (folder: string) => void (await publish(folder, 600)),
      'holds 600 entries',
    ],
    [
      'another ledger',
      async (folder: string) => {
        const other = signCheckpoint({ origin: 'other.example/l', size: 3, root: rootOf(all, 3), extensions: [] }, [
          signer,
        ])
        await publishLedger(folder, other, ledger)
      },
      'holds ledger',
    ],
    [
      'a fork of the ledger',
      async (folder: string) => {
        const entries = [entryOf(99), ...all.slice(1, 100)]
        await publishLedger(folder, checkpointOf(entries, signer), ledgerOf(entries))
      },
      'not those of the ledger',
    ],
  ])('is not written over where the folder holds %s', async (_, before, problem) => {
    const folder = makeFolder()
    await before(folder)
    const files = filesIn(folder)
    await expect(publish(folder, 500)).rejects.toThrow(problem)
    expect(filesIn(folder)).toEqual(files)
  })

  it('does not verify with a changed, cut or missing file, or by another key', async () => {
    const folder = makeFolder()
    await publish(folder, 600)
    const faultsWith = async (path: string, change: (bytes: Buffer) => Buffer | null): Promise<string[]> => {
      const read = publishedIn(folder)
      const changed = async (name: string, limit: number): Promise<Buffer | null> => {
        const bytes = await read(name, limit)
        return name === path && bytes !== null ? change(Buffer.from(bytes)) : bytes
      }
      return (await verifyLog(changed, trust)).findings.filter(({ holds }) => !holds).map(({ where }) => where)
    }
    const flip = (bytes: Buffer): Buffer => {
      bytes[40] = (bytes[40] ?? 0) ^ 1
      return bytes
    }
    for (const path of filesIn(folder).keys()) {
      expect(await faultsWith(path, flip)).not.toEqual([])
      expect(await faultsWith(path, (bytes) => bytes.subarray(0, -1))).not.toEqual([])
      expect(await faultsWith(path, () => null)).not.toEqual([])
    }
    writeFileSync(join(folder, 'checkpoint'), checkpointOf(all.slice(0, 600), signerOf(2)))
    expect((await verifyLog(publishedIn(folder), trust)).holds).toBe(false)
  }, 60_000)

  it('names tiles in one way only', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('entries' as const, 0, 3, 5),
        fc.nat({ max: 2 ** 40 }),
        fc.integer({ min: 1, max: 256 }),
        (level, index, width) => {
          expect(parseTilePath(tilePath(level, index, width))).toEqual({ level, index, width })
        },
      ),
    )
    for (const path of [
      'tile/0/0',
      'tile/0/x000/001',
      'tile/6/000',
      'tile/0/000.p/0',
      'tile/0/000.p/256',
      'tile/0/000/',
      'tile/0/../1',
    ])
      expect(parseTilePath(path)).toBeNull()
  })
})

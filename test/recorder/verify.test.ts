// Tampering with an export: whatever was changed is found, and the verifier goes on to find the rest.

import {
  appendFileSync,
  cpSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { execFileSync } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import {
  canonicalBytes,
  entryBytes,
  type Report,
  sealInterrupted,
  signCheckpoint,
  signNote,
  TileTree,
  verifyExport,
} from '../../recorder/index.ts'
import { sha256 } from '../../recorder/digest.ts'
import { parseBundle } from '../../recorder/tiles.ts'
import { filesIn, resign } from './resign.ts'
import {
  makeExport,
  makeFolder,
  openedAt,
  origin,
  sessionA,
  sessionB,
  signer,
  signerOf,
  trust,
  trustIn,
} from './sample.ts'

let kept: string
let intact: string

beforeAll(async () => {
  kept = mkdtempSync(join(tmpdir(), 'sallyport-verify-'))
  intact = (await makeExport(kept, { sessions: [sessionA, sessionB], padding: 300 })).dir
})
afterAll(() => rmSync(kept, { recursive: true, force: true }))

/** A copy to damage. */
function copy(): string {
  const dir = join(makeFolder(), 'export')
  cpSync(intact, dir, { recursive: true })
  return dir
}

const faultsOf = (report: Report): string[] => report.findings.filter(({ holds }) => !holds).map(({ where }) => where)

async function expectFault(dir: string, ...places: string[]): Promise<void> {
  const report = await verifyExport(dir, trust)
  expect(report.holds).toBe(false)
  expect(faultsOf(report)).toEqual(expect.arrayContaining(places))
}

describe('the intact export', () => {
  it('holds', async () => {
    expect(faultsOf(await verifyExport(copy(), trust))).toEqual([])
  })
})

describe('changing any file', () => {
  it('finds a flipped byte anywhere', async () => {
    const { dir } = await makeExport(makeFolder())
    let flips = 0
    for (const path of filesIn(dir)) {
      const whole = readFileSync(join(dir, path))
      // Every file from its first to its last byte, at steps that are no multiple of anything in the formats.
      const step = 23
      for (const at of new Set(
        [...Array(Math.ceil(whole.length / step)).keys()].map((i) => i * step).concat(whole.length - 1),
      )) {
        const changed = Buffer.from(whole)
        changed[at] = (changed[at] ?? 0) ^ (1 << (at % 8))
        writeFileSync(join(dir, path), changed)
        expect((await verifyExport(dir, trust)).holds, `${path} byte ${at}`).toBe(false)
        flips++
      }
      writeFileSync(join(dir, path), whole)
    }
    expect(flips).toBeGreaterThan(250)
    expect((await verifyExport(dir, trust)).holds).toBe(true)
  }, 120_000)

  it('finds each file that is gone, cut, longer, empty, renamed, or given twice', async () => {
    const { dir } = await makeExport(makeFolder())
    for (const path of filesIn(dir)) {
      const file = join(dir, path)
      const whole = readFileSync(file)
      const changes: [string, () => void][] = [
        ['gone', () => rmSync(file)],
        ['cut', () => truncateSync(file, whole.length - 1)],
        ['longer', () => appendFileSync(file, '\n')],
        ['empty', () => truncateSync(file, 0)],
        ['renamed', () => renameSync(file, `${file}x`)],
        ['given twice', () => linkSync(file, `${file}x`)],
      ]
      for (const [name, change] of changes) {
        change()
        expect((await verifyExport(dir, trust)).holds, `${path} ${name}`).toBe(false)
        rmSync(`${file}x`, { force: true })
        rmSync(file, { force: true })
        writeFileSync(file, whole)
      }
    }
    expect((await verifyExport(dir, trust)).holds).toBe(true)
  }, 120_000)

  it('finds what was put beside: a file, a folder, a link, a named pipe, which it does not wait for', async () => {
    const dir = copy()
    writeFileSync(join(dir, 'note.txt'), 'x')
    writeFileSync(join(dir, 'recordings', sessionA, '.reserve'), '')
    mkdirSync(join(dir, 'recordings', 'empty'))
    symlinkSync('/etc/passwd', join(dir, 'link'))
    execFileSync('mkfifo', [join(dir, 'keys', 'pipe')])
    await expectFault(dir, 'note.txt', `recordings/${sessionA}/.reserve`, 'recordings/empty', '`link`', '`keys/pipe`')
  })

  it('finds a file that became a link to its like, a pipe, or a folder', async () => {
    const linked = copy()
    const cast = join('casts', `${sessionA}.0000.cast`)
    rmSync(join(linked, cast))
    symlinkSync(join(intact, cast), join(linked, cast))
    await expectFault(linked, `\`${cast}\``, cast)
    const piped = copy()
    rmSync(join(piped, 'MANIFEST'))
    execFileSync('mkfifo', [join(piped, 'MANIFEST')])
    await expectFault(piped, 'MANIFEST')
    const folder = copy()
    rmSync(join(folder, 'recordings', sessionA, 'seal'))
    mkdirSync(join(folder, 'recordings', sessionA, 'seal'))
    await expectFault(folder, `recordings/${sessionA}/seal`)
    const whole = copy()
    rmSync(join(whole, 'ledger'), { recursive: true })
    symlinkSync(join(intact, 'ledger'), join(whole, 'ledger'))
    await expectFault(whole, '`ledger`')
  })

  it('reports what is no export at all', async () => {
    await expectFault(makeFolder(), 'MANIFEST', 'export.json', 'ledger/checkpoint')
    await expectFault(join(makeFolder(), 'missing'), 'MANIFEST', 'export')
  })

  it('goes on past the first fault', async () => {
    const dir = copy()
    rmSync(join(dir, 'export.json'))
    appendFileSync(join(dir, 'recordings', sessionB, '0001.stream'), 'x')
    appendFileSync(join(dir, 'ledger', 'checkpoint'), 'x')
    const report = await verifyExport(dir, trust)
    expect(faultsOf(report)).toEqual(
      expect.arrayContaining(['export.json', `recordings/${sessionB}/0001.stream`, 'ledger/checkpoint']),
    )
    expect(report.recordings).toMatchObject([{ session: sessionB, holds: false }, { session: sessionA }])
  })

  it('escapes what a stranger wrote before a person reads it', async () => {
    const dir = copy()
    writeFileSync(join(dir, '\u001b]0;owned\u0007'), '')
    const report = await verifyExport(dir, trust)
    expect(JSON.stringify(report.findings)).not.toContain('\\u001b')
    await expectFault(dir, '`\\u{1b}]0;owned\\u{7}`')
  })
})

describe('signing again', () => {
  it('finds an export that somebody made all over with another key', async () => {
    const { dir } = await makeExport(makeFolder(), { by: signerOf(2) })
    await expectFault(dir, 'MANIFEST', 'ledger/checkpoint')
    // The recording inside was sealed by the trusted key: that part holds.
    expect((await verifyExport(dir, trustIn(signerOf(2), signer))).holds).toBe(true)
  })

  it('finds each of the signed texts signed again with another key, even under a trusted MANIFEST', async () => {
    for (const path of ['ledger/checkpoint', `recordings/${sessionA}/seal`]) {
      const dir = copy()
      const text = `${readFileSync(join(dir, path), 'utf8').split('\n\n')[0] ?? ''}\n`
      writeFileSync(join(dir, path), signNote(text, [signerOf(2)]))
      resign(dir)
      await expectFault(dir, path)
    }
    const dir = copy()
    resign(dir, signerOf(2))
    await expectFault(dir, 'MANIFEST')
  })

  it('finds one text in the place of another, though the trusted key signed both', async () => {
    const dir = copy()
    cpSync(join(dir, 'ledger/checkpoint'), join(dir, 'MANIFEST'))
    await expectFault(dir, 'MANIFEST')
    const other = copy()
    cpSync(join(intact, 'MANIFEST'), join(other, 'recordings', sessionA, 'seal'))
    resign(other)
    await expectFault(other, `recordings/${sessionA}/seal`)
  })

  it('finds an export of another ledger', async () => {
    const report = await verifyExport(copy(), { ...trust, origin: 'plant2.example/ledger' })
    expect(faultsOf(report)).toEqual(expect.arrayContaining(['MANIFEST', 'export.json', 'ledger/checkpoint']))
  })
})

// From here on MANIFEST is made again with the trusted key: the inner checks are on their own.
describe('under a MANIFEST that agrees', () => {
  const frames = (stream: Buffer): Buffer[] => {
    const list: Buffer[] = []
    for (let at = 121; at < stream.length; at += 4 + stream.readUInt32BE(at))
      list.push(stream.subarray(at, at + 4 + stream.readUInt32BE(at)))
    return list
  }

  it.each<[string, (frames: Buffer[]) => Buffer[]]>([
    ['swapped', (list) => [...list.slice(0, 2), ...list.slice(2, 4).reverse(), ...list.slice(4)]],
    ['taken out', (list) => list.toSpliced(3, 1)],
    ['given twice', (list) => list.toSpliced(3, 0, ...list.slice(3, 4))],
    ['cut off at the end', (list) => list.slice(0, -1)],
    ['cut in two', (list) => [...list.slice(0, -1), (list.at(-1) ?? Buffer.alloc(0)).subarray(0, 9)]],
  ])('finds frames %s', async (_, change) => {
    const dir = copy()
    const path = `recordings/${sessionA}/0000.stream`
    const stream = readFileSync(join(dir, path))
    writeFileSync(join(dir, path), Buffer.concat([stream.subarray(0, 121), ...change(frames(stream))]))
    resign(dir)
    await expectFault(dir, path)
  })

  it('finds a changed byte in each part of a frame', async () => {
    for (const at of [121 + 4, 121 + 5, 121 + 13, 121 + 20, 121 + 30, 200]) {
      const dir = copy()
      const path = `recordings/${sessionA}/0000.stream`
      const stream = readFileSync(join(dir, path))
      stream[at] = (stream[at] ?? 0) ^ 1
      writeFileSync(join(dir, path), stream)
      resign(dir)
      await expectFault(dir, path)
    }
  })

  it('finds streams swapped, seals swapped, manifests swapped, and whole recordings swapped', async () => {
    const swap = (dir: string, a: string, b: string): void => {
      renameSync(join(dir, a), join(dir, 'held'))
      renameSync(join(dir, b), join(dir, a))
      renameSync(join(dir, 'held'), join(dir, b))
      resign(dir)
    }
    const [a, b] = [`recordings/${sessionA}`, `recordings/${sessionB}`]
    const streams = copy()
    swap(streams, `${a}/0000.stream`, `${a}/0001.stream`)
    await expectFault(streams, `${a}/0000.stream`, `${a}/0001.stream`)
    const seals = copy()
    swap(seals, `${a}/seal`, `${b}/seal`)
    await expectFault(seals, `${a}/seal`, `${b}/seal`)
    const manifests = copy()
    swap(manifests, `${a}/manifest.json`, `${b}/manifest.json`)
    await expectFault(manifests, `${a}/manifest.json`, `${b}/manifest.json`)
    const whole = copy()
    swap(whole, a, b)
    await expectFault(whole, `${a}/seal`, `${b}/seal`, a, b)
    const keys = copy()
    swap(keys, `keys/${sessionA}`, `keys/${sessionB}`)
    await expectFault(keys, a, b)
  })

  it('finds a recording sealed a second time, with the trusted key but not in the ledger', async () => {
    const dir = copy()
    rmSync(join(dir, 'recordings', sessionA, 'seal'))
    truncateSync(join(dir, 'recordings', sessionA, '0000.stream'), 300)
    await sealInterrupted({ root: join(dir, 'recordings'), sessionId: sessionA, signer, now: () => openedAt })
    resign(dir)
    await expectFault(dir, `recordings/${sessionA}`)
  })

  it('finds a recording that is missing, also when the header was changed to match, or one too many', async () => {
    const gone = copy()
    rmSync(join(gone, 'recordings', sessionA), { recursive: true })
    resign(gone)
    await expectFault(gone, `recordings/${sessionA}`, `keys/${sessionA}`)
    const unnamed = copy()
    const header = JSON.parse(readFileSync(join(unnamed, 'export.json'), 'utf8')) as Record<string, unknown>
    writeFileSync(join(unnamed, 'export.json'), canonicalBytes({ ...header, sessions: [sessionB] }))
    resign(unnamed)
    await expectFault(unnamed, `recordings/${sessionA}`)
  })

  it('finds a changed, added or missing cast', async () => {
    const cast = `casts/${sessionA}.0000.cast`
    const changed = copy()
    writeFileSync(join(changed, cast), readFileSync(join(changed, cast), 'utf8').replace('whoami', 'whoamI'))
    resign(changed)
    await expectFault(changed, cast)
    const missing = copy()
    rmSync(join(missing, cast))
    resign(missing)
    await expectFault(missing, cast)
    const added = copy()
    cpSync(join(added, cast), join(added, `casts/${sessionA}.0002.cast`))
    resign(added)
    await expectFault(added, `casts/${sessionA}.0002.cast`)
  })

  it('finds files that have no place in the format', async () => {
    const dir = copy()
    for (const path of ['extra.txt', 'ledger/extra', `recordings/${sessionA}/extra`, 'keys/extra', 'ledger/tile/0/007'])
      writeFileSync(join(dir, path), 'x')
    resign(dir)
    await expectFault(dir, 'extra.txt', 'ledger/extra', `recordings/${sessionA}`, 'keys/extra', 'ledger/tile/0/007')
  })

  it('finds a disclosure that opens nothing, or nothing in this ledger', async () => {
    const forged = copy()
    const path = 'disclosures.json'
    const list = JSON.parse(readFileSync(join(forged, path), 'utf8')) as { value: string }[]
    writeFileSync(join(forged, path), canonicalBytes(list.map((one) => ({ ...one, value: 'another reason' }))))
    resign(forged)
    await expectFault(forged, path)
    const foreign = copy()
    const salt = Buffer.alloc(32)
    const commitment = `sha256:${sha256(Buffer.concat([salt, Buffer.from('x')])).toString('hex')}`
    writeFileSync(join(foreign, path), canonicalBytes([{ commitment, salt: salt.toString('base64'), value: 'x' }]))
    resign(foreign)
    await expectFault(foreign, path)
  })

  /** Regression: CVE-2026-56865, a reader that took hashes from tiles did not notice a forged one. */
  it.each(['ledger/tile/0/000', 'ledger/tile/0/001.p/48', 'ledger/tile/1/000.p/1'])(
    'finds a forged hash tile: %s',
    async (path) => {
      const dir = copy()
      const tile = readFileSync(join(dir, path))
      for (const at of [0, tile.length - 1]) {
        const forged = Buffer.from(tile)
        forged[at] = (forged[at] ?? 0) ^ 1
        writeFileSync(join(dir, path), forged)
        resign(dir)
        await expectFault(dir, path)
      }
    },
  )

  it('finds a level-0 tile forged together with the level-1 tile and entry above and below it', async () => {
    const dir = copy()
    const { tree } = ledgerOf(dir, (entries) =>
      entries.with(5, entryBytes({ v: 1, at: 1, type: 'gateway.forged', data: {} })),
    )
    expect(tree.size).toBe(304)
    resign(dir)
    await expectFault(dir, 'ledger')
  })

  it.each<[string, (entries: Buffer[]) => Buffer[]]>([
    ['reordered', (entries) => [...entries.slice(0, 1), ...entries.slice(1, 3).reverse(), ...entries.slice(3)]],
    ['not canonical', (entries) => entries.with(0, Buffer.from('{"v":1,"at":1,"data":{},"type":"a.b"}'))],
    ['empty', (entries) => entries.with(0, Buffer.alloc(0))],
  ])('finds entries %s, with every tile made to fit', async (_, change) => {
    const dir = copy()
    ledgerOf(dir, change)
    resign(dir)
    await expectFault(dir, 'ledger')
  })

  it('finds an entry that is not canonical even under a checkpoint that the trusted key signed', async () => {
    const dir = copy()
    const { tree } = ledgerOf(dir, (entries) => entries.with(7, Buffer.from('{"v":1}')))
    writeFileSync(
      join(dir, 'ledger/checkpoint'),
      signCheckpoint({ origin, size: tree.size, root: tree.root(), extensions: [] }, [signer]),
    )
    resign(dir)
    await expectFault(dir, 'ledger entry 7', 'export.json')
  })

  it('finds a checkpoint of another size, however large, without looking for entries for ever', async () => {
    for (const size of [303, 305, 2 ** 52]) {
      const dir = copy()
      const root = Buffer.alloc(32, 1)
      writeFileSync(join(dir, 'ledger/checkpoint'), signCheckpoint({ origin, size, root, extensions: [] }, [signer]))
      resign(dir)
      await expectFault(dir, 'export.json', 'ledger')
    }
  })

  /** Changes the entries of an export and makes its tiles again. */
  function ledgerOf(dir: string, change: (entries: Buffer[]) => Buffer[]): { readonly tree: TileTree } {
    const read = (path: string, count: number): readonly Buffer[] => {
      const parsed = parseBundle(readFileSync(join(dir, path)), count)
      return parsed.kind === 'ok' ? parsed.value : []
    }
    const entries = [...read('ledger/tile/entries/000', 256), ...read('ledger/tile/entries/001.p/48', 48)]
    const tree = new TileTree()
    const tiles = change(entries).flatMap((entry) => tree.append(entry))
    for (const { path, content } of [...tiles, ...tree.partialTiles()])
      writeFileSync(join(dir, 'ledger', path), content)
    return { tree }
  }
})

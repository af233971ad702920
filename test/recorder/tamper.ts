// Ways to tamper with an export on disk, for tests that must see each of them found. None of them settles MANIFEST: that is
// resign.ts's, with the key the tamperer has.

import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

import { sha256Hex } from '../../recorder/digest.ts'
import { parseCheckpoint, parseNote, signCheckpoint, type Signer, signNote, TileTree } from '../../recorder/index.ts'
import { parseSeal, sealText } from '../../recorder/seal.ts'
import { parseBundle, tilePath, tileWidth } from '../../recorder/tiles.ts'

export type Tamper = (dir: string) => void

/** All of them, one after the other. */
export const both =
  (...tampers: readonly Tamper[]): Tamper =>
  (dir) => {
    for (const tamper of tampers) tamper(dir)
  }

export const edit =
  (path: string, change: (whole: Buffer) => Uint8Array): Tamper =>
  (dir) => {
    const whole = readFileSync(join(dir, path))
    const changed = Buffer.from(change(Buffer.from(whole)))
    if (changed.equals(whole)) throw new Error(`${path}: expected a change`)
    writeFileSync(join(dir, path), changed)
  }

/** One bit of the byte at `at`, counted from the end where it is negative; of the middle by default. */
export const flip = (path: string, at?: number): Tamper =>
  edit(path, (whole) => {
    const place = at === undefined ? whole.length >> 1 : at < 0 ? whole.length + at : at
    whole.writeUInt8(whole.readUInt8(place) ^ 1, place)
    return whole
  })

/** So many bytes less at its end. */
export const cut = (path: string, bytes: number): Tamper =>
  edit(path, (whole) => whole.subarray(0, whole.length - bytes))

/** The first place where a text stands, said otherwise. */
export const reword = (path: string, from: string, to: string): Tamper =>
  edit(path, (whole) => Buffer.from(whole.toString('latin1').replace(from, to), 'latin1'))

export const remove =
  (path: string): Tamper =>
  (dir) =>
    rmSync(join(dir, path))

export const add =
  (path: string, content: string | Uint8Array): Tamper =>
  (dir) => {
    mkdirSync(dirname(join(dir, path)), { recursive: true })
    writeFileSync(join(dir, path), content)
  }

/** The frames of a stream (FORMAT.md section 1.4), put together again after a change. */
export const reframe = (path: string, change: (frames: Buffer[]) => readonly Buffer[]): Tamper =>
  edit(path, (whole) => {
    const start = whole.indexOf('\n') + 1
    const frames: Buffer[] = []
    for (let at = start; at < whole.length;) {
      const end = at + 4 + whole.readUInt32BE(at)
      frames.push(whole.subarray(at, end))
      at = end
    }
    return Buffer.concat([whole.subarray(0, start), ...change(frames)])
  })

/** The same note with the signatures of these, and of nobody else. */
export const signAgain = (path: string, by: readonly Signer[], change = (text: string): string => text): Tamper =>
  edit(path, (whole) => signNote(change(noteText(whole)), by))

/** A seal made to fit the streams as they stand now. */
export const sealAnew =
  (recording: string, by: readonly Signer[]): Tamper =>
  (dir) => {
    const path = join(dir, recording, 'seal')
    const seal = parseSeal(noteText(readFileSync(path)))
    if (seal.kind === 'malformed') throw new Error(seal.reason)
    const streams = seal.value.streams.map((_, channel) => {
      const whole = readFileSync(join(dir, recording, `${String(channel).padStart(4, '0')}.stream`))
      let frames = 0
      for (let at = whole.indexOf('\n') + 1; at < whole.length; at += 4 + whole.readUInt32BE(at)) frames++
      return { frames, length: whole.length, head: sha256Hex(whole) }
    })
    writeFileSync(path, signNote(sealText({ ...seal.value, streams }), by))
  }

/** The entries of the ledger in an export. */
export function entriesIn(dir: string): Buffer[] {
  const { size } = checkpointIn(dir)
  const entries: Buffer[] = []
  for (let bundle = 0; bundle * tileWidth < size; bundle++) {
    const count = Math.min(tileWidth, size - bundle * tileWidth)
    const parsed = parseBundle(readFileSync(join(dir, 'ledger', tilePath('entries', bundle, count))), count)
    if (parsed.kind === 'malformed') throw new Error(parsed.reason)
    entries.push(...parsed.value)
  }
  return entries
}

/** Other entries, with the tiles they give; the checkpoint says what it said. */
export const retile =
  (change: (entries: Buffer[]) => readonly Uint8Array[]): Tamper =>
  (dir) =>
    void writeTiles(dir, change(entriesIn(dir)))

/** Other entries, with tiles, checkpoint and header made to fit: what only a holder of `by` can do. */
export const relog =
  (by: readonly Signer[], change: (entries: Buffer[]) => readonly Uint8Array[]): Tamper =>
  (dir) => {
    const { origin } = checkpointIn(dir)
    const tree = writeTiles(dir, change(entriesIn(dir)))
    const root = tree.root()
    writeFileSync(
      join(dir, 'ledger', 'checkpoint'),
      signCheckpoint({ origin, size: tree.size, root, extensions: [] }, by),
    )
    const header = readFileSync(join(dir, 'export.json'), 'utf8')
    const ledger = `"ledger":{"root":"${Buffer.from(root).toString('base64')}","size":${tree.size}}`
    writeFileSync(join(dir, 'export.json'), header.replace(/"ledger":\{[^}]*\}/, ledger))
  }

/** One entry said otherwise. */
export const reworded =
  (index: number, from: string, to: string) =>
  (entries: readonly Buffer[]): Buffer[] =>
    entries.map((entry, i) => (i === index ? Buffer.from(entry.toString('utf8').replace(from, to)) : entry))

export const swapped =
  <T>(one: number, other: number) =>
  (items: readonly T[]): T[] => {
    const order = items.map((_, i) => (i === one ? other : i === other ? one : i))
    return order.flatMap((i) => items.slice(i, i + 1))
  }

export const doubled =
  <T>(index: number) =>
  (items: readonly T[]): T[] =>
    items.flatMap((item, i) => (i === index ? [item, item] : [item]))

export const without =
  <T>(index: number) =>
  (items: readonly T[]): T[] =>
    items.filter((_, i) => i !== (index < 0 ? items.length + index : index))

function noteText(whole: Uint8Array): string {
  const note = parseNote(whole)
  if (note.kind === 'malformed') throw new Error(note.reason)
  return note.value.text
}

function checkpointIn(dir: string): { readonly origin: string; readonly size: number } {
  const parsed = parseCheckpoint(noteText(readFileSync(join(dir, 'ledger', 'checkpoint'))))
  if (parsed.kind === 'malformed') throw new Error(parsed.reason)
  return parsed.value
}

function writeTiles(dir: string, entries: readonly Uint8Array[]): TileTree {
  rmSync(join(dir, 'ledger', 'tile'), { recursive: true })
  const tree = new TileTree()
  const tiles = [...entries.flatMap((entry) => tree.append(entry)), ...tree.partialTiles()]
  for (const { path, content } of tiles) add(`ledger/${path}`, content)(dir)
  return tree
}

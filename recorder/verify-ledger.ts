// Verifying the ledger of an export (FORMAT.md section 5.4, points 4, 5, 7 and 9): the checkpoint, every entry, the root
// and every tile made again from the entries.

import { join } from 'node:path'
import type { JsonObject, JsonValue } from './canonical.ts'
import type { Checkpoint } from './checkpoint.ts'
import { quote, RecorderError } from './errors.ts'
import { parseEntry, type ParsedEntry } from './evidence.ts'
import { readSmall } from './regular-file.ts'
import type { Findings } from './report.ts'
import { maxBundleBytes, parseBundle, type TileFile, tilePath, TileTree, tileWidth } from './tiles.ts'
import type { Trust } from './trust.ts'
import { judgeByLedger } from './trusted.ts'
import { judgeCheckpoint, type LogPolicy } from './witness/policy.ts'

/**
 * Reads a file of a ledger by its path in an export, `ledger/checkpoint` or `ledger/tile/...`.
 * @throws RecorderError `unreadable` where it is not there, or has more bytes than `limit`.
 */
export type ReadLedger = (path: string, limit: number) => Promise<Buffer>

const readerOf = (from: string | ReadLedger): ReadLedger =>
  typeof from === 'string' ? (path, limit) => readSmall(join(from, path), limit) : from

const place = 'ledger'
const maxCheckpointBytes = 1 << 20

/**
 * Reads and verifies the checkpoint; what it says is given also when nobody trusted signed it. Under a policy its quorum of
 * witnesses must have cosigned it, too.
 */
export async function inspectCheckpoint(
  from: string | ReadLedger,
  trust: Trust,
  policy: LogPolicy | null,
  findings: Findings,
): Promise<Checkpoint | null> {
  const where = 'ledger/checkpoint'
  try {
    const bytes = await readerOf(from)(where, maxCheckpointBytes)
    if (policy !== null) inspectWitnesses(bytes, where, policy, findings)
    const verdict = judgeByLedger(bytes, trust.ledger)
    if (verdict.kind === 'malformed') {
      findings.bad(where, verdict.reason)
      return null
    }
    const { origin, size } = verdict.checkpoint
    if (verdict.kind === 'untrusted') findings.bad(where, verdict.reason)
    else findings.good(where, `size ${size}, signed by ${verdict.by.map(quote).join(', ')}`)
    const ours = origin === trust.origin
    findings.check(
      ours,
      where,
      'is of the trusted ledger',
      `origin: expected ${quote(trust.origin)}, got ${quote(origin)}`,
    )
    return verdict.checkpoint
  } catch (cause) {
    if (!(cause instanceof RecorderError)) throw cause
    findings.bad(where, cause.message)
    return null
  }
}

function inspectWitnesses(bytes: Uint8Array, where: string, policy: LogPolicy, findings: Findings): void {
  const verdict = judgeCheckpoint(bytes, policy)
  if (verdict.kind !== 'trusted') return findings.bad(where, `trust policy: ${verdict.reason}`)
  for (const { cosigner, at } of verdict.cosignatures)
    findings.good(where, `cosigned by ${quote(cosigner.name)} at ${new Date(at * 1000).toISOString()}`)
  findings.good(where, 'trust policy: its quorum of witnesses is there')
}

/** Is shown an entry by its number in the ledger. */
export type VisitEntry = (index: number, entry: ParsedEntry) => void

/**
 * Reads every entry of a ledger of this size, hands each sound one to `visit`, and compares root and tiles. `files` are
 * the paths that stand in the export, null where that cannot be known. Gives the roots of the first entries for the sizes wanted, as far as it came.
 */
export async function inspectEntries(
  from: string | ReadLedger,
  checkpoint: Checkpoint,
  files: ReadonlySet<string> | null,
  visit: VisitEntry,
  findings: Findings,
  wanted: ReadonlySet<number> = new Set(),
): Promise<ReadonlyMap<number, Uint8Array>> {
  const read = readerOf(from)
  const tree = new TileTree()
  const roots = new Map<number, Uint8Array>()
  const known = new Set<string>()
  /** False once an entry could not be read: then nothing that depends on all of them can be compared. */
  let whole = true
  const compare = async (tile: TileFile): Promise<void> => {
    const path = `${place}/${tile.path}`
    known.add(path)
    try {
      const standing = await read(path, maxBundleBytes)
      if (!standing.equals(tile.content)) findings.bad(path, 'is not what the entries give')
    } catch (cause) {
      if (!(cause instanceof RecorderError)) throw cause
      findings.bad(path, cause.message)
    }
  }
  // A checkpoint may claim any size: the loop ends at the first bundle that is not there.
  for (let bundle = 0; bundle * tileWidth < checkpoint.size; bundle++) {
    const count = Math.min(tileWidth, checkpoint.size - bundle * tileWidth)
    const path = `${place}/${tilePath('entries', bundle, count)}`
    known.add(path)
    if (files !== null && !files.has(path)) {
      findings.bad(path, 'is missing')
      whole = false
      break
    }
    const entries = await readBundle(read, path, count, findings)
    if (entries === null) {
      whole = false
      // Of what lies elsewhere nobody knows how much there is: a checkpoint may claim any size.
      if (files === null) break
      continue
    }
    for (const [i, bytes] of entries.entries()) {
      const index = bundle * tileWidth + i
      const entry = parseEntry(bytes)
      if (entry.kind === 'ok') visit(index, entry.value)
      else findings.bad(`ledger entry ${index}`, entry.reason)
      if (!whole) continue
      for (const tile of tree.append(bytes)) await compare(tile)
      if (wanted.has(tree.size)) roots.set(tree.size, tree.root())
    }
  }
  if (!whole) {
    findings.bad(place, 'root and tiles not compared: not every entry could be read')
    return roots
  }
  for (const tile of tree.partialTiles()) await compare(tile)
  const extra = [...(files ?? [])].filter((path) => path.startsWith('ledger/tile/') && !known.has(path))
  for (const path of extra) findings.bad(path, `is no tile of a ledger of ${checkpoint.size} entries`)
  const root = Buffer.from(tree.root())
  const got = root.toString('base64')
  const same = root.equals(checkpoint.root)
  findings.check(
    same,
    place,
    `${tree.size} entries, root \`${got}\` and tiles made again`,
    `root made of the entries is \`${got}\``,
  )
  return roots
}

/** The texts in a value that could be commitments. */
export function* commitmentsIn(value: JsonValue): Generator<string, void> {
  if (typeof value === 'string') {
    if (value.startsWith('sha256:')) yield value
  } else if (Array.isArray(value)) {
    for (const item of value as readonly JsonValue[]) yield* commitmentsIn(item)
  } else if (typeof value === 'object' && value !== null) {
    for (const item of Object.values(value as JsonObject)) yield* commitmentsIn(item)
  }
}

async function readBundle(
  read: ReadLedger,
  path: string,
  count: number,
  findings: Findings,
): Promise<readonly Buffer[] | null> {
  try {
    const parsed = parseBundle(await read(path, maxBundleBytes), count)
    if (parsed.kind === 'ok') return parsed.value
    findings.bad(path, parsed.reason)
  } catch (cause) {
    if (!(cause instanceof RecorderError)) throw cause
    findings.bad(path, cause.message)
  }
  return null
}

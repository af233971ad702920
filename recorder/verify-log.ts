// Verifying a ledger that is published as static files (C2SP tlog-tiles), in a folder or behind an address: the checkpoint by the
// trust file, every entry, the root and every tile made again. Constant memory; reads everything once.

import { join } from 'node:path'
import { DeletedRecordings } from './deleted.ts'
import { type EarlierCheckpoint, earlierSizes, inspectEarlier } from './earlier.ts'
import { RecorderError, systemCode } from './errors.ts'
import { DeclaredLosses } from './loss.ts'
import { readSmall } from './regular-file.ts'
import { Findings, type Finding } from './report.ts'
import { parseTilePath } from './tile-range.ts'
import { parseBundle, tilePath, tileWidth } from './tiles.ts'
import type { Trust } from './trust.ts'
import { inspectCheckpoint, inspectEntries, type VisitEntry } from './verify-ledger.ts'
import { isOfFormer } from './trusted.ts'
import type { LogPolicy } from './witness/policy.ts'

/**
 * Gives a file of a published ledger by its path, `checkpoint` or `tile/...`; null where there is none.
 * @throws RecorderError `unreadable` where it cannot be had, or has more bytes than `limit`.
 */
export type ReadPublished = (path: string, limit: number) => Promise<Buffer | null>

/** Plain data: JSON.stringify gives the machine-readable form. */
export interface LogReport {
  readonly format: 'sallyport-log-report/v1'
  readonly holds: boolean
  readonly ledger: { readonly origin: string; readonly size: number; readonly root: string } | null
  readonly findings: readonly Finding[]
}

const hashBytes = 32
const place = 'ledger/'

/** Reads a published ledger in a folder. */
export function publishedIn(folder: string): ReadPublished {
  return async (path, limit) => {
    try {
      return await readSmall(join(folder, path), limit)
    } catch (error) {
      if (error instanceof RecorderError && systemCode(error.cause) === 'ENOENT') return null
      throw error
    }
  }
}

/**
 * Verifies it whole, and shows every entry that can be read to `visitEntry`. Never throws for what it finds.
 * @param earlier checkpoints kept from before, which the ledger must go on from.
 */
export async function verifyLog(
  read: ReadPublished,
  trust: Trust,
  policy: LogPolicy | null = null,
  visitEntry: VisitEntry = () => undefined,
  earlier: readonly EarlierCheckpoint[] = [],
): Promise<LogReport> {
  const findings = new Findings()
  const reader = async (path: string, limit: number): Promise<Buffer> => {
    const bytes = await readTile(read, path.slice(place.length), limit)
    if (bytes === null) throw new RecorderError('unreadable', 'is missing')
    return bytes
  }
  const checkpoint = await inspectCheckpoint(reader, trust, policy, findings)
  if (checkpoint !== null) {
    const deleted = new DeletedRecordings((note) => isOfFormer(note, trust))
    const losses = new DeclaredLosses(trust)
    const visit: VisitEntry = (index, entry) => {
      visitEntry(index, entry)
      deleted.visit(index, entry)
      losses.visit(index, entry)
    }
    const wanted = new Set([...losses.sizes, ...earlierSizes(earlier)])
    const roots = await inspectEntries(reader, checkpoint, null, visit, findings, wanted)
    deleted.end([], findings)
    losses.end(roots, findings)
    inspectEarlier(earlier, trust, checkpoint.size, roots, findings)
  }
  const { list } = findings
  return {
    format: 'sallyport-log-report/v1',
    holds: list.every(({ holds }) => holds),
    ledger:
      checkpoint === null
        ? null
        : {
            origin: checkpoint.origin,
            size: checkpoint.size,
            root: Buffer.from(checkpoint.root).toString('base64'),
          },
    findings: list,
  }
}

/** A partial tile may be gone since the full one is there: it is the beginning of that. */
async function readTile(read: ReadPublished, path: string, limit: number): Promise<Buffer | null> {
  const bytes = await read(path, limit)
  const tile = bytes === null ? parseTilePath(path) : null
  if (bytes !== null || tile === null || tile.width === tileWidth) return bytes
  const full = await read(tilePath(tile.level, tile.index), limit)
  if (full === null) return null
  if (tile.level !== 'entries') return full.subarray(0, tile.width * hashBytes)
  const parsed = parseBundle(full, tileWidth)
  if (parsed.kind === 'malformed') throw new RecorderError('unreadable', parsed.reason)
  const length = parsed.value.slice(0, tile.width).reduce((sum, entry) => sum + 2 + entry.length, 0)
  return full.subarray(0, length)
}

/** The report as lines for a person. */
export function formatLogReport({ holds, ledger, findings }: LogReport): string[] {
  const faults = findings.filter((finding) => !finding.holds)
  return [
    ...(ledger === null ? [] : [`LEDGER ${ledger.origin}: ${ledger.size} entries, root ${ledger.root}`]),
    ...findings.map((finding) => `  ${finding.holds ? 'ok  ' : 'FAIL'} ${finding.where}: ${finding.what}`),
    holds ? 'VERIFIED: everything holds' : `NOT VERIFIED: ${faults.length} of ${findings.length} findings fail`,
  ]
}

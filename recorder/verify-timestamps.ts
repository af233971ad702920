// Timestamps in an export (FORMAT.md sections 3.3 and 5.4, point 12). The checkpoint that was attested must be one of this very
// ledger: its root is the one that the entries give. Whether the token holds is asked of whoever brings an ASN.1 library; without
// one the finding says which openssl command tells.

import { parseCheckpoint } from './checkpoint.ts'
import { quote } from './errors.ts'
import { attestedPath, timestampsFolder } from './layout.ts'
import { parseNote } from './note.ts'
import type { Findings } from './report.ts'
import { originAt, type Trust } from './trust.ts'
import { readOr } from './verify-files.ts'

/** Judges a TimeStampResp for a document: `verifyTimestamp` of timestamp/token.ts with the authorities an auditor trusts. */
export type JudgeTimestamp = (
  response: Uint8Array,
  document: Uint8Array,
) => Promise<
  | { readonly kind: 'attested'; readonly time: number; readonly by: string; readonly certificateUntil: number }
  | { readonly kind: 'refused'; readonly reason: string }
>

const maxNoteBytes = 1 << 20
const maxResponseBytes = 64 * 1024
const noteName = /^ledger\/timestamps\/(0|[1-9][0-9]{0,15})\.checkpoint$/
const tokenName = /^ledger\/timestamps\/(0|[1-9][0-9]{0,15})\.([a-z0-9][a-z0-9-]{0,63})\.tsr$/

/** Sizes whose root is wanted while the entries are read. */
export function attestedSizes(paths: Iterable<string>): Set<number> {
  return new Set([...paths].flatMap((path) => noteName.exec(path)?.[1] ?? []).map(Number))
}

/** @param roots of the first entries, by size, as far as the entries gave them. */
export async function inspectTimestamps(
  dir: string,
  trust: Trust,
  paths: ReadonlySet<string>,
  roots: ReadonlyMap<number, Uint8Array>,
  judge: JudgeTimestamp | null,
  findings: Findings,
): Promise<void> {
  const notes = new Map<number, Buffer>()
  const used = new Set<number>()
  for (const path of paths) {
    const size = noteName.exec(path)?.[1]
    if (size === undefined) continue
    const note = await readOr(dir, path, maxNoteBytes, findings)
    if (note === null) continue
    notes.set(Number(size), note)
    const fault = noteFault(note, originAt(trust, Number(size)), Number(size), roots.get(Number(size)))
    findings.check(fault === null, path, 'is of the first entries of this ledger', fault ?? '')
  }
  for (const path of paths) {
    const [, size, name] = tokenName.exec(path) ?? []
    if (size === undefined || name === undefined) {
      if (path.startsWith(timestampsFolder) && !noteName.test(path))
        findings.bad(path.replace(/[^\x20-\x7e]/g, '?'), 'has no place in an export')
      continue
    }
    used.add(Number(size))
    const document = notes.get(Number(size))
    if (document === undefined)
      findings.bad(path, `the checkpoint it attests, ${quote(attestedPath(Number(size)))}, is missing`)
    else await inspectToken(dir, path, document, judge, findings)
  }
  for (const size of notes.keys()) if (!used.has(size)) findings.bad(attestedPath(size), 'no timestamp attests it')
}

async function inspectToken(
  dir: string,
  path: string,
  document: Buffer,
  judge: JudgeTimestamp | null,
  findings: Findings,
): Promise<void> {
  const command = `openssl ts -verify -in ${path} -data ${path.replace(/\.[a-z0-9-]+\.tsr$/, '.checkpoint')} -CAfile TSA-CA.pem`
  if (judge === null) return findings.good(path, `a timestamp stands there, not judged here: \`${command}\``)
  const response = await readOr(dir, path, maxResponseBytes, findings)
  if (response === null) return
  const verdict = await judge(response, document)
  if (verdict.kind === 'refused') return findings.bad(path, verdict.reason)
  const attime = `-attime ${Math.floor(verdict.time / 1000)}`
  findings.good(
    path,
    `was there at ${new Date(verdict.time).toISOString()}, says ${quote(verdict.by)}: \`${command} ${attime}\` says the same`,
  )
}

function noteFault(note: Buffer, origin: string, size: number, root: Uint8Array | undefined): string | null {
  const parsed = parseNote(note)
  const said = parsed.kind === 'ok' ? parseCheckpoint(parsed.value.text) : parsed
  if (said.kind === 'malformed') return said.reason
  if (said.value.origin !== origin) return `origin: expected ${quote(origin)}, got ${quote(said.value.origin)}`
  if (said.value.size !== size) return `size: expected ${size} as in its name, got ${said.value.size}`
  if (root === undefined) return `root not compared: the ledger here has no first ${size} entries`
  return Buffer.from(root).equals(said.value.root) ? null : `root: is not that of the first ${size} entries`
}

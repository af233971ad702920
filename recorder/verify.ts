// Verifying an export (FORMAT.md section 5.4) with nothing but the folder and a trust file: no gateway, no database, no
// network. Goes on past the first fault, in constant memory for streams and entries.

import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { type AbsentRecording, AbsentRecordings } from './absent.ts'
import { exportCast } from './asciicast.ts'
import { DeletedRecordings } from './deleted.ts'
import { DeclaredLosses } from './loss.ts'
import { type Disclosure, opensCommitment, parseDisclosures } from './disclosure.ts'
import { type EarlierCheckpoint, earlierSizes, inspectEarlier } from './earlier.ts'
import type { ParsedEntry } from './evidence.ts'
import { quote } from './errors.ts'
import { excerptFile, inspectExcerpt } from './excerpt.ts'
import { type ExportHeader, maxHeaderBytes, parseExportHeader } from './export-header.ts'
import { parseSessionKey } from './session-key.ts'
import { channelText, isSessionId } from './layout.ts'
import { Findings, type Report } from './report.ts'
import { LedgerStatements, type Statements } from './statements.ts'
import type { Trust } from './trust.ts'
import { isOfFormer, sealFault, sealKeys, sealVerifiers } from './trusted.ts'
import type { LogPolicy } from './witness/policy.ts'
import { inspectFiles, readOr } from './verify-files.ts'
import { commitmentsIn, inspectCheckpoint, inspectEntries, type VisitEntry } from './verify-ledger.ts'
import { inspectRecording, type VerifiedRecording } from './verify-recording.ts'
import { attestedSizes, inspectTimestamps, type JudgeTimestamp } from './verify-timestamps.ts'

const maxDisclosuresBytes = 256 << 20

/**
 * Verifies an export. Never throws for what it finds: whatever is wrong with the folder, a missing one included, is in
 * the report.
 * @param policy asks for witnesses beside the keys of the trust file.
 * @param options.judgeTimestamp left out, timestamps are named and not judged.
 * @param options.earlier checkpoints kept from before, which the ledger must go on from.
 * @param options.visitEntry is shown every entry that can be read, in order, whether or not the ledger holds.
 */
export async function verifyExport(
  dir: string,
  trust: Trust,
  policy: LogPolicy | null = null,
  options: {
    readonly judgeTimestamp?: JudgeTimestamp
    readonly visitEntry?: VisitEntry
    readonly earlier?: readonly EarlierCheckpoint[]
  } = {},
): Promise<Report> {
  const findings = new Findings()
  const digests = await inspectFiles(dir, trust, findings)
  const paths = new Set(digests.keys())
  const header = await readHeader(dir, trust, findings)
  const isExcerpt = header?.extent?.entries === 'excerpt'
  const disclosures = await readDisclosures(dir, findings)

  const sessions = sessionsIn(paths, header, findings)
  const statements = new LedgerStatements(sessions)
  const deleted = new DeletedRecordings((note) => isOfFormer(note, trust))
  const losses = new DeclaredLosses(trust)
  const absence = new AbsentRecordings()
  let absent: readonly AbsentRecording[] = []
  const checkpoint = await inspectCheckpoint(dir, trust, policy, findings)
  if (checkpoint !== null) {
    const root = Buffer.from(checkpoint.root).toString('base64')
    const same = header === null || (header.ledger.size === checkpoint.size && header.ledger.root === root)
    if (!same) findings.bad('export.json', 'ledger: size or root is not the checkpoint\u2019s')
    const opened = new OpenedCommitments(disclosures)
    const visit = (index: number, entry: ParsedEntry): void => {
      opened.visit(entry)
      statements.visit(index, entry)
      deleted.visit(index, entry)
      absence.visit(index, entry)
      losses.visit(index, entry)
      options.visitEntry?.(index, entry)
    }
    const earlier = options.earlier ?? []
    const wanted = new Set([...attestedSizes(paths), ...losses.sizes, ...earlierSizes(earlier)])
    if (isExcerpt) {
      await inspectExcerpt(dir, checkpoint, visit, findings)
      for (const { where } of earlier)
        findings.bad(quote(where), 'cannot be compared with an excerpt of the ledger: take an export of all of it')
    } else {
      const roots = await inspectEntries(dir, checkpoint, paths, visit, findings, wanted)
      await inspectTimestamps(dir, trust, paths, roots, options.judgeTimestamp ?? null, findings)
      losses.end(roots, findings)
      inspectEarlier(earlier, trust, checkpoint.size, roots, findings)
    }
    opened.end(findings)
    deleted.end(sessions, findings)
    absent = absence.end(sessions, findings)
  }

  const recordings: VerifiedRecording[] = []
  for (const session of sessions) {
    const where = `recordings/${session}`
    const key = await readKey(dir, session, paths, findings)
    const { heads } = statements.of(session)
    const recording = await inspectRecording(join(dir, where), where, sealVerifiers(trust), { key, heads }, findings)
    recordings.push(recording)
    if (checkpoint !== null) compareStatements(recording, statements.of(session), trust, findings)
    else inspectSealKeys(recording, { index: null, isFound: false }, trust, findings)
    if (key !== null) await inspectCasts(dir, recording, key, digests, findings)
  }
  for (const path of paths) inspectPath(path, isExcerpt, recordings, findings)

  return {
    format: 'sallyport-report/v1',
    holds: findings.list.every((finding) => finding.holds),
    header:
      header === null
        ? null
        : {
            origin: header.origin,
            createdAt: header.createdAt,
            purpose: header.purpose,
            scope: header.scope,
            ...(header.extent && { extent: header.extent }),
          },
    ledger:
      checkpoint === null ? null : { size: checkpoint.size, root: Buffer.from(checkpoint.root).toString('base64') },
    recordings: recordings.map(({ manifestDigest: _manifest, sealDigest: _seal, sealedBy: _by, ...summary }) => ({
      ...summary,
      holds: ['recordings', 'keys', 'casts'].every((top) => findings.hold(`${top}/${summary.session}`)),
    })),
    deleted: deleted.list,
    absent,
    findings: findings.list,
  }
}

async function readHeader(dir: string, trust: Trust, findings: Findings): Promise<ExportHeader | null> {
  const where = 'export.json'
  const bytes = await readOr(dir, where, maxHeaderBytes, findings)
  if (bytes === null) return null
  const parsed = parseExportHeader(bytes)
  if (parsed.kind === 'malformed') {
    findings.bad(where, parsed.reason)
    return null
  }
  const ours = parsed.value.origin === trust.origin
  findings.check(ours, where, 'is complete and of the trusted ledger', 'origin: is not the one of the trust file')
  return parsed.value
}

async function readDisclosures(dir: string, findings: Findings): Promise<readonly Disclosure[]> {
  const where = 'disclosures.json'
  const bytes = await readOr(dir, where, maxDisclosuresBytes, findings)
  if (bytes === null) return []
  const parsed = parseDisclosures(bytes)
  if (parsed.kind === 'malformed') {
    findings.bad(where, parsed.reason)
    return []
  }
  for (const disclosure of parsed.value)
    if (!opensCommitment(disclosure)) findings.bad(where, `\`${disclosure.commitment}\`: salt and value do not give it`)
  return parsed.value
}

/** Sessions that the header names or that have a folder; the two must be the same. */
function sessionsIn(paths: ReadonlySet<string>, header: ExportHeader | null, findings: Findings): string[] {
  const standing = new Set<string>()
  for (const path of paths) {
    const [top, session] = path.split('/')
    if (top === 'recordings' && session !== undefined && isSessionId(session)) standing.add(session)
  }
  if (header === null) return [...standing].sort()
  for (const session of header.sessions)
    if (!standing.has(session)) findings.bad(`recordings/${session}`, 'is missing: export.json names it')
  for (const session of standing)
    if (!header.sessions.includes(session)) findings.bad(`recordings/${session}`, 'is not named in export.json')
  return [...standing].sort()
}

async function readKey(
  dir: string,
  session: string,
  paths: ReadonlySet<string>,
  findings: Findings,
): Promise<Buffer | null> {
  const where = `keys/${session}`
  if (!paths.has(where)) return null
  const bytes = await readOr(dir, where, 1024, findings)
  if (bytes === null) return null
  const key = parseSessionKey(bytes.toString('latin1'))
  if (key === null) findings.bad(where, 'expected 64 hex digits and a newline')
  return key
}

/** Makes each cast again and compares; a channel without cast must have none. */
async function inspectCasts(
  dir: string,
  { session, channels }: VerifiedRecording,
  key: Buffer,
  digests: ReadonlyMap<string, string>,
  findings: Findings,
): Promise<void> {
  for (let channel = 0; channel < channels; channel++) {
    const where = `casts/${session}.${channelText(channel)}.cast`
    const hash = createHash('sha256')
    let lines = 0
    for await (const line of exportCast(join(dir, 'recordings', session), key, session, channel)) {
      hash.update(line, 'utf8')
      lines++
    }
    const standing = digests.get(where)
    if (lines === 0 && standing === undefined) continue
    if (lines > 0 && standing === undefined) findings.bad(where, 'is missing: the recording gives one')
    else
      findings.check(
        standing === hash.digest('hex'),
        where,
        'is what the recording gives',
        'is not what the recording gives',
      )
  }
}

/** Files that are listed and sound but that no part of the format accounts for. */
function inspectPath(
  path: string,
  isExcerpt: boolean,
  recordings: readonly VerifiedRecording[],
  findings: Findings,
): void {
  const [top = '', name = '', ...rest] = path.split('/')
  const of = (session: string): VerifiedRecording | undefined => recordings.find((one) => one.session === session)
  switch (top) {
    case 'export.json':
    case 'disclosures.json':
      return
    case 'ledger':
      if (path === 'ledger/checkpoint' || (isExcerpt && path === excerptFile)) return
      if (!isExcerpt && (name === 'tile' || name === 'timestamps')) return
      break
    case 'recordings':
      if (of(name) !== undefined) return
      break
    case 'keys':
      if (of(name) !== undefined && rest.length === 0) return
      break
    case 'casts': {
      const [, session = '', channel = ''] = /^([^.]+)\.([0-9]{4})\.cast$/.exec(name) ?? []
      const recording = of(session)
      if (recording?.decrypted === true && Number(channel) < recording.channels && rest.length === 0) return
      break
    }
    default:
      break
  }
  findings.bad(path.replace(/[^\x20-\x7e]/g, '?'), 'has no place in an export')
}

/** What ledger and recording must say alike: manifest and seal. Heads were compared while the streams were read. */
function compareStatements(
  recording: VerifiedRecording,
  { manifests, seals, unreadable }: Statements,
  trust: Trust,
  findings: Findings,
): void {
  const where = `recordings/${recording.session}`
  for (const { index, manifest } of manifests)
    if (manifest !== recording.manifestDigest) findings.bad(where, `ledger entry ${index} names another manifest`)
  for (const index of unreadable) findings.bad(where, `ledger entry ${index}: expected heads of its streams`)
  for (const { index, seal, status, channels, frames, isFound } of seals)
    if (seal !== recording.sealDigest) findings.bad(where, `ledger entry ${index} names another seal`)
    else if (status !== recording.status || channels !== recording.channels || frames !== recording.frames)
      findings.bad(where, `ledger entry ${index}: status, channels or frames are not the recording\u2019s`)
    else {
      findings.good(where, `seal stands in ledger entry ${index}`)
      inspectSealKeys(recording, { index, isFound }, trust, findings)
    }
  if (seals.length === 0) findings.bad(where, 'no ledger entry names its seal')
}

/** A key that was retired vouches only for seals the ledger named before. */
function inspectSealKeys(
  { session, sealedBy }: VerifiedRecording,
  { index, isFound }: { readonly index: number | null; readonly isFound: boolean },
  trust: Trust,
  findings: Findings,
): void {
  // Numbers of entries go on from one ledger to the next, so one look at the keys of all is enough.
  const fault = sealFault(sealKeys([trust.ledger, ...trust.ledgers]), sealedBy, index, isFound)
  if (fault !== null) findings.bad(`recordings/${session}/seal`, fault)
}

/** The disclosed commitments that still have to be found in the ledger. */
class OpenedCommitments {
  readonly #missing: Set<string>
  readonly #disclosed: number

  constructor(disclosures: readonly Disclosure[]) {
    this.#missing = new Set(disclosures.map(({ commitment }) => commitment))
    this.#disclosed = this.#missing.size
  }

  visit(entry: ParsedEntry): void {
    if (this.#missing.size > 0) for (const text of commitmentsIn(entry.data)) this.#missing.delete(text)
  }

  end(findings: Findings): void {
    for (const commitment of this.#missing)
      findings.bad('disclosures.json', `\`${commitment}\`: stands in no ledger entry`)
    if (this.#missing.size === 0)
      findings.good('disclosures.json', `${this.#disclosed} commitments of the ledger opened`)
  }
}

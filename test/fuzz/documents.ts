// Targets: the documents of the evidence formats. What is read must give the same bytes again: then no two files mean the same,
// and nothing in one goes unread.

import assert from 'node:assert/strict'

import { canonicalBytes, type JsonValue, parseCanonical, type Parsed } from '../../recorder/canonical.ts'
import { parseDecimal } from '../../recorder/digest.ts'
import { disclosuresBytes, opensCommitment, parseDisclosures } from '../../recorder/disclosure.ts'
import { excerptLine, parseExcerptLine, type ProvedEntry } from '../../recorder/excerpt.ts'
import { exportHeaderBytes, parseExportHeader } from '../../recorder/export-header.ts'
import { exportManifestText, parseExportManifest } from '../../recorder/export-manifest.ts'
import {
  DeletedRecordings,
  entryBytes,
  LedgerStatements,
  parseEntry,
  parseProof,
  parseSessionKey,
  parseTrust,
  trustTextFrom,
  writeProof,
  writeSubmission,
} from '../../recorder/index.ts'
import { DeclaredLosses } from '../../recorder/loss.ts'
import { parseManifest } from '../../recorder/manifest.ts'
import { decodeBase64, parseNamedKey, parseNote, parseVerifierKey } from '../../recorder/note.ts'
import { Findings } from '../../recorder/report.ts'
import { parseSeal, sealText } from '../../recorder/seal.ts'
import { sessionKeyText } from '../../recorder/session-key.ts'
import { parseTilePath } from '../../recorder/tile-range.ts'
import { parseBundle, tilePath } from '../../recorder/tiles.ts'
import { parseCosignerKey } from '../../recorder/witness/cosignature.ts'
import { parseSubmission } from '../../recorder/witness/submission.ts'
import { golden, goldenFiles, goldenTrust } from './samples.ts'
import { type FuzzTarget, textOf } from './target.ts'

/** A document that is canonical: what was read, written again, is what was there. */
function document<T>(
  name: string,
  reads: string,
  samples: readonly Buffer[],
  parse: (bytes: Buffer) => Parsed<T>,
  write: (value: T) => Uint8Array | string,
): FuzzTarget {
  return {
    name,
    reads: [reads],
    promise: 'is malformed, or gives the same bytes again',
    samples,
    judge(bytes) {
      const parsed = parse(bytes)
      if (parsed.kind === 'malformed') return assert.ok(parsed.reason.length > 0)
      const written = write(parsed.value)
      assert.deepEqual(typeof written === 'string' ? Buffer.from(written, 'utf8') : Buffer.from(written), bytes)
    },
  }
}

const lineOf = (proved: ProvedEntry): Buffer => excerptLine(proved).subarray(0, -1)

/** Text of a note without its signatures. */
const noteTexts = (pattern: RegExp): Buffer[] =>
  goldenFiles(pattern).map((bytes) => bytes.subarray(0, bytes.indexOf('\n\n') + 1))

/** Bytes that are no UTF-8 reach these readers only as another text, so they are read as that. */
const asText =
  <T>(parse: (text: string) => Parsed<T>) =>
  (bytes: Buffer): Parsed<T> =>
    Buffer.from(textOf(bytes), 'utf8').equals(bytes) ? parse(textOf(bytes)) : { kind: 'malformed', reason: 'no UTF-8' }

const bundles = goldenFiles(/tile\/entries\//)
const entries = bundles.flatMap((bundle) => {
  const found: Buffer[] = []
  for (let at = 0; at < bundle.length; at += 2 + bundle.readUInt16BE(at))
    found.push(bundle.subarray(at + 2, at + 2 + bundle.readUInt16BE(at)))
  return found
})
const keys = goldenFiles(/(policy\.txt|trust\.json)$/).flatMap((file) =>
  [...textOf(file).matchAll(/[a-z0-9./-]+\+[0-9a-f]{8}\+[A-Za-z0-9+/=]+/g)].map(([key]) => Buffer.from(key)),
)
const checkpoint = golden('v1-revised', 'export/ledger/checkpoint')

export const documentTargets: readonly FuzzTarget[] = [
  document(
    'canonical-json',
    'recorder/canonical.ts: parseCanonical',
    [...entries, ...goldenFiles(/\.json$/)],
    parseCanonical,
    canonicalBytes,
  ),
  document('ledger-entry', 'recorder/evidence.ts: parseEntry', entries, parseEntry, ({ at, type, data }) =>
    entryBytes({ v: 1, at, type, data }),
  ),
  document(
    'manifest',
    'recorder/manifest.ts: parseManifest',
    goldenFiles(/manifest\.json$/),
    parseManifest,
    canonicalBytes,
  ),
  document('seal', 'recorder/seal.ts: parseSeal', noteTexts(/\/seal$/), asText(parseSeal), sealText),
  document(
    'export-header',
    'recorder/export-header.ts: parseExportHeader',
    goldenFiles(/export\.json$/),
    parseExportHeader,
    exportHeaderBytes,
  ),
  document(
    'excerpt-line',
    'recorder/excerpt.ts: parseExcerptLine',
    entries.slice(0, 4).map((entry, index) => lineOf({ index, entry, proof: [Buffer.alloc(32, index)] })),
    parseExcerptLine,
    lineOf,
  ),
  document(
    'export-manifest',
    'recorder/export-manifest.ts: parseExportManifest',
    noteTexts(/MANIFEST$/),
    asText(parseExportManifest),
    exportManifestText,
  ),
  {
    name: 'disclosures',
    reads: ['recorder/disclosure.ts: parseDisclosures'],
    promise: 'is malformed, or gives the same bytes again once each opens its commitment',
    samples: goldenFiles(/disclosures\.json$/),
    judge(bytes) {
      const parsed = parseDisclosures(bytes)
      if (parsed.kind === 'malformed') return assert.ok(parsed.reason.length > 0)
      if (parsed.value.every(opensCommitment)) assert.deepEqual(disclosuresBytes(parsed.value), bytes)
    },
  },
  document('proof', 'recorder/witness/proof.ts: parseProof', goldenFiles(/\.tlog-proof$/), parseProof, writeProof),
  document(
    'submission',
    'recorder/witness/submission.ts: parseSubmission',
    [writeSubmission({ old: 3, proof: [Buffer.alloc(32, 1), Buffer.alloc(32, 2)], checkpoint })],
    parseSubmission,
    writeSubmission,
  ),
  {
    name: 'signed-note',
    reads: ['recorder/note.ts: parseNote', 'recorder/note.ts: decodeBase64'],
    promise: 'is malformed, or its text stands at the beginning of the bytes',
    samples: goldenFiles(/(seal|MANIFEST|checkpoint)$/),
    judge(bytes) {
      const note = parseNote(bytes)
      if (note.kind === 'malformed') return
      assert.equal(bytes.indexOf(Buffer.from(note.value.text, 'utf8')), 0)
      const tail = bytes.toString('latin1').split(/[\n ]/).at(-2) ?? ''
      const decoded = decodeBase64(tail)
      if (decoded !== null) assert.equal(decoded.toString('base64'), tail)
    },
  },
  {
    name: 'verifier-key',
    reads: [
      'recorder/note.ts: parseVerifierKey',
      'recorder/note.ts: parseNamedKey',
      'recorder/witness/cosignature.ts: parseCosignerKey',
    ],
    promise: 'is malformed, or is the very text that was read',
    samples: keys,
    judge(bytes) {
      const text = textOf(bytes)
      for (const parsed of [parseVerifierKey(text), parseCosignerKey(text)])
        if (parsed.kind === 'ok') assert.equal(parsed.value.vkey, text)
      const named = parseNamedKey(text)
      if (named.kind === 'ok') assert.ok(text.startsWith(`${named.value.name}+`))
    },
  },
  {
    name: 'trust-file',
    reads: ['recorder/trust.ts: parseTrust'],
    promise: 'is malformed with every problem, or gives a file that is read the same',
    samples: goldenFiles(/trust\.json$/),
    judge(bytes) {
      const value = jsonIn(bytes)
      if (value === undefined) return
      const parsed = parseTrust(value)
      if (parsed.kind === 'malformed') return assert.ok(parsed.problems.length > 0)
      const again = parseTrust(JSON.parse(trustTextFrom(parsed.trust)))
      assert.ok(again.kind !== 'malformed')
      assert.equal(trustTextFrom(again.trust), trustTextFrom(parsed.trust))
    },
  },
  {
    name: 'small-texts',
    reads: [
      'recorder/session-key.ts: parseSessionKey',
      'recorder/digest.ts: parseDecimal',
      'recorder/tile-range.ts: parseTilePath',
    ],
    promise: 'is none, or gives the same text again',
    samples: [
      ...goldenFiles(/keys\//),
      ...['tile/0/x001/x234/067', 'tile/entries/000.p/16', '4711'].map((text) => Buffer.from(text)),
    ],
    judge(bytes) {
      const text = bytes.toString('latin1')
      const key = parseSessionKey(text)
      if (key !== null) assert.equal(sessionKeyText(key), text)
      const number = parseDecimal(text)
      if (number !== null) assert.equal(String(number), text)
      const tile = parseTilePath(text)
      if (tile !== null) assert.equal(tilePath(tile.level, tile.index, tile.width), text)
    },
  },
  {
    name: 'entry-bundle',
    reads: ['recorder/tiles.ts: parseBundle'],
    promise: 'is malformed, or every byte of it is of an entry',
    samples: bundles,
    judge(bytes) {
      const parsed = parseBundle(bytes, 5)
      if (parsed.kind === 'malformed') return
      assert.equal(parsed.value.length, 5)
      assert.equal(
        parsed.value.reduce((sum, entry) => sum + 2 + entry.length, 0),
        bytes.length,
      )
    },
  },
  {
    name: 'ledger-statements',
    reads: [
      'recorder/statements.ts: LedgerStatements',
      'recorder/deleted.ts: DeletedRecordings',
      'recorder/loss.ts: DeclaredLosses',
    ],
    promise: 'whatever entries say is taken or is a finding',
    samples: entries,
    judge(bytes) {
      const value = jsonIn(bytes)
      const parsed = value === undefined ? null : parseCanonical(canonicalOf(value as JsonValue))
      const entry = parsed?.kind === 'ok' ? parseEntry(canonicalBytes(parsed.value)) : null
      if (entry?.kind !== 'ok') return
      const { session } = entry.value.data
      const statements = new LedgerStatements(typeof session === 'string' ? [session] : [])
      const deleted = new DeletedRecordings()
      const losses = new DeclaredLosses(goldenTrust('v1-loss'))
      for (const index of [1, 2]) {
        statements.visit(index, entry.value)
        deleted.visit(index, entry.value)
        losses.visit(index, entry.value)
      }
      const findings = new Findings()
      deleted.end([], findings)
      losses.end(new Map([[2, Buffer.alloc(32)]]), findings)
      assert.ok(findings.list.length > 0)
    },
  },
]

/** The value of bytes that are JSON; what is none is for the reader of the file to refuse, and no matter here. */
function jsonIn(bytes: Buffer): unknown {
  try {
    return JSON.parse(textOf(bytes))
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/** What cannot be said canonically (lone surrogates, deep nesting) is no entry: nothing. */
function canonicalOf(value: JsonValue): Buffer {
  try {
    return canonicalBytes(value)
  } catch (error) {
    if (error instanceof Error && 'code' in error) return Buffer.alloc(0)
    throw error
  }
}

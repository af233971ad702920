// Targets: evidence as it stands on a disk or comes from a network, where signatures, digests and keys decide what counts.

import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { decodeFrame, type RawFrame } from '../../recorder/frame.ts'
import {
  cosignerFrom,
  judgeByLedger,
  judgeCheckpoint,
  openWitness,
  parseCheckpoint,
  parseLogPolicy,
  parseProof,
  partLines,
  partStart,
  readAnswer,
  readFrames,
  readIndex,
  RecorderError,
  sealInterrupted,
  signerFrom,
  terminalSafe,
  TerminalFilter,
  TileReader,
  unwrapSessionKey,
  verifyExport,
  verifyLog,
  verifyProof,
  verifyRecording,
  writeSubmission,
} from '../../recorder/index.ts'
import { indexBytes, parseIndex } from '../../recorder/replay-index/replay-index.ts'
import { closeBox, indexKey, openBox } from '../../recorder/replay-index/sealed-box.ts'
import { noActivity } from '../../recorder/replay-index/activity.ts'
import { sealVerifiers } from '../../recorder/trusted.ts'
import { parseSessionKey } from '../../recorder/session-key.ts'
import { PromptMask } from '../../recorder/terminal-mask.ts'
import { readTimeAuthorities, verifyTimestamp } from '../../recorder/timestamp/token.ts'
import { filesIn } from '../recorder/resign.ts'
import { sessionA } from '../recorder/sample-keys.ts'
import { golden, goldenFiles, goldenOf, goldenTrust } from './samples.ts'
import { type FuzzTarget, textOf } from './target.ts'

const trust = goldenTrust('v1-revised')
const parsedPolicy = parseLogPolicy(golden('v1-revised', 'policy.txt'))
if (parsedPolicy.kind === 'malformed') throw new Error(parsedPolicy.problems.join('; '))
const { policy } = parsedPolicy
const checkpoint = golden('v1-revised', 'export/ledger/checkpoint')
const textBefore = (note: Buffer): string => note.subarray(0, note.indexOf('\n\n') + 1).toString('utf8')
const told = [
  checkpoint,
  golden('v1-revised', 'export/ledger/timestamps/15.checkpoint'),
  golden('v1', 'export/ledger/checkpoint'),
]
const known = new Set(told.map((note) => `${parsedSize(note)}`))

function parsedSize(note: Buffer): string {
  const parsed = parseCheckpoint(textBefore(note))
  if (parsed.kind === 'malformed') throw new Error(parsed.reason)
  return `${parsed.value.size} ${Buffer.from(parsed.value.root).toString('hex')}`
}
const sizeAndRoot = ({ size, root }: { readonly size: number; readonly root: Uint8Array }): string =>
  `${size} ${Buffer.from(root).toString('hex')}`

/** Only faults of the recorder's own kind may come out. */
async function expected<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof RecorderError) return null
    throw error
  }
}

const exportDir = join(goldenOf('v1-revised'), 'export')
const exportPaths = filesIn(exportDir)
const session = join(exportDir, 'recordings', sessionA)
const sessionKey = parseSessionKey(golden('v1-revised', `export/keys/${sessionA}`).toString('latin1'))
if (sessionKey === null) throw new Error('golden session key: expected 64 hex digits')
const key = sessionKey
const identity = textOf(golden('v1-revised', 'escrow.txt')).trim()
const authorities = readTimeAuthorities(textOf(golden('v1-revised', 'tsa-ca.pem')))
if (authorities === null) throw new Error('golden tsa-ca.pem: expected a certificate')
const authority = authorities
const tokens = goldenFiles(/\.tsr$/)

/** A number for the file that is damaged, and the file: `u8 number || content`. */
const numbered = (paths: readonly string[], dir: string): Buffer[] =>
  paths.map((path, i) => Buffer.concat([Buffer.of(i), readFileSync(join(dir, path))]))

export function evidenceTargets(folder: string): readonly FuzzTarget[] {
  /** Folders and files of one target, made when it is first tried. */
  const place = (name: string): string => {
    const dir = join(folder, name)
    mkdirSync(dir, { recursive: true })
    return dir
  }

  return [
    {
      name: 'checkpoint',
      reads: [
        'recorder/checkpoint.ts: parseCheckpoint',
        'recorder/trusted.ts: judgeByLedger',
        'recorder/witness/policy.ts: judgeCheckpoint',
      ],
      promise: 'counts only with a size and root that a trusted key signed',
      samples: told,
      judge(bytes) {
        for (const verdict of [judgeByLedger(bytes, trust.ledger), judgeCheckpoint(bytes, policy)])
          if (verdict.kind === 'trusted') assert.ok(known.has(sizeAndRoot(verdict.checkpoint)))
        const parsed = parseCheckpoint(textOf(bytes))
        if (parsed.kind === 'ok') assert.ok(Number.isSafeInteger(parsed.value.size))
      },
    },
    {
      name: 'log-policy',
      reads: ['recorder/witness/policy.ts: parseLogPolicy'],
      promise: 'is malformed with every problem, or is a policy that judges',
      samples: goldenFiles(/policy\.txt$/),
      judge(bytes) {
        const parsed = parseLogPolicy(bytes)
        if (parsed.kind === 'malformed') return assert.ok(parsed.problems.length > 0)
        const verdict = judgeCheckpoint(checkpoint, parsed.policy)
        assert.ok(verdict.kind === 'trusted' || verdict.kind === 'untrusted' || verdict.kind === 'malformed')
      },
    },
    {
      name: 'proof-of-an-entry',
      reads: ['recorder/witness/proof.ts: verifyProof'],
      promise: 'proves the one entry it was made for, or nothing',
      samples: goldenFiles(/\.tlog-proof$/),
      judge(bytes) {
        const parsed = parseProof(bytes)
        if (parsed.kind === 'malformed') return
        const judge = (note: Uint8Array) => judgeCheckpoint(note, policy)
        const verdict = verifyProof(parsed.value, golden('v1-revised', 'entry.json'), judge)
        if (verdict.kind === 'proven') assert.equal(verdict.index, 6)
        assert.equal(verifyProof(parsed.value, Buffer.from('{}'), judge).kind, 'not-proven')
      },
    },
    {
      name: 'witness-answer',
      reads: ['recorder/witness/submission.ts: readAnswer'],
      promise: 'keeps only lines that hold for a known witness',
      samples: [Buffer.from(checkpoint.toString('utf8').split('\n').slice(5).join('\n')), Buffer.from('4711\n')],
      judge(bytes) {
        const cosigners = policy.witnesses.map(({ cosigner }) => cosigner)
        const bare = Buffer.from(checkpoint.toString('utf8').split('\n').slice(0, 5).concat('').join('\n'))
        for (const [status, type] of [
          [200, 'text/plain'],
          [409, 'text/x.tlog.size'],
          [503, ''],
        ] as const) {
          const answer = readAnswer({ status, type, body: bytes }, bare, cosigners)
          if (answer.kind === 'cosigned')
            for (const line of answer.lines) assert.ok(checkpoint.includes(line), 'a line nobody signed')
        }
      },
    },
    {
      name: 'witness-memory',
      reads: ['recorder/witness/witness.ts: openWitness'],
      promise: 'answers each submission with a status, and cosigns nothing that its memory does not go on to',
      samples: [
        Buffer.concat([Buffer.of(0), writeSubmission({ old: 0, proof: [], checkpoint })]),
        Buffer.concat([Buffer.of(1), checkpoint]),
      ],
      share: 20,
      async judge(bytes) {
        const dir = mkdtempSync(join(place('witness'), 'memory-'))
        const key = cosignerFrom('one.example', generateKeyPairSync('ed25519').privateKey)
        const logs = trust.ledger.keys.map(({ verifier }) => verifier)
        const witness = openWitness({ logs, key, folder: dir, now: () => 1_767_225_600_000 })
        const body = bytes.subarray(1)
        if (bytes[0] === 0) {
          const { status } = await witness.add(body)
          assert.ok([200, 400, 403, 404, 409, 422].includes(status))
          if (status === 200) assert.ok(known.has(parsedSize((await witness.latest(trust.origin)) ?? Buffer.alloc(0))))
          return
        }
        const first = await witness.add(writeSubmission({ old: 0, proof: [], checkpoint }))
        assert.equal(first.status, 200)
        const [memory = ''] = filesIn(dir)
        writeFileSync(join(dir, memory), body)
        const again = await expected(() => witness.add(writeSubmission({ old: 0, proof: [], checkpoint })))
        assert.ok(again === null || again.status === 409, 'cosigned again after its memory was changed')
      },
    },
    {
      name: 'timestamp',
      reads: ['recorder/timestamp/token.ts: verifyTimestamp'],
      promise: 'attests the one time that the authority signed, or is refused',
      samples: tokens,
      share: 40,
      async judge(bytes) {
        const document = golden('v1-revised', 'export/ledger/timestamps/15.checkpoint')
        const right = await verifyTimestamp(tokens[0] ?? Buffer.alloc(0), document, authority, null)
        assert.equal(right.kind, 'attested')
        const verdict = await verifyTimestamp(bytes, document, authority, null)
        if (verdict.kind === 'attested') assert.equal(verdict.time, right.kind === 'attested' ? right.time : 0)
        assert.equal((await verifyTimestamp(bytes, checkpoint, authority, null)).kind, 'refused')
      },
    },
    {
      name: 'time-authorities',
      reads: ['recorder/timestamp/token.ts: readTimeAuthorities'],
      promise: 'holds certificates, or is none',
      samples: goldenFiles(/\.pem$/),
      async judge(bytes) {
        const read = readTimeAuthorities(textOf(bytes))
        if (read === null) return
        const verdict = await verifyTimestamp(tokens[0] ?? Buffer.alloc(0), checkpoint, read, null)
        assert.equal(verdict.kind, 'refused')
      },
    },
    {
      name: 'stream',
      reads: [
        'recorder/stream.ts: scanFrames',
        'recorder/stream.ts: scanStream',
        'recorder/replay.ts: readFrames',
        'recorder/interrupted.ts: sealInterrupted',
      ],
      promise: 'gives a true prefix of its frames, is never verified, and is sealed as a prefix or left alone',
      samples: ['0000.stream', '0001.stream'].map((name) => readFileSync(join(session, name))),
      share: 20,
      async judge(bytes) {
        const root = mkdtempSync(join(place('stream'), 'recordings-'))
        const dir = join(root, sessionA)
        cpSync(session, dir, { recursive: true })
        const whole = readFileSync(join(dir, '0000.stream'))
        const original = await Array.fromAsync(readFrames(dir, key, 0))
        writeFileSync(join(dir, '0000.stream'), bytes)
        const read: unknown[] = []
        await expected(async () => {
          for await (const frame of readFrames(dir, key, 0)) read.push(frame)
        })
        assert.deepEqual(read, original.slice(0, read.length))
        const { recording } = await verifyRecording(dir, { verifiers: sealVerifiers(trust), key })
        assert.equal(recording.holds, bytes.equals(whole))
        await expected(async () => {
          const start = await partStart({ dir, key, channel: 0 }, 0, null)
          if (start === null) return
          const part = { title: 'fuzz', from: 1000, until: null, input: true, clipped: false }
          for (const format of ['text', 'v3'] as const)
            for await (const line of partLines(start, readFrames(dir, key, 0), { ...part, format }))
              assert.equal(typeof line, 'string')
        })
        rmSync(join(dir, 'seal'))
        const signer = signerFrom(trust.origin, generateKeyPairSync('ed25519').privateKey)
        const sealed = await sealInterrupted({ root, sessionId: sessionA, signer, now: () => 1_767_225_600_000, key })
        assert.ok(sealed.kind === 'sealed' || sealed.kind === 'corrupt', sealed.kind)
        rmSync(root, { recursive: true })
      },
    },
    {
      name: 'frame-payload',
      reads: ['recorder/frame.ts: decodeFrame'],
      promise: 'says what its kind demands, or is corrupt',
      samples: [
        '{"kind":"pty","cols":80,"rows":24}',
        '{"cols":80,"rows":24}',
        '{"name":"INT"}',
        '{"code":0}',
        '{"signal":"HUP"}',
        'notice',
        '{"bytes":13}',
      ].map((text, i) => Buffer.concat([Buffer.of([1, 3, 4, 5, 5, 6, 9][i] ?? 7, i === 0 ? 0 : 1), Buffer.from(text)])),
      async judge(bytes) {
        const raw: RawFrame = {
          index: 0,
          offset: 121,
          bytes: Buffer.alloc(38),
          kind: bytes[0] ?? 0,
          direction: bytes[1] ?? 0,
          monotonic: 1n,
          wall: 1n,
        }
        await expected(async () => assert.equal(typeof decodeFrame(raw, bytes.subarray(2)).kind, 'string'))
      },
    },
    {
      name: 'wrapped-key',
      reads: ['recorder/wrapped-key.ts: unwrapSessionKey'],
      promise: 'gives the session key, or is refused',
      samples: [readFileSync(join(session, 'key.age'))],
      share: 20,
      async judge(bytes) {
        const dir = join(place('wrapped'), sessionA)
        cpSync(session, dir, { recursive: true })
        writeFileSync(join(dir, 'key.age'), bytes)
        const opened = await expected(() => unwrapSessionKey(dir, [identity]))
        if (opened !== null) assert.deepEqual(opened, key)
      },
    },
    {
      name: 'replay-index',
      reads: [
        'recorder/replay-index/replay-index.ts: parseIndex',
        'recorder/replay-index/index-files.ts: readIndex',
        'recorder/replay-index/sealed-box.ts: openBox',
      ],
      promise: 'is none where anything was changed; what is inside is an index or none',
      samples: [indexSample()],
      async judge(bytes) {
        const boxKey = indexKey(key, 0)
        const box = closeBox(boxKey, 'index x 0000', bytes)
        const damaged = Buffer.concat([box.subarray(0, -1), Buffer.of((box.at(-1) ?? 0) ^ 1)])
        assert.equal(openBox(boxKey, 'index x 0000', damaged), null)
        assert.equal(openBox(boxKey, 'index x 0000', bytes), null)
        const dir = place('index')
        writeFileSync(join(dir, '0000.index'), bytes)
        assert.equal(await readIndex({ folder: dir, key, manifest: 'x', channel: 0 }), null)
        const parsed = parseIndex(bytes)
        if (parsed !== null) assert.equal(typeof parsed.monotonic, 'bigint')
      },
    },
    {
      name: 'tiles',
      reads: ['recorder/tile-reader.ts: TileReader', 'recorder/verify-log.ts: verifyLog'],
      promise: 'no entry comes out of tiles that is not under the root, and no changed tile verifies',
      samples: numbered(['tile/0/000.p/16', 'tile/entries/000.p/16', 'checkpoint'], join(exportDir, 'ledger')),
      share: 40,
      async judge(bytes) {
        const paths = ['tile/0/000.p/16', 'tile/entries/000.p/16', 'checkpoint']
        const changed = paths[bytes[0] ?? 0] ?? ''
        const read = async (path: string): Promise<Buffer> =>
          path === changed ? bytes.subarray(1) : readFileSync(join(exportDir, 'ledger', path))
        const said = parseCheckpoint(textBefore(checkpoint))
        assert.ok(said.kind === 'ok')
        const entry = await expected(() => new TileReader(said.value, read).entry(6))
        if (entry !== null) assert.deepEqual(entry, golden('v1-revised', 'entry.json'))
        const report = await verifyLog(async (path) => (paths.includes(path) ? read(path) : null), trust)
        const same = changed !== '' && bytes.subarray(1).equals(readFileSync(join(exportDir, 'ledger', changed)))
        // Cosignatures and unknown signatures may go from a checkpoint without making it another one.
        if (report.holds && !same && changed !== '') assert.equal(changed, 'checkpoint')
        if (report.ledger !== null && report.holds) assert.equal(report.ledger.size, 16)
      },
    },
    {
      name: 'export',
      reads: ['recorder/verify.ts: verifyExport', 'recorder/verify-files.ts: inspectFiles'],
      promise: 'verifies as it was made, and not with anything in it changed',
      samples: numbered(exportPaths, exportDir),
      share: 20,
      async judge(bytes) {
        const path = exportPaths[bytes[0] ?? 0]
        if (path === undefined) return
        const dir = join(place('export'), 'copy')
        cpSync(exportDir, dir, { recursive: true })
        const whole = readFileSync(join(exportDir, path))
        writeFileSync(join(dir, path), bytes.subarray(1))
        const report = await verifyExport(dir, trust, policy)
        assert.equal(report.holds, bytes.subarray(1).equals(whole))
        writeFileSync(join(dir, path), whole)
      },
    },
    {
      name: 'terminal-text',
      reads: ['recorder/terminal-safe.ts: terminalSafe', 'recorder/terminal-mask.ts: PromptMask'],
      promise: 'nothing passes that acts on a terminal, however it is cut, and no typed byte is lost',
      samples: [
        '\u001b[31mred\u001b[0m\r\n',
        '\u001b]52;c;AAAA\u0007x',
        '\u001bP1$q\u001b\\y',
        'Password: ',
        '\u009b6n\u001b[?1049h\u001b#8',
      ].map((text) => Buffer.from(text)),
      judge(bytes) {
        const text = textOf(bytes)
        const safe = terminalSafe(text)
        assert.equal(terminalSafe(safe), safe)
        assert.ok(!/\u001b[\]P_^X]|[\u0080-\u009f]/.test(safe), 'a string sequence or a C1 control passed')
        const filter = new TerminalFilter()
        const half = text.length >> 1
        assert.equal(filter.push(text.slice(0, half)) + filter.push(text.slice(half)), safe)
        const mask = new PromptMask()
        let count = 0
        mask.heard(bytes.subarray(0, bytes.length >> 1))
        for (const typed of mask.typed(bytes)) count += typed.kind === 'shown' ? typed.bytes.length : typed.count
        assert.equal(count, bytes.length)
      },
    },
  ]
}

function indexSample(): Buffer {
  const crossed = { in: 1, out: 2, err: 0 }
  return indexBytes({
    meta: { kind: 'pty', cols: 80, rows: 24 },
    next: { index: 9, offset: 667 },
    monotonic: 17n,
    wall: 1_767_225_600_000,
    duration: 9000,
    complete: true,
    unreadable: null,
    exit: { code: 0 },
    digests: null,
    drawn: true,
    points: [{ index: 1, offset: 200, at: 1, crossed }],
    keyframes: [{ index: 1, offset: 200, at: 1, cols: 80, rows: 24, box: { offset: 0, length: 99 } }],
    crossed,
    activity: noActivity,
  })
}

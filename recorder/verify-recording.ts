// Verifying one recording (FORMAT.md section 5.4, points 6 and 8). Needs its folder and trusted keys; with the session
// key also the content is looked at. Goes on past what does not hold.

import { readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { KeyObject } from 'node:crypto'
import { sha256Hex } from './digest.ts'
import { messageOf, quote, RecorderError } from './errors.ts'
import { decodeFrame, decryptFrame, directions, kinds, type RawFrame } from './frame.ts'
import { channelText, keyFile, manifestFile, maxKeyFileBytes, sealFile, streamFile } from './layout.ts'
import { type ReadManifest, readManifest } from './manifest.ts'
import { type Verifier, verifyNote } from './note.ts'
import { readSmall } from './regular-file.ts'
import { Findings, type Finding, type RecordingSummary } from './report.ts'
import { maxSealBytes, parseSeal, type Seal } from './seal.ts'
import type { Said } from './statements.ts'
import { channelKey, keyCommitment } from './session-key.ts'
import { scanStream, type StreamHead, streamHeader } from './stream.ts'

export interface VerifiedRecording extends RecordingSummary {
  /** SHA-256 of the manifest and of the seal, hex; null where they cannot be read. */
  readonly manifestDigest: string | null
  readonly sealDigest: string | null
  /** Verifier keys whose signatures under the seal hold; empty where it does not verify. */
  readonly sealedBy: readonly string[]
}

export interface RecordingVerdict {
  readonly recording: VerifiedRecording
  readonly findings: readonly Finding[]
}

/**
 * Verifies a sealed recording in a folder named by its session id. Never throws for what it finds; a file that cannot be
 * read is a finding.
 * @param options.heads what the ledger says of its streams while it ran, by channel number.
 */
export async function verifyRecording(
  dir: string,
  options: {
    readonly verifiers: readonly Verifier[]
    readonly key?: Uint8Array
    readonly heads?: ReadonlyMap<number, readonly Said<StreamHead>[]>
  },
): Promise<RecordingVerdict> {
  const findings = new Findings()
  const told = { key: options.key ?? null, heads: options.heads ?? new Map() }
  const recording = await inspectRecording(dir, basename(dir), options.verifiers, told, findings)
  return { recording, findings: findings.list }
}

/**
 * @internal The same, adding to findings; `where` is the place they speak of, `heads` what the ledger says of the streams
 * by channel.
 */
export async function inspectRecording(
  dir: string,
  where: string,
  verifiers: readonly Verifier[],
  { key, heads }: { readonly key: Uint8Array | null; readonly heads: ReadonlyMap<number, readonly Said<StreamHead>[]> },
  findings: Findings,
): Promise<VerifiedRecording> {
  const session = basename(dir)
  const manifest = await attempt(findings, `${where}/${manifestFile}`, () => readManifest(dir))
  if (manifest !== null) await inspectManifest(dir, where, session, manifest, findings)
  const sealed = await attempt(findings, `${where}/${sealFile}`, () => inspectSeal(dir, where, verifiers, findings))
  const seal = sealed?.seal ?? null
  if (seal !== null) {
    const place = `${where}/${sealFile}`
    const same = seal.session === session && seal.manifest === manifest?.digest
    findings.check(same, place, 'names this session and manifest', 'names another session or manifest')
    inspectFolder(dir, where, seal, findings)
  }
  let streamKey: ((channel: number) => KeyObject) | null = null
  if (key !== null && manifest !== null) {
    const fits = keyCommitment(key) === manifest.manifest.key.commitment
    findings.check(fits, where, 'session key is the one the manifest commits to', 'session key does not belong to it')
    if (fits) streamKey = (channel) => channelKey(key, channel)
  }
  let frames = 0
  if (manifest !== null && seal !== null) {
    for (const [channel, stated] of seal.streams.entries()) {
      const place = `${where}/${streamFile(channel)}`
      const header = streamHeader(session, channel, manifest.digest)
      const inspector = new FrameInspector(streamKey?.(channel) ?? null, place, findings)
      await attempt(findings, place, async () => {
        const said = heads.get(channel) ?? []
        frames += await inspectStream(
          join(dir, streamFile(channel)),
          header,
          { stated, said },
          inspector,
          place,
          findings,
        )
        inspector.end(seal.status)
      })
    }
    for (const channel of heads.keys())
      if (channel >= seal.streams.length)
        findings.bad(where, `the ledger has heads of stream ${channelText(channel)}, and the seal has no such stream`)
  }
  return {
    session,
    holds: findings.hold(where),
    status: seal?.status ?? null,
    reason: seal?.reason ?? null,
    channels: seal?.streams.length ?? 0,
    frames,
    decrypted: streamKey !== null,
    manifestDigest: manifest?.digest ?? null,
    sealDigest: sealed?.digest ?? null,
    sealedBy: sealed?.by ?? [],
  }
}

async function inspectManifest(
  dir: string,
  where: string,
  session: string,
  { manifest }: ReadManifest,
  findings: Findings,
): Promise<void> {
  const same = manifest.session === session
  findings.check(
    same,
    `${where}/${manifestFile}`,
    'is canonical and of this session',
    `is of session \`${manifest.session}\``,
  )
  await attempt(findings, `${where}/${keyFile}`, async () => {
    const wrapped = await readSmall(join(dir, keyFile), maxKeyFileBytes)
    const fits = sha256Hex(wrapped) === manifest.key.age
    findings.check(fits, `${where}/${keyFile}`, 'is the one the manifest names', 'is not the one the manifest names')
  })
}

async function inspectSeal(
  dir: string,
  where: string,
  verifiers: readonly Verifier[],
  findings: Findings,
): Promise<{ readonly seal: Seal; readonly digest: string; readonly by: readonly string[] } | null> {
  const place = `${where}/${sealFile}`
  const bytes = await readSmall(join(dir, sealFile), maxSealBytes)
  const verdict = verifyNote(bytes, verifiers, { everyLine: true })
  if (verdict.kind === 'malformed') {
    findings.bad(place, verdict.reason)
    return null
  }
  if (verdict.kind === 'trusted') findings.good(place, `signed by ${verdict.by.map(quote).join(', ')}`)
  else findings.bad(place, verdict.reason)
  const seal = parseSeal(verdict.text)
  if (seal.kind === 'malformed') {
    findings.bad(place, seal.reason)
    return null
  }
  const { status, reason, cuts } = seal.value
  if (status === 'interrupted') {
    const lost = cuts.map((cut) => `${cut.bytes} torn bytes of stream ${channelText(cut.channel)} were removed`)
    findings.good(place, ['interrupted: what stands is a prefix', `reason \`${reason}\``, ...lost].join(', '))
  }
  return { seal: seal.value, digest: sha256Hex(bytes), by: verdict.kind === 'trusted' ? verdict.by : [] }
}

/** Compares the folder's names with those the seal knows. */
function inspectFolder(dir: string, where: string, seal: Seal, findings: Findings): void {
  const expected = new Set([manifestFile, keyFile, sealFile, ...seal.streams.map((_, channel) => streamFile(channel))])
  try {
    const extra = readdirSync(dir).filter((name) => !expected.has(name))
    findings.check(
      extra.length === 0,
      where,
      'no file beside those sealed',
      `not sealed: ${extra.map(quote).join(', ')}`,
    )
  } catch (cause) {
    findings.bad(where, messageOf(cause))
  }
}

/** Gives the number of whole frames. */
async function inspectStream(
  path: string,
  header: Buffer,
  { stated, said }: { readonly stated: StreamHead; readonly said: readonly Said<StreamHead>[] },
  inspector: FrameInspector,
  place: string,
  findings: Findings,
): Promise<number> {
  const reached = new Map<number, StreamHead>()
  const marks = {
    frames: said.map((head) => head.frames).toSorted((a, b) => a - b),
    reached: (head: StreamHead) => void reached.set(head.frames, head),
  }
  const scanned = await scanStream(path, header, (frame) => inspector.visit(frame), marks)
  if (scanned.end.kind === 'invalid') findings.bad(place, `byte ${scanned.end.offset}: ${scanned.end.reason}`)
  if (scanned.end.kind === 'torn') findings.bad(place, `byte ${scanned.end.offset}: ends in the middle of a frame`)
  const { frames, length, head } = scanned
  const same = frames === stated.frames && length === stated.length && head === stated.head
  const got = `${frames} frames in ${length} bytes with head \`${head}\``
  const wanted = `${stated.frames} frames in ${stated.length} bytes with head \`${stated.head}\``
  findings.check(same, place, `${frames} frames, head as sealed`, `expected ${wanted}, got ${got}`)
  let held = 0
  for (const { index, ...head } of said) {
    const stood = reached.get(head.frames)
    if (stood?.length === head.length && stood.head === head.head) held++
    else if (stood === undefined)
      findings.bad(place, `ledger entry ${index} has a head after ${head.frames} frames, and ${frames} are there`)
    else findings.bad(place, `ledger entry ${index} has another head after ${head.frames} frames`)
  }
  if (held > 0) findings.good(place, `${held} heads written to the ledger while it ran`)
  return frames
}

/** Looks at the frames of one stream as they come: order, time, and content where there is a key. */
class FrameInspector {
  readonly #key: KeyObject | null
  readonly #place: string
  readonly #findings: Findings
  #monotonic = 0n
  #last: number | null = null

  constructor(key: KeyObject | null, place: string, findings: Findings) {
    this.#key = key
    this.#place = place
    this.#findings = findings
  }

  visit(frame: RawFrame): null {
    if ((frame.index === 0) !== (frame.kind === kinds.open))
      this.#bad(frame, 'expected an opening frame first, and once')
    if (this.#last === kinds.close) this.#bad(frame, 'follows the closing frame')
    if (frame.monotonic < this.#monotonic) this.#bad(frame, 'is older than the one before it')
    if (frame.direction > directions.err && frame.kind <= kinds.masked)
      this.#bad(frame, `direction: expected 0 to 3, got ${frame.direction}`)
    this.#monotonic = frame.monotonic
    this.#last = frame.kind
    if (this.#key !== null) this.#decrypt(this.#key, frame)
    return null
  }

  /** After the last frame: a whole channel has been closed. */
  end(status: Seal['status']): void {
    if (status === 'complete' && this.#last !== kinds.close)
      this.#findings.bad(this.#place, 'sealed as complete without a closing frame')
  }

  #decrypt(key: KeyObject, frame: RawFrame): void {
    const plaintext = decryptFrame(key, frame)
    if (plaintext === null) return this.#bad(frame, 'does not authenticate')
    try {
      decodeFrame(frame, plaintext)
    } catch (cause) {
      if (!(cause instanceof RecorderError)) throw cause
      this.#findings.bad(this.#place, cause.message)
    }
  }

  #bad(frame: RawFrame, what: string): void {
    this.#findings.bad(this.#place, `frame ${frame.index} at byte ${frame.offset}: ${what}`)
  }
}

/** Runs a step; what it cannot read becomes a finding, and the step gives null. */
async function attempt<T>(findings: Findings, place: string, step: () => Promise<T>): Promise<T | null> {
  try {
    return await step()
  } catch (cause) {
    if (!(cause instanceof RecorderError)) throw cause
    findings.bad(place, cause.message)
    return null
  }
}

// Sealing what a crash or a failed disk left (FORMAT.md section 1.7). One recording at a time, and whatever is wrong with
// it is returned, never thrown: a corrupt recording must not keep the next from being sealed.

import { type KeyObject } from 'node:crypto'
import { closeSync, constants, fstatSync, openSync, readdirSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { sha256Hex } from './digest.ts'
import { type Disk, realDisk } from './disk.ts'
import { messageOf, RecorderError } from './errors.ts'
import { decryptFrame, maxFrameBytes, type RawFrame } from './frame.ts'
import { channelKey, keyCommitment } from './session-key.ts'
import { channelOf, channelText, folderState, recordingDir, sealFile, streamFile } from './layout.ts'
import { type ReadManifest, readManifest } from './manifest.ts'
import { type LaterSigner, signNoteLater, type Verifier, verifyNote } from './note.ts'
import { type Cut, placeSeal, readSeal, type SealStatus, sealText } from './seal.ts'
import { scanStream, type StreamHead, streamHeader } from './stream.ts'

export interface SealedCounts {
  /** SHA-256 of the seal file, hex. */
  readonly sealDigest: string
  readonly status: SealStatus
  readonly channels: number
  readonly frames: number
}

export type InterruptedOutcome =
  | ({ readonly kind: 'sealed'; readonly cuts: readonly Cut[] } & SealedCounts)
  /** The crash came after the seal: only the ledger may not know it yet. */
  | ({ readonly kind: 'already-sealed' } & SealedCounts)
  | { readonly kind: 'missing' }
  /** Damaged, not torn: left as it stands for a person to look at. */
  | { readonly kind: 'corrupt'; readonly reason: string }
  /** Reading or writing failed; it may work later. */
  | { readonly kind: 'failed'; readonly error: RecorderError }

export interface InterruptedOptions {
  readonly root: string
  readonly sessionId: string
  readonly signer: LaterSigner
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number
  /** Session key: with it the prefix also ends where a frame does not authenticate (blocks lost with the power). */
  readonly key?: Uint8Array
  /** Token for the seal; `interrupted` if not given. */
  readonly reason?: string
  /** Whose seals count where one stands there already; not given, anybody's: verifying is for later then. */
  readonly verifiers?: readonly Verifier[]
  readonly disk?: Disk
}

/**
 * Seals a recording that nobody writes any more. The caller makes sure of that: sealing a live one cuts it.
 * @throws RecorderError `invalid-argument` for a malformed session id only.
 */
export async function sealInterrupted(options: InterruptedOptions): Promise<InterruptedOutcome> {
  const dir = recordingDir(options.root, options.sessionId)
  return sealPrefix({ reason: 'interrupted', disk: realDisk, ...options, dir })
}

/** @internal The same, for a recording whose folder is known. */
export async function sealPrefix(
  options: Omit<InterruptedOptions, 'root'> & {
    readonly dir: string
    readonly reason: string
    readonly disk: Disk
  },
): Promise<InterruptedOutcome> {
  const { dir } = options
  try {
    const state = folderState(dir)
    if (state === 'missing') return { kind: 'missing' }
    if (state === 'other') return { kind: 'corrupt', reason: 'recording: expected a folder' }
    const names = readdirSync(dir)
    if (names.includes(sealFile)) return await alreadySealed(dir, options)
    const manifest = await readManifest(dir)
    if (manifest.manifest.session !== options.sessionId)
      return { kind: 'corrupt', reason: 'manifest: of another session' }
    if (options.key !== undefined && keyCommitment(options.key) !== manifest.manifest.key.commitment)
      return { kind: 'corrupt', reason: 'session key: not the one the manifest commits to' }
    const channels = names
      .map(channelOf)
      .filter((channel) => channel !== null)
      .sort((a, b) => a - b)
    const gap = channels.findIndex((channel, i) => channel !== i)
    if (gap >= 0) return { kind: 'corrupt', reason: `stream ${channelText(gap)}: is missing` }
    return await sealStreams(options, manifest, channels.length)
  } catch (cause) {
    if (!(cause instanceof RecorderError))
      return { kind: 'failed', error: new RecorderError('unreadable', `recording: ${messageOf(cause)}`, { cause }) }
    return cause.code === 'corrupt' ? { kind: 'corrupt', reason: cause.message } : { kind: 'failed', error: cause }
  }
}

async function alreadySealed(
  dir: string,
  { sessionId, verifiers }: Pick<InterruptedOptions, 'sessionId' | 'verifiers'>,
): Promise<InterruptedOutcome> {
  const { seal, digest, bytes } = await readSeal(dir)
  // Whoever wrote the recording may have written a seal of its own beside it.
  const verdict = verifiers === undefined ? null : verifyNote(bytes, verifiers)
  if (verdict !== null && verdict.kind !== 'trusted') return { kind: 'corrupt', reason: `seal: ${verdict.reason}` }
  if (seal.session !== sessionId) return { kind: 'corrupt', reason: 'seal: of another session' }
  return { kind: 'already-sealed', sealDigest: digest, status: seal.status, ...counts(seal.streams) }
}

async function sealStreams(
  options: Parameters<typeof sealPrefix>[0],
  { digest }: ReadManifest,
  channels: number,
): Promise<InterruptedOutcome> {
  const { dir, disk } = options
  const streams: StreamHead[] = []
  const cuts: Cut[] = []
  // All are read before any is cut, so that a damaged one leaves the others as they were.
  for (let channel = 0; channel < channels; channel++) {
    const path = join(dir, streamFile(channel))
    const key = options.key === undefined ? null : channelKey(options.key, channel)
    const scanned = await scanStream(path, streamHeader(options.sessionId, channel, digest), authenticator(key))
    const bytes = tailBytes(path, scanned.length)
    if (bytes > 0) {
      if (bytes > maxFrameBytes && !isZeroFrom(path, scanned.length)) {
        const why = scanned.end.kind === 'invalid' ? scanned.end.reason : 'no whole frame'
        const reason = `stream ${channelText(channel)}: byte ${scanned.length}: ${why}: ${bytes} bytes follow`
        return { kind: 'corrupt', reason }
      }
      cuts.push({ channel, offset: scanned.length, bytes })
    }
    streams.push({ frames: scanned.frames, length: scanned.length, head: scanned.head })
  }
  const text = sealText({
    session: options.sessionId,
    manifest: digest,
    status: 'interrupted',
    reason: options.reason,
    closedAt: options.now(),
    streams,
    cuts,
  })
  for (const [channel, stream] of streams.entries()) await settle(disk, join(dir, streamFile(channel)), stream.length)
  const bytes = await signNoteLater(text, options.signer)
  await placeSeal(disk, dir, bytes)
  return { kind: 'sealed', cuts, sealDigest: sha256Hex(bytes), status: 'interrupted', ...counts(streams) }
}

/** Judges each frame by its tag if there is a key; without one, by its form alone. */
function authenticator(key: KeyObject | null): (frame: RawFrame) => string | null {
  return (frame) => (key === null || decryptFrame(key, frame) !== null ? null : 'frame does not authenticate')
}

/** Cuts a stream to its whole frames and brings it to stable storage. */
async function settle(disk: Disk, path: string, length: number): Promise<void> {
  try {
    const fd = disk.openExisting(path)
    try {
      if (disk.size(fd) !== length) disk.truncate(fd, length)
      await disk.sync(fd)
    } finally {
      disk.close(fd)
    }
  } catch (cause) {
    throw new RecorderError('seal-failed', `seal: stream not cut to ${length} bytes: ${messageOf(cause)}`, { cause })
  }
}

function tailBytes(path: string, length: number): number {
  return withFile(path, (fd) => fstatSync(fd).size - length)
}

function isZeroFrom(path: string, offset: number): boolean {
  return withFile(path, (fd) => {
    const buffer = Buffer.alloc(1 << 18)
    for (let at = offset; ;) {
      const read = readSync(fd, buffer, 0, buffer.length, at)
      if (read === 0) return true
      if (buffer.subarray(0, read).some((byte) => byte !== 0)) return false
      at += read
    }
  })
}

function withFile<T>(path: string, use: (fd: number) => T): T {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW)
  try {
    return use(fd)
  } finally {
    closeSync(fd)
  }
}

function counts(streams: readonly StreamHead[]): { readonly channels: number; readonly frames: number } {
  return { channels: streams.length, frames: streams.reduce((sum, stream) => sum + stream.frames, 0) }
}

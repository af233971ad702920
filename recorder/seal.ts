// The seal of a recording (FORMAT.md section 1.6): its text, its parser, and putting it into the folder in one step.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Parsed } from './canonical.ts'
import { hexDigest, parseDecimal, sha256Hex } from './digest.ts'
import { type Disk, writeDurable } from './disk.ts'
import { messageOf, quote, RecorderError, systemCode } from './errors.ts'
import { channelText, isSessionId, maxChannels, reserveFile, sealDraftFile, sealFile } from './layout.ts'
import { parseNote } from './note.ts'
import { readSmall } from './regular-file.ts'
import type { StreamHead } from './stream.ts'

export type SealStatus = 'complete' | 'interrupted'

/** Bytes at a stream's end that were no whole frame and were removed. */
export interface Cut {
  readonly channel: number
  readonly offset: number
  readonly bytes: number
}

export interface Seal {
  readonly session: string
  /** Manifest digest, hex. */
  readonly manifest: string
  readonly status: SealStatus
  readonly reason: string
  /** Milliseconds since the Unix epoch. */
  readonly closedAt: number
  /** By channel number. */
  readonly streams: readonly StreamHead[]
  readonly cuts: readonly Cut[]
}

export const maxSealBytes = 4 << 20
const firstLine = 'sallyport-seal/v1'
const token = /^[a-z0-9][a-z0-9-]{0,63}$/

/** Whether a text can be the reason in a seal. */
export function isReason(text: string): boolean {
  return token.test(text)
}

export function sealText(seal: Seal): string {
  const lines = [
    firstLine,
    `session ${seal.session}`,
    `manifest ${seal.manifest}`,
    `status ${seal.status}`,
    `reason ${seal.reason}`,
    `closed ${seal.closedAt}`,
    `channels ${seal.streams.length}`,
    ...seal.streams.map((at, channel) => `stream ${channelText(channel)} ${at.frames} ${at.length} ${at.head}`),
    ...seal.cuts.map((cut) => `cut ${channelText(cut.channel)} ${cut.offset} ${cut.bytes}`),
  ]
  return lines.map((line) => `${line}\n`).join('')
}

/** Reads the text of a seal. What is read gives the same text again; everything else is malformed. */
export function parseSeal(text: string): Parsed<Seal> {
  const malformed = (what: string): Parsed<Seal> => ({ kind: 'malformed', reason: `seal: ${what}` })
  const lines = text.split('\n')
  const field = (name: string): string => {
    const line = lines.shift() ?? ''
    return line.startsWith(`${name} `) ? line.slice(name.length + 1) : ''
  }
  if (lines.shift() !== firstLine) return malformed(`expected \`${firstLine}\``)
  const session = field('session')
  const manifest = field('manifest')
  const status = field('status')
  const reason = field('reason')
  const closedAt = parseDecimal(field('closed'))
  const channels = parseDecimal(field('channels'))
  if (!isSessionId(session)) return malformed('session: expected a session id')
  if (!hexDigest.test(manifest)) return malformed('manifest: expected a SHA-256 in hex')
  if (status !== 'complete' && status !== 'interrupted') return malformed('status: expected complete or interrupted')
  if (!isReason(reason)) return malformed('reason: expected a token')
  if (closedAt === null) return malformed('closed: expected milliseconds since 1970')
  if (channels === null || channels > maxChannels) return malformed(`channels: expected up to ${maxChannels}`)
  const streams: StreamHead[] = []
  for (let channel = 0; channel < channels; channel++) {
    const [, framesText, lengthText, head] = field('stream').split(' ')
    const frames = parseDecimal(framesText ?? '')
    const length = parseDecimal(lengthText ?? '')
    if (frames === null || length === null || head === undefined || !hexDigest.test(head))
      return malformed(`stream ${channelText(channel)}: expected frames, length and head`)
    streams.push({ frames, length, head })
  }
  const cuts: Cut[] = []
  while (lines.length > 1) {
    const [channel = '', offsetText = '', bytesText = ''] = field('cut').split(' ')
    const offset = parseDecimal(offsetText)
    const bytes = parseDecimal(bytesText)
    if (!/^[0-9]{4}$/.test(channel) || offset === null || bytes === null) return malformed('expected a cut')
    cuts.push({ channel: Number(channel), offset, bytes })
  }
  const seal: Seal = { session, manifest, status, reason, closedAt, streams, cuts }
  const ascending = cuts.every(({ channel }, i) => channel < channels && channel > (cuts[i - 1]?.channel ?? -1))
  if (!ascending || (cuts.length > 0 && status === 'complete')) return malformed('cuts: expected none, or in order')
  // One comparison instead of a rule for each space and digit: another spelling of the same seal is none.
  return sealText(seal) === text ? { kind: 'ok', value: seal } : malformed('expected its lines as specified')
}

/** Where a seal stands and what it says, without asking who signed it. */
export interface ReadSeal {
  readonly seal: Seal
  /** SHA-256 of the file, hex. */
  readonly digest: string
  readonly bytes: Buffer
}

/**
 * Reads a recording's seal without verifying its signature.
 * @throws RecorderError `not-sealed` when there is none, `unreadable`, or `corrupt`.
 */
export async function readSeal(dir: string): Promise<ReadSeal> {
  let bytes: Buffer
  try {
    bytes = await readSmall(join(dir, sealFile), maxSealBytes)
  } catch (cause) {
    const missing = cause instanceof RecorderError && systemCode(cause.cause) === 'ENOENT'
    throw missing ? new RecorderError('not-sealed', 'recording: has no seal', { cause }) : cause
  }
  const note = parseNote(bytes)
  if (note.kind === 'malformed') throw new RecorderError('corrupt', note.reason)
  const seal = parseSeal(note.value.text)
  if (seal.kind === 'malformed') throw new RecorderError('corrupt', seal.reason)
  return { seal: seal.value, digest: sha256Hex(bytes), bytes }
}

/**
 * Puts a seal into a recording's folder: there is none, or the whole of it. The space reserved for it is given back
 * first. May be called again with the same bytes after it failed.
 * @throws RecorderError `seal-failed`.
 */
export async function placeSeal(disk: Disk, dir: string, bytes: Buffer): Promise<void> {
  const seal = join(dir, sealFile)
  const draft = join(dir, sealDraftFile)
  try {
    removeIfThere(disk, join(dir, reserveFile))
    const standing = readIfThere(seal)
    if (standing === null) {
      removeIfThere(disk, draft)
      await writeDurable(disk, draft, bytes)
      disk.rename(draft, seal)
    } else if (!standing.equals(bytes)) {
      throw new Error(`another seal stands there, with SHA-256 \`${sha256Hex(standing)}\``)
    }
    await disk.syncDir(dir)
  } catch (cause) {
    throw new RecorderError('seal-failed', `seal: ${messageOf(cause)}`, { cause })
  }
}

/** @throws RecorderError `invalid-argument` when the reason is no token. */
export function checkReason(reason: string): void {
  if (!isReason(reason))
    throw new RecorderError('invalid-argument', `seal reason ${quote(reason)}: expected 1 to 64 of a-z, 0-9 and -`)
}

function removeIfThere(disk: Disk, path: string): void {
  try {
    disk.remove(path)
  } catch (cause) {
    if (systemCode(cause) !== 'ENOENT') throw cause
  }
}

function readIfThere(path: string): Buffer | null {
  try {
    return readFileSync(path)
  } catch (cause) {
    if (systemCode(cause) !== 'ENOENT') throw cause
    return null
  }
}

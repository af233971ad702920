// The manifest of a recording (FORMAT.md section 1.1): what it is of and which key it is under.

import { join } from 'node:path'
import { canonicalBytes, hasKeys, isObject, parseCanonical, type Parsed } from './canonical.ts'
import { hexDigest, sha256Hex } from './digest.ts'
import { RecorderError } from './errors.ts'
import { isSessionId, manifestFile } from './layout.ts'
import { readSmall } from './regular-file.ts'

/** What the gateway wants to stand beside a recording; the recorder does not read it. */
export type RecordingMeta = Readonly<Record<string, string | number>>

export interface Manifest {
  readonly format: typeof recordingFormat
  readonly session: string
  /** Milliseconds since the Unix epoch. */
  readonly openedAt: number
  readonly meta: RecordingMeta
  readonly key: {
    /** SHA-256 of key.age, hex. */
    readonly age: string
    /** Section 1.2, hex: ties the recording to one session key. */
    readonly commitment: string
    readonly recipients: readonly string[]
  }
}

export const recordingFormat = 'sallyport-recording/v1'
const maxManifestBytes = 1 << 20

/**
 * The bytes of a manifest.
 * @throws RecorderError `invalid-argument` when `meta` cannot stand in one.
 */
export function manifestBytes(manifest: Manifest): Buffer {
  const bytes = canonicalBytes(manifest)
  const parsed = parseManifest(bytes)
  if (parsed.kind === 'malformed') throw new RecorderError('invalid-argument', parsed.reason)
  return bytes
}

export function parseManifest(bytes: Uint8Array): Parsed<Manifest> {
  const malformed = (what: string): Parsed<Manifest> => ({ kind: 'malformed', reason: `manifest: ${what}` })
  if (bytes.length > maxManifestBytes) return malformed(`expected at most ${maxManifestBytes} bytes`)
  const parsed = parseCanonical(bytes)
  if (parsed.kind === 'malformed') return malformed(parsed.reason)
  const value = parsed.value
  if (!isObject(value) || !hasKeys(value, ['format', 'key', 'meta', 'openedAt', 'session']))
    return malformed('expected the keys format, key, meta, openedAt and session')
  const { format, key, meta, openedAt, session } = value
  if (format !== recordingFormat) return malformed(`format: expected \`${recordingFormat}\``)
  if (typeof session !== 'string' || !isSessionId(session)) return malformed('session: expected a session id')
  if (typeof openedAt !== 'number' || !Number.isSafeInteger(openedAt) || openedAt < 0)
    return malformed('openedAt: expected milliseconds since 1970')
  if (!isObject(meta) || !Object.values(meta).every((item) => typeof item === 'string' || typeof item === 'number'))
    return malformed('meta: expected texts and numbers')
  if (!isObject(key) || !hasKeys(key, ['age', 'commitment', 'recipients']))
    return malformed('key: expected the keys age, commitment and recipients')
  const { age, commitment, recipients } = key
  if (typeof age !== 'string' || !hexDigest.test(age)) return malformed('key.age: expected a SHA-256 in hex')
  if (typeof commitment !== 'string' || !hexDigest.test(commitment))
    return malformed('key.commitment: expected 32 bytes in hex')
  if (!Array.isArray(recipients) || recipients.length === 0 || !recipients.every((item) => typeof item === 'string'))
    return malformed('key.recipients: expected age recipients')
  return { kind: 'ok', value: value as unknown as Manifest }
}

export interface ReadManifest {
  readonly manifest: Manifest
  /** SHA-256 of the file, hex. */
  readonly digest: string
}

/**
 * Reads the manifest in a recording's folder.
 * @throws RecorderError `unreadable`, or `corrupt` when it is not a manifest.
 */
export async function readManifest(dir: string): Promise<ReadManifest> {
  const bytes = await readSmall(join(dir, manifestFile), maxManifestBytes)
  const parsed = parseManifest(bytes)
  if (parsed.kind === 'malformed') throw new RecorderError('corrupt', parsed.reason)
  return { manifest: parsed.value, digest: sha256Hex(bytes) }
}

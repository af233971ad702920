// Cosignatures (C2SP tlog-cosignature v1.0.1): a witness says that a checkpoint is consistent with everything it has seen
// of the ledger, and when it said so. Both kinds are here: Ed25519 over the whole text of the checkpoint, and ML-DSA-44
// (FIPS 204) over its meaning. How a checkpoint reaches a witness is submission.ts; how many are enough is policy.ts.

import { createPublicKey, type KeyObject, sign as signBytes, verify as verifyBytes } from 'node:crypto'
import type { Parsed } from '../canonical.ts'
import { type Checkpoint, parseCheckpoint } from '../checkpoint.ts'
import { quote, RecorderError } from '../errors.ts'
import { type NamedKey, type Note, parseNamedKey, verifierKey } from '../note.ts'

/** Verifies the cosignatures of one witness key. */
export interface Cosigner extends NamedKey {
  readonly vkey: string
  /**
   * When a cosignature was made, in seconds since 1970-01-01T00:00:00Z, or null where it does not hold. 0 from an
   * ML-DSA-44 key means that nothing is said about the time.
   */
  timeOf(text: string, signature: Uint8Array): number | null
}

/** Makes cosignatures with one witness key. */
export interface CosigningKey {
  readonly name: string
  readonly vkey: string
  /** The signature line for the text of a checkpoint, with its newline; `at` in seconds. */
  cosign(text: string, at: number): string
}

export interface Cosignature {
  readonly cosigner: Cosigner
  /** Seconds since 1970-01-01T00:00:00Z. */
  readonly at: number
}

interface Algorithm {
  readonly type: number
  readonly keyType: 'ed25519' | 'ml-dsa-44'
  /** SubjectPublicKeyInfo up to the key itself: RFC 8410 section 4, RFC 9881 section 4. */
  readonly spkiPrefix: Buffer
  readonly keyBytes: number
  readonly signatureBytes: number
  message(name: string, text: string, at: number): Buffer | null
}

const algorithms: readonly Algorithm[] = [
  {
    type: 0x04,
    keyType: 'ed25519',
    spkiPrefix: Buffer.from('302a300506032b6570032100', 'hex'),
    keyBytes: 32,
    signatureBytes: 64,
    message: (_name, text, at) => Buffer.from(`cosignature/v1\ntime ${at}\n${text}`, 'utf8'),
  },
  {
    type: 0x06,
    keyType: 'ml-dsa-44',
    spkiPrefix: Buffer.from('30820532300b06096086480165030403110382052100', 'hex'),
    keyBytes: 1312,
    signatureBytes: 2420,
    message: subtreeMessage,
  },
]

/** Reads the verifier key of a witness strictly: signature type 0x04 (Ed25519) or 0x06 (ML-DSA-44). */
export function parseCosignerKey(vkey: string): Parsed<Cosigner> {
  const parsed = parseNamedKey(vkey)
  if (parsed.kind === 'malformed') return parsed
  const { name, keyId, type, material } = parsed.value
  const algorithm = algorithms.find((candidate) => candidate.type === type)
  if (algorithm === undefined || material.length !== algorithm.keyBytes)
    return {
      kind: 'malformed',
      reason: `verifier key ${quote(vkey)}: expected the key of a witness, of type 0x04 (Ed25519) or 0x06 (ML-DSA-44)`,
    }
  const key = Buffer.concat([algorithm.spkiPrefix, material])
  const publicKey = createPublicKey({ key, format: 'der', type: 'spki' })
  const timeOf = (text: string, signature: Uint8Array): number | null => {
    const bytes = Buffer.from(signature)
    if (bytes.length !== 8 + algorithm.signatureBytes) return null
    const at = Number(bytes.readBigUInt64BE())
    // Past what a date can say (the year 275760) it is no time.
    if (at > 8_640_000_000_000) return null
    const message = algorithm.message(name, text, at)
    return message !== null && verifyBytes(null, message, publicKey, bytes.subarray(8)) ? at : null
  }
  return { kind: 'ok', value: { name, vkey, keyId, type, material, timeOf } }
}

/**
 * A witness's key, made of an Ed25519 or ML-DSA-44 private key. An Ed25519 key must serve this one witness only: its
 * cosignatures do not name it.
 * @throws RecorderError `invalid-argument` when the name or the key does not fit.
 */
export function cosignerFrom(name: string, privateKey: KeyObject): CosigningKey {
  const algorithm = algorithms.find(({ keyType }) => keyType === privateKey.asymmetricKeyType)
  if (algorithm === undefined || privateKey.type !== 'private')
    throw new RecorderError('invalid-argument', `key ${quote(name)}: expected an Ed25519 or ML-DSA-44 private key`)
  const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' })
  const vkey = verifierKey(name, algorithm.type, spki.subarray(algorithm.spkiPrefix.length))
  const keyId = Buffer.from(vkey.slice(name.length + 1, name.length + 9), 'hex')
  return {
    name,
    vkey,
    cosign(text, at) {
      const message = algorithm.message(name, text, at)
      if (message === null)
        throw new RecorderError('invalid-argument', 'cosignature: expected the text of a checkpoint')
      const time = Buffer.alloc(8)
      time.writeBigUInt64BE(BigInt(at))
      const signed = Buffer.concat([keyId, time, signBytes(null, message, privateKey)])
      return `\u2014 ${name} ${signed.toString('base64')}\n`
    },
  }
}

/**
 * The cosignatures on a checkpoint by the witnesses given, and what is wrong with those of theirs that do not hold. Lines
 * of other keys are let stand; a second line of the same key counts once.
 */
export function cosignaturesOn(
  note: Note,
  cosigners: readonly Cosigner[],
): { readonly held: readonly Cosignature[]; readonly broken: readonly string[] } {
  const held: Cosignature[] = []
  const broken: string[] = []
  for (const { name, keyId, signature } of note.signatures) {
    const cosigner = cosigners.find((candidate) => candidate.name === name && candidate.keyId === keyId)
    if (cosigner === undefined) continue
    const at = cosigner.timeOf(note.text, signature)
    if (at === null) broken.push(`cosignature by ${quote(`${name}+${keyId}`)} does not hold`)
    else if (!held.some((other) => other.cosigner.vkey === cosigner.vkey)) held.push({ cosigner, at })
  }
  return { held, broken }
}

/** `cosigned_message` of tlog-cosignature for a whole checkpoint; null where the text is none. */
function subtreeMessage(name: string, text: string, at: number): Buffer | null {
  const parsed = parseCheckpoint(text)
  if (parsed.kind === 'malformed') return null
  const { origin, size, root }: Checkpoint = parsed.value
  const named = Buffer.from(name, 'utf8')
  const log = Buffer.from(origin, 'utf8')
  if (named.length > 255 || log.length > 255) return null
  const u64 = (value: number): Buffer => {
    const bytes = Buffer.alloc(8)
    bytes.writeBigUInt64BE(BigInt(value))
    return bytes
  }
  return Buffer.concat([
    Buffer.from('subtree/v1\n\0', 'latin1'),
    Buffer.of(named.length),
    named,
    u64(at),
    Buffer.of(log.length),
    log,
    u64(0),
    u64(size),
    root,
  ])
}

// Signed notes (C2SP signed-note v1.0.0) with Ed25519 keys: making, reading and verifying them. What a note's text says
// is for checkpoint.ts, seal.ts and export-manifest.ts.
//
// A reader here is strict, because a tolerated variation is a byte that could be changed unnoticed: base64 must be
// canonical, newlines exact, no control characters.

import { createPublicKey, type KeyObject, sign as signBytes, verify as verifyBytes } from 'node:crypto'
import { type Parsed } from './canonical.ts'
import { sha256 } from './digest.ts'
import { quote, RecorderError } from './errors.ts'

/** Signs with one named Ed25519 key. */
export interface Signer {
  readonly name: string
  /** The verifier key: `<name>+<key id>+<base64>`. This is what stands in a trust file. */
  readonly vkey: string
  sign(bytes: Uint8Array): Uint8Array
}

/** A signer whose key may be kept by another process. */
export interface LaterSigner extends Pick<Signer, 'name' | 'vkey'> {
  sign(bytes: Uint8Array): Uint8Array | Promise<Uint8Array>
}

export interface Verifier {
  readonly name: string
  readonly vkey: string
  /** Four bytes, in hex. */
  readonly keyId: string
  verify(bytes: Uint8Array, signature: Uint8Array): boolean
}

export interface NoteSignature {
  readonly name: string
  readonly keyId: string
  readonly signature: Uint8Array
}

export interface Note {
  /** The signed text, its last newline included. */
  readonly text: string
  readonly signatures: readonly NoteSignature[]
}

export type NoteVerdict =
  | { readonly kind: 'trusted'; readonly text: string; readonly by: readonly string[] }
  | { readonly kind: 'untrusted'; readonly text: string; readonly reason: string }
  | { readonly kind: 'malformed'; readonly reason: string }

const ed25519 = 0x01
/** SubjectPublicKeyInfo of an Ed25519 key (RFC 8410 section 4) up to the 32 bytes of the key itself. */
const spkiPrefix = Buffer.from('302a300506032b6570032100', 'hex')
const keyName = /^[^\s+\p{Cc}]+$/u
const signatureLine = /^\u2014 ([^\s+\p{Cc}]+) ([A-Za-z0-9+/]+={0,2})$/u
const forbiddenInNote = /[\u0000-\u0009\u000b-\u001f]/
const maxSignatures = 100

/**
 * A signer made of an Ed25519 private key.
 * @throws RecorderError `invalid-argument` when the name or the key does not fit.
 */
export function signerFrom(name: string, privateKey: KeyObject): Signer {
  if (privateKey.type !== 'private' || privateKey.asymmetricKeyType !== 'ed25519')
    throw new RecorderError('invalid-argument', `key ${quote(name)}: expected an Ed25519 private key`)
  const raw = createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(spkiPrefix.length)
  return { name, vkey: verifierKey(name, ed25519, raw), sign: (bytes) => signBytes(null, bytes, privateKey) }
}

/** Reads a verifier key strictly; the key id must be the one its name and key give. */
export function parseVerifierKey(vkey: string): Parsed<Verifier> {
  const parsed = parseNamedKey(vkey)
  if (parsed.kind === 'malformed') return parsed
  const { name, keyId, type, material } = parsed.value
  if (type !== ed25519 || material.length !== 32)
    return malformedKey(vkey, 'expected base64 of 0x01 and an Ed25519 public key of 32 bytes')
  const publicKey = createPublicKey({ key: Buffer.concat([spkiPrefix, material]), format: 'der', type: 'spki' })
  const verify = (bytes: Uint8Array, signature: Uint8Array): boolean => verifyBytes(null, bytes, publicKey, signature)
  return { kind: 'ok', value: { name, vkey, keyId, verify } }
}

/** The parts of a verifier key, of whatever signature type. */
export interface NamedKey {
  readonly name: string
  /** Four bytes, in hex: the start of SHA-256(name || 0x0A || type || material). */
  readonly keyId: string
  /** Signature type, one byte: 0x01 Ed25519; others are told apart by who uses them. */
  readonly type: number
  readonly material: Buffer
}

/** Takes a verifier key apart strictly; whether its type and material fit is for the caller to say. */
export function parseNamedKey(vkey: string): Parsed<NamedKey> {
  const [, name, keyId, encoded] = /^([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+={0,2})$/.exec(vkey) ?? []
  const key = encoded === undefined ? null : decodeBase64(encoded)
  if (name === undefined || keyId === undefined || key === null || !isKeyName(name))
    return malformedKey(vkey, 'expected `<name>+<8 hex digits>+<base64>`')
  const type = key[0] ?? 0
  const material = key.subarray(1)
  const expected = keyIdOf(name, type, material)
  if (expected !== keyId) return malformedKey(vkey, `expected key id \`${expected}\``)
  return { kind: 'ok', value: { name, keyId, type, material } }
}

/**
 * The verifier key of a public key: `<name>+<key id>+<base64(type || material)>`.
 * @throws RecorderError `invalid-argument` when the name does not fit.
 */
export function verifierKey(name: string, type: number, material: Uint8Array): string {
  if (!isKeyName(name))
    throw new RecorderError('invalid-argument', `key name ${quote(name)}: expected no space and no +`)
  return `${name}+${keyIdOf(name, type, material)}+${Buffer.concat([Buffer.of(type), material]).toString('base64')}`
}

/**
 * Signs a text, which must end in a newline, with each signer, and gives the bytes of the note.
 * @throws RecorderError `invalid-argument` when the text cannot stand in a note.
 */
export function signNote(text: string, signers: readonly Signer[]): Buffer {
  const bytes = signedBytes(text)
  return wholeNote(
    text,
    signers.map((signer) => signatureOf(signer, signer.sign(bytes))),
  )
}

/** The same by a signer that may have to ask for its signature. */
export async function signNoteLater(text: string, signer: LaterSigner): Promise<Buffer> {
  return wholeNote(text, [signatureOf(signer, await signer.sign(signedBytes(text)))])
}

function signedBytes(text: string): Buffer {
  if (!text.endsWith('\n') || forbiddenInNote.test(text) || !text.isWellFormed())
    throw new RecorderError('invalid-argument', 'note text: expected well-formed lines without control characters')
  return Buffer.from(text, 'utf8')
}

function signatureOf({ name, vkey }: Pick<Signer, 'name' | 'vkey'>, signature: Uint8Array): string {
  const id = Buffer.from(vkey.slice(name.length + 1, name.length + 9), 'hex')
  return `\u2014 ${name} ${Buffer.concat([id, signature]).toString('base64')}\n`
}

const wholeNote = (text: string, lines: readonly string[]): Buffer => Buffer.from(`${text}\n${lines.join('')}`, 'utf8')

/** Reads a note's form; says nothing about whether its signatures hold. */
export function parseNote(bytes: Uint8Array): Parsed<Note> {
  const malformed = (reason: string): Parsed<Note> => ({ kind: 'malformed', reason })
  const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
  if (!Buffer.from(whole, 'utf8').equals(bytes)) return malformed('signed note: not UTF-8')
  if (forbiddenInNote.test(whole)) return malformed('signed note: has a control character')
  const gap = whole.lastIndexOf('\n\n')
  if (gap < 0 || !whole.endsWith('\n')) return malformed('signed note: expected an empty line before the signatures')
  const lines = whole.slice(gap + 2, -1).split('\n')
  if (lines.length > maxSignatures) return malformed('signed note: too many signatures')
  const signatures: NoteSignature[] = []
  for (const line of lines) {
    const [, name, encoded] = signatureLine.exec(line) ?? []
    const decoded = encoded === undefined ? null : decodeBase64(encoded)
    if (name === undefined || decoded === null || decoded.length < 5)
      return malformed(`signed note: signature line ${quote(line)}: expected a dash, a name and base64`)
    signatures.push({ name, keyId: decoded.subarray(0, 4).toString('hex'), signature: decoded.subarray(4) })
  }
  return { kind: 'ok', value: { text: whole.slice(0, gap + 1), signatures } }
}

/**
 * Verifies a note. Trusted when at least one trusted key signed it, each signature by a trusted key holds and, where
 * `everyLine` is asked, there is no other line and none twice.
 */
export function verifyNote(
  bytes: Uint8Array,
  verifiers: readonly Verifier[],
  options: { readonly everyLine?: boolean } = {},
): NoteVerdict {
  const note = parseNote(bytes)
  if (note.kind === 'malformed') return note
  const { text, signatures } = note.value
  const untrusted = (reason: string): NoteVerdict => ({ kind: 'untrusted', text, reason })
  const signed = Buffer.from(text, 'utf8')
  const by: string[] = []
  for (const { name, keyId, signature } of signatures) {
    const verifier = verifiers.find((candidate) => candidate.name === name && candidate.keyId === keyId)
    const key = quote(`${name}+${keyId}`)
    if (verifier === undefined) {
      if (options.everyLine === true) return untrusted(`signature by ${key}, which is not a trusted key`)
      continue
    }
    if (!verifier.verify(signed, signature)) return untrusted(`signature by ${key} does not hold`)
    if (options.everyLine === true && by.includes(verifier.vkey)) return untrusted(`signature by ${key} stands twice`)
    by.push(verifier.vkey)
  }
  return by.length === 0 ? untrusted('no signature by a trusted key') : { kind: 'trusted', text, by }
}

/** Decodes base64 only if it is canonical: encoding it again gives the same text. */
export function decodeBase64(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64')
  return bytes.toString('base64') === text ? bytes : null
}

function isKeyName(name: string): boolean {
  return keyName.test(name) && name.isWellFormed()
}

function malformedKey(vkey: string, what: string): { readonly kind: 'malformed'; readonly reason: string } {
  return { kind: 'malformed', reason: `verifier key ${quote(vkey)}: ${what}` }
}

function keyIdOf(name: string, type: number, material: Uint8Array): string {
  return sha256(Buffer.concat([Buffer.from(`${name}\n`, 'utf8'), Buffer.of(type), material]))
    .subarray(0, 4)
    .toString('hex')
}

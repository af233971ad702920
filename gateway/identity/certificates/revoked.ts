// What a plant has revoked: OpenSSH's key revocation list (PROTOCOL.krl, version 1), as `ssh-keygen -k` writes it, or
// plain public keys one a line, as sshd's RevokedKeys takes both. Pure; reading the file again is revocation-file.ts's.

import { createHash } from 'node:crypto'
import { isCertificateAlgorithm, parseCertificate, type Certificate } from './certificate.ts'
import { parsed, WireFault, WireReader, type Malformed } from './wire.ts'

export interface Revoked {
  /** Is this plain key revoked? */
  hasKey(key: Uint8Array): boolean
  /** Is the certificate revoked: by its key, its serial, its key id, or with its authority? */
  hasCertificate(certificate: Certificate): boolean
}

export const nothingRevoked: Revoked = { hasKey: () => false, hasCertificate: () => false }

const magic = Buffer.from('SSHKRL\n\0', 'latin1')
const isOfKrl = (bytes: Uint8Array): boolean => magic.equals(bytes.subarray(0, magic.length))
/** Bits of one serial bitmap: as many as the file may have anyway. */
const maxBitmapBytes = 1 << 20

/** What is revoked of one authority's certificates; of any, where the list names none. */
interface OfAuthority {
  readonly authority: string | null
  readonly serials: Set<bigint>
  readonly ranges: { readonly from: bigint; readonly to: bigint }[]
  readonly bitmaps: { readonly offset: bigint; readonly bits: Buffer }[]
  readonly keyIds: Set<string>
}

interface List {
  readonly keys: Set<string>
  readonly sha1: Set<string>
  readonly sha256: Set<string>
  readonly certificates: OfAuthority[]
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
const digest = (algorithm: string, bytes: Uint8Array): string => createHash(algorithm).update(bytes).digest('hex')

/** Reads either form. Nothing is skipped that could revoke: what is not understood makes the whole list unusable. */
export function parseRevoked(bytes: Uint8Array): { readonly kind: 'ok'; readonly revoked: Revoked } | Malformed {
  const read = parsed(() => (isOfKrl(bytes) ? readKrl(bytes) : readLines(bytes)))
  return read.kind === 'ok' ? { kind: 'ok', revoked: judgeBy(read.value) } : read
}

function judgeBy(list: List): Revoked {
  const hasKey = (key: Uint8Array): boolean =>
    list.keys.has(hex(key)) || list.sha1.has(digest('sha1', key)) || list.sha256.has(digest('sha256', key))
  return {
    hasKey,
    hasCertificate: (certificate) =>
      hasKey(certificate.key) ||
      hasKey(certificate.authority) ||
      list.certificates.some((of) => isAmong(of, certificate)),
  }
}

function isAmong(of: OfAuthority, { authority, serial, keyId }: Certificate): boolean {
  if (of.authority !== null && of.authority !== hex(authority)) return false
  if (of.keyIds.has(keyId)) return true
  // Zero is what an authority writes that numbers nothing: it names no certificate (as in sshd).
  if (serial === 0n) return false
  return (
    of.serials.has(serial) ||
    of.ranges.some(({ from, to }) => from <= serial && serial <= to) ||
    of.bitmaps.some(({ offset, bits }) => isSet(bits, serial - offset))
  )
}

/** Bit 0 is the last bit of a big-endian number. */
function isSet(bits: Buffer, index: bigint): boolean {
  if (index < 0n || index >= BigInt(bits.length) * 8n) return false
  const at = Number(index)
  return (((bits[bits.length - 1 - (at >> 3)] ?? 0) >> (at & 7)) & 1) === 1
}

function readLines(bytes: Uint8Array): List {
  const list: List = { keys: new Set(), sha1: new Set(), sha256: new Set(), certificates: [] }
  const lines = Buffer.from(bytes).toString('utf8').split('\n')
  for (const [index, line] of lines.entries()) {
    const words = line.trim().split(/\s+/)
    if (words[0] === '' || words[0]?.startsWith('#')) continue
    const blob = Buffer.from(words[1] ?? '', 'base64')
    const type = parsed(() => new WireReader(blob).text('a key type'))
    if (type.kind === 'malformed' || type.value !== words[0])
      throw new WireFault(`line ${index + 1}: expected a public key, its type and base64`)
    list.keys.add(hex(keyIn(type.value, blob, index + 1)))
  }
  return list
}

/** Of a certificate the key it is about: whoever lists `id-cert.pub` means that this one comes in no more. */
function keyIn(type: string, blob: Uint8Array, line: number): Uint8Array {
  if (!isCertificateAlgorithm(type)) return blob
  const read = parseCertificate(blob)
  if (read.kind === 'malformed') throw new WireFault(`line ${line}: expected a certificate: ${read.problem}`)
  return read.certificate.key
}

/*
  byte[8] "SSHKRL\n\0", uint32 version 1, uint64 krl_version, uint64 generated, uint64 flags, string reserved,
  string comment; then sections: byte type, string data
*/
function readKrl(bytes: Uint8Array): List {
  const list: List = { keys: new Set(), sha1: new Set(), sha256: new Set(), certificates: [] }
  const reader = new WireReader(bytes)
  for (let i = 0; i < magic.length; i++) reader.byte('the start of a revocation list')
  const version = reader.u32('the version of the format')
  if (version !== 1) throw new WireFault(`byte 8: expected format version 1, got ${version}`)
  for (const what of ['the list\u2019s version', 'its date', 'its flags']) reader.u64(what)
  reader.string('what is reserved')
  reader.string('the comment')
  eachTyped(reader, 'section', (type, data) => readSection(type, data, list))
  return list
}

/** Again and again to the end: byte type, string of what it holds, which is read to its own end. */
function eachTyped(reader: WireReader, what: string, read: (type: number, inside: WireReader) => void): void {
  while (!reader.isDone) {
    const type = reader.byte(`a ${what}`)
    const inside = new WireReader(reader.string(`a ${what}`))
    read(type, inside)
    inside.end(`the ${what}`)
  }
}

function readSection(type: number, data: WireReader, list: List): void {
  const each = (what: string, length: number | null, into: Set<string>): void => {
    while (!data.isDone) {
      const found = data.string(what)
      if (length !== null && found.length !== length) throw new WireFault(`expected ${what} of ${length} bytes`)
      into.add(hex(found))
    }
  }
  switch (type) {
    case 1:
      return void list.certificates.push(readCertificates(data))
    case 2:
      return each('a key', null, list.keys)
    case 3:
      return each('a SHA-1 fingerprint', 20, list.sha1)
    case 5:
      return each('a SHA-256 fingerprint', 32, list.sha256)
    case 4:
      // A signature. The file is the plant's own, on the gateway's own disk: who can write there needs none.
      data.string('a signature key')
      if (!data.isDone) data.string('a signature')
      return
    case 255:
      return readExtension(data)
    default:
      throw new WireFault(`expected a section of a known type, got ${type}`)
  }
}

function readCertificates(data: WireReader): OfAuthority {
  const authority = data.string('an authority')
  data.string('what is reserved')
  const of: OfAuthority = {
    authority: authority.length === 0 ? null : hex(authority),
    serials: new Set(),
    ranges: [],
    bitmaps: [],
    keyIds: new Set(),
  }
  eachTyped(data, 'part', (type, part) => readPart(type, part, of))
  return of
}

function readPart(type: number, part: WireReader, of: OfAuthority): void {
  switch (type) {
    case 0x20:
      while (!part.isDone) of.serials.add(part.u64('a serial number'))
      return
    case 0x21: {
      const [from, to] = [part.u64('a first serial number'), part.u64('a last serial number')]
      of.ranges.push({ from, to })
      return
    }
    case 0x22: {
      const offset = part.u64('an offset')
      const bits = part.mpint('a bitmap')
      if (bits.length > maxBitmapBytes) throw new WireFault(`expected a bitmap of at most ${maxBitmapBytes} bytes`)
      of.bitmaps.push({ offset, bits })
      return
    }
    case 0x23:
      while (!part.isDone) of.keyIds.add(part.text('a key id'))
      return
    case 0x39:
      return readExtension(part)
    default:
      throw new WireFault(`expected a part of a known type, got ${type}`)
  }
}

/** Extensions may be passed over unless they say that they may not be. */
function readExtension(data: WireReader): void {
  const name = data.text('the name of an extension')
  const isCritical = data.byte('whether it is critical') !== 0
  data.string('an extension')
  if (isCritical) throw new WireFault(`expected no critical extension, got \`${name.slice(0, 64)}\``)
}

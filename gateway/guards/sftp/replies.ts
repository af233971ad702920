// What a server answers (draft-ietf-secsh-filexfer-02 section 7), read strictly: an answer that does not fit what was
// asked is no answer. And the answers the gateway gives by itself.

import { readAttributes, writeAttributes, type Attributes } from './attributes.ts'
import { longestHandle, packetTypes, statusCodes } from './codes.ts'
import { FieldReader, packet, SftpFault, string, u32, u64 } from './fields.ts'

export interface Named {
  /** As the target wrote it, of whatever bytes. */
  readonly name: Buffer
  readonly attributes: Attributes
}

export type SftpReply =
  | { readonly kind: 'status'; readonly id: number; readonly code: number; readonly message: string }
  | { readonly kind: 'handle'; readonly id: number; readonly handle: string }
  | { readonly kind: 'data'; readonly id: number; readonly data: Buffer }
  | { readonly kind: 'name'; readonly id: number; readonly names: readonly Named[] }
  | { readonly kind: 'attrs'; readonly id: number; readonly attributes: Attributes }
  | { readonly kind: 'extended'; readonly id: number; readonly data: Buffer }

/** What an answer may be beside a status that says no. `names` of a folder; `name`: exactly one. */
export type Expected =
  | { readonly kind: 'done' | 'handle' | 'names' | 'name' | 'attrs' | 'extended' }
  | { readonly kind: 'data'; readonly most: number }

const t = packetTypes

/** A packet of a server to its VERSION: what it can beside the draft, by name. @throws SftpFault */
export function readVersion(frame: Buffer): {
  readonly version: number
  readonly extensions: ReadonlyMap<string, string>
} {
  if (frame.readUInt8(4) !== t.version)
    throw new SftpFault(`expected VERSION, got a packet of type ${frame.readUInt8(4)}`)
  const reader = new FieldReader(frame.subarray(5))
  const version = reader.u32('version')
  const extensions = new Map<string, string>()
  while (reader.left > 0) {
    const name = reader.string('extension', 256).toString('latin1')
    extensions.set(name, reader.string('version of an extension', 1_024).toString('latin1'))
    if (extensions.size > 256) throw new SftpFault('expected at most 256 extensions, got more')
  }
  return { version, extensions }
}

/** @throws SftpFault */
export function readReply(frame: Buffer): SftpReply {
  const type = frame.readUInt8(4)
  const id = frame.readUInt32BE(5)
  const reader = new FieldReader(frame.subarray(9))
  switch (type) {
    case t.status: {
      const code = reader.u32('status')
      // Message and language are missing from servers older than version 3.
      const message = reader.left > 0 ? reader.string('message').toString('utf8') : ''
      if (reader.left > 0) reader.string('language')
      reader.end()
      return { kind: 'status', id, code, message }
    }
    case t.handle: {
      const handle = reader.string('handle', longestHandle).toString('latin1')
      reader.end()
      return { kind: 'handle', id, handle }
    }
    case t.data: {
      const data = reader.string('data')
      // Section 7: nothing; version 6 adds the end of the file, which some servers of version 3 do, too.
      if (reader.left > 0) reader.bytes(1, 'end of file')
      reader.end()
      return { kind: 'data', id, data }
    }
    case t.name: {
      const names: Named[] = []
      const count = reader.u32('count')
      for (let i = 0; i < count; i++) {
        const name = reader.string('name')
        reader.string('long name')
        names.push({ name, attributes: readAttributes(reader) })
      }
      reader.end()
      return { kind: 'name', id, names }
    }
    case t.attrs: {
      const attributes = readAttributes(reader)
      reader.end()
      return { kind: 'attrs', id, attributes }
    }
    case t.extendedReply:
      return { kind: 'extended', id, data: reader.bytes(reader.left, 'extended reply') }
    default:
      throw new SftpFault(`expected an answer, got a packet of type ${type}`)
  }
}

const slash = 0x2f

/** Why this is no answer to what was asked, in one clause; null where it is one. */
export function misfit(reply: SftpReply, expected: Expected): string | null {
  if (reply.kind === 'status') {
    // Success without what was asked for is none.
    return reply.code === statusCodes.ok && expected.kind !== 'done'
      ? `success where ${expected.kind} was expected`
      : null
  }
  switch (expected.kind) {
    case 'done':
      return `${reply.kind} where a status was expected`
    case 'data':
      if (reply.kind !== 'data') return `${reply.kind} where data was expected`
      if (reply.data.length > expected.most) return `${reply.data.length} bytes where ${expected.most} were asked for`
      return null
    case 'name':
      if (reply.kind !== 'name') return `${reply.kind} where a name was expected`
      return reply.names.length === 1 ? null : `${reply.names.length} names where one was expected`
    case 'names': {
      if (reply.kind !== 'name') return `${reply.kind} where names were expected`
      // What a client makes of such a name lies outside the folder it fetches (CVE-2019-6111).
      const odd = reply.names.some(({ name }) => name.length === 0 || name.includes(slash) || name.includes(0))
      return odd ? 'a name in a folder with a slash or a zero byte in it' : null
    }
    case 'handle':
    case 'attrs':
    case 'extended':
      return reply.kind === expected.kind ? null : `${reply.kind} where ${expected.kind} was expected`
  }
}

export const versionPacket = (extensions: ReadonlyMap<string, string>): Buffer =>
  packet(t.version, u32(3), ...[...extensions].flatMap(([name, version]) => [string(name), string(version)]))

export const statusPacket = (id: number, code: number, message: string): Buffer =>
  packet(t.status, u32(id), u32(code), string(message), string('en'))

export const handlePacket = (id: number, handle: string): Buffer =>
  packet(t.handle, u32(id), string(Buffer.from(handle, 'latin1')))

export const dataPacket = (id: number, data: Uint8Array): Buffer => packet(t.data, u32(id), u32(data.length), data)

export const attrsPacket = (id: number, attributes: Attributes): Buffer =>
  packet(t.attrs, u32(id), writeAttributes(attributes))

/** One name without attributes, as REALPATH answers (section 6.11). */
export const namePacket = (id: number, name: string): Buffer =>
  packet(t.name, u32(id), u32(1), string(name), string(name), u32(0))

/** As OpenSSH's PROTOCOL section 4.8 lays it out. */
export const limitsPacket = (
  id: number,
  { packets, read, write, handles }: { packets: number; read: number; write: number; handles: number },
): Buffer => packet(t.extendedReply, u32(id), u64(packets), u64(read), u64(write), u64(handles))

/** @throws SftpFault */
export function readLimits(data: Buffer): { readonly read: number; readonly write: number } {
  const reader = new FieldReader(data)
  reader.u64('packets')
  const limits = { read: reader.u64('read'), write: reader.u64('write') }
  reader.u64('handles')
  return limits
}

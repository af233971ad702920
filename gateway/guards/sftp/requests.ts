// What a client asks for: packets of SFTP version 3 as values, and as bytes again for the target. A packet that is not
// understood to its last byte is an answer here, never a request.

import { readAttributes, writeAttributes, type Attributes } from './attributes.ts'
import { everyOpenFlag, longestHandle, longestPath, packetTypes } from './codes.ts'
import { FieldReader, packet, SftpFault, string, u32, u64 } from './fields.ts'

// Each distributes over its kinds, so that a union can be taken apart by them.
type Of<K extends string, More> = K extends string ? { readonly kind: K; readonly id: number } & More : never
type OnPath<K extends string> = Of<K, { readonly path: string }>
type OnTwo<K extends string> = Of<K, { readonly from: string; readonly to: string }>
type OnHandle<K extends string> = Of<K, { readonly handle: string }>
interface Set {
  readonly attributes: Attributes
}

/** What is asked of a path. */
export type PathRequest =
  | (OnPath<'open'> & Set & { readonly flags: number })
  | (OnPath<'mkdir' | 'setstat' | 'lsetstat'> & Set)
  | OnPath<'opendir' | 'remove' | 'rmdir' | 'realpath' | 'stat' | 'lstat' | 'readlink' | 'statvfs' | 'expand-path'>
  /** `symlink`: `from` is the text of the link, `to` where it is made, in OpenSSH's order. */
  | OnTwo<'rename' | 'posix-rename' | 'symlink' | 'hardlink'>

/** What is asked of something open. A handle is bytes, read as latin1. */
export type HandleRequest =
  | OnHandle<'close' | 'fstat' | 'readdir' | 'fsync' | 'fstatvfs'>
  | (OnHandle<'fsetstat'> & Set)
  | (OnHandle<'read'> & { readonly offset: number; readonly length: number })
  | (OnHandle<'write'> & { readonly offset: number; readonly data: Buffer })
  | (OnHandle<'copy-data'> & {
      readonly offset: number
      readonly length: number
      readonly into: string
      readonly at: number
    })

export type SftpRequest =
  | { readonly kind: 'init'; readonly version: number }
  | PathRequest
  | HandleRequest
  | { readonly kind: 'limits'; readonly id: number }
  /** Nothing that is known here. */
  | { readonly kind: 'unknown'; readonly id: number; readonly name: string }
  /** Not understood: `text` is one clause. */
  | { readonly kind: 'malformed'; readonly id: number; readonly text: string }

const t = packetTypes
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Rules name paths as text; a name that is none could not be judged. */
function pathFrom(reader: FieldReader): string {
  const bytes = reader.string('path', longestPath)
  if (bytes.includes(0)) throw new SftpFault('path: expected no zero byte')
  try {
    return utf8.decode(bytes)
  } catch {
    throw new SftpFault('path: expected UTF-8, so that the rules about files can be asked')
  }
}

const handleFrom = (reader: FieldReader): string => reader.string('handle', longestHandle).toString('latin1')

const onPath = {
  [t.opendir]: 'opendir',
  [t.remove]: 'remove',
  [t.rmdir]: 'rmdir',
  [t.realpath]: 'realpath',
  [t.stat]: 'stat',
  [t.lstat]: 'lstat',
  [t.readlink]: 'readlink',
} as const
const onHandle = { [t.close]: 'close', [t.fstat]: 'fstat', [t.readdir]: 'readdir' } as const

function readExtended(id: number, reader: FieldReader): SftpRequest {
  const name = reader.string('extended request', 256).toString('latin1')
  switch (name) {
    case 'posix-rename@openssh.com':
      return { kind: 'posix-rename', id, from: pathFrom(reader), to: pathFrom(reader) }
    case 'hardlink@openssh.com':
      return { kind: 'hardlink', id, from: pathFrom(reader), to: pathFrom(reader) }
    case 'statvfs@openssh.com':
      return { kind: 'statvfs', id, path: pathFrom(reader) }
    case 'fstatvfs@openssh.com':
      return { kind: 'fstatvfs', id, handle: handleFrom(reader) }
    case 'fsync@openssh.com':
      return { kind: 'fsync', id, handle: handleFrom(reader) }
    case 'lsetstat@openssh.com':
      return { kind: 'lsetstat', id, path: pathFrom(reader), attributes: readAttributes(reader) }
    case 'limits@openssh.com':
      return { kind: 'limits', id }
    case 'expand-path@openssh.com':
      return { kind: 'expand-path', id, path: pathFrom(reader) }
    case 'copy-data': {
      const handle = handleFrom(reader)
      const [offset, length] = [reader.u64('offset'), reader.u64('length')]
      return { kind: 'copy-data', id, handle, offset, length, into: handleFrom(reader), at: reader.u64('offset') }
    }
    default:
      reader.bytes(reader.left, 'extended request')
      return { kind: 'unknown', id, name }
  }
}

function readBody(type: number, id: number, reader: FieldReader): SftpRequest {
  switch (type) {
    // Most packets are one of the next two.
    case t.read:
      return {
        kind: 'read',
        id,
        handle: handleFrom(reader),
        offset: reader.u64('offset'),
        length: reader.u32('length'),
      }
    case t.write:
      return {
        kind: 'write',
        id,
        handle: handleFrom(reader),
        offset: reader.u64('offset'),
        data: reader.string('data'),
      }
    case t.open: {
      const path = pathFrom(reader)
      const flags = reader.u32('open flags')
      if ((flags & ~everyOpenFlag) !== 0) throw new SftpFault(`open flags: unknown ones in 0x${flags.toString(16)}`)
      return { kind: 'open', id, path, flags, attributes: readAttributes(reader) }
    }
    case t.setstat:
      return { kind: 'setstat', id, path: pathFrom(reader), attributes: readAttributes(reader) }
    case t.mkdir:
      return { kind: 'mkdir', id, path: pathFrom(reader), attributes: readAttributes(reader) }
    case t.fsetstat:
      return { kind: 'fsetstat', id, handle: handleFrom(reader), attributes: readAttributes(reader) }
    case t.rename:
      return { kind: 'rename', id, from: pathFrom(reader), to: pathFrom(reader) }
    case t.symlink:
      return { kind: 'symlink', id, from: pathFrom(reader), to: pathFrom(reader) }
    case t.extended:
      return readExtended(id, reader)
    default:
      if (type in onPath) return { kind: onPath[type as keyof typeof onPath], id, path: pathFrom(reader) }
      if (type in onHandle) return { kind: onHandle[type as keyof typeof onHandle], id, handle: handleFrom(reader) }
      reader.bytes(reader.left, 'packet')
      return { kind: 'unknown', id, name: String(type) }
  }
}

/** Never throws. @param frame one packet with its length field, as PacketSplitter gives it. */
export function readRequest(frame: Buffer): SftpRequest {
  const type = frame.readUInt8(4)
  const id = frame.readUInt32BE(5)
  // What follows the version are names of extensions (section 4): nothing a server acts on.
  if (type === t.init) return { kind: 'init', version: id }
  const reader = new FieldReader(frame.subarray(9))
  try {
    const request = readBody(type, id, reader)
    reader.end()
    return request
  } catch (error) {
    if (error instanceof SftpFault) return { kind: 'malformed', id, text: error.message }
    throw error
  }
}

const bare = {
  opendir: t.opendir,
  remove: t.remove,
  rmdir: t.rmdir,
  realpath: t.realpath,
  stat: t.stat,
  lstat: t.lstat,
  readlink: t.readlink,
  close: t.close,
  fstat: t.fstat,
  readdir: t.readdir,
} as const
const extended = (id: number, name: string, ...fields: readonly Uint8Array[]): Buffer =>
  packet(t.extended, u32(id), string(name), ...fields)
const handleField = (handle: string): Buffer => string(Buffer.from(handle, 'latin1'))

/** Everything that can be asked of a target. */
export type TargetRequest = Exclude<SftpRequest, { kind: 'unknown' | 'malformed' }>

/** The packet of a request, with its length field. */
export function writeRequest(request: TargetRequest): Buffer {
  switch (request.kind) {
    case 'init':
      return packet(t.init, u32(request.version))
    case 'open': {
      const { id, path, flags, attributes } = request
      return packet(t.open, u32(id), string(path), u32(flags), writeAttributes(attributes))
    }
    case 'setstat':
    case 'mkdir': {
      const { id, path, attributes } = request
      return packet(t[request.kind], u32(id), string(path), writeAttributes(attributes))
    }
    case 'lsetstat': {
      const { id, path, attributes } = request
      return extended(id, 'lsetstat@openssh.com', string(path), writeAttributes(attributes))
    }
    case 'opendir':
    case 'remove':
    case 'rmdir':
    case 'realpath':
    case 'stat':
    case 'lstat':
    case 'readlink':
      return packet(bare[request.kind], u32(request.id), string(request.path))
    case 'close':
    case 'fstat':
    case 'readdir':
      return packet(bare[request.kind], u32(request.id), handleField(request.handle))
    case 'fsetstat': {
      const { id, handle, attributes } = request
      return packet(t.fsetstat, u32(id), handleField(handle), writeAttributes(attributes))
    }
    case 'read': {
      const { id, handle, offset, length } = request
      return packet(t.read, u32(id), handleField(handle), u64(offset), u32(length))
    }
    case 'write': {
      const { id, handle, offset, data } = request
      return packet(t.write, u32(id), handleField(handle), u64(offset), u32(data.length), data)
    }
    case 'rename':
    case 'symlink':
      return packet(t[request.kind], u32(request.id), string(request.from), string(request.to))
    case 'posix-rename':
    case 'hardlink':
      return extended(request.id, `${request.kind}@openssh.com`, string(request.from), string(request.to))
    case 'statvfs':
    case 'expand-path':
      return extended(request.id, `${request.kind}@openssh.com`, string(request.path))
    case 'fstatvfs':
    case 'fsync':
      return extended(request.id, `${request.kind}@openssh.com`, handleField(request.handle))
    case 'limits':
      return extended(request.id, 'limits@openssh.com')
    case 'copy-data': {
      const { id, handle, offset, length, into, at } = request
      return extended(id, 'copy-data', handleField(handle), u64(offset), u64(length), handleField(into), u64(at))
    }
  }
}

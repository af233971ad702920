// ATTRS (draft-ietf-secsh-filexfer-02 section 5):
//
//   u32 flags, then what they name: u64 size | u32 uid, u32 gid | u32 permissions | u32 atime, u32 mtime
//   | u32 count, that many pairs of strings

import { attributeFlags, fileTypes } from './codes.ts'
import { SftpFault, string, u32, u64, type FieldReader } from './fields.ts'

export interface Attributes {
  readonly size?: number
  readonly owner?: { readonly uid: number; readonly gid: number }
  /** With the kind of file in them, where a target says it. */
  readonly permissions?: number
  /** Seconds since 1970. */
  readonly times?: { readonly access: number; readonly change: number }
  readonly extended?: readonly (readonly [Buffer, Buffer])[]
}

const known = 0x8000000f
const mostPairs = 64

export function readAttributes(reader: FieldReader): Attributes {
  const flags = reader.u32('flags of attributes')
  if ((flags & ~known) >>> 0 !== 0) throw new SftpFault(`flags of attributes: unknown ones in 0x${flags.toString(16)}`)
  const has = (flag: number): boolean => (flags & flag) >>> 0 !== 0
  const size = has(attributeFlags.size) ? { size: reader.u64('size') } : {}
  const owner = has(attributeFlags.owner) ? { owner: { uid: reader.u32('uid'), gid: reader.u32('gid') } } : {}
  const permissions = has(attributeFlags.permissions) ? { permissions: reader.u32('permissions') } : {}
  const times = has(attributeFlags.times) ? { times: { access: reader.u32('atime'), change: reader.u32('mtime') } } : {}
  if (!has(attributeFlags.extended)) return { ...size, ...owner, ...permissions, ...times }
  const count = reader.u32('extended attributes')
  if (count > mostPairs) throw new SftpFault(`extended attributes: expected at most ${mostPairs}, got ${count}`)
  const extended: (readonly [Buffer, Buffer])[] = []
  for (let i = 0; i < count; i++) extended.push([reader.string('extended type'), reader.string('extended data')])
  return { ...size, ...owner, ...permissions, ...times, extended }
}

export function writeAttributes({ size, owner, permissions, times, extended }: Attributes): Buffer {
  const flags =
    (size === undefined ? 0 : attributeFlags.size) |
    (owner === undefined ? 0 : attributeFlags.owner) |
    (permissions === undefined ? 0 : attributeFlags.permissions) |
    (times === undefined ? 0 : attributeFlags.times) |
    (extended === undefined ? 0 : attributeFlags.extended)
  return Buffer.concat([
    u32(flags >>> 0),
    ...(size === undefined ? [] : [u64(size)]),
    ...(owner === undefined ? [] : [u32(owner.uid), u32(owner.gid)]),
    ...(permissions === undefined ? [] : [u32(permissions)]),
    ...(times === undefined ? [] : [u32(times.access), u32(times.change)]),
    ...(extended === undefined
      ? []
      : [u32(extended.length), ...extended.flatMap(([type, data]) => [string(type), string(data)])]),
  ])
}

/** What kind of file it is; null where the target does not say. */
export function fileTypeOf({ permissions }: Attributes): 'regular' | 'folder' | 'link' | 'other' | null {
  if (permissions === undefined || (permissions & fileTypes.mask) === 0) return null
  switch (permissions & fileTypes.mask) {
    case fileTypes.regular:
      return 'regular'
    case fileTypes.folder:
      return 'folder'
    case fileTypes.link:
      return 'link'
    default:
      return 'other'
  }
}

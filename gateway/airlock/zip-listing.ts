// The central directory of a ZIP file (APPNOTE 6.3.10): what it names, and what of it is odd.

import type { ArchiveFound } from '../store/file-transfers.ts'
import { Listing, type Content } from './archive-listing.ts'

/** End of central directory record (4.3.16): 22 bytes and a comment of up to 65,535. */
const endBytes = 22
const mostTail = endBytes + 65_535
/** A central directory that is larger is not read. */
const mostDirectory = 32 * 1024 * 1024

const unreadable = (packed: number, what: string): ArchiveFound => {
  const listing = new Listing()
  listing.odd(what)
  return listing.done(packed)
}

function findEnd(tail: Buffer): number {
  for (let at = tail.length - endBytes; at >= 0; at--)
    if (tail.readUInt32LE(at) === 0x06054b50 && at + endBytes + tail.readUInt16LE(at + 20) <= tail.length) return at
  return -1
}

export async function listZip(content: Content): Promise<ArchiveFound> {
  const { size } = content
  const tailAt = Math.max(0, size - mostTail)
  const tail = Buffer.from(await content.read(tailAt, size - tailAt))
  const end = findEnd(tail)
  if (end === -1) return unreadable(size, 'the directory of the archive is missing: it cannot be listed')
  let directoryBytes = tail.readUInt32LE(end + 12)
  let directoryAt = tail.readUInt32LE(end + 16)
  // ZIP64 (4.3.15): a locator of 20 bytes stands right before.
  if (end >= 20 && tail.readUInt32LE(end - 20) === 0x07064b50) {
    const at = Number(tail.readBigUInt64LE(end - 12))
    const record = Buffer.from(at < size ? await content.read(at, 56) : [])
    if (record.length < 56 || record.readUInt32LE(0) !== 0x06064b50)
      return unreadable(size, 'the directory of the archive is malformed: it cannot be listed')
    directoryBytes = Number(record.readBigUInt64LE(40))
    directoryAt = Number(record.readBigUInt64LE(48))
  }
  if (directoryAt + directoryBytes > size)
    return unreadable(size, 'the directory of the archive is malformed: it cannot be listed')
  if (directoryBytes > mostDirectory) return unreadable(size, 'the directory of the archive is too large to be listed')
  return readDirectory(Buffer.from(await content.read(directoryAt, directoryBytes)), size)
}

/** Central file headers (4.3.12): 46 bytes, then name, extra field and comment. */
function readDirectory(directory: Buffer, packed: number): ArchiveFound {
  const listing = new Listing()
  let at = 0
  while (at + 46 <= directory.length && !listing.isFull) {
    if (directory.readUInt32LE(at) !== 0x02014b50) break
    const flags = directory.readUInt16LE(at + 8)
    const nameBytes = directory.readUInt16LE(at + 28)
    const extraBytes = directory.readUInt16LE(at + 30)
    const nameEnd = at + 46 + nameBytes
    if (nameEnd > directory.length) break
    const name = directory.toString((flags & 0x0800) === 0 ? 'latin1' : 'utf8', at + 46, nameEnd)
    if ((flags & 0x0001) !== 0) listing.odd('entries are encrypted: no scanner can look at them')
    listing.add(name, sizeOf(directory, at, nameEnd, extraBytes))
    at = nameEnd + extraBytes + directory.readUInt16LE(at + 32)
  }
  if (at < directory.length && !listing.isFull) listing.odd('the directory of the archive is malformed: it ends early')
  return listing.done(packed)
}

/** ZIP64 sizes stand in the extra field (4.5.3), header 0x0001, the unpacked size first. */
function sizeOf(directory: Buffer, at: number, extraAt: number, extraBytes: number): number {
  const size = directory.readUInt32LE(at + 24)
  if (size !== 0xffff_ffff) return size
  const end = Math.min(extraAt + extraBytes, directory.length)
  for (let field = extraAt; field + 4 <= end; field += 4 + directory.readUInt16LE(field + 2))
    if (directory.readUInt16LE(field) === 0x0001 && field + 12 <= end)
      return Number(directory.readBigUInt64LE(field + 4))
  return size
}

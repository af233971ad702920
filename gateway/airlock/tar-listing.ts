// The entries of a tar archive, plain or inside gzip, under the names that unpacking gives them: ustar, GNU long names and
// pax headers. Of a gzipped one no more is unpacked than the bound says, in memory and a piece at a time.
//
// Who hides a file behind a harmless one does so where programs read the same bytes in two ways. GNU tar is followed, the one
// that is there on most targets; where others, or its own listing and its own unpacking, do not agree on what comes next,
// the entry is listed and the rest is not looked at, which is said.

import { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import type { ArchiveFound } from '../store/file-transfers.ts'
import { systemCode } from '../start-problem.ts'
import { Listing, type Content } from './archive-listing.ts'
import { readPax, saysNothing, type PaxSaid } from './pax-records.ts'
import { blockBytes, isZero, readHeader, saysTar, textIn, type TarHeader } from './tar-header.ts'

const pieceBytes = 64 * 1024
/** What is unpacked of a gzip file at most, and what is read behind the end of an archive. */
const mostUnpacked = 256 * 1024 * 1024
/** A GNU long name, or a pax header, that is longer is not read. */
const mostLongName = 16_384

/** Takes the bytes of a tar as they come, and skips what is between headers. */
class TarReader {
  readonly listing = new Listing()
  isOver = false
  isTar = false
  #held: Buffer = Buffer.alloc(0)
  #skip = 0
  /** Bytes behind the mark that ends the archive; null before it. */
  #behindEnd: number | null = null
  /** A header whose body says something of the entries after it, as much of it as has come. */
  #body: { readonly type: string; left: number; readonly parts: Buffer[] } | null = null
  // What such headers said of the next entry: by whom, and what. Forgotten when it has come.
  #saidBy = ''
  #said: PaxSaid = saysNothing
  #longName: string | null = null
  #longLink: string | null = null
  /** The next entry is the last that can be told for sure. */
  #isLast = false

  /** Bytes that need not be read, for who can leap. */
  get skip(): number {
    return this.#skip
  }

  leap(bytes: number): void {
    this.#skip -= bytes
  }

  take(piece: Uint8Array): void {
    let bytes = this.#held.length === 0 ? Buffer.from(piece) : Buffer.concat([this.#held, piece])
    while (!this.isOver && this.#behindEnd === null) {
      if (this.#skip > 0) {
        const taken = Math.min(this.#skip, bytes.length)
        this.#keepBody(bytes.subarray(0, taken))
        this.#skip -= taken
        bytes = bytes.subarray(taken)
        if (this.#skip > 0 || this.isOver) break
      }
      if (bytes.length < blockBytes) break
      this.#header(bytes.subarray(0, blockBytes))
      bytes = bytes.subarray(blockBytes)
    }
    if (this.#behindEnd !== null) this.#lookBehindEnd(bytes)
    this.#held = this.#behindEnd === null ? Buffer.from(bytes) : Buffer.alloc(0)
  }

  /** Is what comes next to be skipped a name, which has to be read? */
  get wantsBody(): boolean {
    return this.#body !== null
  }

  /** From here on it is not told what the archive holds. */
  #stop(because: string): void {
    this.listing.odd(`${because}: the rest was not looked at`)
    this.isOver = true
  }

  /** As `#stop`, but what is said of the next entry is still told. */
  #stopAfterNext(because: string): void {
    this.listing.odd(`${because}: the rest was not looked at`)
    this.#isLast = true
  }

  /** GNU tar reads no further; others may (`tar -i`, busybox), and whoever appends something may have a program for it. */
  #lookBehindEnd(bytes: Buffer): void {
    this.#behindEnd = (this.#behindEnd ?? 0) + bytes.length
    if (this.#behindEnd > mostUnpacked || !isZero(bytes)) this.#stop('more stands behind its end')
  }

  #keepBody(bytes: Buffer): void {
    if (this.#body === null) return
    const part = Buffer.from(bytes.subarray(0, this.#body.left))
    this.#body.parts.push(part)
    this.#body.left -= part.length
    if (this.#body.left > 0) return
    const { type, parts } = this.#body
    this.#body = null
    const body = Buffer.concat(parts)
    if (type === 'L') this.#longName = textIn(body, 0, body.length)
    else if (type === 'K') this.#longLink = textIn(body, 0, body.length)
    else this.#readPax(type, readPax(body))
  }

  #readPax(type: string, said: PaxSaid): void {
    if (said.isMalformed) this.#stopAfterNext('a pax header in it is malformed')
    if (type !== 'g') this.#said = said
    // GNU tar heeds it, and of what is said twice the first; others let it be. No program writes such a header.
    else if (said.path !== null || said.linkpath !== null || said.size !== null || said.isSparse)
      this.#stop('a header for all entries gives them one name or size')
  }

  #header(block: Buffer): void {
    if (isZero(block)) {
      this.#behindEnd = 0
      return
    }
    this.isTar ||= saysTar(block)
    const header = readHeader(block)
    if (header === null) return this.#stop('a header in it is malformed')
    this.isTar = true
    this.#skip = Math.ceil(header.size / blockBytes) * blockBytes
    // `X` is what Solaris writes for `x`.
    const type = header.type === 'X' ? 'x' : header.type
    if (!'xgLK'.includes(type)) return this.#entry(header)
    if (header.size > mostLongName) return this.#stop('a name in it is too long to be read')
    if (type !== 'g') this.#noteWhoSays(type)
    this.#body = { type, left: header.size, parts: [] }
    if (header.size === 0) this.#keepBody(Buffer.alloc(0))
  }

  /** Of two that say the same, some programs take the first and some the last. */
  #noteWhoSays(type: string): void {
    const isAlone = this.#saidBy === ''
    if (!isAlone && (type === 'x' || this.#saidBy.includes('x') || this.#saidBy.includes(type)))
      this.#stopAfterNext('several headers name one entry')
    this.#saidBy += type
  }

  #entry(header: TarHeader): void {
    const said = this.#said
    const name = said.sparseName ?? said.path ?? this.#longName ?? header.name
    const link = said.linkpath ?? this.#longLink ?? header.link
    const size = said.size ?? header.size
    const holds = hasContent(header.type, name)
    const realSize = said.sparseSize ?? header.realSize
    this.listing.add(name, holds ? (realSize ?? size) : 0)
    if ((header.type === '1' || header.type === '2') && /^\/|(^|\/)\.\.(\/|$)/.test(link))
      this.listing.odd('a link leads out of the folder it is unpacked to')
    this.#skip = Math.ceil(size / blockBytes) * blockBytes
    this.#saidBy = ''
    this.#said = saysNothing
    this.#longName = null
    this.#longLink = null
    // Its map says how much is read, which need not be what its size says.
    if (header.type === 'S' || said.isSparse) this.#stop('a file with holes in it')
    // Most programs take what they should skip for the next header when they unpack.
    else if (!holds && size > 0) this.#stop('an entry that has no content claims some')
    if (this.#isLast || this.listing.isFull) this.isOver = true
  }
}

/** Links, devices and folders have none; a file whose name ends like a folder's is unpacked as one. */
function hasContent(type: string, name: string): boolean {
  return !/[1-6]/.test(type) && !(/[07\0]/.test(type) && name.endsWith('/'))
}

export async function listTar(content: Content): Promise<ArchiveFound> {
  const reader = new TarReader()
  for (let at = 0; at < content.size && !reader.isOver;) {
    if (reader.skip > pieceBytes && !reader.wantsBody) {
      const leap = Math.min(reader.skip, content.size - at)
      reader.leap(leap)
      at += leap
      continue
    }
    const piece = await content.read(at, pieceBytes)
    if (piece.length === 0) break
    reader.take(piece)
    at += piece.length
  }
  return reader.listing.done(content.size)
}

/** Null where it holds no tar. Where that cannot be told, since gzip itself is malformed, a listing that says so. */
export async function listTarGz(content: Content): Promise<ArchiveFound | null> {
  const reader = new TarReader()
  const gunzip = createGunzip({ chunkSize: pieceBytes })
  async function* pieces(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < content.size;) {
      const piece = await content.read(at, pieceBytes)
      if (piece.length === 0) return
      at += piece.length
      yield piece
    }
  }
  const source = Readable.from(pieces(), { objectMode: true, highWaterMark: 1 })
  source.on('error', (error) => gunzip.destroy(error))
  source.pipe(gunzip)
  let unpacked = 0
  let isMalformed = false
  try {
    for await (const piece of gunzip as AsyncIterable<Buffer>) {
      unpacked += piece.length
      reader.take(piece)
      if (reader.isOver || (!reader.isTar && unpacked > pieceBytes)) break
      if (unpacked > mostUnpacked) {
        reader.listing.odd(`unpacks to more than ${mostUnpacked} bytes: the rest was not looked at`)
        break
      }
    }
  } catch (error) {
    // What zlib says of hostile bytes; what the disk says is somebody else's to see.
    if (!systemCode(error).startsWith('Z_')) throw error
    // What was unpacked last is lost, though `gzip` gives it and warns: of a small archive, everything.
    reader.listing.odd('the compressed data is malformed: it ends early')
    isMalformed = true
  } finally {
    source.destroy()
    gunzip.destroy()
  }
  return reader.isTar || isMalformed ? reader.listing.done(content.size) : null
}

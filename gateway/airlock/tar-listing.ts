// The headers of a tar archive (POSIX.1-1988 ustar, names of GNU and of pax headers), plain or inside gzip. Of a gzipped one no more
// is unpacked than the bound says, in memory and a piece at a time.

import { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import type { ArchiveFound } from '../store/file-transfers.ts'
import { systemCode } from '../start-problem.ts'
import { Listing, type Content } from './archive-listing.ts'

const blockBytes = 512
const pieceBytes = 64 * 1024
/** What is unpacked of a gzip file at most. */
const mostUnpacked = 256 * 1024 * 1024
/** A GNU long name, or a pax header, that is longer is not read. */
const mostLongName = 16_384

/** Takes the bytes of a tar as they come, and skips what is between headers. */
class TarReader {
  readonly listing = new Listing()
  #held: Buffer = Buffer.alloc(0)
  #skip = 0
  #longName: { left: number; text: string; readonly isPax: boolean } | null = null
  #named: string | null = null
  isOver = false
  #headers = 0

  get isTar(): boolean {
    return this.#headers > 0
  }

  /** Bytes that need not be read, for who can leap. */
  get skip(): number {
    return this.#skip
  }

  leap(bytes: number): void {
    this.#skip -= bytes
  }

  take(piece: Uint8Array): void {
    let bytes = this.#held.length === 0 ? Buffer.from(piece) : Buffer.concat([this.#held, piece])
    while (!this.isOver) {
      if (this.#skip > 0) {
        const taken = Math.min(this.#skip, bytes.length)
        this.#keepName(bytes.subarray(0, taken))
        this.#skip -= taken
        bytes = bytes.subarray(taken)
        if (this.#skip > 0) break
      }
      if (bytes.length < blockBytes) break
      this.#header(bytes.subarray(0, blockBytes))
      bytes = bytes.subarray(blockBytes)
    }
    this.#held = Buffer.from(bytes)
  }

  /** Is what comes next to be skipped a name, which has to be read? */
  get wantsBody(): boolean {
    return this.#longName !== null
  }

  #keepName(bytes: Buffer): void {
    if (this.#longName === null) return
    const text = bytes.subarray(0, this.#longName.left)
    this.#longName.text += text.toString('utf8')
    this.#longName.left -= text.length
    if (this.#longName.left > 0) return
    const { text: said, isPax } = this.#longName
    this.#named = isPax ? (paxPath(said) ?? this.#named) : said.replace(/\0+$/, '')
    this.#longName = null
  }

  #header(block: Buffer): void {
    if (block.every((byte) => byte === 0)) {
      this.isOver = true
      return
    }
    const size = sizeIn(block)
    if (size === null || !isSummed(block)) {
      if (this.isTar) this.listing.odd('the archive is malformed: it ends early')
      this.isOver = true
      return
    }
    this.#headers += 1
    const type = String.fromCharCode(block[156] ?? 0)
    this.#skip = Math.ceil(size / blockBytes) * blockBytes
    if (type === 'L' || type === 'x') {
      if (size > mostLongName) this.listing.odd('a name in it is too long to be read')
      else if (size > 0) this.#longName = { left: size, text: '', isPax: type === 'x' }
      return
    }
    // Attributes of all entries, or the target of a link: no files.
    if (type === 'g' || type === 'K') return
    const prefix = textIn(block, 345, 155)
    const name = textIn(block, 0, 100)
    this.listing.add(this.#named ?? (prefix === '' ? name : `${prefix}/${name}`), size)
    if ((type === '1' || type === '2') && /^\/|(^|\/)\.\.(\/|$)/.test(textIn(block, 157, 100)))
      this.listing.odd('a link leads out of the folder it is unpacked to')
    this.#named = null
    if (this.listing.isFull) this.isOver = true
  }
}

/** The name in a pax header (POSIX.1-2001, pax, "pax Header Block"): records of `length path=value\n`; the last counts. */
function paxPath(records: string): string | null {
  return [...records.matchAll(/(?:^|\n)\d+ path=([^\n]*)/g)].at(-1)?.[1] ?? null
}

function textIn(block: Buffer, at: number, length: number): string {
  const field = block.subarray(at, at + length)
  const end = field.indexOf(0)
  return field.toString('utf8', 0, end === -1 ? length : end)
}

/** Octal digits, or (GNU) a big-endian number after a byte 0x80. */
function sizeIn(block: Buffer): number | null {
  if (block[124] === 0x80) {
    const size = Number(block.readBigUInt64BE(128))
    return Number.isSafeInteger(size) ? size : null
  }
  const digits = textIn(block, 124, 12).trim()
  return /^[0-7]{0,12}$/.test(digits) ? Number.parseInt(digits || '0', 8) : null
}

/** The sum of all bytes, its own field read as spaces. */
function isSummed(block: Buffer): boolean {
  const said = Number.parseInt(textIn(block, 148, 8).trim() || '-1', 8)
  let sum = 8 * 0x20
  for (const [at, byte] of block.entries()) if (at < 148 || at >= 156) sum += byte
  return said === sum
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

/** Null where it holds no tar. */
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
    reader.listing.odd('the compressed data is malformed: it ends early')
  } finally {
    source.destroy()
    gunzip.destroy()
  }
  return reader.isTar ? reader.listing.done(content.size) : null
}

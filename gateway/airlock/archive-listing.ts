// What an archive says it holds: names and sizes, from a ZIP's central directory or the headers of a tar, gzipped or not.
// Nothing is unpacked to disk, and reading ends at fixed bounds, so that a bomb costs no more than a small archive; that
// it is one is said.

import type { ArchiveFound } from '../store/file-transfers.ts'
import { listTar, listTarGz } from './tar-listing.ts'
import { listZip } from './zip-listing.ts'

/** What is listed from: any bytes of the file. */
export interface Content {
  readonly size: number
  read(offset: number, length: number): Promise<Uint8Array>
}

/** Entries that are counted; what comes after is not looked at. */
export const mostEntries = 100_000
/** Names that are kept for who decides. */
export const mostNames = 200
/** A name is cut here. */
const mostNameChars = 300
/** More than so many times what it takes packed is odd. */
const oddRatio = 200
/** Below this it is not worth a word. */
const oddFromBytes = 64 * 1024 * 1024

/** Collects what an archive says of its entries. */
export class Listing {
  #entries = 0
  #bytes = 0
  readonly #names: { readonly name: string; readonly size: number }[] = []
  readonly #oddities = new Set<string>()

  get isFull(): boolean {
    return this.#entries >= mostEntries
  }

  add(name: string, size: number): void {
    // What a hostile archive claims has to stay a number that evidence can hold.
    const claimed = Math.min(size, Number.MAX_SAFE_INTEGER)
    if (claimed < size) this.odd('an entry claims a size that no file has')
    this.#entries += 1
    this.#bytes = Math.min(this.#bytes + claimed, Number.MAX_SAFE_INTEGER)
    if (this.#names.length < mostNames) this.#names.push({ name: name.slice(0, mostNameChars), size: claimed })
    if (/(^|[\\/])\.\.([\\/]|$)|^[\\/]|^[A-Za-z]:/.test(name))
      this.odd('a name leads out of the folder it is unpacked to')
    if (/\.(zip|7z|rar|tar|gz|tgz|xz|bz2|zst|cab|jar|iso)$/i.test(name)) this.odd('holds further archives')
  }

  odd(what: string): void {
    this.#oddities.add(what)
  }

  /** @param packed bytes of the archive itself. */
  done(packed: number): ArchiveFound {
    if (this.isFull) this.odd(`more than ${mostEntries} entries: the rest was not looked at`)
    if (this.#bytes > oddFromBytes && this.#bytes > packed * oddRatio)
      this.odd(`unpacks to more than ${oddRatio} times its size`)
    return { entries: this.#entries, bytes: this.#bytes, names: this.#names, oddities: [...this.#oddities] }
  }
}

/** Null where it is no archive that can be listed. @param contentType as content-type.ts says. */
export async function listArchive(content: Content, contentType: string): Promise<ArchiveFound | null> {
  const start = Buffer.from(await content.read(0, 4))
  const isZip = start.length === 4 && (start.readUInt32BE(0) === 0x504b0304 || start.readUInt32BE(0) === 0x504b0506)
  if (isZip) return listZip(content)
  if (contentType === 'tar archive') return listTar(content)
  if (contentType === 'gzip data') return listTarGz(content)
  return null
}

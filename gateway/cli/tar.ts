// Reading a tar stream, strictly: regular files and folders with plain relative names, and nothing else. Ours and no
// library's, because a general unpacker knows links, devices, sparse files and a dozen dialects, each of which has been a
// way out of the folder being unpacked into; an export needs none of them. Writing to disk is unpack.ts's.

/** A stream that is not such a tar. The message says at which byte, and what was expected. */
export class TarFault extends Error {
  override readonly name = 'TarFault'
}

export type TarEntry =
  | { readonly kind: 'folder'; readonly path: string }
  /** `content` is to be read before the next entry is asked for; what is left unread is passed over. */
  | { readonly kind: 'file'; readonly path: string; readonly size: number; readonly content: AsyncIterable<Buffer> }

const block = 512
const maxPaxBytes = 1 << 16
const maxEntries = 5_000_000
const pathPart = /^[A-Za-z0-9._-]{1,255}$/
const maxDepth = 32

/*
 * Header of an entry, POSIX.1-2001 pax(1), "ustar Interchange Format":
 *
 *   offset  size  field
 *        0   100  name
 *      124    12  size, octal
 *      148     8  checksum: sum of all bytes, this field taken as blanks
 *      156     1  typeflag: `0` or NUL file, `5` folder, `x` extended header for the next entry
 *      257     6  magic, "ustar" NUL
 *      263     2  version, "00"
 *      345   155  prefix: stands before the name with a slash
 */

/**
 * The entries of a tar stream in order.
 * @throws TarFault at the first thing that is not as above, at a name that leaves the folder, and at a stream that
 * breaks off: two blocks of zeros are its end, and only zeros may follow.
 */
export async function* readTar(source: AsyncIterable<Uint8Array>): AsyncGenerator<TarEntry, void> {
  const input = new Input(source)
  let pax: Pax = {}
  for (let entries = 0; ; entries++) {
    if (entries > maxEntries) throw input.fault(`expected at most ${maxEntries} entries`)
    const header = await input.take(block)
    if (isZero(header)) {
      if (!isZero(await input.take(block))) throw input.fault('expected a second block of zeros at the end')
      await input.expectZeros()
      return
    }
    const { typeflag, name, size } = readHeader(header, input)
    if (typeflag === 'x') {
      if (size > maxPaxBytes) throw input.fault(`extended header: expected at most ${maxPaxBytes} bytes, got ${size}`)
      pax = readPax(await input.take(size), input)
      await input.skip(padding(size))
      continue
    }
    const path = checkPath(pax.path ?? name, typeflag === '5', input)
    const length = pax.size ?? size
    pax = {}
    if (typeflag === '5') {
      if (length !== 0) throw input.fault(`folder \`${path}\`: expected no content, got ${length} bytes`)
      yield { kind: 'folder', path }
      continue
    }
    const content = new Content(input, length)
    yield { kind: 'file', path, size: length, content }
    await content.finish()
    await input.skip(padding(length))
  }
}

interface Pax {
  readonly path?: string
  readonly size?: number
}

function readHeader(header: Buffer, input: Input): { typeflag: string; name: string; size: number } {
  const text = (from: number, length: number): string => {
    const field = header.subarray(from, from + length)
    const end = field.indexOf(0)
    return field.subarray(0, end < 0 ? length : end).toString('latin1')
  }
  const octal = (from: number, length: number, what: string): number => {
    const digits = /^ *([0-7]{1,12})[ \0]*$/.exec(header.toString('latin1', from, from + length))?.[1]
    if (digits === undefined) throw input.fault(`${what}: expected octal digits`)
    return Number.parseInt(digits, 8)
  }
  let sum = 0
  for (const [at, byte] of header.entries()) sum += at >= 148 && at < 156 ? 0x20 : byte
  if (octal(148, 8, 'checksum') !== sum) throw input.fault('checksum: does not fit the header')
  if (header.toString('latin1', 257, 265) !== 'ustar\x0000') throw input.fault('magic: expected `ustar` version 00')
  const typeflag = String.fromCharCode(header[156] ?? 0).replace('\0', '0')
  if (typeflag !== '0' && typeflag !== '5' && typeflag !== 'x') {
    throw input.fault('expected a regular file or a folder, got a link, device or other kind of entry')
  }
  // With an extended header that gives the size, this field may hold a form of its own for what octal cannot say.
  const large = ((header[124] ?? 0) & 0x80) !== 0
  const prefix = text(345, 155)
  return {
    typeflag,
    name: prefix === '' ? text(0, 100) : `${prefix}/${text(0, 100)}`,
    size: large ? -1 : octal(124, 12, 'size'),
  }
}

/** Records `<length> <key>=<value>\n`. Path and size count; times and the like are let go. */
function readPax(bytes: Buffer, input: Input): Pax {
  let path: string | undefined
  let size: number | undefined
  for (let at = 0; at < bytes.length;) {
    const [head = '', digits = ''] = /^([1-9][0-9]{0,5}) /.exec(bytes.toString('latin1', at, at + 8)) ?? []
    const end = at + Number(digits)
    const record = bytes.toString('utf8', at + head.length, end)
    const equals = record.indexOf('=')
    if (digits === '' || end > bytes.length || !record.endsWith('\n') || equals < 1) {
      throw input.fault('extended header: expected records `<length> <key>=<value>`')
    }
    const key = record.slice(0, equals)
    const value = record.slice(equals + 1, -1)
    if (key === 'path') path = value
    if (key === 'size') {
      if (!/^(?:0|[1-9][0-9]{0,14})$/.test(value)) throw input.fault('extended header: size: expected decimal digits')
      size = Number(value)
    }
    at = end
  }
  return { ...(path === undefined ? {} : { path }), ...(size === undefined ? {} : { size }) }
}

/** A relative path of plain parts. An attacker would write `../`, `/etc`, a drive letter, or a name that hides. */
function checkPath(name: string, folder: boolean, input: Input): string {
  const path = folder ? name.replace(/\/$/, '') : name
  const parts = path.split('/')
  if (parts.length > maxDepth || !parts.every((part) => pathPart.test(part) && part !== '.' && part !== '..')) {
    throw input.fault('name: expected a relative path of A-Z a-z 0-9 . _ -')
  }
  return path
}

const padding = (size: number): number => (block - (size % block)) % block
const isZero = (bytes: Uint8Array): boolean => bytes.every((byte) => byte === 0)

/** The stream as bytes that can be asked for. */
class Input {
  readonly #chunks: AsyncIterator<Uint8Array>
  #held: Buffer = Buffer.alloc(0)
  #offset = 0

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#chunks = source[Symbol.asyncIterator]()
  }

  fault(what: string): TarFault {
    return new TarFault(`byte ${this.#offset}: ${what}`)
  }

  /** Exactly so many bytes. */
  async take(count: number): Promise<Buffer> {
    const parts: Buffer[] = []
    for (let missing = count; missing > 0;) {
      const part = await this.some(missing)
      parts.push(part)
      missing -= part.length
    }
    return Buffer.concat(parts)
  }

  async skip(count: number): Promise<void> {
    for (let missing = count; missing > 0;) missing -= (await this.some(missing)).length
  }

  /** At least one byte and at most so many. */
  async some(most: number): Promise<Buffer> {
    if (this.#held.length === 0 && !(await this.#fill())) throw this.fault('the stream breaks off')
    const part = this.#held.subarray(0, most)
    this.#held = this.#held.subarray(part.length)
    this.#offset += part.length
    return part
  }

  async expectZeros(): Promise<void> {
    while (this.#held.length > 0 || (await this.#fill())) {
      if (!isZero(await this.some(this.#held.length))) throw this.fault('expected nothing but zeros after the end')
    }
  }

  async #fill(): Promise<boolean> {
    while (this.#held.length === 0) {
      const next = await this.#chunks.next()
      if (next.done === true) return false
      const { buffer, byteOffset, byteLength } = next.value
      this.#held = Buffer.from(buffer, byteOffset, byteLength)
    }
    return true
  }
}

/** The bytes of one file. */
class Content implements AsyncIterable<Buffer> {
  readonly #input: Input
  #left: number

  constructor(input: Input, size: number) {
    this.#input = input
    this.#left = size
    if (size < 0) throw input.fault('size: expected octal digits, or an extended header')
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer, void> {
    while (this.#left > 0) {
      const part = await this.#input.some(this.#left)
      this.#left -= part.length
      yield part
    }
  }

  async finish(): Promise<void> {
    await this.#input.skip(this.#left)
    this.#left = 0
  }
}

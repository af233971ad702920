// What a pax header says (POSIX.1-2001, pax, "pax Extended Header") of the names and the size of an entry.
//
//   <length> <keyword>=<value>\n      the length, in decimal digits, counts the whole record with its own digits
//
// A value may hold anything, line ends too: only the length says where the next record begins.

/** Of what is said twice, the last counts. Null is what is not said. */
export interface PaxSaid {
  readonly path: string | null
  readonly linkpath: string | null
  /** What the entry takes in the archive. */
  readonly size: number | null
  /** Written by GNU tar for files with holes: these overrule the name and the size, and where the next entry begins. */
  readonly isSparse: boolean
  readonly sparseName: string | null
  readonly sparseSize: number | null
  /** What stands before the malformed record still counts, as GNU tar counts it. */
  readonly isMalformed: boolean
}

export const saysNothing: PaxSaid = {
  path: null,
  linkpath: null,
  size: null,
  isSparse: false,
  sparseName: null,
  sparseSize: null,
  isMalformed: false,
}

const mostSize = 2n ** 63n - 1n

export function readPax(bytes: Buffer): PaxSaid {
  const said = { ...saysNothing }
  for (let at = 0; at < bytes.length;) {
    const record = recordAt(bytes, at)
    if (record === null) {
      // Some programs fill the header up with zeros.
      said.isMalformed ||= bytes.subarray(at).some((byte) => byte !== 0)
      break
    }
    at += record.length
    const { keyword, value } = record
    const name = nameIn(value)
    const size = sizeIn(value)
    said.isSparse ||= keyword.startsWith('GNU.sparse.')
    switch (keyword) {
      case 'path':
      case 'linkpath':
        said[keyword] = name
        said.isMalformed ||= !isName(value)
        break
      case 'GNU.sparse.name':
        said.sparseName = name
        break
      case 'size':
        said.size = size ?? said.size
        said.isMalformed ||= size === null
        break
      case 'GNU.sparse.size':
      case 'GNU.sparse.realsize':
        said.sparseSize = size ?? said.sparseSize
        break
    }
  }
  return said
}

/** Null where none stands there. A keyword that begins with a blank is the same without it to some programs. */
function recordAt(bytes: Buffer, at: number): { keyword: string; value: Buffer; length: number } | null {
  const blank = bytes.indexOf(' ', at)
  const digits = blank === -1 ? '' : bytes.toString('latin1', at, blank)
  if (!/^\d{1,7}$/.test(digits)) return null
  const length = Number(digits)
  const end = at + length
  const equals = bytes.indexOf('=', blank)
  if (equals === -1 || equals >= end || end > bytes.length || bytes[end - 1] !== 0x0a) return null
  const keyword = bytes.toString('latin1', blank + 1, equals)
  if (keyword === '' || /^\s/.test(keyword) || keyword.includes('\0')) return null
  return { keyword, value: bytes.subarray(equals + 1, end - 1), length }
}

/** An empty one takes away what is said elsewhere by the standard, and is a name to GNU tar. */
const isName = (value: Buffer): boolean => value.length > 0 && !value.includes(0)

/** GNU tar ends it at a zero. */
function nameIn(value: Buffer): string {
  const end = value.indexOf(0)
  return value.toString('utf8', 0, end === -1 ? value.length : end)
}

function sizeIn(value: Buffer): number | null {
  const digits = value.toString('latin1')
  if (!/^\d{1,40}$/.test(digits)) return null
  const size = BigInt(digits)
  return size > mostSize ? null : Number(size)
}

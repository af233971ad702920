// One header of a tar archive, a block of 512 bytes (POSIX.1-1988 ustar, and GNU tar's own form).
//
//     0  name, 100              156  type, 1
//   124  size, 12               157  name of what a link leads to, 100
//   148  sum, 8                 257  `ustar\0` and a version, or `ustar  \0` (GNU)
//   345  what stands before the name, 155: of `ustar\0` only, since GNU tar keeps times there
//   483  size of a file with holes, unpacked, 12 (GNU, type `S`)

export const blockBytes = 512

export interface TarHeader {
  readonly type: string
  readonly name: string
  readonly link: string
  readonly size: number
  /** What a file with holes unpacks to; null for all others. */
  readonly realSize: number | null
}

const zeros = Buffer.alloc(64 * 1024)

/** Nothing but zeros. */
export function isZero(bytes: Buffer): boolean {
  for (let at = 0; at < bytes.length; at += zeros.length) {
    const part = bytes.subarray(at, at + zeros.length)
    if (!part.equals(zeros.subarray(0, part.length))) return false
  }
  return true
}

/** Says that it is a header, which it may still not be. */
export const saysTar = (block: Buffer): boolean => block.toString('latin1', 257, 262) === 'ustar'

/** Null where it is malformed, or where programs do not agree on a number in it. */
export function readHeader(block: Buffer): TarHeader | null {
  const size = numberIn(block.subarray(124, 136))
  if (size === null || !isSummed(block)) return null
  const name = textIn(block, 0, 100)
  const prefix = block.toString('latin1', 257, 263) === 'ustar\0' ? textIn(block, 345, 155) : ''
  const type = String.fromCharCode(block[156] ?? 0)
  return {
    type,
    name: prefix === '' ? name : `${prefix}/${name}`,
    link: textIn(block, 157, 100),
    size,
    realSize: type === 'S' ? numberIn(block.subarray(483, 495)) : null,
  }
}

/** As C reads it: to the first zero. */
export function textIn(block: Buffer, at: number, length: number): string {
  const field = block.subarray(at, at + length)
  const end = field.indexOf(0)
  return field.toString('utf8', 0, end === -1 ? length : end)
}

/**
 * Octal digits, or (GNU) a big-endian number after a byte 0x80. Digits behind a zero or a blank are a number to some
 * programs, and none to others: they are refused.
 */
function numberIn(field: Buffer): number | null {
  if (field[0] === 0x80) {
    const number = Number(field.readBigUInt64BE(field.length - 8))
    return isZero(field.subarray(1, -8)) && Number.isSafeInteger(number) ? number : null
  }
  if (isZero(field)) return 0
  const digits = field.toString('latin1').replaceAll('\0', ' ')
  return field[0] !== 0 && /^ *[0-7]+ *$/.test(digits) ? Number.parseInt(digits.trim(), 8) : null
}

/** The sum of all bytes, its own field read as spaces; old programs added them up as signed, and it counts as well. */
function isSummed(block: Buffer): boolean {
  const field = block.subarray(148, 156)
  const said = field[0] === 0x80 ? null : numberIn(field)
  let [sum, signed] = [8 * 0x20, 8 * 0x20]
  for (const [at, byte] of block.entries()) {
    if (at >= 148 && at < 156) continue
    sum += byte
    signed += byte < 0x80 ? byte : byte - 0x100
  }
  return said === sum || said === signed
}

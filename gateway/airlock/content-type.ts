// What a file is by its first bytes, never by its name: the kinds of files that plants move. A small table of its own;
// what is in none of its rows is text or plain data. No library does it: file-type (22.3, measured) throws at nothing and
// knows many kinds of media, but none of boot and firmware images, PLC sources and projects, so that the table would stay;
// and it parses containers to tell them apart, where a person who lets a file go needs its kind and no more.

/** So many of the first bytes are looked at. */
export const headBytes = 33_024

interface Mark {
  readonly type: string
  readonly at?: number
  /** Hex digits, `..` for any byte. */
  readonly bytes: string
}

// Where one row is a special case of another, it stands before it.
const marks: readonly Mark[] = [
  { type: 'ELF program', bytes: '7f454c46' },
  { type: 'Mach-O program', bytes: 'cffaedfe' },
  { type: 'PDF document', bytes: '255044462d' },
  { type: 'PNG image', bytes: '89504e470d0a1a0a' },
  { type: 'JPEG image', bytes: 'ffd8ff' },
  { type: 'GIF image', bytes: '474946383961' },
  { type: 'BMP image', bytes: '424d........00000000' },
  { type: 'TIFF image', bytes: '49492a00' },
  { type: 'TIFF image', bytes: '4d4d002a' },
  { type: '7z archive', bytes: '377abcaf271c' },
  { type: 'RAR archive', bytes: '526172211a07' },
  { type: 'XZ data', bytes: 'fd377a585a00' },
  { type: 'Zstandard data', bytes: '28b52ffd' },
  { type: 'bzip2 data', bytes: '425a68' },
  { type: 'gzip data', bytes: '1f8b08' },
  { type: 'Cabinet archive', bytes: '4d534346' },
  { type: 'ISO 9660 image', at: 0x8001, bytes: '4344303031' },
  { type: 'tar archive', at: 257, bytes: '7573746172' },
  { type: 'cpio archive', bytes: '30373037' },
  { type: 'OLE document', bytes: 'd0cf11e0a1b11ae1' },
  { type: 'RTF document', bytes: '7b5c727466' },
  { type: 'Windows shortcut', bytes: '4c0000000114020000000000c000000000000046' },
  { type: 'SQLite database', bytes: '53514c69746520666f726d6174203300' },
  { type: 'pcap capture', bytes: 'd4c3b2a1' },
  { type: 'pcapng capture', bytes: '0a0d0d0a' },
  { type: 'Java class', bytes: 'cafebabe' },
  { type: 'U-Boot image', bytes: '27051956' },
  { type: 'device tree or FIT image', bytes: 'd00dfeed' },
  { type: 'SquashFS image', bytes: '68737173' },
  { type: 'UBI image', bytes: '55424923' },
  { type: 'Android boot image', bytes: '414e44524f494421' },
  { type: 'DFU firmware', bytes: '4466755365' },
  { type: 'UF2 firmware', bytes: '5546320a' },
  { type: 'TRX firmware', bytes: '48445230' },
]

/** The tail of a ZIP file's first entry name tells what it is: OOXML, a TIA Portal archive, a Java archive. */
const zipKinds: readonly (readonly [string, string])[] = [
  ['[Content_Types].xml', 'Office document'],
  ['META-INF/', 'Java archive'],
  ['mimetype', 'OpenDocument or EPUB'],
  ['AndroidManifest.xml', 'Android package'],
]

const text = (head: Buffer, from: number, to: number): string => head.toString('latin1', from, to)

function isMark(head: Buffer, { at = 0, bytes }: Mark): boolean {
  if (at + bytes.length / 2 > head.length) return false
  for (let i = 0; i < bytes.length; i += 2) {
    const wanted = bytes.slice(i, i + 2)
    if (wanted !== '..' && head[at + i / 2] !== Number.parseInt(wanted, 16)) return false
  }
  return true
}

/** PE/COFF 3.1: `MZ`, and at the offset that stands at 0x3c the signature `PE\0\0`. */
function isPe(head: Buffer): boolean {
  if (head.length < 0x40 || text(head, 0, 2) !== 'MZ') return false
  const at = head.readUInt32LE(0x3c)
  return at + 4 <= head.length && head.readUInt32BE(at) === 0x50450000
}

/** APPNOTE 4.3.7: the local header of the first entry, with its name at 30. */
function zipType(head: Buffer): string {
  const length = Math.min(head.readUInt16LE(26), head.length - 30)
  const name = text(head, 30, 30 + length)
  if (/^System\/PLF\/|\.plf$|^AMC?\.xml$/i.test(name)) return 'TIA Portal archive'
  if (/\.s7[pl]$/i.test(name)) return 'STEP 7 archive'
  return zipKinds.find(([start]) => name.startsWith(start))?.[1] ?? 'ZIP archive'
}

function isText(head: Buffer): boolean {
  for (const byte of head) if (byte < 0x20 && ![0x09, 0x0a, 0x0c, 0x0d, 0x1b].includes(byte)) return false
  return true
}

function textType(head: Buffer): string {
  const start = head
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .trimStart()
  if (start.startsWith('#!')) return 'script'
  if (/^<\?xml\b/i.test(start)) return 'XML text'
  if (/^<(!doctype html|html)\b/i.test(start)) return 'HTML text'
  if (/^:[0-9A-F]{10}/i.test(start)) return 'Intel HEX firmware'
  if (/^S[0-3][0-9A-F]{6}/.test(start)) return 'Motorola S-record firmware'
  if (/^(FUNCTION(_BLOCK)?|ORGANIZATION_BLOCK|DATA_BLOCK|PROGRAM|TYPE)\b/i.test(start)) return 'PLC source text'
  return 'text'
}

/** @param head the first bytes: `headBytes` of them, or what there is. */
export function contentTypeOf(head: Uint8Array): string {
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.length)
  if (bytes.length === 0) return 'empty'
  if (bytes.length >= 30 && bytes.readUInt32BE(0) === 0x504b0304) return zipType(bytes)
  if (bytes.length >= 22 && bytes.readUInt32BE(0) === 0x504b0506) return 'ZIP archive'
  if (isPe(bytes)) return 'Windows program'
  const mark = marks.find((each) => isMark(bytes, each))
  if (mark !== undefined) return mark.type
  if (text(bytes, 0, 2) === 'MZ') return 'DOS program'
  return isText(bytes) ? textType(bytes) : 'data'
}

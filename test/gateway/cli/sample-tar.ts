// A tar writer for tests: says what it is told to, so that a reader can be shown what nobody honest would write.

export interface TarMember {
  readonly name: string
  /** `0` where nothing is said. */
  readonly type?: string
  readonly content?: string
  /** Records of an extended header that goes before. */
  readonly pax?: Readonly<Record<string, string>>
}

export function tarOf(members: readonly TarMember[]): Buffer {
  const blocks = members.flatMap(({ name, type = '0', content = '', pax }) => {
    const records = Object.entries(pax ?? {}).map(([key, value]) => paxRecord(key, value))
    const before = records.length === 0 ? [] : [...entry('pax-header', 'x', records.join(''))]
    return [...before, ...entry(name, type, content)]
  })
  return Buffer.concat([...blocks, Buffer.alloc(1024)])
}

function entry(name: string, type: string, content: string): Buffer[] {
  const body = Buffer.from(content)
  const header = Buffer.alloc(512)
  header.write(name, 0, 100)
  header.write('0000644\0', 100)
  header.write(`${body.length.toString(8).padStart(11, '0')}\0`, 124)
  header.write('        ', 148)
  header.write(type, 156)
  header.write('ustar\x0000', 257)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return [header, body, Buffer.alloc((512 - (body.length % 512)) % 512)]
}

/** A record's length counts its own digits. */
function paxRecord(key: string, value: string): string {
  const rest = Buffer.byteLength(` ${key}=${value}\n`)
  let length = rest + String(rest).length
  if (rest + String(length).length !== length) length = rest + String(length).length
  return `${length} ${key}=${value}\n`
}

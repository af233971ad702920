// First of all, as in every file that brings ssh2 in.
import { largestPacket, withLargestPacket } from '../../../../gateway/brokers/ssh/packet-limit.ts'

import { globSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

interface Ciphers {
  readonly NullDecipher: new (
    seqno: number,
    onPayload: (payload: Buffer) => void,
  ) => { decrypt(data: Buffer, from: number, to: number): unknown }
}
const { NullDecipher } = createRequire(import.meta.url)('ssh2/lib/protocol/crypto.js') as Ciphers

/** A packet of RFC 4253 section 6, with no padding, as long as it says. */
function packetOf(length: number): Buffer {
  const packet = Buffer.alloc(4 + length)
  packet.writeUInt32BE(length)
  return packet
}

function taken(length: number): number | null {
  let payload: number | null = null
  const decipher = new NullDecipher(0, ({ length: size }) => (payload = size))
  const packet = packetOf(length)
  decipher.decrypt(packet, 0, packet.length)
  return payload
}

describe('the largest packet', () => {
  it('is as large as OpenSSH takes it, in ssh2 itself', () => {
    expect(taken(largestPacket - 4)).toBe(largestPacket - 5)
    expect(() => taken(largestPacket + 4)).toThrow('Bad packet length')
  })

  it('throws where ssh2 keeps its limit elsewhere', () => {
    expect(() => withLargestPacket('const MAX_PACKET_SIZE = 262144;')).toThrow('elsewhere than in 1.17')
    const line = 'const MAX_PACKET_SIZE = 35000;\n'
    expect(() => withLargestPacket(line + line)).toThrow('elsewhere than in 1.17')
    expect(withLargestPacket(line)).toBe(`const MAX_PACKET_SIZE = ${largestPacket};\n`)
  })
})

describe('who brings ssh2 in', () => {
  const gateway = join(import.meta.dirname, '../../../../gateway')
  const bringing = globSync('**/*.ts', { cwd: gateway }).filter((file) =>
    /^import ssh2\b|^import \{(?! type)[^}]*\} from 'ssh2'|ssh2\/lib\//m.test(
      readFileSync(join(gateway, file), 'utf8'),
    ),
  )

  it.each(bringing.filter((file) => !file.endsWith('/packet-limit.ts')))('raises the limit before: %s', (file) => {
    const [first] = readFileSync(join(gateway, file), 'utf8').match(/^import .*$/m) ?? []
    expect(first).toMatch(/packet-limit\.ts'$/)
  })
})

import { globSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { describe, expect, it } from 'vitest'
import { fillPadding, withPooledPadding } from '../../../../gateway/brokers/ssh/padding.ts'

interface Ciphers {
  readonly NullCipher: new (seqno: number, onWrite: () => void) => { allocPacket(length: number): Buffer }
}
const require = createRequire(import.meta.url)
const { NullCipher } = require('ssh2/lib/protocol/crypto.js') as Ciphers

describe('the padding of packets', () => {
  it('is where it was asked for, and nowhere else', () => {
    // Often enough for the pool to be filled several times, at lengths that do not divide it.
    for (let i = 0; i < 2_000; i++) {
      const packet = Buffer.alloc(64)
      fillPadding(packet, 17, 19)
      expect(packet.subarray(0, 17).equals(Buffer.alloc(17))).toBe(true)
      expect(packet.subarray(36).equals(Buffer.alloc(28))).toBe(true)
      expect(packet.subarray(17, 36).equals(Buffer.alloc(19))).toBe(false)
    }
  })

  it('never comes twice, and each value about as often as any other', () => {
    const seen = new Set<string>()
    const counts = Array.from({ length: 256 }, () => 0)
    const packet = Buffer.alloc(16)
    for (let i = 0; i < 20_000; i++) {
      fillPadding(packet, 0, 16)
      seen.add(packet.toString('hex'))
      for (const byte of packet) counts[byte] = (counts[byte] ?? 0) + 1
    }
    expect(seen.size).toBe(20_000)
    // 1,250 each is expected; ten standard deviations to either side.
    expect(Math.min(...counts)).toBeGreaterThan(900)
    expect(Math.max(...counts)).toBeLessThan(1_600)
  })

  it('is what ssh2 itself takes', () => {
    const { allocPacket } = NullCipher.prototype
    expect(allocPacket.toString()).toContain('fillPadding(')
    const packet = new NullCipher(0, () => undefined).allocPacket(100)
    const padding = packet[4] ?? 0
    expect(padding).toBeGreaterThanOrEqual(4)
    expect(packet.length).toBe(4 + 1 + 100 + padding)
  })

  it('throws where ssh2 pads otherwise', () => {
    const [file = ''] = globSync('node_modules/ssh2/lib/protocol/crypto.js')
    const source = readFileSync(file, 'utf8')
    expect(withPooledPadding(source)).not.toContain('randomFillSync(packet')
    expect(() => withPooledPadding(source.replace('randomFillSync(packet', 'fill(packet'))).toThrow(
      'otherwise than in 1.17',
    )
  })
})

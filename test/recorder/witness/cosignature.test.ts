import { generateKeyPairSync, verify as verifyBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { signCheckpoint } from '../../../recorder/checkpoint.ts'
import { parseNote } from '../../../recorder/note.ts'
import { cosignaturesOn, cosignerFrom, parseCosignerKey } from '../../../recorder/witness/cosignature.ts'
import { newLog, newWitness, origin } from './keys.ts'

const log = newLog()
const checkpoint = { origin, size: 1234, root: Buffer.alloc(32, 7), extensions: [] }
const signed = signCheckpoint(checkpoint, [log])

function noteOf(bytes: Uint8Array) {
  const parsed = parseNote(bytes)
  if (parsed.kind === 'malformed') throw new Error(parsed.reason)
  return parsed.value
}

const under = (...lines: readonly string[]) => Buffer.concat([signed, Buffer.from(lines.join(''), 'utf8')])
const text = noteOf(signed).text

describe.each(['ed25519', 'ml-dsa-44'] as const)('a cosignature made with %s', (kind) => {
  const { key, cosigner } = newWitness('witness.example/w1', kind)

  it('holds, and says when it was made', () => {
    const { held, broken } = cosignaturesOn(noteOf(under(key.cosign(text, 1_679_315_147))), [cosigner])
    expect(broken).toEqual([])
    expect(held.map(({ cosigner: { name }, at }) => ({ name, at }))).toEqual([
      { name: 'witness.example/w1', at: 1_679_315_147 },
    ])
  })

  it('does not hold for another size, root or origin', () => {
    const line = key.cosign(text, 100)
    for (const other of [
      { ...checkpoint, size: 1235 },
      { ...checkpoint, root: Buffer.alloc(32, 8) },
      { ...checkpoint, origin: `${origin}2` },
    ]) {
      const note = noteOf(Buffer.concat([signCheckpoint(other, [log]), Buffer.from(line, 'utf8')]))
      expect(cosignaturesOn(note, [cosigner])).toMatchObject({ held: [], broken: [/does not hold/] })
    }
  })

  it('does not hold with any bit of time or signature changed', () => {
    const line = key.cosign(text, 100)
    const raw = Buffer.from(line.trim().split(' ')[2] ?? '', 'base64')
    fc.assert(
      fc.property(fc.integer({ min: 4, max: raw.length - 1 }), fc.integer({ min: 0, max: 7 }), (at, bit) => {
        const changed = Buffer.from(raw)
        changed.writeUInt8((changed[at] ?? 0) ^ (1 << bit), at)
        const note = noteOf(under(`\u2014 witness.example/w1 ${changed.toString('base64')}\n`))
        expect(cosignaturesOn(note, [cosigner]).held).toEqual([])
      }),
      { numRuns: 100 },
    )
  })

  it('counts once where it stands twice, and not at all for who does not know the witness', () => {
    const note = noteOf(under(key.cosign(text, 100), key.cosign(text, 200)))
    expect(cosignaturesOn(note, [cosigner]).held).toHaveLength(1)
    expect(cosignaturesOn(note, [newWitness('witness.example/w1', kind).cosigner])).toEqual({ held: [], broken: [] })
  })
})

describe('the two kinds of cosignature', () => {
  it('sign what tlog-cosignature says, in its bytes', () => {
    const pair = generateKeyPairSync('ed25519')
    const line = cosignerFrom('w', pair.privateKey).cosign(text, 1_679_315_147)
    const raw = Buffer.from(line.trim().split(' ')[2] ?? '', 'base64')
    const message = `cosignature/v1\ntime 1679315147\n${origin}\n1234\n${Buffer.alloc(32, 7).toString('base64')}\n`
    expect(raw.readBigUInt64BE(4)).toBe(1_679_315_147n)
    expect(verifyBytes(null, Buffer.from(message), pair.publicKey, raw.subarray(12))).toBe(true)

    const other = generateKeyPairSync('ml-dsa-44')
    const long = cosignerFrom('w', other.privateKey).cosign(text, 5)
    const bytes = Buffer.from(long.trim().split(' ')[2] ?? '', 'base64')
    const u64 = (n: number) => Buffer.from(n.toString(16).padStart(16, '0'), 'hex')
    const struct = Buffer.concat([
      Buffer.from('subtree/v1\n\0\x01w', 'latin1'),
      u64(5),
      Buffer.of(origin.length),
      Buffer.from(origin),
      u64(0),
      u64(1234),
      Buffer.alloc(32, 7),
    ])
    expect(verifyBytes(null, struct, other.publicKey, bytes.subarray(12))).toBe(true)
  })

  it('refuses keys that are no witness’s', () => {
    expect(parseCosignerKey(log.vkey)).toMatchObject({ kind: 'malformed', reason: /type 0x04 .* or 0x06/ })
    const vkey = newWitness('w').key.vkey
    const wrongId = vkey.replace(/\+[0-9a-f]{8}\+/, '+00000000+')
    expect(parseCosignerKey(wrongId)).toMatchObject({ kind: 'malformed', reason: /expected key id/ })
    expect(() => cosignerFrom('w', generateKeyPairSync('x25519').privateKey)).toThrow(/Ed25519 or ML-DSA-44/)
    expect(() => cosignerFrom('two words', generateKeyPairSync('ed25519').privateKey)).toThrow(/expected no space/)
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { signCheckpoint } from '../../../recorder/checkpoint.ts'
import { inclusionProof, leafHash, nodesForAppend, treeRoot } from '../../../recorder/merkle.ts'
import { judgeCheckpoint, parseLogPolicy } from '../../../recorder/witness/policy.ts'
import { parseProof, verifyProof, writeProof } from '../../../recorder/witness/proof.ts'
import { newLog, origin } from './keys.ts'

const log = newLog()
const parsedPolicy = parseLogPolicy(Buffer.from(`log ${log.vkey}\nquorum none\n`))
if (parsedPolicy.kind === 'malformed') throw new Error('policy')
const { policy } = parsedPolicy
const judge = (bytes: Uint8Array) => judgeCheckpoint(bytes, policy)

const size = 77
const nodes = new Map<string, Uint8Array>()
const readNode = (level: number, index: number) => nodes.get(`${level}/${index}`)
const entries = Array.from({ length: size }, (_, i) => Buffer.from(`{"at":${i},"data":{},"type":"a.b","v":1}`))
for (const [i, entry] of entries.entries())
  for (const node of nodesForAppend(i, leafHash(entry), readNode)) nodes.set(`${node.level}/${node.index}`, node.hash)
const checkpoint = signCheckpoint({ origin, size, root: treeRoot(size, readNode), extensions: [] }, [log])
const proofOf = (index: number, extra: Uint8Array | null = null) =>
  writeProof({ index, proof: inclusionProof(index, size, readNode), checkpoint, extra })

function read(file: Uint8Array) {
  const parsed = parseProof(file)
  if (parsed.kind === 'malformed') throw new Error(parsed.reason)
  return parsed.value
}

describe('a proof of logging', () => {
  it('proves each entry, and no other', () => {
    for (const [i, entry] of entries.entries()) {
      expect(verifyProof(read(proofOf(i)), entry, judge)).toMatchObject({ kind: 'proven', index: i })
      const other = entries[(i + 1) % size] ?? Buffer.alloc(0)
      expect(verifyProof(read(proofOf(i)), other, judge)).toMatchObject({ kind: 'not-proven', reason: /is not number/ })
    }
  })

  it('is written as tlog-proof says', () => {
    const lines = proofOf(3, Buffer.from('more')).toString('utf8').split('\n')
    expect(lines.slice(0, 3)).toEqual(['c2sp.org/tlog-proof@v1', 'extra bW9yZQ==', 'index 3'])
    expect(lines.slice(lines.indexOf('') + 1, lines.indexOf('') + 3)).toEqual([origin, String(size)])
    expect(read(proofOf(3, Buffer.from('more'))).extra).toEqual(Buffer.from('more'))
    expect(read(proofOf(3)).extra).toBeNull()
  })

  it('proves nothing any more with any bit of it changed', () => {
    const file = proofOf(42)
    const entry = entries[42] ?? Buffer.alloc(0)
    for (let at = 0; at < file.length; at++)
      for (const bit of [0, 5]) {
        const changed = Buffer.from(file)
        changed.writeUInt8((changed[at] ?? 0) ^ (1 << bit), at)
        const parsed = parseProof(changed)
        const verdict = parsed.kind === 'malformed' ? parsed : verifyProof(parsed.value, entry, judge)
        expect(verdict.kind, `byte ${at}, bit ${bit}`).not.toBe('proven')
      }
  })

  it('is refused in words where it is none, and never throws', () => {
    expect(parseProof(Buffer.from('c2sp.org/tlog-proof@v2\nindex 0\n\nx'))).toMatchObject({
      reason: /expected the first/,
    })
    expect(parseProof(Buffer.from('c2sp.org/tlog-proof@v1\nindex 01\n\nx'))).toMatchObject({
      reason: /expected `index/,
    })
    expect(parseProof(Buffer.from('c2sp.org/tlog-proof@v1\nindex 1\nAAAA\n\nx'))).toMatchObject({ reason: /32 bytes/ })
    expect(parseProof(Buffer.from('c2sp.org/tlog-proof@v1\nextra ?\nindex 1\n\n'))).toMatchObject({ reason: /base64/ })
    fc.assert(
      fc.property(fc.uint8Array(), (noise) => {
        const bytes = Buffer.concat([Buffer.from('c2sp.org/tlog-proof@v1\nindex 0\n\n'), noise])
        const parsed = parseProof(bytes)
        if (parsed.kind === 'ok') expect(verifyProof(parsed.value, Buffer.from('x'), judge).kind).toBe('not-proven')
      }),
    )
  })
})

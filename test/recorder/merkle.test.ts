// The Merkle tree against the vectors of the certificate transparency tests and against RFC 6962 written down naively.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import {
  consistencyProof,
  inclusionProof,
  leafHash,
  nodesForAppend,
  type ReadNode,
  treeRoot,
  verifyConsistency,
  verifyInclusion,
} from '../../recorder/index.ts'
import { sha256 } from '../../recorder/digest.ts'

const leaves = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f']
const roots = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
]

/** A store in memory, filled the way the gateway fills its table. */
function store(entries: readonly Uint8Array[]): ReadNode {
  const nodes = new Map<string, Uint8Array>()
  const read: ReadNode = (level, index) => nodes.get(`${level}/${index}`)
  for (const [i, entry] of entries.entries())
    for (const node of nodesForAppend(i, leafHash(entry), read)) nodes.set(`${node.level}/${node.index}`, node.hash)
  return read
}

// RFC 6962 section 2.1, word for word.
const split = (n: number): number => 2 ** Math.floor(Math.log2(n - 1))
function naiveRoot(d: readonly Uint8Array[]): Uint8Array {
  const [first] = d
  if (first === undefined) return sha256(Buffer.alloc(0))
  if (d.length === 1) return sha256(Buffer.concat([Buffer.of(0), first]))
  const k = split(d.length)
  return sha256(Buffer.concat([Buffer.of(1), naiveRoot(d.slice(0, k)), naiveRoot(d.slice(k))]))
}
function naivePath(m: number, d: readonly Uint8Array[]): Uint8Array[] {
  if (d.length === 1) return []
  const k = split(d.length)
  return m < k
    ? [...naivePath(m, d.slice(0, k)), naiveRoot(d.slice(k))]
    : [...naivePath(m - k, d.slice(k)), naiveRoot(d.slice(0, k))]
}
function naiveProof(m: number, d: readonly Uint8Array[], whole = true): Uint8Array[] {
  if (m === d.length) return whole ? [] : [naiveRoot(d)]
  const k = split(d.length)
  return m <= k
    ? [...naiveProof(m, d.slice(0, k), whole), naiveRoot(d.slice(k))]
    : [...naiveProof(m - k, d.slice(k), false), naiveRoot(d.slice(0, k))]
}

const hex = (hashes: readonly Uint8Array[]): string[] => hashes.map((hash) => Buffer.from(hash).toString('hex'))
const someEntries = (size: number): Buffer[] => Array.from({ length: size }, (_, i) => Buffer.from(`entry ${i}`))

describe('the Merkle tree', () => {
  const entries = leaves.map((leaf) => Buffer.from(leaf, 'hex'))

  it.each(roots.map((root, size) => [size, root]))('has the known root for %i entries', (size, root) => {
    expect(Buffer.from(treeRoot(Number(size), store(entries))).toString('hex')).toBe(root)
  })

  it('gives the known inclusion and consistency proofs', () => {
    const read = store(entries)
    expect(hex(inclusionProof(0, 8, read))).toEqual([
      '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
    ])
    expect(hex(consistencyProof(6, 8, read))).toEqual([
      '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ])
  })

  it('agrees with RFC 6962 written down naively', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 70 }), fc.nat(), fc.nat(), (size, a, b) => {
        const d = someEntries(size)
        const read = store(d)
        const index = a % size
        const older = b % (size + 1)
        expect(hex([treeRoot(size, read)])).toEqual(hex([naiveRoot(d)]))
        expect(hex(inclusionProof(index, size, read))).toEqual(hex(naivePath(index, d)))
        expect(hex(consistencyProof(older, size, read))).toEqual(older === 0 ? [] : hex(naiveProof(older, d)))
      }),
    )
  })

  it('verifies each proof it gives, and none that was changed in any way', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 70 }), fc.nat(), fc.nat(), fc.nat(), (size, a, b, c) => {
        const d = someEntries(size)
        const read = store(d)
        const root = treeRoot(size, read)
        const index = a % size
        const older = b % (size + 1)
        const leaf = leafHash(d[index] ?? Buffer.alloc(0))
        const path = inclusionProof(index, size, read)
        const proof = consistencyProof(older, size, read)
        const olderRoot = treeRoot(older, read)
        expect(verifyInclusion(index, size, leaf, path, root)).toBe(true)
        expect(verifyConsistency(older, size, olderRoot, root, proof)).toBe(true)

        const wrong = Buffer.alloc(32, 9)
        const changed = path.flatMap((_, i) => [path.with(i, wrong), path.toSpliced(i, 1)])
        for (const bad of [[...path, wrong], ...changed])
          expect(verifyInclusion(index, size, leaf, bad, root)).toBe(false)
        expect(verifyInclusion(index, size, wrong, path, root)).toBe(false)
        expect(verifyInclusion(index, size, leaf, path, wrong)).toBe(false)
        if (size > 1) expect(verifyInclusion((index + 1 + (c % (size - 1))) % size, size, leaf, path, root)).toBe(false)

        expect(verifyConsistency(older, size, olderRoot, root, [...proof, wrong])).toBe(false)
        expect(verifyConsistency(older, size, wrong, root, proof)).toBe(false)
        if (older > 0) expect(verifyConsistency(older, size, olderRoot, wrong, proof)).toBe(false)
        if (proof.length > 0) {
          expect(verifyConsistency(older, size, olderRoot, root, proof.slice(0, -1))).toBe(false)
          expect(verifyConsistency(older, size, olderRoot, root, proof.with(c % proof.length, wrong))).toBe(false)
        }
      }),
    )
  })

  it('does not accept proofs for places that are none', () => {
    const read = store(someEntries(5))
    const root = treeRoot(5, read)
    const leaf = leafHash(Buffer.from('entry 0'))
    for (const [index, size] of [
      [5, 5],
      [-1, 5],
      [0.5, 5],
      [0, 0],
      [Number.NaN, 5],
    ] as const)
      expect(verifyInclusion(index, size, leaf, inclusionProof(0, 5, read), root)).toBe(false)
    expect(verifyConsistency(6, 5, root, root, [])).toBe(false)
    expect(() => inclusionProof(5, 5, read)).toThrow('expected an index below 5')
    expect(() => consistencyProof(6, 5, read)).toThrow('expected a size up to 5')
  })

  it('says so when the store lacks a node, instead of making up a root', () => {
    const read = store(someEntries(7))
    const holed: ReadNode = (level, index) => (level === 1 && index === 2 ? undefined : read(level, index))
    expect(() => treeRoot(7, holed)).toThrow(expect.objectContaining({ code: 'ledger-inconsistent' }))
    expect(() => nodesForAppend(7, Buffer.alloc(32), holed)).toThrow(
      expect.objectContaining({ code: 'ledger-inconsistent' }),
    )
  })
})

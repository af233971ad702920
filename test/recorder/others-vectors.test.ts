// Vectors that other projects keep, read from checkouts of theirs and never committed here (README.md beside this says how).
// Without `OTHERS_VECTORS` in the environment nothing is tried.

import { createHash } from 'node:crypto'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

import { decryptWith, RecorderError, verifyConsistency, verifyInclusion } from '../../recorder/index.ts'

const folder = process.env['OTHERS_VECTORS']
const files = (pattern: string): string[] => (folder === undefined ? [] : globSync(pattern, { cwd: folder }).toSorted())
const read = (path: string): Buffer => readFileSync(join(folder ?? '', path))

/** A file of transparency-dev/merkle: hashes are base64, or null where there are none. */
interface ProofVector {
  readonly leafIdx?: number
  readonly treeSize?: number
  readonly size1?: number
  readonly size2?: number
  readonly root?: string | null
  readonly root1?: string | null
  readonly root2?: string | null
  readonly leafHash?: string | null
  readonly proof: readonly (string | null)[] | null
  readonly wantErr: boolean
}
const bytesOf = (text: string | null | undefined): Buffer => Buffer.from(text ?? '', 'base64')

const proofs = files('merkle/testdata/{inclusion,consistency}/**/*.json')
describe.skipIf(proofs.length === 0)('proofs of transparency-dev/merkle', () => {
  it.each(proofs)('are judged as there: %s', (path) => {
    const vector = JSON.parse(read(path).toString('utf8')) as ProofVector
    const { leafIdx, treeSize, size1, size2, root, root1, root2, leafHash, proof, wantErr } = vector
    const hashes = (proof ?? []).map(bytesOf)
    const holds =
      leafIdx === undefined || treeSize === undefined
        ? verifyConsistency(size1 ?? -1, size2 ?? -1, bytesOf(root1), bytesOf(root2), hashes)
        : verifyInclusion(leafIdx, treeSize, bytesOf(leafHash), hashes, bytesOf(root))
    expect(holds).toBe(!wantErr)
  })
})

// What is about passwords, armour and recipients that are not X25519 is no part of our formats.
const ages = files('CCTV/age/testdata/*').filter((path) => !/armor|scrypt|hybrid/.test(path))
describe.skipIf(ages.length === 0)('age files of C2SP/CCTV', () => {
  it.each(ages)('are opened as there, or refused: %s', async (path) => {
    const whole = read(path)
    const end = whole.indexOf('\n\n')
    const head = whole.subarray(0, end).toString('utf8').split('\n')
    const field = (name: string): string[] =>
      head.flatMap((line) => (line.startsWith(`${name}: `) ? [line.slice(name.length + 2)] : []))
    const [expected = ''] = field('expect')
    const opened = decryptWith(field('identity'), whole.subarray(end + 2))
    if (expected !== 'success') return expect(opened).rejects.toBeInstanceOf(RecorderError)
    const payload = createHash('sha256')
      .update(await opened)
      .digest('hex')
    expect(field('payload')).toEqual([payload])
  })
})

it.skipIf(folder === undefined)('finds vectors in the folder that was named', () => {
  expect(proofs.length + ages.length).toBeGreaterThan(0)
})

// RFC 6962 section 2.1, as written there: the slow way, to compare with.

import { createHash } from 'node:crypto'
import { expect } from 'vitest'
import type { Store } from '../../gateway/store/store.ts'

const sha256 = (...parts: readonly Uint8Array[]): Buffer => createHash('sha256').update(Buffer.concat(parts)).digest()

/** The root of these entries. */
export function slowRoot(entries: readonly Uint8Array[]): Buffer {
  const [first] = entries
  if (first === undefined) return sha256()
  if (entries.length === 1) return sha256(Buffer.of(0), first)
  let split = 1
  while (split * 2 < entries.length) split *= 2
  return sha256(Buffer.of(1), slowRoot(entries.slice(0, split)), slowRoot(entries.slice(split)))
}

/** Every entry is there, and the hashes kept beside them make the root of all of them. */
export async function expectWholeLedger({ evidence }: Pick<Store, 'evidence'>): Promise<number> {
  const size = await evidence.size()
  const entries: Uint8Array[] = []
  for await (const entry of evidence.entries(size)) entries.push(entry)
  expect(entries).toHaveLength(size)
  expect(Buffer.from(await evidence.root(size))).toEqual(slowRoot(entries))
  return size
}

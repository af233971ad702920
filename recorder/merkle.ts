// The Merkle tree of the ledger (RFC 6962 section 2.1), as pure functions over a store of node hashes. The store is the
// caller's: it keeps what nodesForAppend returns, in the same transaction as the entry, and hands it back by readNode.
//
// Level 0 are the leaves; node (level, index) covers leaves index * 2^level up to (index + 1) * 2^level, and is stored
// once all of them are there. Sizes may pass 2^32, so there is no 32-bit arithmetic here.

import { sha256 } from './digest.ts'
import { RecorderError } from './errors.ts'

export interface TreeNode {
  readonly level: number
  readonly index: number
  /** 32 bytes. */
  readonly hash: Uint8Array
}

/** Gives a stored hash, or undefined where there is none. */
export type ReadNode = (level: number, index: number) => Uint8Array | undefined

const leafPrefix = Buffer.of(0x00)
const nodePrefix = Buffer.of(0x01)

/** The root of the tree without entries: SHA-256 of nothing. */
export const emptyRoot: Uint8Array = sha256(Buffer.alloc(0))

/** Hash of an entry: SHA-256(0x00 || entry). */
export function leafHash(entry: Uint8Array): Buffer {
  return sha256(Buffer.concat([leafPrefix, entry]))
}

/** Hash of two neighbours: SHA-256(0x01 || left || right). */
export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  return sha256(Buffer.concat([nodePrefix, left, right]))
}

/**
 * The nodes to store when the leaf with number `size` is appended: the leaf and every subtree it completes.
 * @throws RecorderError `ledger-inconsistent` when the store lacks a left neighbour.
 */
export function nodesForAppend(size: number, leaf: Uint8Array, readNode: ReadNode): TreeNode[] {
  checkSize(size)
  const nodes: TreeNode[] = [{ level: 0, index: size, hash: leaf }]
  let index = size
  let hash = leaf
  for (let level = 0; index % 2 === 1; level++) {
    hash = nodeHash(stored(level, index - 1, readNode), hash)
    index = (index - 1) / 2
    nodes.push({ level: level + 1, index, hash })
  }
  return nodes
}

/**
 * Root of the first `size` entries.
 * @throws RecorderError `ledger-inconsistent` when the store lacks a node.
 */
export function treeRoot(size: number, readNode: ReadNode): Uint8Array {
  checkSize(size)
  return size === 0 ? emptyRoot : rangeHash(0, size, readNode)
}

/**
 * The audit path of entry `index` in the tree of `size` entries (RFC 6962 section 2.1.1), leaf to root.
 * @throws RecorderError `invalid-argument` unless 0 <= index < size; `ledger-inconsistent` as above.
 */
export function inclusionProof(index: number, size: number, readNode: ReadNode): Uint8Array[] {
  checkSize(size)
  if (!Number.isSafeInteger(index) || index < 0 || index >= size)
    throw new RecorderError('invalid-argument', `inclusion proof: expected an index below ${size}, got \`${index}\``)
  const proof: Uint8Array[] = []
  let start = 0
  let end = size
  while (end - start > 1) {
    const middle = start + splitPoint(end - start)
    if (index < middle) {
      proof.push(rangeHash(middle, end, readNode))
      end = middle
    } else {
      proof.push(rangeHash(start, middle, readNode))
      start = middle
    }
  }
  return proof.reverse()
}

/**
 * Proof that the tree of `older` entries is a prefix of the tree of `newer` (RFC 6962 section 2.1.2). Empty when they
 * are equal, and when `older` is 0, where there is nothing to prove.
 * @throws RecorderError `invalid-argument` unless 0 <= older <= newer; `ledger-inconsistent` as above.
 */
export function consistencyProof(older: number, newer: number, readNode: ReadNode): Uint8Array[] {
  checkSize(older)
  checkSize(newer)
  if (older > newer)
    throw new RecorderError('invalid-argument', `consistency proof: expected a size up to ${newer}, got \`${older}\``)
  if (older === 0 || older === newer) return []
  const proof: Uint8Array[] = []
  let start = 0
  let end = newer
  // `whole`: the subtree looked at began as the older tree itself, whose root the verifier has already.
  let whole = true
  while (older !== end) {
    const middle = start + splitPoint(end - start)
    if (older <= middle) {
      proof.push(rangeHash(middle, end, readNode))
      end = middle
    } else {
      proof.push(rangeHash(start, middle, readNode))
      start = middle
      whole = false
    }
  }
  if (!whole) proof.push(rangeHash(start, end, readNode))
  return proof.reverse()
}

/** Whether a proof shows that the leaf is entry `index` of the tree of `size` entries with this root. */
export function verifyInclusion(
  index: number,
  size: number,
  leaf: Uint8Array,
  proof: readonly Uint8Array[],
  root: Uint8Array,
): boolean {
  if (!isSize(index) || !isSize(size) || index >= size || !areHashes([leaf, root, ...proof])) return false
  // RFC 9162 section 2.1.3.2.
  let position = index
  let last = size - 1
  let hash = leaf
  for (const sibling of proof) {
    if (last === 0) return false
    if (position % 2 === 1 || position === last) {
      hash = nodeHash(sibling, hash)
      while (position % 2 === 0 && position !== 0) {
        position = Math.floor(position / 2)
        last = Math.floor(last / 2)
      }
    } else {
      hash = nodeHash(hash, sibling)
    }
    position = Math.floor(position / 2)
    last = Math.floor(last / 2)
  }
  return last === 0 && Buffer.from(hash).equals(root)
}

/** Whether a proof shows that the tree of `older` entries is a prefix of the tree of `newer`. */
export function verifyConsistency(
  older: number,
  newer: number,
  olderRoot: Uint8Array,
  newerRoot: Uint8Array,
  proof: readonly Uint8Array[],
): boolean {
  if (!isSize(older) || !isSize(newer) || older > newer || !areHashes([olderRoot, newerRoot, ...proof])) return false
  if (older === newer) return proof.length === 0 && Buffer.from(olderRoot).equals(newerRoot)
  if (older === 0) return proof.length === 0 && Buffer.from(olderRoot).equals(emptyRoot)
  // RFC 9162 section 2.1.4.2: a power of two is its own first node.
  const nodes = isPowerOfTwo(older) ? [olderRoot, ...proof] : [...proof]
  const first = nodes.shift()
  if (first === undefined) return false
  let position = older - 1
  let last = newer - 1
  while (position % 2 === 1) {
    position = Math.floor(position / 2)
    last = Math.floor(last / 2)
  }
  let olderHash = first
  let newerHash = first
  for (const node of nodes) {
    if (last === 0) return false
    if (position % 2 === 1 || position === last) {
      olderHash = nodeHash(node, olderHash)
      newerHash = nodeHash(node, newerHash)
      while (position % 2 === 0 && position !== 0) {
        position = Math.floor(position / 2)
        last = Math.floor(last / 2)
      }
    } else {
      newerHash = nodeHash(newerHash, node)
    }
    position = Math.floor(position / 2)
    last = Math.floor(last / 2)
  }
  return last === 0 && Buffer.from(olderHash).equals(olderRoot) && Buffer.from(newerHash).equals(newerRoot)
}

/** Hash of the leaves start to end, where start is a multiple of a power of two at least as big as the range. */
function rangeHash(start: number, end: number, readNode: ReadNode): Uint8Array {
  const width = end - start
  if (isPowerOfTwo(width)) return stored(Math.log2(width), start / width, readNode)
  const middle = start + splitPoint(width)
  return nodeHash(rangeHash(start, middle, readNode), rangeHash(middle, end, readNode))
}

/** The largest power of two below n, for n of at least 2. */
function splitPoint(n: number): number {
  let k = 1
  while (k * 2 < n) k *= 2
  return k
}

function isPowerOfTwo(n: number): boolean {
  return n === 1 || splitPoint(n) * 2 === n
}

function stored(level: number, index: number, readNode: ReadNode): Uint8Array {
  const hash = readNode(level, index)
  if (hash === undefined || hash.length !== 32)
    throw new RecorderError('ledger-inconsistent', `ledger: node ${index} of level ${level}: expected a stored hash`)
  return hash
}

function isSize(n: number): boolean {
  return Number.isSafeInteger(n) && n >= 0
}

function checkSize(n: number): void {
  if (!isSize(n)) throw new RecorderError('invalid-argument', `ledger size: expected a count, got \`${n}\``)
}

function areHashes(hashes: readonly Uint8Array[]): boolean {
  return hashes.every((hash) => hash.length === 32)
}

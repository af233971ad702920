// The store in a backup: a copy taken at one instant while the gateway goes on writing, and the look at a copy that says
// whether it is whole. Reads with SQLite directly: whatever tables there are, the ledger is what must hold.

import { open } from 'node:fs/promises'
import { DatabaseSync } from 'node:sqlite'
import { parseCheckpoint, parseEntry, parseNote, TileTree, treeRoot } from '../../recorder/index.ts'

/**
 * Writes a compact copy of the store, as it is at this instant. What was erased in it is in no free page of the copy.
 * @param target where nothing stands yet.
 */
export async function copyStore(source: string, target: string): Promise<void> {
  const db = new DatabaseSync(source, { readOnly: true })
  try {
    db.exec('pragma busy_timeout = 10000')
    db.prepare('vacuum into ?').run(target)
  } finally {
    db.close()
  }
  const file = await open(target, 'r+')
  try {
    await file.chmod(0o600)
    await file.sync()
  } finally {
    await file.close()
  }
}

export interface StoreState {
  readonly entries: number
  /** RFC 6962 root of all entries, made anew from them. */
  readonly root: Buffer
  /** The newest checkpoint it keeps; null where nothing was signed. */
  readonly checkpoint: string | null
  /** What does not hold, each as a clause; none where all does. */
  readonly problems: readonly string[]
}

/**
 * Reads a store through: SQLite's own check, every entry, the hashes kept beside them, and every checkpoint. Memory stays flat.
 * @throws when it is no database or lacks the ledger's tables.
 */
export function inspectStore(path: string): StoreState {
  const db = new DatabaseSync(path, { readOnly: true })
  try {
    const problems: string[] = []
    const [first] = db.prepare('pragma integrity_check(1)').all()
    const verdict = first?.['integrity_check']
    if (verdict !== 'ok') problems.push(`SQLite says of it: ${String(verdict)}`)
    const tree = new TileTree()
    const notes = db.prepare('select size, note from checkpoint order by size').iterate()
    let next = notes.next()
    let checkpoint: string | null = null
    const compare = (): void => {
      for (; !next.done && Number(next.value['size']) === tree.size; next = notes.next()) {
        checkpoint = String(next.value['note'])
        if (!isOf(checkpoint, tree)) problems.push(`the checkpoint of ${tree.size} entries is not of these entries`)
      }
    }
    for (const row of db.prepare('select idx, entry from evidence order by idx').iterate()) {
      compare()
      const entry = row['entry']
      if (row['idx'] !== tree.size || !(entry instanceof Uint8Array) || parseEntry(entry).kind === 'malformed') {
        problems.push(`entry ${tree.size} of the ledger is missing or malformed`)
        return { entries: tree.size, root: Buffer.from(tree.root()), checkpoint, problems }
      }
      tree.append(entry)
    }
    compare()
    if (!next.done)
      problems.push(`a checkpoint of ${Number(next.value['size'])} entries is kept, and ${tree.size} are there`)
    const root = Buffer.from(tree.root())
    const node = db.prepare('select hash from evidence_node where level = ? and idx = ?')
    const kept = treeRoot(tree.size, (level, index) => {
      const hash = node.get(level, index)?.['hash']
      return hash instanceof Uint8Array ? hash : undefined
    })
    if (!root.equals(kept)) problems.push('the hashes kept of the ledger are not those of its entries')
    return { entries: tree.size, root, checkpoint, problems }
  } finally {
    db.close()
  }
}

function isOf(note: string, tree: TileTree): boolean {
  const parsed = parseNote(Buffer.from(note))
  const checkpoint = parsed.kind === 'ok' ? parseCheckpoint(parsed.value.text) : parsed
  if (checkpoint.kind === 'malformed') return false
  return checkpoint.value.size === tree.size && Buffer.from(checkpoint.value.root).equals(tree.root())
}

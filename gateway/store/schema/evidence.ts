// Tables of the ledger and of how long things are kept: entries, checkpoints, holds, deletions, erasures.

export interface EvidenceTables {
  evidence: { idx: number; at: number; type: string; session: string | null; entry: Uint8Array }
  /** Hashes of complete subtrees of the ledger (RFC 6962), by level and index; level 0 holds the leaves. */
  evidence_node: { level: number; idx: number; hash: Uint8Array }
  checkpoint: { size: number; at: number; note: string }
  /** What a commitment in the ledger stands for. Erasing a row erases the value; the tree stays whole. */
  disclosure: { commitment: string; salt: Uint8Array; value: string }
  ledger_timestamp: { size: number; authority: string; at: number; time: number; note: string; response: Uint8Array }
  evidence_hold: {
    id: string
    target_kind: string
    target_id: string
    from_at: number | null
    until_at: number | null
    by_person: string
    at: number
    reason: string
    reference: string
    released_by: string | null
    released_at: number | null
    release_reason: string | null
  }
  deletion: {
    id: string
    by_person: string
    at: number
    reason: string
    state: string
    decided_by: string | null
    decided_at: number | null
    words: string | null
  }
  deletion_item: {
    deletion: string
    session: string
    retention: string
    kept_until: number
    bytes: number
    state: string
    at: number | null
    problem: string | null
  }
  erasure: {
    id: string
    subject_kind: string
    subject_id: string
    by_person: string
    at: number
    reason: string
    count: number
    state: string
    decided_by: string | null
    decided_at: number | null
    words: string | null
  }
  /** One row: the level of free space that was last told, and when what has to be kept was last looked through. */
  storage_level: { id: number; level: string; at: number; checked_at: number }
}

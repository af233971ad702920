// The tables, as kysely sees them. Instants are integers (ms since the epoch), documents are JSON text, bytes are blobs,
// yes/no is 0/1: the same columns serve SQLite and PostgreSQL.

import type { Kysely, Transaction } from 'kysely'

export interface Schema {
  person: {
    id: string
    login: string
    display_name: string
    roles: string
    supplier: string | null
    plants: string
    disabled: number
    /** PHC string (argon2id). */
    password_hash: string
    /** Sealed by the vault key. */
    totp_secret: Uint8Array
    /** The last TOTP time step accepted; the same or an earlier one is a replay. */
    totp_step: number
    /** Wrong tries in a row, and until when none is looked at. */
    failures: number
    locked_until: number
    created_at: number
  }
  person_key: {
    /** `SHA256:…` of the public key blob, as OpenSSH prints it. */
    fingerprint: string
    person: string
    key: string
    label: string
  }
  request: {
    id: string
    person: string
    asset: string
    plant: string
    ask: string
    digest: string
    submitted_at: number
    kind: string
    decision: string
    approvals: string
    decided_at: number | null
    grant_id: string | null
  }
  access_grant: {
    id: string
    request: string
    person: string
    asset: string
    plant: string
    protocol: string
    operation_class: string
    from_at: number
    until_at: number
    kind: string
    ended_by: string | null
    ended_at: number | null
    reason: string | null
  }
  session: {
    id: string
    grant_id: string
    person: string
    asset: string
    plant: string
    protocol: string
    state: string
    started_at: number
    window_until: number
    ended_at: number | null
    end_reason: string | null
    channels: number
    bytes_in: number
    bytes_out: number
    source: string
    recording: string
    seal: string | null
    seal_index: number | null
  }
  /** The vault: secrets of targets, sealed. */
  credential: { name: string; kind: string; sealed: Uint8Array; changed_at: number }
  refresh_token: {
    hash: string
    person: string
    family: string
    expires_at: number
    used_at: number | null
    mfa: string
  }
  evidence: { idx: number; at: number; type: string; session: string | null; entry: Uint8Array }
  /** Hashes of complete subtrees of the ledger (RFC 6962), by level and index; level 0 holds the leaves. */
  evidence_node: { level: number; idx: number; hash: Uint8Array }
  checkpoint: { size: number; at: number; note: string }
  /** What a commitment in the ledger stands for. Erasing a row erases the value; the tree stays whole. */
  disclosure: { commitment: string; salt: Uint8Array; value: string }
  bundle: { digest: string; scope_version: string; activated_at: number; files: string }
}

export type Db = Kysely<Schema> | Transaction<Schema>

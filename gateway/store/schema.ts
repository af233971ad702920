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
    /** Where messages go; personal data, and null where none is given. */
    email: string | null
    /** `all` or `plants`: how far roles reach that look over a house. */
    oversight: string
  }
  person_key: {
    /** `SHA256:…` of the public key blob, as OpenSSH prints it. */
    fingerprint: string
    person: string
    key: string
    label: string
  }
  /** Of a machine account, beside its row among the people. */
  machine: { person: string; owner: string; purpose: string; until_day: string; sources: string }
  request: {
    id: string
    /** Who would use the access; and who asked, where that is a machine account. */
    person: string
    asked_by: string | null
    asset: string
    plant: string
    ask: string
    digest: string
    submitted_at: number
    kind: string
    decision: string
    approvals: string
    /** Of the last change of state or terms. */
    decided_at: number | null
    grant_id: string | null
    set_id: string | null
    terms: string
    needs: string
    ticket_state: string
    expires_at: number
    /** When waiting for access becomes an alarm; null once it was raised, or has no more reason. */
    alarm_at: number | null
    alarmed_at: number | null
    used_at: number | null
    /** Yeses that count no longer. */
    lapsed: string
    /** Counted up by every change: a change is written only over the state it was judged on. */
    version: number
  }
  concern: {
    id: string
    plant: string | null
    asset: string | null
    session: string | null
    words: string
    person: string | null
    at: number
    due_at: number
    closed_by: string | null
    closed_at: number | null
    learned: string | null
  }
  incident: {
    id: string
    title: string
    words: string
    severity: string
    by_person: string
    at: number
    concern: string | null
    touched: string
    gravest: string
    assigned_to: string | null
    hands: string
    contain_by: number | null
    contained_at: number | null
    assessed: string
    closed_at: number | null
    closing: string | null
    action_due_at: number | null
    action: string | null
  }
  /** Which entries of the ledger tell of an incident. */
  incident_entry: { incident: string; idx: number }
  incident_report: {
    incident: string
    report: string
    title: string
    basis: string
    due_at: number
    overdue_at: number | null
    made_by: string | null
    made_at: number | null
    reference: string | null
  }
  evidence_request: {
    id: string
    incident: string
    party: string
    what: string
    why: string
    by_person: string
    at: number
    due_at: number
    overdue_at: number | null
    outcome: string | null
    ended_by: string | null
    ended_at: number | null
    reason: string | null
  }
  exhibit: {
    id: string
    request: string
    incident: string
    name: string
    bytes: number
    sha256: string
    at: number
    holder: string
    place: string
    gone: string | null
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
    schedule: string
    tier: string
    escort: number
    conditions: string
    /** JSON; null: no file crosses. */
    transfer: string | null
  }
  person_source: {
    person: string
    feed: string
    external_id: string
    /** JSON lists. */
    hand_roles: string
    hand_plants: string
    feed_roles: string
    feed_plants: string
    withheld_roles: string
    withheld_plants: string
    left_at: number | null
  }
  people_feed: { feed: string; as_of: number; digest: string; taken_at: number; rows: number }
  /** One-time secrets of prepared accounts; the seed is sealed by the vault key. */
  enrolment: { person: string; secret_hash: string; totp_secret: Uint8Array; until_at: number }
  separation_breach: { person: string; rule: string; found: string; found_at: number; enforced_at: number | null }
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
    /** Null in sessions of before it was kept. */
    asset_type: string | null
    /** JSON list of texts. */
    labels: string
  }
  viewing: {
    id: string
    session: string
    viewer: string
    purpose: string
    asked_at: number
    answer_by: number
    state: string
    answered_by: string | null
    answered_at: number | null
    reason: string | null
    view_until: number | null
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
  bundle_activation: {
    seq: number
    digest: string
    previous: string | null
    at: number
    kind: string
    proposal: string | null
    proposer: string | null
    activator: string | null
    reason: string | null
  }
  bundle_proposal: {
    id: string
    digest: string
    base: string
    scope_version: string
    person: string | null
    at: number
    comment: string
    files: string
    state: string
    decided_by: string | null
    decided_at: number | null
    reason: string | null
    /** The change it belongs to, and how to go back, in the proposer's words. */
    change_ref: string | null
    rollback: string | null
  }
  /** Verdicts of safety engineers on proposals. Void once the proposal was put on another base. */
  safety_review: {
    seq: number
    proposal: string
    base: string
    verdict: string
    person: string
    at: number
    reference: string | null
    comment: string
    void_at: number | null
  }
  scope_change: {
    id: string
    asset: string
    before: string
    bundle: string
    was: string
    becomes: string
    attributes: string
    raised_at: number
    proposer: string | null
    activator: string | null
    state: string
    reviewed_by: string | null
    reviewed_at: number | null
    comment: string | null
  }
  /** One row: how far the ledger was read for what is to be told. */
  outbox_cursor: { id: number; next_idx: number }
  outbox: {
    id: string
    idx: number
    type: string
    destination: string
    person: string | null
    link: string | null
    state: string
    attempts: number
    created_at: number
    next_at: number
    done_at: number | null
    problem: string | null
  }
  approval_link: {
    id: string
    request: string
    digest: string
    person: string
    expires_at: number
    used_at: number | null
  }
  /** Reminders and the like, each once a request. */
  waiting_step: { request: string; step: string; at: number }
  /** Off until somebody else lifts it. `target_id` is empty for `all`. */
  suspension: {
    id: string
    target_kind: string
    target_id: string
    by_person: string
    at: number
    reason: string
    lifted_by: string | null
    lifted_at: number | null
    lift_reason: string | null
  }
  /** Sessions that another process wants ended; taken up and removed by the gateway. */
  end_order: { session: string; by_person: string; reason: string; at: number }
  delegation: {
    id: string
    from_person: string
    to_person: string
    from_at: number
    until_at: number
    created_at: number
    reason: string
    ended_by: string | null
    ended_at: number | null
  }
  presence: {
    id: string
    zone: string
    plant: string
    person: string
    from_at: number
    until_at: number
    ended_by: string | null
    ended_at: number | null
  }
  /** The last time step of a zone's device that was accepted; the same or an earlier one is a replay. */
  presence_step: { zone: string; step: number }
  attestation: {
    id: string
    kind: string
    person: string | null
    supplier: string | null
    what: string
    until_at: number
    reference: string
    by_person: string
    at: number
    ended_by: string | null
    ended_at: number | null
    /** When its end was called out beforehand. */
    called_at: number | null
  }
  review: {
    id: string
    kind: string
    request: string
    grant_id: string
    session: string | null
    person: string
    asset: string
    plant: string
    opened_at: number
    due_at: number
    overdue_at: number | null
    closed_by: string | null
    closed_at: number | null
    verdict: string | null
    comment: string | null
  }
  campaign: {
    id: string
    title: string
    started_by: string
    started_at: number
    due_at: number
    overdue_at: number | null
    closed_by: string | null
    closed_at: number | null
  }
  campaign_item: {
    campaign: string
    person: string
    before: string
    verdict: string | null
    after: string | null
    decided_by: string | null
    decided_at: number | null
    reason: string | null
  }
  /** How far an exception of the register has aged: each stage is evidence once. */
  risk_stage: { risk: string; until_day: string; stage: string; at: number }
  exception_stage: { exception: string; until_day: string; stage: string; at: number }
  /** At a walkdown the asset was found in this zone. The newest counts. */
  asset_confirmation: {
    seq: number
    asset: string
    zone: string
    seen_on: string
    by_person: string
    at: number
    note: string | null
  }
  /** What all files of a sealed recording take. */
  recording_size: { session: string; bytes: number }
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
  ledger_timestamp: { size: number; authority: string; at: number; time: number; note: string; response: Uint8Array }
  platform_release: {
    entry: number
    at: number
    due_at: number
    changes: string
    record_entry: number | null
    recorded_by: string | null
    recorded_at: number | null
    change_reference: string | null
    impact: string | null
    test: string | null
    rollback_plan: string | null
    verdict: string | null
    verdict_entry: number | null
    verdict_by: string | null
    verdict_at: number | null
    verdict_comment: string | null
  }
  setback: { what: string; place: string; since: number; reason: string; told: number }
  dependency_state: {
    dependency: string
    watch: string
    state: string
    since: number
    failures: number
    looked_at: number | null
    good_at: number | null
    problem: string | null
    day_from: number
    day_good: number
    day_failed: number
    day_worst: string
    day_degraded_ms: number
  }
  physical_state: {
    source: string
    kind: string
    zone: string
    asset: string | null
    plant: string
    state: string
    since_at: number
    last_at: number
    until_at: number
    message: string
    heard: number
    silent: number
  }
  physical_message: { source: string; message: string; at: number }
  drill_run: {
    id: string
    name: string
    asset: string
    plant: string
    by_person: string
    bundle: string
    started_at: number
    ended_at: number | null
    outcome: string | null
    steps: string | null
  }
  drill_stage: { name: string; due_at: number }
  drill_seen: { name: string; at: number }
  scope_fit_review: {
    id: string
    by_person: string
    at: number
    due_at: number
    bundle: string
    decisions: string
    known: string
  }
  seen_address: {
    id: string
    address: string
    plant: string
    first_at: number
    last_at: number
    state: string
    by_person: string | null
    decided_at: number | null
    reason: string | null
  }
  /** Host keys of targets that are not pinned in the bundle. */
  target_host_key: {
    asset: string
    fingerprint: string
    host_key: string
    state: string
    address: string
    seen_at: number
    proposed_by: string | null
    proposed_at: number | null
    decided_by: string | null
    decided_at: number | null
  }
  /** Copies of sealed recordings in the object store. */
  recording_copy: {
    session: string
    seal_index: number
    state: string
    attempts: number
    next_at: number
    problem: string | null
    bytes: number
    stored_at: number | null
    locked_until: number | null
  }
  /** Files on their way through the airlock. */
  file_transfer: {
    id: string
    session: string
    grant_id: string
    person: string
    supplier: string | null
    asset: string
    plant: string
    program: string
    direction: string
    path: string
    rules: string
    crossing: string
    without_verdict: string
    released_by: string
    declared_only: number
    retention: string
    asked_at: number
    state: string
    size: number
    sha256: string | null
    content_type: string | null
    archive: string | null
    declared_as: string | null
    is_declared: number
    verdict: string | null
    settled_at: number | null
    held_because: string | null
    outcome: string | null
    decided_by: string | null
    decided_at: number | null
    reason: string | null
    ended_at: number | null
  }
  /** Contents of files, kept once each under their digest. */
  kept_file: {
    sha256: string
    bytes: number
    stored_at: number
    state: string
    deleted_at: number | null
  }
  recording_object: {
    session: string
    name: string
    key: string
    bytes: number
    sha256: string
    version: string | null
  }
}

export type Db = Kysely<Schema> | Transaction<Schema>

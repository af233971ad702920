// Tables of sessions: what they are, their recordings and who saw them, files that crossed, keys of targets.

export interface SessionTables {
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
  /** Sessions that another process wants ended; taken up and removed by the gateway. */
  end_order: { session: string; by_person: string; reason: string; at: number }
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
  /** What all files of a sealed recording take. */
  recording_size: { session: string; bytes: number }
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
  recording_object: {
    session: string
    name: string
    key: string
    bytes: number
    sha256: string
    version: string | null
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
}

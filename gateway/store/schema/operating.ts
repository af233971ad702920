// Tables of what runs: messages on their way, dependencies, physical sources, drills, releases, setbacks.

export interface OperatingTables {
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
}

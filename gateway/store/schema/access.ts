// Tables of access: requests, grants, what decisions rest on besides, and what is looked at again afterwards.

export interface AccessTables {
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
}

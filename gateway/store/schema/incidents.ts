// Tables of concerns and incidents.

export interface IncidentTables {
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
}

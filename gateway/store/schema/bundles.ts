// Tables of what is declared: bundles with how they change, and what the register and walkdowns say of it.

export interface BundleTables {
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
  scope_fit_review: {
    id: string
    by_person: string
    at: number
    due_at: number
    bundle: string
    decisions: string
    known: string
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
}

// How recordings are handled, by the labels of what was reached: who may look, whether it may leave the house, how long
// it is kept, and whether what is typed at a password prompt is masked. Declared in handling.yaml; how requests are
// handled is handling.ts's.

import type { AssetId, PlantId } from '../ids.ts'
import type { Role } from './people.ts'

/** How long recordings are kept (ISO/IEC 27001:2022 A.5.33): not a day less; not deleted by itself when it is over. */
export interface RetentionClass {
  readonly id: string
  readonly text: string
  /** Days from the end of the session. */
  readonly keepDays: number
}

/**
 * What may leave the house in an export, least strict first. `without-keys`: the encrypted recording and its seal,
 * without the key, what the commitments of its entries stand for, or anything played from it.
 */
export const exportHandlings = ['full', 'without-keys', 'refused'] as const
export type ExportHandling = (typeof exportHandlings)[number]

/**
 * One rule for recordings of sessions to assets (ISO/IEC 27001:2022 A.5.12, A.5.13). It is about an asset where every
 * list that is given has a match; one that gives none is about every asset. What it does not speak of it leaves alone.
 */
export interface HandlingRule {
  readonly id: string
  /** The rule in one sentence for people: a refusal says it. */
  readonly text: string
  /** The asset has one of them. */
  readonly labels?: readonly string[]
  readonly plants?: readonly PlantId[]
  readonly types?: readonly string[]
  readonly view?: {
    /** Who may look: one of them is enough. */
    readonly roles?: readonly Role[]
    /** Somebody else has to agree to each viewing. */
    readonly secondPerson?: boolean
  }
  readonly export?: ExportHandling
  /** Id of a declared class. */
  readonly retention?: string
  readonly maskPrompts?: boolean
  /** Regions of object stores its copy may stand in; elsewhere it stays on the gateway's own disk. */
  readonly regions?: readonly string[]
}

/**
 * What of the evidence an agreement lets go. `recordings`: sealed recordings with their keys and what the ledger says of
 * them; `sessions`, `requests`, `decisions`, `reviews`: the entries about these; `words`: what the commitments of the
 * entries given stand for, such as purposes and addresses.
 */
export const agreedEvidence = ['recordings', 'sessions', 'requests', 'decisions', 'reviews', 'words'] as const
export type AgreedEvidence = (typeof agreedEvidence)[number]

/** What was agreed with a customer about evidence that leaves the house for them (ISO/IEC 27001:2022 A.5.14, A.5.20). */
export interface Agreement {
  readonly id: string
  readonly customer: string
  /** Where it is written down: a contract, an annex. */
  readonly reference: string
  /** Who answers for it. */
  readonly owner: string
  /** First and last day (ISO 8601, inclusive, UTC): of what happened then, and given out then. */
  readonly from: string
  readonly until: string
  /** What it covers: each list that is given has to match; at least one is. */
  readonly plants?: readonly PlantId[]
  readonly assets?: readonly AssetId[]
  /** The asset has one of them. Of rules about these labels what leaves is for the agreement to say. */
  readonly labels?: readonly string[]
  readonly evidence: readonly AgreedEvidence[]
}

/** handling.yaml. */
export interface HandlingRules {
  /** Never empty, each id once; every `retention` of a rule names one of them. */
  readonly classes: readonly RetentionClass[]
  /** Where no rule names a class. */
  readonly default: RetentionClass
  readonly rules: readonly HandlingRule[]
  /** Absent: none. */
  readonly agreements?: readonly Agreement[]
}

/** What a recording is judged by. */
export interface Labelled {
  readonly plant: PlantId
  readonly type: string
  readonly labels: readonly string[]
}

/** How one recording is handled: the strictest of all rules about it. */
export interface Handling {
  readonly view: {
    /** One of them is needed; null where no rule names any; empty where two rules have none in common: nobody may. */
    readonly roles: readonly Role[] | null
    readonly secondPerson: boolean
  }
  readonly export: ExportHandling
  readonly retention: RetentionClass
  readonly maskPrompts: boolean
  /** Null where no rule names any; empty where two rules have none in common: it stays on the gateway's own disk. */
  readonly regions: readonly string[] | null
  /** Ids of the rules about it, in the order declared. */
  readonly rules: readonly string[]
}

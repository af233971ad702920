// Who acts: people, their roles, and the suppliers they come from.

import type { Login, PersonId, PlantId, SupplierId } from '../ids.ts'

export const roles = [
  'vendor',
  'engineer',
  'approver',
  'escort',
  'safety-engineer',
  'auditor',
  'isms-manager',
  'admin',
] as const
export type Role = (typeof roles)[number]

export const mfaKinds = ['totp'] as const
export type MfaKind = (typeof mfaKinds)[number]

/** How much a supplier could do wrong, as the plant has judged it: policies ask for more where it is high. */
export const riskTiers = ['low', 'medium', 'high'] as const
export type RiskTier = (typeof riskTiers)[number]

/** What a supplier has to have shown, again and again, before its people come (ISO/IEC 27001:2022 A.5.19, A.5.20). */
export interface Expectation {
  readonly id: string
  readonly text: string
  /** Of suppliers of which risk tiers it is expected. */
  readonly tiers: readonly RiskTier[]
  /** Days one attestation holds at most. */
  readonly validDays: number
}

export interface Supplier {
  readonly id: SupplierId
  readonly name: string
  /** The plant person who answers for this supplier. */
  readonly sponsor: string
  /** First and last day (ISO 8601, inclusive, UTC) of the contract. */
  readonly contract: { readonly from: string; readonly until: string }
  /** Asset labels this supplier may touch; an asset needs at least one of them. */
  readonly labels: readonly string[]
  /** Sessions of its people at a time; null where only the gateway's own limits hold. */
  readonly maxSessions: number | null
  readonly riskTier: RiskTier
}

export interface Person {
  readonly id: PersonId
  readonly login: Login
  readonly displayName: string
  readonly roles: readonly Role[]
  /** Set for people of a supplier; people of the plant have none. */
  readonly supplier: SupplierId | null
  /** Plants this person acts for; empty means none, never all. */
  readonly plants: readonly PlantId[]
  readonly disabled: boolean
}

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

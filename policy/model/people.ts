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

/** What may act: a human being, or a machine account (`svc-mes-erp`) that somebody answers for (IEC 62443-3-3 SR 1.2). */
export const principalKinds = ['person', 'machine'] as const
export type PrincipalKind = (typeof principalKinds)[number]

/** The one role a machine account may hold: of a supplier, or of the plant. It decides, watches and attests nothing. */
export const machineRoles = ['vendor', 'engineer'] as const satisfies readonly Role[]

/** `authority`: the authority that signed the certificate of a login has seen a second factor, and says so. */
export const mfaKinds = ['totp', 'authority'] as const
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

/** What is known of a machine account beside who it is. What it may run, and whether its key is enough, the bundle says. */
export interface Machine {
  /** Who answers for it and asks in its name, as they are now. INVARIANT: a person, never a machine. */
  readonly owner: Person
  readonly purpose: string
  /** Last day (ISO 8601, inclusive, UTC) it may be used on. */
  readonly until: string
  /** Networks (CIDR) it may come from; never empty. */
  readonly sources: readonly string[]
  /** Where a request for it is judged: who asked in its name, perhaps an owner before this one. */
  readonly askedBy?: PersonId
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
  /**
   * How far the roles reach that look over a house (auditor, isms-manager, admin): `plants`, over those named here and no
   * others. Absent: over all.
   */
  readonly oversight?: 'plants'
  /** Roles they hold beside `roles` that are of no use, because a rule of separation keeps them apart. */
  readonly withheld?: readonly Role[]
  /** Set for a machine account; people have none. */
  readonly machine?: Machine
}

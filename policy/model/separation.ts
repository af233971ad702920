// What people are by their work: which roles nobody holds together, which roles a job brings, and the systems that say who
// works here. Declared in access.yaml, so that two people bring a change of it into force.

import type { SupplierId } from '../ids.ts'
import type { Role } from './people.ts'

/** Roles and duties of which one person holds at most one (ISO/IEC 27001:2022 A.5.3). */
export interface SeparationRule {
  readonly id: string
  /** Why, for people. */
  readonly text: string
  readonly roles: readonly Role[]
  /** Duties by roster, as calendars.yaml names them. INVARIANT: with the roles at least two. */
  readonly duties: readonly string[]
  /** Day (ISO 8601, UTC) from which a second one is refused, and of no use where somebody has it still. */
  readonly from: string
}

/** What somebody with these attributes is at the gateway: every attribute named has to have one of its values. */
export interface RoleMapping {
  readonly id: string
  readonly text: string
  /** Compared without regard to case. INVARIANT: not empty, nor any list in it; each attribute once. */
  readonly when: readonly { readonly attribute: string; readonly values: readonly string[] }[]
  readonly roles: readonly Role[]
}

/** A system that says who works here: HR, a directory, a supplier's list of people. */
export interface PeopleFeed {
  readonly id: string
  readonly text: string
  /** Who answers for what it says. */
  readonly owner: string
  /** Of the accounts it has brought, how many in a hundred one feed may close; more is taken for a mistake. */
  readonly mostLeaversPercent: number
  /** Of a supplier's list: it speaks of that supplier's people and of nobody else. */
  readonly supplier?: SupplierId
}

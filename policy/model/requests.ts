// What is asked, answered and granted.

import type { AssetId, GrantId, PersonId, RequestId, RequestSetId } from '../ids.ts'
import type { Instant, Window, Schedule } from './time.ts'
import type { Protocol, OperationClass } from './assets.ts'
import type { FileTerms } from './files.ts'
import type { Role } from './people.ts'
import type { Tier } from './handling.ts'

/** What a person asks for. */
export interface AccessAsk {
  readonly asset: AssetId
  readonly protocol: Protocol
  readonly operationClass: OperationClass
  readonly window: Window
  readonly schedule: Schedule
  readonly tier: Tier
  /** Ids of the tier's criteria that the person affirms. */
  readonly criteria: readonly string[]
  readonly purpose: string
  /** Change or ticket reference; empty when none. */
  readonly ticket: string
  /** How the change is undone; empty when none is given. */
  readonly rollback: string
  /** Files to be brought. */
  readonly files: readonly DeclaredFile[]
  /** Which files are to cross; left out, none. */
  readonly transfer?: FileTerms
}

export interface DeclaredFile {
  readonly name: string
  /** 64 hex digits. */
  readonly sha256: string
}

/** One yes a request needs: of somebody with a role, or of whoever is on duty. Several are needed of several people. */
export type ApprovalNeed =
  | { readonly kind: 'role'; readonly role: Role }
  | { readonly kind: 'duty'; readonly duty: string }

/** What is granted where an approver changes what was asked: never more. */
export interface Terms {
  readonly window: Window
  readonly operationClass: OperationClass
  /** The approver wants somebody of the plant to be there. */
  readonly escort: boolean
  /** Conditions in words; empty when none. */
  readonly conditions: string
  /** Which files may cross; left out, none. */
  readonly transfer?: FileTerms
}

export interface Approval {
  readonly by: PersonId
  /** Whose right to decide was used; `by` unless it was delegated. */
  readonly onBehalfOf: PersonId
  readonly at: Instant
  readonly verdict: 'approve' | 'deny'
  readonly comment: string
  /** SHA-256 (hex) of the canonical request and terms this verdict was given for. */
  readonly requestDigest: string
}

/** A yes that was given and counts no longer: it stays visible, with the reason. */
export interface LapsedApproval extends Approval {
  readonly lapsedAt: Instant
  /** `terms-changed`: what would be granted is not what it was given for; else who gave it may no longer decide. */
  readonly because: 'terms-changed' | 'no-longer-theirs'
}

interface RequestCore {
  readonly id: RequestId
  /** The requests made with it, for a set of assets; null when it stands alone. */
  readonly set: RequestSetId | null
  /** Who would use the access. */
  readonly by: PersonId
  /** Who asked in its name, where a machine account would use it. */
  readonly askedBy?: PersonId
  readonly ask: AccessAsk
  readonly submittedAt: Instant
}

/** submitted -> approved | refused | withdrawn | expired. Only `approved` carries a grant. */
export type AccessRequest = RequestCore &
  /** `approvals`: the yeses given so far, for the terms as they are now; `terms`: what would be granted. */
  (
    | { readonly kind: 'submitted'; readonly approvals: readonly Approval[]; readonly terms: Terms }
    | { readonly kind: 'approved'; readonly approvals: readonly Approval[]; readonly grant: GrantId }
    | { readonly kind: 'refused'; readonly approvals: readonly Approval[] }
    | { readonly kind: 'withdrawn'; readonly at: Instant }
    | { readonly kind: 'expired'; readonly at: Instant }
  )

interface GrantCore {
  readonly id: GrantId
  readonly request: RequestId
  readonly person: PersonId
  readonly asset: AssetId
  readonly protocol: Protocol
  readonly operationClass: OperationClass
  /** The outermost span; `schedule` says when inside it. */
  readonly window: Window
  readonly schedule: Schedule
  readonly tier: Tier
  readonly escort: boolean
  readonly conditions: string
  /** Which files may cross; left out, none. */
  readonly transfer?: FileTerms
}

/** open -> revoked | expired. An open grant outside its window permits nothing. */
export type Grant = GrantCore &
  (
    | { readonly kind: 'open' }
    /** By nobody where a feed of people closed the account it was for. */
    | { readonly kind: 'revoked'; readonly by: PersonId | null; readonly at: Instant; readonly reason: string }
    | { readonly kind: 'expired'; readonly at: Instant }
  )

// What happened to people and at the way in: accounts, logins, and what came in that could be nothing.

import type { PersonId, PlantId, SupplierId } from '../ids.ts'
import type { MfaKind, Role } from '../model.ts'
import type { AuthFailure, Commitment, FirstFactor, Via } from './words.ts'

export interface IdentityEvents {
  readonly 'identity.created': {
    readonly person: PersonId
    readonly login: Commitment
    readonly roles: readonly Role[]
    readonly supplier: SupplierId | null
    readonly plants: readonly PlantId[]
  }
  readonly 'identity.disabled': { readonly person: PersonId; readonly by: PersonId | null; readonly reason: Commitment }
  /** A public key more that a person may log in with. */
  readonly 'identity.key_added': {
    readonly person: PersonId
    readonly by: PersonId | null
    /** To the key's fingerprint: a public key follows its owner to other places. */
    readonly key: Commitment
  }
  /** Where messages to a person go was set or, with null, removed. */
  readonly 'identity.contact_changed': {
    readonly person: PersonId
    readonly by: PersonId | null
    readonly address: Commitment | null
  }
  readonly 'auth.succeeded': {
    readonly person: PersonId
    readonly factor: FirstFactor
    readonly mfa: readonly MfaKind[]
    readonly via: Via
    readonly source: Commitment
  }
  readonly 'auth.failed': {
    readonly login: Commitment
    readonly person: PersonId | null
    readonly reason: AuthFailure
    readonly via: Via
    readonly source: Commitment
  }
  /** Tries of one source in about a minute that were refused unseen, because too many before them were wrong. */
  readonly 'auth.throttled': {
    /** To the address; of IPv6 to its network of 64 bits. */
    readonly source: Commitment
    readonly via: Via
    readonly count: number
    /** When the first and the last of them came. */
    readonly from: number
    readonly until: number
  }
  /** A refresh token came a second time, so somebody holds a copy: the login it belonged to was ended. */
  readonly 'auth.token_reused': { readonly person: PersonId; readonly via: Via; readonly source: Commitment }
  readonly 'auth.mfa_failed': {
    readonly person: PersonId
    readonly kind: MfaKind
    readonly via: Via
    readonly source: Commitment
  }
  /** A second factor that was right but had been used before. */
  readonly 'auth.assertion_rejected': {
    readonly person: PersonId
    readonly kind: MfaKind
    readonly reason: 'replayed'
    readonly via: Via
    readonly source: Commitment
  }
  readonly 'auth.locked_out': {
    readonly person: PersonId
    readonly failures: number
    readonly until: number
    readonly via: Via
    readonly source: Commitment
  }
  /** What came in over the API could not be what the route takes: malformed, too large, forged. Nothing was changed. */
  readonly 'input.refused': {
    readonly person: PersonId | null
    /** Method and route pattern, never the address with its parameters. */
    readonly route: string
    readonly code: string
    readonly source: Commitment
  }
}

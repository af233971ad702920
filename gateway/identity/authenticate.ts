// Authentication: is this credential good? Whether a login is complete is for the caller to say, who knows which factors
// it has gathered; `complete` then makes it evidence. Every failure is evidence too, and answers the same for all causes.

import { createHash } from 'node:crypto'
import {
  parseLogin,
  type AuthFailure,
  type FirstFactor,
  type Login,
  type MfaKind,
  type Person,
  type PersonId,
  type Via,
} from '../../policy/index.ts'
import type { Clock } from '../clock.ts'
import type { Secret } from '../secret.ts'
import type { Store } from '../store/store.ts'
import type { Passwords } from './passwords.ts'
import { stepOf } from './totp.ts'
import type { Vault } from './vault.ts'

/** Where an attempt comes from. `source` is the peer's address. */
export interface Origin {
  readonly via: Via
  readonly source: string
}

/** A first factor that was good; not a login yet. */
export interface FirstProof {
  readonly person: Person
  readonly factor: FirstFactor
}

export type FirstResult = { readonly kind: 'good'; readonly proof: FirstProof } | { readonly kind: 'bad' }

/** A complete login: a person, a first factor and at least one second factor. */
export interface CompleteLogin {
  readonly person: Person
  readonly mfa: readonly MfaKind[]
}

export interface Authenticator {
  password(login: unknown, password: Secret<string>, origin: Origin): Promise<FirstResult>
  /** Is this key one of the login's keys? Asks nothing of the ledger: a question is no attempt. */
  knowsKey(login: unknown, keyBlob: Uint8Array): Promise<boolean>
  /** A key whose signature the caller has verified. */
  provenKey(login: unknown, keyBlob: Uint8Array, origin: Origin): Promise<FirstResult>
  /** Completes a login with a TOTP code; null when the code is wrong, used before, or the person is locked out. */
  totp(proof: FirstProof, code: string, origin: Origin): Promise<CompleteLogin | null>
  /** A first factor was good and the second never came. */
  abandoned(proof: FirstProof, origin: Origin): Promise<void>
}

export interface LockoutRule {
  readonly threshold: number
  readonly minutes: number
}

export const totpPurpose = (id: PersonId): string => `totp/${id}`

/** `SHA256:…` as OpenSSH prints it. */
export function fingerprintOf(keyBlob: Uint8Array): string {
  return `SHA256:${createHash('sha256').update(keyBlob).digest('base64').replace(/=+$/, '')}`
}

export function openAuthenticator(deps: {
  readonly store: Store
  readonly passwords: Passwords
  readonly vault: Vault
  readonly clock: Clock
  readonly lockout: LockoutRule
}): Authenticator {
  const { store, passwords, vault, clock, lockout } = deps

  async function failed(login: string, person: Person | null, reason: AuthFailure, origin: Origin): Promise<void> {
    const now = clock.now()
    await store.change(async ({ ledger }) => {
      await ledger.append('auth.failed', now, {
        // What is no login is often a password in the wrong field: it is not kept.
        login: await ledger.commit(reason === 'malformed-login' ? 'malformed' : login),
        person: person?.id ?? null,
        reason,
        via: origin.via,
        source: await ledger.commit(origin.source),
      })
    })
  }

  /** Counts a wrong try; the one that reaches the threshold locks the person out for a time. */
  async function strike(person: Person, origin: Origin): Promise<void> {
    const now = clock.now()
    const failures = await store.bookkeep((tx) => tx.people.countFailure(person.id))
    if (failures < lockout.threshold) return
    const until = now + lockout.minutes * 60_000
    await store.change(async ({ people, ledger }) => {
      await people.lockUntil(person.id, until)
      await ledger.append('auth.locked_out', now, {
        person: person.id,
        failures,
        until,
        via: origin.via,
        source: await ledger.commit(origin.source),
      })
    })
  }

  const isLocked = (lockedUntil: number): boolean => lockedUntil > clock.now()

  async function find(login: unknown): Promise<{ text: string; name: Login | null; person: Person | null }> {
    const text = typeof login === 'string' ? login : String(login)
    const parsed = parseLogin(login)
    if (parsed.kind === 'malformed') return { text, name: null, person: null }
    return { text, name: parsed.id, person: await store.people.byLogin(parsed.id) }
  }

  return {
    async password(login, password, origin) {
      const { text, name, person } = await find(login)
      const stored = person ? await store.people.authenticators(person.id) : null
      const good = await passwords.verify(stored?.passwordHash ?? null, password)
      if (person && stored && isLocked(stored.lockedUntil)) {
        await failed(text, person, 'locked-out', origin)
        return { kind: 'bad' }
      }
      if (good === 'busy') return { kind: 'bad' }
      if (good && person && !person.disabled) return { kind: 'good', proof: { person, factor: 'password' } }
      const reason =
        name === null ? 'malformed-login' : !person ? 'unknown-login' : !good ? 'wrong-password' : 'disabled'
      await failed(text, person, reason, origin)
      if (person && !good) await strike(person, origin)
      return { kind: 'bad' }
    },

    async knowsKey(login, keyBlob) {
      const { person } = await find(login)
      if (!person || person.disabled) return false
      const fingerprint = fingerprintOf(keyBlob)
      return (await store.people.keys(person.id)).some((key) => key.fingerprint === fingerprint)
    },

    async provenKey(login, keyBlob, origin) {
      const { text, name, person } = await find(login)
      const fingerprint = fingerprintOf(keyBlob)
      const keys = person ? await store.people.keys(person.id) : []
      if (!person || !keys.some((key) => key.fingerprint === fingerprint)) {
        const reason = name === null ? 'malformed-login' : person ? 'unknown-key' : 'unknown-login'
        await failed(text, person, reason, origin)
        return { kind: 'bad' }
      }
      const stored = await store.people.authenticators(person.id)
      if (person.disabled || !stored || isLocked(stored.lockedUntil)) {
        await failed(text, person, person.disabled ? 'disabled' : 'locked-out', origin)
        return { kind: 'bad' }
      }
      return { kind: 'good', proof: { person, factor: 'publickey' } }
    },

    async totp({ person, factor }, code, origin) {
      const stored = await store.people.authenticators(person.id)
      const now = clock.now()
      if (!stored || isLocked(stored.lockedUntil)) {
        await failed(person.login, person, 'locked-out', origin)
        return null
      }
      const secret = vault.open(totpPurpose(person.id), stored.totpSealed)
      const step = stepOf(secret, code, now)
      const outcome = await store.change(async ({ people, ledger }) => {
        const source = await ledger.commit(origin.source)
        if (step === null) {
          await ledger.append('auth.mfa_failed', now, { person: person.id, kind: 'totp', via: origin.via, source })
          return 'wrong'
        }
        if (!(await people.acceptTotpStep(person.id, step))) {
          const entry = { person: person.id, kind: 'totp', reason: 'replayed', via: origin.via, source } as const
          await ledger.append('auth.assertion_rejected', now, entry)
          return 'wrong'
        }
        await people.clearFailures(person.id)
        await ledger.append('auth.succeeded', now, {
          person: person.id,
          factor,
          mfa: ['totp'],
          via: origin.via,
          source,
        })
        return 'right'
      })
      if (outcome === 'wrong') {
        await strike(person, origin)
        return null
      }
      return { person, mfa: ['totp'] }
    },

    abandoned: ({ person }, origin) => failed(person.login, person, 'abandoned', origin),
  }
}

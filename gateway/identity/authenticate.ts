// Authentication: is this credential good? Whether a login is complete is for the caller to say, who knows which factors
// it has gathered; `complete` then makes it evidence. Every failure is evidence too, and answers the same for all causes.

import { createHash } from 'node:crypto'
import {
  comesFrom,
  machineEndsAt,
  parseLogin,
  type AuthFailure,
  type FirstFactor,
  type Login,
  type Machine,
  type MfaKind,
  type Person,
  type PersonId,
} from '../../policy/index.ts'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import type { Secret } from '../secret.ts'
import type { Store, Tx } from '../store/store.ts'
import type { Passwords } from './passwords.ts'
import { isOfferable, isOwnersSignature, parseCertificate, type Certificate } from './certificates/certificate.ts'
import { certificateEntry } from './certificates/entry.ts'
import { noRevocation, type Revocation } from './certificates/revocation-file.ts'
import { isSignedByPlainKey, type SignedByKey } from './certificates/signature.ts'
import {
  judgeCertificate,
  type CertificateVerdict,
  type LoginCertificate,
  type UserAuthority,
} from './certificates/trust.ts'
import { openThrottle, type Origin, type ThrottleRule } from './throttle.ts'
import { stepOf } from './totp.ts'
import type { Vault } from './vault.ts'

export type { Origin, SignedByKey }

/** A first factor that was good; not a login yet. */
export interface FirstProof {
  readonly person: Person
  readonly factor: FirstFactor
  /** What was shown, where the factor is a certificate. */
  readonly certificate?: LoginCertificate
  /** The key or the whole certificate, base64, where the factor is one of them. */
  readonly shownKey?: string
}

/** A machine account's key is all of its login: it has no second factor. What it may do with one the bundle says. */
export type KeyResult = FirstResult | { readonly kind: 'complete'; readonly login: CompleteLogin }

export type FirstResult = { readonly kind: 'good'; readonly proof: FirstProof } | { readonly kind: 'bad' }

/** A complete login: a person, a first factor and at least one second factor; of a machine account, its key alone. */
export interface CompleteLogin {
  readonly person: Person
  readonly mfa: readonly MfaKind[]
  /** The certificate it was made with, which bounds what it may be used for. */
  readonly certificate?: LoginCertificate
  /** The key or the whole certificate it was made with, base64: either may be revoked later. */
  readonly shownKey?: string
}

/** A certificate and the signature its owner made with it. */
export interface ShownCertificate {
  /** As the client names it, such as `ssh-ed25519-cert-v01@openssh.com`. */
  readonly algorithm: string
  readonly blob: Uint8Array
  /** What was signed, and the signature, as SSH carries it. */
  readonly signed: Uint8Array
  readonly signature: Uint8Array
}

export interface Authenticator {
  password(login: unknown, password: Secret<string>, origin: Origin): Promise<FirstResult>
  /** Is this key one of the login's keys? Asks nothing of the ledger: a question is no attempt. */
  knowsKey(login: unknown, keyBlob: Uint8Array): Promise<boolean>
  /** A key with a signature, which is verified only when a try may be looked at. */
  publicKey(login: unknown, keyBlob: Uint8Array, signed: SignedByKey, origin: Origin): Promise<KeyResult>
  /** Would this certificate do for the login? A question as `knowsKey` is. */
  knowsCertificate(login: unknown, algorithm: string, blob: Uint8Array, origin: Origin): Promise<boolean>
  /** Complete where its authority vouches for a second factor; otherwise a code has to follow. */
  certificate(login: unknown, shown: ShownCertificate, origin: Origin): Promise<KeyResult>
  /** A try by a way in that is not offered: evidence, as any wrong one. */
  wrongMethod(login: unknown, origin: Origin): Promise<void>
  /** Completes a login with a TOTP code; null when the code is wrong, used before, or the person is locked out. */
  totp(proof: FirstProof, code: string, origin: Origin): Promise<CompleteLogin | null>
  /**
   * A code of somebody who is logged in already, such as on a locked terminal: counted like one at login, and no login.
   * @param onRight writes what the code opened, as evidence in the same transaction.
   */
  code(person: Person, code: Secret<string>, origin: Origin, onRight: (tx: Tx) => Promise<unknown>): Promise<boolean>
  /** A first factor was good and the second never came. */
  abandoned(proof: FirstProof, origin: Origin): Promise<void>
  /** Writes the summary of tries refused unseen; for the end of the gateway, otherwise it happens every minute. */
  settle(): Promise<void>
}

export interface LockoutRule {
  readonly threshold: number
  readonly minutes: number
}

const base64 = (blob: Uint8Array): string => Buffer.from(blob).toString('base64')

export const totpPurpose = (id: PersonId): string => `totp/${id}`

/** `SHA256:…` as OpenSSH prints it. */
export function fingerprintOf(keyBlob: Uint8Array): string {
  return `SHA256:${createHash('sha256').update(keyBlob).digest('base64').replace(/=+$/, '')}`
}

/** Why somebody does not come in by a password that was looked at so; null where they do. */
function amissBy(person: Person | null, good: boolean | 'busy'): AuthFailure | null {
  if (good === 'busy') return 'busy'
  if (!person) return 'unknown-login'
  // A machine account has no password: trying one is no guess that could lock it out.
  if (person.machine) return 'method-refused'
  if (!good) return 'wrong-password'
  return person.disabled ? 'disabled' : null
}

/** Why a machine account may not come in now, though its key is good; null where it may. */
function amissWith(machine: Machine, source: string, now: number): AuthFailure | null {
  if (machine.owner.disabled) return 'owner-disabled'
  if (now >= machineEndsAt(machine)) return 'account-ended'
  return comesFrom(machine, source) ? null : 'undeclared-source'
}

export function openAuthenticator(deps: {
  readonly store: Store
  readonly passwords: Passwords
  readonly vault: Vault
  readonly clock: Clock
  readonly lockout: LockoutRule
  readonly throttle?: ThrottleRule
  readonly log?: Log
  /** Whose certificates are believed; none where left out. */
  readonly authorities?: readonly UserAuthority[]
  readonly revocation?: Revocation
}): Authenticator {
  const { store, passwords, vault, clock, lockout, throttle: rule, log } = deps
  const { authorities = [], revocation = noRevocation } = deps
  const throttle = openThrottle({ store, clock, ...(rule ? { rule } : {}), ...(log ? { log } : {}) })

  /** Counts a wrong try; the one that reaches the threshold locks the person out for a time. */
  async function strike({ people, ledger }: Tx, person: Person, origin: Origin): Promise<void> {
    const now = clock.now()
    const failures = await people.countFailure(person.id)
    if (failures < lockout.threshold) return
    const until = now + lockout.minutes * 60_000
    await people.lockUntil(person.id, until)
    await ledger.append('auth.locked_out', now, {
      person: person.id,
      failures,
      until,
      via: origin.via,
      source: await ledger.commit(origin.source),
    })
  }

  /** A failure as evidence, counted against the person where it was a guess. */
  async function keepFailure(
    tx: Tx,
    login: string,
    person: Person | null,
    reason: AuthFailure,
    origin: Origin,
  ): Promise<void> {
    await tx.ledger.append('auth.failed', clock.now(), {
      // What is no login is often a password in the wrong field: it is not kept.
      login: await tx.ledger.commit(reason === 'malformed-login' ? 'malformed' : login),
      person: person?.id ?? null,
      reason,
      via: origin.via,
      source: await tx.ledger.commit(origin.source),
    })
    if (person && reason === 'wrong-password') await strike(tx, person, origin)
  }

  /**
   * Keeps a failure by itself: one transaction either way, so that the time
   * it takes does not tell a login that exists from one that doesn't.
   */
  async function failed(login: string, person: Person | null, reason: AuthFailure, origin: Origin): Promise<void> {
    throttle.charge(origin)
    await store.change((tx) => keepFailure(tx, login, person, reason, origin))
  }

  const isLocked = (lockedUntil: number): boolean => lockedUntil > clock.now()

  async function find(login: unknown): Promise<{ text: string; name: Login | null; person: Person | null }> {
    const text = typeof login === 'string' ? login : String(login)
    const parsed = parseLogin(login)
    if (parsed.kind === 'malformed') return { text, name: null, person: null }
    return { text, name: parsed.id, person: await store.people.byLogin(parsed.id) }
  }

  /** A hash of another cost answers in another time, which tells that the login exists: it is replaced when it can be. */
  async function renewHash(person: Person, stored: Secret<string>, password: Secret<string>): Promise<void> {
    if (passwords.isCurrent(stored)) return
    const fresh = await passwords.hash(password)
    await store.bookkeep((tx) => tx.people.replaceHash(person.id, stored, fresh))
  }

  /** Judges a code; each is good once. `onRight` writes what it completed, in the same transaction. */
  async function checkCode(
    person: Person,
    code: string,
    origin: Origin,
    onRight: (tx: Tx) => Promise<unknown>,
  ): Promise<boolean> {
    if (!throttle.admits(origin)) return false
    const now = clock.now()
    const isRight = await store.change(async (tx) => {
      const { people, ledger } = tx
      // Asked here, where no other try comes between: many that are made at a time are no more than one after the other.
      const stored = await people.authenticators(person.id)
      if (!stored || isLocked(stored.lockedUntil)) {
        await keepFailure(tx, person.login, person, 'locked-out', origin)
        return false
      }
      const step = stepOf(vault.open(totpPurpose(person.id), stored.totpSealed), code, now)
      if (step !== null && (await people.acceptTotpStep(person.id, step))) {
        await people.clearFailures(person.id)
        await onRight(tx)
        return true
      }
      const source = await ledger.commit(origin.source)
      const entry = { person: person.id, kind: 'totp', via: origin.via, source } as const
      if (step === null) await ledger.append('auth.mfa_failed', now, entry)
      else await ledger.append('auth.assertion_rejected', now, { ...entry, reason: 'replayed' })
      await strike(tx, person, origin)
      return false
    })
    if (!isRight) throttle.charge(origin)
    return isRight
  }

  async function machineLogin(person: Person, shownKey: string, origin: Origin): Promise<CompleteLogin> {
    await store.change(async ({ ledger }) => {
      const source = await ledger.commit(origin.source)
      const entry = { person: person.id, factor: 'publickey', mfa: [], via: origin.via, source } as const
      await ledger.append('auth.succeeded', clock.now(), entry)
    })
    return { person, mfa: [], shownKey }
  }

  const bad = { kind: 'bad' } as const

  /** Whether a certificate lets this person in, whoever holds its key; or why it does not. */
  async function judge(certificate: Certificate, person: Person, source: string): Promise<CertificateVerdict> {
    const revoked = await revocation.current()
    if (revoked === null) return { kind: 'refused', reason: 'revocations-unknown' }
    return judgeCertificate(certificate, authorities, revoked, { person, source }, clock.now())
  }

  /** Why a plain key may not be used, though it is somebody's; null where it may. */
  async function amissWithKey(keyBlob: Uint8Array): Promise<AuthFailure | null> {
    const revoked = await revocation.current()
    if (revoked === null) return 'revocations-unknown'
    return revoked.hasKey(keyBlob) ? 'revoked-key' : null
  }

  async function vouchedLogin(
    person: Person,
    certificate: LoginCertificate,
    shownKey: string,
    origin: Origin,
  ): Promise<CompleteLogin> {
    const mfa = ['authority'] as const
    await store.change(async (tx) => {
      const source = await tx.ledger.commit(origin.source)
      const shown = await certificateEntry(tx, certificate)
      const entry = { person: person.id, factor: 'certificate', mfa, via: origin.via, source, ...shown } as const
      await tx.ledger.append('auth.succeeded', clock.now(), entry)
    })
    return { person, mfa, certificate, shownKey }
  }

  return {
    async password(login, password, origin) {
      if (!throttle.admits(origin)) return bad
      const { text, name, person } = await find(login)
      const stored = person ? await store.people.authenticators(person.id) : null
      const good = await passwords.verify(stored?.passwordHash ?? null, password)
      // Asked where tries are counted: of many that wait for their turn at a time, none is judged after the lock that
      // those before it brought.
      async function isLockedNow({ people }: Pick<Tx, 'people'>): Promise<boolean> {
        const now = person && stored ? await people.authenticators(person.id) : null
        return now !== null && isLocked(now.lockedUntil)
      }
      const amiss = name === null ? 'malformed-login' : amissBy(person, good)
      if (amiss === null && person && stored && !(await store.bookkeep(isLockedNow))) {
        await renewHash(person, stored.passwordHash, password)
        return { kind: 'good', proof: { person, factor: 'password' } }
      }
      throttle.charge(origin)
      await store.change(async (tx) => {
        const isLockedOut = amiss === null || (await isLockedNow(tx))
        await keepFailure(tx, text, person, isLockedOut ? 'locked-out' : amiss, origin)
      })
      return bad
    },

    async knowsKey(login, keyBlob) {
      const { person } = await find(login)
      if (!person || person.disabled) return false
      const fingerprint = fingerprintOf(keyBlob)
      const keys = await store.people.keys(person.id)
      return keys.some((key) => key.fingerprint === fingerprint) && (await amissWithKey(keyBlob)) === null
    },

    async publicKey(login, keyBlob, signed, origin) {
      if (!throttle.admits(origin)) return bad
      const { text, name, person } = await find(login)
      const fingerprint = fingerprintOf(keyBlob)
      const keys = person ? await store.people.keys(person.id) : []
      const stored = person ? await store.people.authenticators(person.id) : null
      const isKnown = keys.some((key) => key.fingerprint === fingerprint)
      const refuse = async (reason: AuthFailure): Promise<KeyResult> => {
        await failed(text, person, reason, origin)
        return bad
      }
      if (!isSignedByPlainKey(keyBlob, signed)) return refuse('bad-signature')
      if (name === null) return refuse('malformed-login')
      if (!person || (!stored && !person.machine)) return refuse('unknown-login')
      if (!isKnown) return refuse('unknown-key')
      const amissKey = await amissWithKey(keyBlob)
      if (amissKey !== null) return refuse(amissKey)
      if (person.disabled) return refuse('disabled')
      const shownKey = base64(keyBlob)
      if (person.machine) {
        const amiss = amissWith(person.machine, origin.source, clock.now())
        return amiss === null
          ? { kind: 'complete', login: await machineLogin(person, shownKey, origin) }
          : refuse(amiss)
      }
      if (!stored) return refuse('unknown-login')
      if (isLocked(stored.lockedUntil)) return refuse('locked-out')
      return { kind: 'good', proof: { person, factor: 'publickey', shownKey } }
    },

    async knowsCertificate(login, algorithm, blob, origin) {
      const { person } = await find(login)
      const read = parseCertificate(blob)
      if (!person || person.machine || person.disabled || read.kind === 'malformed') return false
      if (!isOfferable(read.certificate, algorithm)) return false
      return (await judge(read.certificate, person, origin.source)).kind === 'good'
    },

    async certificate(login, { algorithm, blob, signed, signature }, origin) {
      if (!throttle.admits(origin)) return bad
      const { text, name, person } = await find(login)
      const stored = person ? await store.people.authenticators(person.id) : null
      const refuse = async (reason: AuthFailure): Promise<KeyResult> => {
        await failed(text, person, reason, origin)
        return bad
      }
      const read = parseCertificate(blob)
      if (read.kind === 'malformed') return refuse('bad-certificate')
      if (!isOwnersSignature(read.certificate, algorithm, signed, signature)) return refuse('bad-signature')
      if (name === null) return refuse('malformed-login')
      if (!person) return refuse('unknown-login')
      // What a machine account may come with is registered with it: no authority speaks for it.
      if (person.machine) return refuse('method-refused')
      if (!stored) return refuse('unknown-login')
      const verdict = await judge(read.certificate, person, origin.source)
      if (verdict.kind === 'refused') return refuse(verdict.reason)
      if (person.disabled) return refuse('disabled')
      if (isLocked(stored.lockedUntil)) return refuse('locked-out')
      const { certificate, secondFactor } = verdict
      const shownKey = base64(blob)
      if (secondFactor) return { kind: 'complete', login: await vouchedLogin(person, certificate, shownKey, origin) }
      return { kind: 'good', proof: { person, factor: 'certificate', certificate, shownKey } }
    },

    async wrongMethod(login, origin) {
      if (!throttle.admits(origin)) return
      const { text, name, person } = await find(login)
      await failed(text, person, name === null ? 'malformed-login' : 'method-refused', origin)
    },

    async totp({ person, factor, certificate, shownKey }, code, origin) {
      const isRight = await checkCode(person, code, origin, async (tx) => {
        const source = await tx.ledger.commit(origin.source)
        const shown = await certificateEntry(tx, certificate)
        const entry = { person: person.id, factor, mfa: ['totp'], via: origin.via, source, ...shown } as const
        await tx.ledger.append('auth.succeeded', clock.now(), entry)
      })
      if (!isRight) return null
      return { person, mfa: ['totp'], ...(certificate && { certificate }), ...(shownKey !== undefined && { shownKey }) }
    },

    code: (person, code, origin, onRight) => checkCode(person, code.expose(), origin, onRight),

    abandoned: ({ person }, origin) => failed(person.login, person, 'abandoned', origin),
    settle: () => throttle.settle(),
  }
}

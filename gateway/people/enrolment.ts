// How somebody takes a prepared account into use: with a one-time secret that was made for them and handed over, they see the
// seed of their own authenticator, choose a password, and show a code. No password is ever known to two people.

import { createHash, timingSafeEqual } from 'node:crypto'
import { parseLogin, type Person } from '../../policy/index.ts'
import { mint, type Clock } from '../clock.ts'
import { totpPurpose } from '../identity/authenticate.ts'
import { minPasswordLength } from '../identity/enrol.ts'
import type { Passwords } from '../identity/passwords.ts'
import { enrolmentUri, newTotpSecret, stepOf } from '../identity/totp.ts'
import type { Vault } from '../identity/vault.ts'
import { Secret } from '../secret.ts'
import type { Enrolling } from '../store/enrolments.ts'
import type { Store } from '../store/store.ts'

/** How long a one-time secret is good for. */
export const enrolmentHours = 72

export type Invited =
  | { readonly kind: 'ok'; readonly secret: Secret<string>; readonly until: number }
  | { readonly kind: 'invalid'; readonly problem: string }

/** Makes the one-time secret of a prepared account; an earlier one is worth nothing any more. */
export async function invite(
  { store, vault, clock }: { readonly store: Store; readonly vault: Vault; readonly clock: Clock },
  person: Person,
): Promise<Invited> {
  if (person.machine !== undefined) return { kind: 'invalid', problem: 'a machine account logs in with its key' }
  if (person.disabled) return { kind: 'invalid', problem: 'the account is disabled' }
  if ((await store.people.authenticators(person.id)) !== null)
    return { kind: 'invalid', problem: 'has enrolled already: only a prepared account is invited' }
  const now = clock.now()
  const secret = new Secret(mint.token())
  const until = now + enrolmentHours * 3_600_000
  const totpSealed = vault.seal(totpPurpose(person.id), newTotpSecret())
  await store.change(async (tx) => {
    await tx.enrolments.put({ person: person.id, secretHash: hashOf(secret.expose()), totpSealed, until })
    await tx.ledger.append('identity.invited', now, { person: person.id, until })
  })
  return { kind: 'ok', secret, until }
}

export type EnrolmentBegun =
  | {
      readonly kind: 'ok'
      readonly displayName: string
      readonly totpSecret: Secret<string>
      readonly totpUri: Secret<string>
      readonly until: number
    }
  | { readonly kind: 'refused' }

export type EnrolmentFinished =
  | { readonly kind: 'ok' }
  | { readonly kind: 'refused' }
  /** The secret is good; this is to be mended and tried again. */
  | { readonly kind: 'invalid'; readonly problem: string }

export interface EnrolmentService {
  begin(login: string, secret: Secret<string>, source: string): Promise<EnrolmentBegun>
  finish(
    given: {
      readonly login: string
      readonly secret: Secret<string>
      readonly password: Secret<string>
      readonly code: string
    },
    source: string,
  ): Promise<EnrolmentFinished>
}

const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex')

export function openEnrolment(deps: {
  readonly store: Store
  readonly vault: Vault
  readonly passwords: Passwords
  readonly clock: Clock
}): EnrolmentService {
  const { store, vault, passwords, clock } = deps

  /** The prepared account the secret is for. What does not fit is evidence, and answered alike whatever it was. */
  async function find(
    login: string,
    secret: Secret<string>,
    source: string,
  ): Promise<{ readonly person: Person; readonly enrolling: Enrolling } | null> {
    const parsed = parseLogin(login)
    const person = parsed.kind === 'ok' ? await store.people.byLogin(parsed.id) : null
    const enrolling = person === null ? null : await store.enrolments.ofPerson(person.id)
    const [given, kept] = [hashOf(secret.expose()), enrolling?.secretHash ?? hashOf('')]
    const isRight = timingSafeEqual(Buffer.from(given, 'hex'), Buffer.from(kept, 'hex'))
    if (person !== null && enrolling !== null && isRight && !person.disabled && clock.now() < enrolling.until)
      return { person, enrolling }
    await store.change(async (tx) => {
      await tx.ledger.append('identity.enrolment_refused', clock.now(), {
        person: person?.id ?? null,
        // What is no login is often something else in the wrong field: it is not kept.
        login: await tx.ledger.commit(parsed.kind === 'ok' ? login : 'malformed'),
        source: await tx.ledger.commit(source),
      })
    })
    return null
  }

  return {
    async begin(login, secret, source) {
      const found = await find(login, secret, source)
      if (found === null) return { kind: 'refused' }
      const { person, enrolling } = found
      // Each time another one: who read the secret on its way and looked first knows nothing of what counts in the end.
      const totpSecret = newTotpSecret()
      const isOpen = await store.change(async (tx) => {
        const done = await tx.enrolments.reseal(enrolling, vault.seal(totpPurpose(person.id), totpSecret))
        const entry = { person: person.id, source: await tx.ledger.commit(source) }
        if (done) await tx.ledger.append('identity.enrolment_begun', clock.now(), entry)
        return done
      })
      if (!isOpen) return { kind: 'refused' }
      const totpUri = enrolmentUri(person.login, totpSecret)
      return { kind: 'ok', displayName: person.displayName, totpSecret, totpUri, until: enrolling.until }
    },

    async finish({ login, secret, password, code }, source) {
      const found = await find(login, secret, source)
      if (found === null) return { kind: 'refused' }
      const { person, enrolling } = found
      if (password.expose().length < minPasswordLength)
        return { kind: 'invalid', problem: `expected a password of at least ${minPasswordLength} characters` }
      const step = stepOf(vault.open(totpPurpose(person.id), enrolling.totpSealed), code, clock.now())
      if (step === null)
        return {
          kind: 'invalid',
          problem:
            'the code is not one your authenticator shows now: look at its clock, and at the account it was added for',
        }
      const hash = await passwords.hash(password)
      const isFirst = await store.change(async (tx) => {
        const done = await tx.enrolments.finish(enrolling, hash, step)
        const entry = { person: person.id, source: await tx.ledger.commit(source) }
        if (done) await tx.ledger.append('identity.enrolled', clock.now(), entry)
        else
          await tx.ledger.append('identity.enrolment_refused', clock.now(), {
            ...entry,
            login: await tx.ledger.commit(login),
          })
        return done
      })
      return isFirst ? { kind: 'ok' } : { kind: 'refused' }
    },
  }
}

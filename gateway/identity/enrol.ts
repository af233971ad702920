// Enrolment: a person comes into being with a password, a TOTP seed and, if given, public keys; as evidence.

import { randomBytes } from 'node:crypto'
import {
  parseLogin,
  parsePlantId,
  parseSupplierId,
  roles as knownRoles,
  usualOversight,
  type Bundle,
  type ParsedId,
  type Person,
  type PlantId,
  type Role,
  type SupplierId,
} from '../../policy/index.ts'
import { mint, type Clock } from '../clock.ts'
import { parseAddress } from '../mail-address.ts'
import { Secret } from '../secret.ts'
import type { Store } from '../store/store.ts'
import { fingerprintOf, totpPurpose } from './authenticate.ts'
import { parsePublicKey as parseKeyBlob } from './certificates/signature.ts'
import { keptApart } from '../people/by-hand.ts'
import { recordAddress } from './contact.ts'
import type { Passwords } from './passwords.ts'
import { enrolmentUri, newTotpSecret } from './totp.ts'
import type { Vault } from './vault.ts'

export interface Enrolment {
  readonly login: string
  readonly displayName: string
  readonly roles: readonly string[]
  readonly supplier: string | null
  readonly plants: readonly string[]
  /** Null: one is made and returned. */
  readonly password: Secret<string> | null
  /** OpenSSH public key lines. */
  readonly keys: readonly string[]
  /** Where messages go; none when not given. */
  readonly email?: string | null
  /** How far roles reach that look over a house; by what `usualOversight` says when not given. */
  readonly oversight?: 'all' | 'plants'
}

export type Enrolled =
  | {
      readonly kind: 'ok'
      readonly person: Person
      /** Set when it was made here; shown once. */
      readonly password: Secret<string> | null
      readonly totpSecret: Secret<string>
      readonly totpUri: Secret<string>
    }
  | { readonly kind: 'invalid'; readonly problems: readonly string[] }

export interface EnrolDeps {
  /** Whose rules of separation hold; without one none are known yet. */
  readonly bundle?: Bundle
  readonly store: Store
  readonly passwords: Passwords
  readonly vault: Vault
  readonly clock: Clock
}

export const minPasswordLength = 12

const keyTypes = /^(ssh-ed25519|ecdsa-sha2-nistp(256|384|521)|ssh-rsa) ([A-Za-z0-9+/]+={0,3})(?: (.*))?$/

export interface ParsedKey {
  readonly fingerprint: string
  readonly key: string
  readonly label: string
}

/** An OpenSSH public key line, or what is wrong with it. The type inside the blob must be the one named. */
export function parsePublicKey(line: string): ParsedKey | { readonly problem: string } {
  const match = keyTypes.exec(line.trim())
  const [, type = '', , encoded = '', label = ''] = match ?? []
  const blob = Buffer.from(encoded, 'base64')
  const named = blob.length > 4 ? blob.subarray(4, 4 + blob.readUInt32BE(0)).toString('latin1') : ''
  if (!match || named !== type)
    return { problem: 'expected an OpenSSH public key line (ssh-ed25519, ecdsa-sha2-nistp256/384/521 or ssh-rsa)' }
  if (parseKeyBlob(blob) === null)
    return { problem: `expected a key that may sign (RSA of 2048 to 8192 bits), got \`${type}\` that is none` }
  return { fingerprint: fingerprintOf(blob), key: `${type} ${encoded}`, label: label.slice(0, 120) }
}

/** Checks the whole enrolment, then writes it in one transaction with its evidence. */
export async function enrol(deps: EnrolDeps, given: Enrolment): Promise<Enrolled> {
  const { store, passwords, vault, clock } = deps
  const problems: string[] = []
  const take = <T>(parsed: ParsedId<T>): T | null => {
    if (parsed.kind === 'ok') return parsed.id
    problems.push(parsed.reason)
    return null
  }
  const login = take(parseLogin(given.login))
  const supplier: SupplierId | null = given.supplier === null ? null : take(parseSupplierId(given.supplier))
  const plants = given.plants
    .map((plant) => take(parsePlantId(plant)))
    .filter((plant): plant is PlantId => plant !== null)
  const isRole = (role: string): role is Role => (knownRoles as readonly string[]).includes(role)
  for (const role of given.roles)
    if (!isRole(role)) problems.push(`role \`${role}\`: expected one of ${knownRoles.join(', ')}`)
  const roles = given.roles.filter(isRole)
  if (given.roles.length === 0) problems.push('a person needs at least one role')
  if (roles.includes('vendor') !== (supplier !== null))
    problems.push('a vendor has a supplier, and only a vendor has one')
  const email = given.email ?? null
  const address = email === null ? null : parseAddress(email)
  if (address?.kind === 'malformed') problems.push(address.reason)
  if (given.displayName.trim() === '') problems.push('a name is missing')
  const tooShort = given.password !== null && given.password.expose().length < minPasswordLength
  if (tooShort) problems.push(`expected a password of at least ${minPasswordLength} characters`)
  const keys: ParsedKey[] = []
  for (const line of given.keys) {
    const parsed = parsePublicKey(line)
    if ('problem' in parsed) problems.push(`public key: ${parsed.problem}`)
    else keys.push(parsed)
  }
  if (problems.length > 0 || login === null) return { kind: 'invalid', problems }
  if ((await store.people.byLogin(login)) !== null) return taken(login)
  if (deps.bundle !== undefined) {
    const apart = await keptApart({ store, clock, bundle: deps.bundle }, null, { login, roles }, 'enrol')
    if (apart.problems.length > 0) return { kind: 'invalid', problems: apart.problems }
  }

  const made = given.password === null ? new Secret(randomBytes(15).toString('base64url')) : null
  const password = given.password ?? made ?? new Secret('')
  const totpSecret = newTotpSecret()
  const now = clock.now()
  const displayName = given.displayName.trim()
  const oversight = given.oversight ?? usualOversight({ roles, plants })
  const account: Person = { id: mint.person(now), login, displayName, roles, supplier, plants, disabled: false }
  const person: Person = oversight === 'plants' ? { ...account, oversight } : account
  const passwordHash = await passwords.hash(password)
  const totpSealed = vault.seal(totpPurpose(person.id), totpSecret)
  await store.change(async (tx) => {
    if ((await tx.people.insert({ person, passwordHash, totpSealed, createdAt: now, email })) === 'login-taken')
      throw new Error(`login \`${login}\` was taken meanwhile`)
    for (const key of keys)
      if ((await tx.people.addKey(person.id, key)) === 'key-taken')
        throw new Error(`public key ${key.fingerprint} belongs to somebody already`)
    await tx.ledger.append('identity.created', now, {
      person: person.id,
      login: await tx.ledger.commit(login),
      roles,
      supplier,
      plants,
      ...(oversight === 'plants' && { oversight }),
    })
    if (email !== null) await recordAddress(tx, person.id, null, email, now)
  })
  return { kind: 'ok', person, password: made, totpSecret, totpUri: enrolmentUri(login, totpSecret) }
}

const taken = (login: string): Enrolled => ({
  kind: 'invalid',
  problems: [`login \`${login}\` is taken: choose another`],
})

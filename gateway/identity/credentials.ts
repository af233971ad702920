// Target credentials: put into the vault by an administrator, taken out by a session. Vendors never see them.

import type { SessionId } from '../../policy/index.ts'
import type { Clock } from '../clock.ts'
import type { Secret } from '../secret.ts'
import type { CredentialKind } from '../store/credentials.ts'
import type { Store } from '../store/store.ts'
import { issueCertificate, type CertificateWish, type IssuedCertificate } from './user-authority.ts'
import type { Vault } from './vault.ts'

export interface TargetSecret {
  readonly kind: CredentialKind
  readonly secret: Secret<string>
}

/** What a session logs in with. */
export type SessionSecret =
  | { readonly kind: 'password' | 'private-key'; readonly secret: Secret<string> }
  | ({ readonly kind: 'certificate' } & IssuedCertificate)

interface Deps {
  readonly store: Store
  readonly vault: Vault
  readonly clock: Clock
}

const purpose = (name: string): string => `credential/${name}`

/** Puts a credential into the vault, as evidence; true when it replaced one of that name. */
export async function putCredential(
  { store, vault, clock }: Deps,
  { name, kind, secret }: TargetSecret & { readonly name: string },
): Promise<boolean> {
  const now = clock.now()
  return store.change(async (tx) => {
    const replaced = (await tx.credentials.get(name)) !== null
    await tx.credentials.put({ name, kind, sealed: vault.seal(purpose(name), secret) }, now)
    await tx.ledger.append('credential.rotated', now, { credential: name, kind, replaced })
    return replaced
  })
}

/**
 * Gives one credential the name of another, in whose place it stands then, as evidence.
 * @throws when the vault holds none of that name, or it does not open.
 */
export async function moveCredential({ store, vault, clock }: Deps, from: string, to: string): Promise<void> {
  const now = clock.now()
  await store.change(async (tx) => {
    const stored = await tx.credentials.get(from)
    if (!stored) throw new Error(`the vault holds no credential \`${from}\``)
    const replaced = (await tx.credentials.get(to)) !== null
    // What a sealed value is for is bound into it.
    const sealed = vault.seal(purpose(to), vault.open(purpose(from), stored.sealed))
    await tx.credentials.put({ name: to, kind: stored.kind, sealed }, now)
    await tx.credentials.remove(from)
    await tx.ledger.append('credential.rotated', now, { credential: to, kind: stored.kind, replaced })
  })
}

/**
 * Takes a credential out for a session, as evidence; an authority stays where it is, and signs a certificate for it.
 * @throws when the vault holds none of that name, or it does not open.
 */
export async function takeCredential(
  { store, vault, clock }: Deps,
  name: string,
  session: SessionId,
  wish: Pick<CertificateWish, 'principals' | 'forwards'>,
): Promise<SessionSecret> {
  const stored = await store.credentials.get(name)
  if (!stored)
    throw new Error(`the vault holds no credential \`${name}\`: put it there with \`sallyport credential set\``)
  const secret = vault.open(purpose(name), stored.sealed)
  const now = clock.now()
  const { kind } = stored
  const issued = kind === 'authority' ? issueCertificate(secret, { ...wish, keyId: session, now }) : null
  const certificate = issued && {
    serial: issued.serial,
    from: issued.from,
    until: issued.until,
    authority: issued.authority,
    principals: wish.principals,
  }
  await store.change(async (tx) => {
    const entry = { session, credential: name, ...(certificate && { certificate }) }
    await tx.ledger.append('credential.injected', now, entry)
  })
  if (issued !== null) return { kind: 'certificate', ...issued }
  return { kind: kind === 'password' ? kind : 'private-key', secret }
}

/** Opens a secret the gateway itself needs; null when the vault holds none of that name. @throws when it does not open. */
export async function readCredential(
  { store, vault }: Pick<Deps, 'store' | 'vault'>,
  name: string,
): Promise<Secret<string> | null> {
  const stored = await store.credentials.get(name)
  return stored ? vault.open(purpose(name), stored.sealed) : null
}

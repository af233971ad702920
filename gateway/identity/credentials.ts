// Target credentials: put into the vault by an administrator, taken out by a session. Vendors never see them.

import type { SessionId } from '../../policy/index.ts'
import type { Clock } from '../clock.ts'
import type { Secret } from '../secret.ts'
import type { CredentialKind } from '../store/credentials.ts'
import type { Store } from '../store/store.ts'
import type { Vault } from './vault.ts'

export interface TargetSecret {
  readonly kind: CredentialKind
  readonly secret: Secret<string>
}

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
 * Takes a credential out for a session, as evidence.
 * @throws when the vault holds none of that name, or it does not open.
 */
export async function takeCredential(
  { store, vault, clock }: Deps,
  name: string,
  session: SessionId,
): Promise<TargetSecret> {
  const stored = await store.credentials.get(name)
  if (!stored)
    throw new Error(`the vault holds no credential \`${name}\`: put it there with \`sallyport credential set\``)
  const secret = vault.open(purpose(name), stored.sealed)
  await store.change(async (tx) => {
    await tx.ledger.append('credential.injected', clock.now(), { session, credential: name })
  })
  return { kind: stored.kind, secret }
}

/** Opens a secret the gateway itself needs; null when the vault holds none of that name. @throws when it does not open. */
export async function readCredential(
  { store, vault }: Pick<Deps, 'store' | 'vault'>,
  name: string,
): Promise<Secret<string> | null> {
  const stored = await store.credentials.get(name)
  return stored ? vault.open(purpose(name), stored.sealed) : null
}

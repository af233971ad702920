// Changing the key that signs the ledger (recorder/FORMAT.md section 2.4). The change is an entry, and the checkpoint over it,
// the handover, is made in the same transaction and signed by both keys: there is no moment in which neither speaks for the ledger.

import { signCheckpoint, type Signer } from '../../recorder/index.ts'
import type { Clock } from '../clock.ts'
import type { Checkpoint } from '../store/evidence.ts'
import type { Store } from '../store/store.ts'
import { readKeyHistory } from './ledger-keys.ts'
import type { SigningKey } from './signing-key.ts'

/** What becomes of the key before. Lost: nobody can sign with it any more, and the handover has the new signature alone. */
export type OldKey =
  | { readonly kind: 'signs-along' | 'retired'; readonly signer: Signer }
  | { readonly kind: 'lost'; readonly vkey: string }

export type Rotation =
  | { readonly kind: 'rotated'; readonly index: number; readonly checkpoint: Checkpoint }
  | { readonly kind: 'same-key' }
  /** The new one signed this ledger before, and was given up: nothing says in whose hands it is. */
  | { readonly kind: 'used-before' }
  /** Recordings that wait for their seal, which would then be made by a key that may not make it. */
  | { readonly kind: 'unsealed'; readonly count: number }

/**
 * Hands the ledger over to another key. Only for who holds the folder's lock and has seen that the ledger goes on from what was
 * signed last.
 */
export async function rotateKey(deps: {
  readonly store: Store
  readonly clock: Clock
  readonly origin: string
  readonly old: OldKey
  readonly next: SigningKey
  readonly reason: string
}): Promise<Rotation> {
  const { store, clock, origin, old, next, reason } = deps
  const previous = old.kind === 'lost' ? old.vkey : old.signer.vkey
  const { vkey } = next.signer
  if (vkey === previous) return { kind: 'same-key' }
  const { keys } = await readKeyHistory(store.evidence, previous)
  if (keys.some((key) => key.vkey === vkey)) return { kind: 'used-before' }
  const unsealed = old.kind === 'retired' ? await store.sessions.unsealed() : []
  if (unsealed.length > 0) return { kind: 'unsealed', count: unsealed.length }
  const at = clock.now()
  return store.change(async (tx) => {
    const data = { previous, next: vkey, old: old.kind, reason: await tx.ledger.commit(reason) }
    const index = await tx.ledger.append('ledger.key_rotated', at, data)
    const size = index + 1
    const signers = old.kind === 'lost' ? [next.signer] : [next.signer, old.signer]
    const root = await tx.evidence.root(size)
    const note = signCheckpoint({ origin, size, root, extensions: [] }, signers).toString('utf8')
    const checkpoint = { size, at, note }
    await tx.evidence.putCheckpoint(checkpoint)
    return { kind: 'rotated', index, checkpoint }
  })
}

export type Retirement =
  | { readonly kind: 'retired'; readonly index: number }
  | { readonly kind: 'unknown' | 'current' | 'retired-before' }

/** Ends a key that signed along. A gateway that runs signs without it from its next checkpoint on. */
export async function retireKey(deps: {
  readonly store: Store
  readonly clock: Clock
  /** Of the key that the configuration names. */
  readonly current: string
  readonly vkey: string
  readonly reason: string
}): Promise<Retirement> {
  const { store, clock, current, vkey, reason } = deps
  const history = await readKeyHistory(store.evidence, current)
  const key = history.keys.find((one) => one.vkey === vkey)
  if (key === undefined) return { kind: 'unknown' }
  if (vkey === history.current) return { kind: 'current' }
  if (key.until !== null) return { kind: 'retired-before' }
  return store.change(async (tx) => {
    const data = { key: vkey, reason: await tx.ledger.commit(reason) }
    return { kind: 'retired', index: await tx.ledger.append('ledger.key_retired', clock.now(), data) }
  })
}

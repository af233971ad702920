// Putting the configured folder in force from the gateway's own machine. Whoever has its files needs no second person,
// and is nobody the gateway knows: the evidence says so. A running gateway notices within a second.

import type { Bundle } from '../../policy/index.ts'
import type { Clock } from '../clock.ts'
import type { Activation } from '../store/bundles.ts'
import type { Store } from '../store/store.ts'
import { effectsOf, isForCommittee, writeActivation } from './activation.ts'
import type { Shelf } from './bundle-shelf.ts'
import { demandedOf } from './dossier.ts'

/**
 * Writes the activation, or nothing and null where the folder is in force already. `dossier-demanded`: a folder has no
 * release dossier and no test, and the bundle in force or this one demands one; the refusal is evidence.
 */
export async function activateFolder(
  { store, shelf, clock }: { readonly store: Store; readonly shelf: Shelf; readonly clock: Clock },
  to: Bundle,
  files: ReadonlyMap<string, string>,
): Promise<Activation | 'dossier-demanded' | 'decision-demanded' | null> {
  const latest = await store.bundles.latest()
  if (latest?.digest === to.digest) return null
  const stored = latest === null ? null : await store.bundles.byDigest(latest.digest)
  // What is in force may not be valid for this version any more: this command is how to get out of that.
  const taken = stored === null ? null : await shelf.take(stored.files, stored.digest)
  const by = { proposal: null, proposer: null, activator: null, reason: null }
  try {
    const from = taken?.kind === 'ok' ? taken.bundle : null
    const demanded = from === null ? null : demandedOf(from, to)
    if (demanded !== null && (demanded.completeDossier || demanded.testedFirst)) {
      const refused = { proposal: null, person: null, step: 'activate', code: 'dossier-incomplete' } as const
      await store.change((tx) => tx.ledger.append('policy.step_refused', clock.now(), refused))
      return 'dossier-demanded'
    }
    // Nobody reviewed it: the evidence says what of it lies on the safety path, and the register finds fault with that.
    const effects = from === null ? null : await effectsOf(from, to, null, [])
    if (from !== null && effects !== null && isForCommittee(from, to, effects)) {
      const refused = { proposal: null, person: null, step: 'activate', code: 'decision-missing' } as const
      await store.change((tx) => tx.ledger.append('policy.step_refused', clock.now(), refused))
      return 'decision-demanded'
    }
    return await store.change((tx) =>
      writeActivation(tx, {
        from,
        effects,
        to,
        files,
        at: clock.now(),
        kind: latest === null ? 'start' : 'folder',
        ...by,
      }),
    )
  } finally {
    if (taken?.kind === 'ok') taken.giveBack()
  }
}

// Recordings whose handling lets no copy stand where the object store is (handling.yaml, `regions`): they stay on the own disk,
// which is evidence, and are looked at again each day. What stands there already when a rule comes stays until it is deleted.

import { handlingOfRecording, type Bundle } from '../../policy/index.ts'
import type { Clock } from '../clock.ts'
import type { StoredCopy } from '../store/copies.ts'
import type { StoredSession } from '../store/sessions.ts'
import type { Store } from '../store/store.ts'

export interface Withheld {
  readonly region: string
  readonly allowed: readonly string[]
  readonly rules: readonly string[]
}

const again = 86_400_000

export function openRegions(bundle: () => Bundle, region: string): (session: StoredSession) => Withheld | null {
  return (session) => {
    const { regions, rules } = handlingOfRecording(bundle(), session)
    return regions === null || regions.includes(region) ? null : { region, allowed: regions, rules }
  }
}

/** Puts the copy off by a day; what keeps it is written once, and again where it becomes another. */
export async function tellWithheld(
  { store, clock }: { readonly store: Store; readonly clock: Clock },
  { session, problem: before }: StoredCopy,
  { region, allowed, rules }: Withheld,
): Promise<void> {
  const now = clock.now()
  const places = allowed.length === 0 ? 'nowhere' : `in ${allowed.join(', ')}`
  const problem = `stays here: its copy may stand ${places} only, and the object store is in ${region} (rules ${rules.join(', ')})`
  const row = { problem, attempts: 0, nextAt: now + again }
  if (problem === before) return store.bookkeep((tx) => tx.copies.update(session, row))
  await store.change(async (tx) => {
    await tx.copies.update(session, row)
    await tx.ledger.append('recording.copy_withheld', now, { session, region, allowed, rules })
  })
}

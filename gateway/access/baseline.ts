// Watches that what is configured and stored is what the ledger says is in force (ISO/IEC 27001:2022 A.8.9, IEC 62443-3-3
// SR 7.6). A difference is evidence once, and so is its end; what is decided by does not change: the bundle in force is
// the one two people put there, or the gateway does not start (bundles.ts).

import { bundleDigest, type Events } from '../../policy/index.ts'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import type { Store } from '../store/store.ts'
import { readBundleFolder } from './bundles.ts'

type Drift = Events['policy.baseline_drift']
type Watched = Drift['of']
const watched: readonly Watched[] = ['folder', 'store', 'files']

export interface Baseline {
  /** Looks once, and writes what differs and was not written yet. */
  look(): Promise<void>
}

export function openBaseline(deps: {
  readonly store: Store
  /** The configured bundle folder. */
  readonly folder: string
  readonly clock: Clock
  readonly log: Log
}): Baseline {
  const { store, folder, clock, log } = deps
  /** The last entry written of each; undefined until the ledger was read. */
  let known: Map<Watched, Drift | null> | null = null

  async function lastWritten(): Promise<Map<Watched, Drift | null>> {
    const found = new Map<Watched, Drift | null>()
    for (let before: number | null = null; found.size < watched.length;) {
      const filter = { types: ['policy.baseline_drift'], session: null }
      const page = await store.evidence.list(filter, { limit: 100, before })
      for (const { data } of page) {
        const drift = driftOf(data)
        if (drift !== null && !found.has(drift.of)) found.set(drift.of, drift)
      }
      const last = page.at(-1)
      if (!last || page.length < 100) break
      before = last.index
    }
    return found
  }

  /** What the ledger says is in force; null before the first start has written it. */
  async function expected(): Promise<string | null> {
    const [changed] = await store.evidence.list(
      { types: ['policy.changed'], session: null },
      { limit: 1, before: null },
    )
    return changed === undefined ? null : String(changed.data['to'])
  }

  async function found(digest: string): Promise<Record<Watched, string | null>> {
    const latest = await store.bundles.latest()
    const stored = await store.bundles.byDigest(digest)
    return {
      folder: await digestOfFolder(folder, log),
      store: latest?.digest ?? null,
      files: stored === null ? null : bundleDigest(stored.files),
    }
  }

  return {
    async look() {
      known ??= await lastWritten()
      const inForce = await expected()
      if (inForce === null) return
      const now = await found(inForce)
      // An activation meanwhile makes both readings stale: the next look sees it whole.
      if ((await expected()) !== inForce) return
      for (const of of watched) {
        const state = now[of] === inForce ? 'agrees' : 'differs'
        const last = known.get(of) ?? null
        const isNews =
          state === 'agrees'
            ? last?.state === 'differs'
            : last?.state !== 'differs' || last.found !== now[of] || last.expected !== inForce
        if (!isNews) continue
        const drift: Drift = { of, state, expected: inForce, found: now[of] }
        await store.change((tx) => tx.ledger.append('policy.baseline_drift', clock.now(), drift))
        known.set(of, drift)
        if (state === 'differs') log.warn({ ...drift }, 'Baseline drift: this is not what the ledger says is in force')
      }
    },
  }
}

function driftOf({ of, state, expected, found }: Readonly<Record<string, unknown>>): Drift | null {
  const known = watched.find((each) => each === of)
  if (known === undefined) return null
  const digest = typeof found === 'string' ? found : null
  return { of: known, state: state === 'agrees' ? 'agrees' : 'differs', expected: String(expected), found: digest }
}

/** Null where the folder cannot be read, or holds what is no bundle's file. */
async function digestOfFolder(folder: string, log: Log): Promise<string | null> {
  try {
    const { files, problems } = await readBundleFolder(folder)
    return problems.length > 0 ? null : bundleDigest(files)
  } catch (err) {
    log.warn({ err, folder }, 'Bundle folder cannot be read')
    return null
  }
}

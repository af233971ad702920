// Everything that is watched: what the bundle declares, and what the gateway uses by its configuration though the bundle
// says nothing of it. Those nobody has declared have no owner, and nothing follows from them but that it is said.

import { watchKey, type Bundle, type Dependency, type DependencyKind, type DependencyUse } from '../../policy/index.ts'

export interface Listed extends Omit<Dependency, 'owner'> {
  /** Null: the bundle does not declare it. */
  readonly owner: string | null
  readonly key: string
  /** Is it used by this gateway's configuration? True for what is looked at. */
  readonly configured: boolean
}

const plain: Readonly<Record<DependencyUse, { readonly name: string; readonly kind: DependencyKind }>> = {
  tickets: { name: 'Change system', kind: 'change-system' },
  mail: { name: 'Mail relay', kind: 'mail' },
  webhooks: { name: 'Receivers of webhooks', kind: 'webhook' },
  witnesses: { name: 'Witnesses of the ledger', kind: 'witness' },
  'time-authorities': { name: 'Time-stamping authorities', kind: 'time-authority' },
  airlock: { name: 'Malware scanner of files', kind: 'malware-scanner' },
  'object-store': { name: 'Object store of recordings', kind: 'object-store' },
}

/** Failures in a row of what nobody declares. */
const usualFailures = 3

/** @param uses what the configuration of this gateway uses. */
export function listedIn(bundle: Bundle, uses: readonly DependencyUse[]): readonly Listed[] {
  const { dependencies } = bundle.scope
  const declared = new Set(dependencies.map(({ watch }) => (watch.kind === 'use' ? watch.use : null)))
  return [
    ...dependencies.map((dependency) => ({
      ...dependency,
      key: watchKey(dependency),
      configured: dependency.watch.kind !== 'use' || uses.includes(dependency.watch.use),
    })),
    ...uses
      .filter((use) => !declared.has(use))
      .map((use): Listed => {
        const watch = { kind: 'use', use } as const
        return {
          id: `gateway:${use}`,
          ...plain[use],
          owner: null,
          inScope: false,
          service: null,
          plants: [],
          watch,
          failures: usualFailures,
          whenDown: { effect: 'note', suppliers: [], exceptTiers: [], living: false },
          key: watchKey({ watch }),
          configured: true,
        }
      }),
  ]
}

// Coverage of what is in scope, computed from the register of this gateway, and kept in the ledger when somebody wants
// to hold later ones against it.

import {
  applicability,
  coverageDigest,
  coverageOf,
  coverageReport,
  type Applicability,
  type Bundle,
  type CoverageReport,
  type PersonId,
  type PlantId,
} from '../../policy/index.ts'
import type { Clock } from '../clock.ts'
import type { Store } from '../store/store.ts'
import type { ControlRegister } from './register.ts'

export interface ReadCoverage {
  readonly at: number
  /** How far the ledger was read. */
  readonly size: number
  readonly report: CoverageReport
}

export interface RecordedCoverage {
  /** Ledger index of the snapshot. */
  readonly index: number
  readonly at: number
  readonly digest: string
  readonly counts: CoverageReport['counts']
}

export interface CoverageReader {
  /** @param plants of which; null: of all. */
  coverage(plants?: readonly PlantId[] | null): Promise<ReadCoverage>
  record(by: PersonId): Promise<RecordedCoverage>
  applicability(plants?: readonly PlantId[] | null): Promise<Applicability>
}

/** A snapshot names so many things that are not covered; the digest speaks for all. */
const mostNamed = 200

export function openCoverage(deps: {
  readonly store: Store
  readonly clock: Clock
  readonly bundle: () => Bundle
  readonly register: ControlRegister
}): CoverageReader {
  const { store, clock, bundle, register } = deps

  async function coverage(plants: readonly PlantId[] | null = null): Promise<ReadCoverage> {
    const { at, size, states, subjects } = await register.read(plants)
    const report = coverageReport(bundle(), states, subjects, at)
    return { at, size, report: plants === null ? report : coverageOf(report, bundle(), plants) }
  }

  return {
    coverage,
    async record(by) {
      const { size, report } = await coverage()
      const now = clock.now()
      const digest = coverageDigest(report)
      const uncovered = report.items.filter(({ state }) => state === 'uncovered')
      const index = await store.change((tx) =>
        tx.ledger.append('register.coverage_recorded', now, {
          by,
          bundle: bundle().digest,
          scopeVersion: bundle().scope.version,
          ledgerSize: size,
          counts: report.counts,
          uncovered: uncovered.slice(0, mostNamed).map(({ kind, id }) => `${kind} ${id}`),
          digest,
        }),
      )
      return { index, at: now, digest, counts: report.counts }
    },
    async applicability(plants = null) {
      const { at, states } = await register.read(plants)
      return applicability(bundle(), states, at)
    },
  }
}

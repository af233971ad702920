// The scope report as a view of the contract: a page of assets, and everything that is not a list of them.

import { membershipOf, plantOf, scopeReport, type AssetId, type Bundle, type ScopeStatus } from '../../policy/index.ts'
import type { ScopeReportView } from '../contract/bundle-views.ts'

/** The report with the assets from `first` on, at most `limit`, in the order declared; of some plants, or null for all. */
export function scopeReportView(
  bundle: Bundle,
  page: { readonly first: number; readonly limit: number },
  held: ReadonlyMap<AssetId, ScopeStatus>,
  now: number,
  plants: readonly string[] | null,
): ScopeReportView {
  const until = page.first + page.limit
  const all = [...bundle.assets.values()]
  const shown = plants === null ? all : all.filter((asset) => plants.includes(plantOf(asset, bundle).id))
  const items = shown.slice(page.first, until).map((asset) => {
    const { scope, labels, inherited, ...member } = membershipOf(asset, bundle, now)
    const { rule, reason } = scope.kind === 'undetermined' ? { rule: null, reason: null } : scope
    return {
      ...member,
      scope: scope.kind,
      rule,
      reason,
      held: held.get(asset.id)?.kind ?? null,
      labels: [...labels],
      inherited: inherited.map(({ label, from }) => ({ label, from: [...from] })),
    }
  })
  const { assets: counts, ...report } = scopeReport(bundle, now)
  return {
    ...report,
    regimes: [...report.regimes],
    plants: report.plants.map((plant) => ({ ...plant })),
    counts,
    notCovered: [...report.notCovered],
    phases: report.phases.map(({ types, criteria, ...phase }) => ({
      ...phase,
      types: [...types],
      criteria: criteria.map((one) => ({ ...one })),
    })),
    sharedServices: report.sharedServices.map(({ plants, inheritedControls, compensating, ...service }) => ({
      ...service,
      plants: [...plants],
      inheritedControls: [...inheritedControls],
      compensating: [...compensating],
    })),
    items,
    next: until < shown.length ? String(until) : null,
  }
}

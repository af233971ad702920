// What an incident owes by what it touches and how grave it is: who outside has to be told by when, whether its plants
// stand under different baselines, and whether the committee has to decide.

import type { PlantId } from './ids.ts'
import {
  impactLevels,
  type ActivationCounts,
  type ImpactLevel,
  type IncidentRules,
  type Instant,
  type Plant,
  type Register,
  type ReportingDuty,
} from './model.ts'

const hour = 3_600_000
const minute = 60_000

export interface DueReport extends Pick<ReportingDuty, 'id' | 'title' | 'basis'> {
  readonly dueAt: Instant
}

const rank = (level: ImpactLevel): number => impactLevels.indexOf(level)

/** Is one as grave as the other, or graver? */
export const isAtLeast = (severity: ImpactLevel, from: ImpactLevel): boolean => rank(severity) >= rank(from)

/** Who has to be told of an incident opened at a time, in the order in which it is due. */
export function reportsOf(
  { reports }: IncidentRules,
  of: { readonly severity: ImpactLevel; readonly plants: readonly PlantId[]; readonly at: Instant },
): readonly DueReport[] {
  return reports
    .filter(({ from }) => isAtLeast(of.severity, from))
    .filter(({ plants }) => plants.length === 0 || plants.some((plant) => of.plants.includes(plant)))
    .map(({ id, title, basis, hours }) => ({ id, title, basis, dueAt: of.at + hours * hour }))
    .toSorted((a, b) => a.dueAt - b.dueAt)
}

/** When it has to be contained; null where the plant sets no time. */
export const containBy = ({ containMinutes }: IncidentRules, at: Instant): Instant | null =>
  containMinutes === null ? null : at + containMinutes * minute

/** The baselines of these plants, each once and in order; one without a baseline counts as none of them. */
export function baselinesOf(
  plants: readonly PlantId[],
  declared: ReadonlyMap<PlantId, Pick<Plant, 'baseline'>>,
): readonly string[] {
  const named = plants.map((plant) => declared.get(plant)?.baseline ?? 'none')
  return [...new Set(named)].toSorted()
}

/** Does closing an incident of this severity take the committee's decision? */
export function incidentNeedsDecision({ committee }: Register, severity: ImpactLevel): boolean {
  const above = committee?.incidents ?? null
  return above !== null && rank(severity) > rank(above)
}

/** Is a change of the bundle one for the committee? */
export function changeNeedsDecision({ committee }: Register, counted: ActivationCounts): boolean {
  const major = committee?.changes ?? null
  if (major === null) return false
  const reaches = (count: number, from: number | null): boolean => from !== null && count >= from
  return reaches(counted.safetyTouches, major.safetyTouches) || reaches(counted.assetsMoved, major.assetsMoved)
}

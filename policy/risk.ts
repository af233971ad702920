// How grave a risk is, which of two is graver, and which accepted ones touch an asset. Harm to people comes before
// everything that can be counted in hours and money.

import type { Bundle } from './bundle/bundle.ts'
import type { PlantId } from './ids.ts'
import {
  impactLevels,
  safetySeverities,
  type Asset,
  type Impact,
  type ImpactLevel,
  type ImpactScale,
  type Instant,
  type Register,
  type Risk,
} from './model.ts'

/** The scale a risk is measured on: its line's, else its plant's. Null where there is none. */
export function scaleFor(
  { plant, line }: Pick<Risk, 'plant' | 'line'>,
  { impactScales }: Register,
): ImpactScale | null {
  const ofPlant = impactScales.filter((scale) => scale.plant === plant)
  const ofLine = line === null ? undefined : ofPlant.find((scale) => scale.line === line)
  return ofLine ?? ofPlant.find((scale) => scale.line === null) ?? null
}

/** The highest level that the hours or the money reach; below the first of the scale it is `low`. */
export function levelOn(scale: ImpactScale, { hours, cost }: Impact): ImpactLevel {
  return scale.levels.findLast(({ fromHours, fromCost }) => hours >= fromHours || cost >= fromCost)?.level ?? 'low'
}

/** The level of the harm to production; null where the risk says none, or no scale measures it. */
export function levelOf(risk: Risk, register: Register): ImpactLevel | null {
  const scale = scaleFor(risk, register)
  return scale === null || risk.impact === null ? null : levelOn(scale, risk.impact)
}

/** What a committee looks at: a risk to people is of the highest level, whatever it costs. Null: nobody has rated it. */
export function gravityOf(risk: Risk, register: Register): ImpactLevel | null {
  return risk.safety === 'none' ? levelOf(risk, register) : 'very-high'
}

/** Does accepting it need a committee's decision? One nobody has rated does. */
export function needsCommittee(risk: Risk, register: Register): boolean {
  if (register.committee === null) return false
  const gravity = gravityOf(risk, register)
  return gravity === null || impactLevels.indexOf(gravity) > impactLevels.indexOf(register.committee.above)
}

/** The graver first: by harm to people, then SIL, then level, then hours, then money. One that is not rated comes last. */
export function byGravity(register: Register): (one: Risk, other: Risk) => number {
  const measures = (risk: Risk): readonly number[] => {
    const level = levelOf(risk, register)
    return [
      safetySeverities.indexOf(risk.safety),
      risk.sil ?? 0,
      level === null ? -1 : impactLevels.indexOf(level),
      risk.impact?.hours ?? -1,
      risk.impact?.cost ?? -1,
    ]
  }
  return (one, other) => {
    const [a, b] = [measures(one), measures(other)]
    const first = a.findIndex((measure, i) => measure !== b[i])
    return first < 0 ? (one.id < other.id ? -1 : one.id > other.id ? 1 : 0) : (b[first] ?? 0) - (a[first] ?? 0)
  }
}

/** Accepted risks that touch an asset of a plant, by id: those of its plant or line, or that name it, until their end. */
export function acceptedOver(asset: Asset, plant: PlantId, bundle: Bundle, now: Instant): readonly string[] {
  return bundle.acceptances.flatMap(({ risk, endsAt }) =>
    now < endsAt && touches(risk, asset, plant) ? [risk.id] : [],
  )
}

/** Does a risk touch an asset? Assets that it names are all it touches; one that names nothing touches everything. */
export function touches({ assets, plant, line }: Risk, asset: Asset, plantOfAsset: PlantId): boolean {
  if (assets.length > 0) return assets.includes(asset.id)
  return (plant === null || plant === plantOfAsset) && (line === null || line === asset.line)
}

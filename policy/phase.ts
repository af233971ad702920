// Phases of the scope as gates: may assets of this type be targets yet (ISO/IEC 27001:2022 clause 4.3, planned
// extension)? And the opt-in a safety instrumented system needs beside its phase.

import type { Bundle } from './bundle/bundle.ts'
import { endOfDay, startOfDay } from './calendar.ts'
import type { Asset, Instant, Phase } from './model.ts'

export type PhaseState =
  | { readonly kind: 'open'; readonly phase: Phase }
  | { readonly kind: 'closed'; readonly phase: Phase; readonly unmet: readonly string[] }
  /** The asset's type is in no phase: nobody has said when it becomes a target. */
  | { readonly kind: 'none' }
export const phaseStates = ['open', 'closed', 'none'] as const

/** The gate an asset stands behind, at an instant. Days begin at midnight in the plant's zone. */
export function phaseOf(asset: Asset, bundle: Bundle, timeZone: string, now: Instant): PhaseState {
  const phase = bundle.phaseOfType.get(asset.type)
  if (phase === undefined) return { kind: 'none' }
  const unmet = phase.criteria.filter(({ metOn }) => !hasBegun(metOn, timeZone, now)).map(({ text }) => text)
  const isOpen = unmet.length === 0 && hasBegun(phase.opened?.on ?? null, timeZone, now)
  return isOpen ? { kind: 'open', phase } : { kind: 'closed', phase, unmet }
}

export type OptInState =
  | { readonly kind: 'good' }
  | { readonly kind: 'missing' }
  | { readonly kind: 'not-yet'; readonly from: string }
  | { readonly kind: 'over'; readonly until: string }

/** Does the asset's own opt-in hold, on this day in the plant's zone? The last day is inclusive. */
export function optInOf(asset: Asset, timeZone: string, now: Instant): OptInState {
  if (asset.optIn === null) return { kind: 'missing' }
  const { reviewedOn, until } = asset.optIn
  if (now < startOfDay(reviewedOn, timeZone)) return { kind: 'not-yet', from: reviewedOn }
  return now < endOfDay(until, timeZone) ? { kind: 'good' } : { kind: 'over', until }
}

function hasBegun(day: string | null, timeZone: string, now: Instant): boolean {
  return day !== null && now >= startOfDay(day, timeZone)
}

// Is an asset as the bundle declares it? Somebody of the plant goes and looks, each quarter or as often as the scope
// says, and what they found holds for so long. Judges the last walkdown; keeping walkdowns is the caller's.

import type { Bundle } from './bundle/bundle.ts'
import { dayAfter, endOfDay, isDay } from './calendar.ts'
import { quote, type AssetId } from './ids.ts'
import type { Asset, Confirmation, Instant } from './model.ts'
import { dayAt } from './recurrence.ts'
import { plantOf } from './scope.ts'

/** `moved`: it was seen in another zone than it is declared in now. */
export type ConfirmationState =
  | { readonly kind: 'fresh'; readonly seenOn: string; readonly until: Instant }
  | { readonly kind: 'stale'; readonly seenOn: string; readonly since: Instant }
  | { readonly kind: 'moved'; readonly seenOn: string; readonly zone: string }
  | { readonly kind: 'never' }

/**
 * What the last walkdown says of an asset of this bundle. It holds to the end of the last day, `confirmEveryDays` after
 * the day the asset was seen, in the plant's own zone.
 */
export function confirmationOf(
  asset: Asset,
  bundle: Bundle,
  confirmations: ReadonlyMap<AssetId, Confirmation>,
  now: Instant,
): ConfirmationState {
  const last = confirmations.get(asset.id)
  if (last === undefined) return { kind: 'never' }
  const { seenOn, zone } = last
  if (zone !== asset.zone) return { kind: 'moved', seenOn, zone }
  const until = confirmedUntil(asset, seenOn, bundle)
  return now < until ? { kind: 'fresh', seenOn, until } : { kind: 'stale', seenOn, since: until }
}

/** The first instant at which what was seen on a day is stale. */
export function confirmedUntil(asset: Asset, seenOn: string, bundle: Bundle): Instant {
  return endOfDay(dayAfter(seenOn, bundle.scope.confirmEveryDays), plantOf(asset, bundle).timeZone)
}

/** Today in the asset's plant (ISO 8601). */
export function todayAt(asset: Asset, bundle: Bundle, now: Instant): string {
  return dayAt(now, plantOf(asset, bundle).timeZone)
}

/** Why a walkdown of this day confirms nothing, in one clause; null where it does. */
export function faultOfWalkdown(asset: Asset, seenOn: string, bundle: Bundle, now: Instant): string | null {
  const name = `asset ${quote(asset.id)}`
  if (!isDay(seenOn)) return `${name}: expected the day of the walkdown as \`2026-03-31\`, got ${quote(seenOn)}`
  const today = todayAt(asset, bundle, now)
  if (seenOn > today) return `${name}: expected a day that has come, got ${quote(seenOn)}: today is ${today} there`
  if (confirmedUntil(asset, seenOn, bundle) > now) return null
  const { confirmEveryDays } = bundle.scope
  return `${name}: seen on ${seenOn}: expected a day within the last ${confirmEveryDays} days`
}

/** What a walkdown says, in one clause. */
export function sayConfirmation(state: ConfirmationState): string {
  switch (state.kind) {
    case 'fresh':
      return `confirmed at a walkdown on ${state.seenOn}`
    case 'stale':
      return `last confirmed on ${state.seenOn}, which is too long ago`
    case 'moved':
      return `confirmed on ${state.seenOn} in zone ${state.zone}, and declared in another zone since`
    case 'never':
      return 'never confirmed at a walkdown'
  }
}

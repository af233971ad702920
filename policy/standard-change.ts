// Standard changes (ISO/IEC 20000-1:2018 8.5.1.3, ISO/IEC 27001:2022 A.8.32): what is approved beforehand as a kind of
// work, with its limits and its way back. Which of them an access is, by what it touches and how; that an access of
// tier `standard` has to be one, where any is declared, is the guard's to say.

import type { Bundle } from './bundle/bundle.ts'
import { endOfDay } from './calendar.ts'
import { ownLabels } from './information.ts'
import { operationClasses, type AccessAsk, type Asset, type Grant, type StandardChange } from './model.ts'
import { longestUse } from './schedule.ts'
import { plantOf } from './scope.ts'

/** What of an access decides which standard change it is. */
export type StandardUse = Pick<AccessAsk | Grant, 'protocol' | 'operationClass' | 'tier' | 'window'> & {
  /** The longest stretch of it, in minutes. */
  readonly minutes: number
}

/** Standard changes that are about the asset, whatever is done on it. */
export function standardChangesOn(asset: Asset, bundle: Bundle): readonly StandardChange[] {
  return bundle.access.standardChanges.filter((change) => isAbout(change, asset, ownLabels(asset, bundle)))
}

/**
 * Is it about the asset? Each list that is given has to match; an empty one is not given.
 * @param own the labels the asset has itself: information on it makes no change an approved one.
 */
export function isAbout({ assets, types, labels }: StandardChange, asset: Asset, own: readonly string[]): boolean {
  return (
    (assets.length === 0 || assets.includes(asset.id)) &&
    (types.length === 0 || types.includes(asset.type)) &&
    (labels.length === 0 || labels.some((label) => own.includes(label)))
  )
}

/**
 * The standard change an access of tier `standard` is: the first declared that fits, or null. It has to be over by the
 * end of the change's last day on the plant's clock, so an access never outlives what it was approved as.
 */
export function standardChangeFor(asset: Asset, use: StandardUse, bundle: Bundle): StandardChange | null {
  if (use.tier !== 'standard') return null
  const { timeZone } = plantOf(asset, bundle)
  const rank = operationClasses.indexOf(use.operationClass)
  const found = standardChangesOn(asset, bundle).find(
    ({ protocols, operationClass, maxWindowMinutes, until }) =>
      protocols.includes(use.protocol) &&
      rank <= operationClasses.indexOf(operationClass) &&
      use.minutes <= maxWindowMinutes &&
      use.window.until <= endOfDay(until, timeZone),
  )
  return found ?? null
}

/** What is asked, with the rollback plan of the standard change it is; what who asked says beside it is added. */
export function withStandardRollback(ask: AccessAsk, asset: Asset, bundle: Bundle): AccessAsk {
  const change = standardChangeFor(asset, { ...ask, minutes: longestUse(ask) }, bundle)
  if (change === null) return ask
  const own = ask.rollback.trim()
  return { ...ask, rollback: own === '' || own === change.rollback ? change.rollback : `${change.rollback}\n${own}` }
}

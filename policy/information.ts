// What assets hold, and whether the crossing to one names it: a conduit that says what it carries carries nothing else,
// not even to somebody's screen (IEC 62443-3-3 SR 5.1, ISO/IEC 27001:2022 A.5.14).

import type { Bundle } from './bundle/bundle.ts'
import type { Asset, Conduit, InformationAsset, InheritedLabel } from './model.ts'

/** The information that is declared to be on an asset. */
export function heldBy(asset: Asset, bundle: Pick<Bundle, 'informationOf'>): readonly InformationAsset[] {
  return bundle.informationOf.get(asset.id) ?? []
}

/** Labels the asset has by what it holds alone, each with the information it comes from. */
export function inheritedLabels(asset: Asset, bundle: Pick<Bundle, 'inheritedOf'>): readonly InheritedLabel[] {
  return bundle.inheritedOf.get(asset.id) ?? []
}

/**
 * Labels the asset is declared to have itself. What gives somebody access goes by these alone: what is stored on a system
 * is no reason to let anybody in.
 */
export function ownLabels(asset: Asset, bundle: Pick<Bundle, 'inheritedOf'>): readonly string[] {
  const inherited = inheritedLabels(asset, bundle)
  if (inherited.length === 0) return asset.labels
  const names = new Set(inherited.map(({ label }) => label))
  return asset.labels.filter((label) => !names.has(label))
}

/**
 * The information on an asset that a conduit to it does not name; always none where the conduit has no `payloads` and
 * the bundle does not require them. Information is named by its class or by one of its labels; a label that needs an
 * attested eligibility has to be named itself, so that nobody lets it through by naming a class.
 */
export function notCarried(
  { payloads }: Conduit,
  asset: Asset,
  { informationOf, informationRules, scope }: Pick<Bundle, 'informationOf' | 'informationRules' | 'scope'>,
): readonly InformationAsset[] {
  const held = informationOf.get(asset.id) ?? []
  if (held.length === 0 || (payloads === null && !informationRules.requirePayloads)) return []
  const named = new Set(payloads)
  const isControlled = (label: string): boolean => scope.controlledLabels.some((each) => each.label === label)
  return held.filter(
    (item) =>
      !(named.has(item.class) || item.labels.some((label) => named.has(label))) ||
      item.labels.some((label) => isControlled(label) && !named.has(label)),
  )
}

/** What a conduit would have to name for an asset's information: the class, and the labels that stand for themselves. */
export function wordsFor(
  information: readonly InformationAsset[],
  { controlledLabels }: Pick<Bundle['scope'], 'controlledLabels'>,
): string[] {
  const controlled = new Set(controlledLabels.map(({ label }) => label))
  return [...new Set(information.flatMap((item) => [item.class, ...item.labels.filter((one) => controlled.has(one))]))]
}

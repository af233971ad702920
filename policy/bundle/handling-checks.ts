// What handling.yaml comes to on the assets there are: words that match nothing, and recordings nobody may look at.

import { quote } from '../ids.ts'
import { handlingOf, isRuleAbout } from '../label-handling.ts'
import type { Asset, HandlingRules, Zone } from '../model.ts'
import { list } from './fields.ts'
import { suggestion } from './problem.ts'
import type { Reading } from './reading.ts'
import { warnOfUnknownWords } from './unknown-words.ts'

/** Warns: the stricter reading of the file holds until somebody looks. */
export function checkHandling(
  handling: HandlingRules,
  zones: readonly Zone[],
  assets: readonly Asset[],
  reading: Reading,
): void {
  const { rules, agreements = [] } = handling
  for (const agreement of agreements) {
    const labels = new Set(assets.flatMap((asset) => asset.labels))
    for (const label of agreement.labels ?? [])
      if (!labels.has(label)) {
        const hint = suggestion(label, labels) || ': it covers nothing yet'
        reading.warnings.report(reading.at(agreement, 'labels'), `no asset has the label ${quote(label)}${hint}`)
      }
  }
  if (rules.length === 0) return
  warnOfUnknownWords(rules, assets, reading)
  checkViewers(handling, zones, assets, reading)
}

function checkViewers(
  handling: HandlingRules,
  zones: readonly Zone[],
  assets: readonly Asset[],
  reading: Reading,
): void {
  const plantOf = new Map(zones.map((zone) => [zone.id, zone.plant]))
  const told = new Set<string>()
  for (const asset of assets) {
    const plant = plantOf.get(asset.zone)
    if (plant === undefined) continue
    const of = { plant, type: asset.type, labels: asset.labels }
    const { view } = handlingOf({ handling }, of)
    if (view.roles === null || view.roles.some((role) => role !== 'vendor')) continue
    const naming = handling.rules.filter((rule) => rule.view?.roles !== undefined && isRuleAbout(rule, of))
    const ids = list(naming.map(({ id }) => id))
    const [first] = naming
    if (first === undefined || told.has(ids)) continue
    told.add(ids)
    reading.warnings.report(
      reading.at(first, 'view'),
      `asset \`${asset.id}\`: nobody of the plant may look at its recordings: of the roles in ${ids} none is in all of them: name one that is`,
    )
  }
}

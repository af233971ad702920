// What files.yaml comes to on the assets there are: words that match nothing, endpoints open for files that no rule is
// about, and rules about assets that no file reaches.

import { fileFeatures, isFileRuleAbout } from '../files.ts'
import { quote } from '../ids.ts'
import { standardFeatures, type Asset, type Endpoint, type FileRule, type Zone } from '../model.ts'
import { list } from './fields.ts'
import type { Reading } from './reading.ts'
import { warnOfUnknownWords } from './unknown-words.ts'

/** Warns: nothing crosses until somebody looks. */
export function checkFileRules(
  rules: readonly FileRule[],
  zones: readonly Zone[],
  assets: readonly Asset[],
  reading: Reading,
): void {
  const plantOf = new Map(zones.map((zone) => [zone.id, zone.plant]))
  const idle = new Set(rules)
  for (const asset of assets) {
    const open = openFor(asset.endpoints)
    const plant = plantOf.get(asset.zone)
    if (open.length === 0 || plant === undefined) continue
    const about = rules.filter((rule) => isFileRuleAbout(rule, asset, plant))
    about.forEach((rule) => idle.delete(rule))
    if (about.length > 0) continue
    reading.warnings.report(
      reading.at(asset, 'endpoints'),
      `asset ${quote(asset.id)} is open for ${list(open)}, and no rule of files.yaml is about it: no file crosses until one is`,
    )
  }
  warnOfUnknownWords(rules, assets, reading)
  for (const rule of rules) {
    if (idle.has(rule) && rule.allow.length > 0)
      reading.warnings.report(
        reading.at(rule),
        `rule ${quote(rule.id)} is about no asset that is open for files: name one of ${list(fileFeatures)} in \`features\` of an endpoint`,
      )
  }
}

function openFor(endpoints: readonly Endpoint[]): readonly string[] {
  return endpoints.flatMap((endpoint) =>
    endpoint.protocol === 'ssh'
      ? (endpoint.features ?? standardFeatures).filter((each) => fileFeatures.includes(each))
      : [],
  )
}

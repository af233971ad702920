// Words of a rule that match no asset: a warning, since the asset may come later, and mostly a misspelt one.

import { quote } from '../ids.ts'
import type { Asset } from '../model.ts'
import { suggestion } from './problem.ts'
import type { Reading } from './reading.ts'

/** Warns of each type and label that no asset has. */
export function warnOfUnknownWords(
  rules: readonly { readonly types?: readonly string[]; readonly labels?: readonly string[] }[],
  assets: readonly Pick<Asset, 'type' | 'labels'>[],
  reading: Reading,
): void {
  const known = {
    type: new Set(assets.map(({ type }) => type)),
    label: new Set(assets.flatMap(({ labels }) => labels)),
  }
  for (const rule of rules)
    for (const what of ['type', 'label'] as const)
      for (const word of rule[`${what}s`] ?? []) {
        if (known[what].has(word)) continue
        const hint = suggestion(word, known[what]) || ': it matches nothing yet'
        reading.warnings.report(reading.at(rule, `${what}s`), `no asset has the ${what} ${quote(word)}${hint}`)
      }
}

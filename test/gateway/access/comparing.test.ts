// Comparisons in turns: what comes out is what policy finds in one stretch, and others are not kept waiting for it.

import { describe, expect, it } from 'vitest'
import { diffInTurns, ruleTextsInTurns, safetyInTurns } from '../../../gateway/access/comparing.ts'
import { diffBundles, diffSteps, ruleTexts, safetyPath, type Bundle } from '../../../policy/index.ts'
import { smallBundle } from '../../policy/bundle/small-bundle.ts'

const from = smallBundle()
const to = smallBundle({
  'assets.yaml': (text) => text.replace('sil: 3', 'sil: 2'),
  'policies/duties.cedar': (text) => text.replace('windowMinutes > 240', 'windowMinutes > 120'),
})

/** As many more assets, each changed against `from`'s. */
function enlarged(bundle: Bundle, count: number, owner: string): Bundle {
  const [asset] = bundle.assets.values()
  if (asset === undefined) throw new Error('the small bundle has no asset')
  const assets = new Map(bundle.assets)
  for (let i = 0; i < count; i++) {
    const id = `${asset.id}-${i}` as typeof asset.id
    assets.set(id, { ...asset, id, owner })
  }
  return { ...bundle, assets }
}

describe('a comparison in turns', () => {
  it('finds what is found in one stretch', async () => {
    const diff = diffBundles(from, to)
    expect(diff.changes.count).toBe(2)
    expect(await diffInTurns(from, to)).toEqual(diff)
    expect(await ruleTextsInTurns(diff)).toEqual(ruleTexts(diff))
    expect(await safetyInTurns(from, to)).toEqual(safetyPath(from, to))
  })

  it('gives way more often the more there is to compare', () => {
    const stepsWith = (count: number): number => {
      let steps = 0
      const comparison = diffSteps(enlarged(from, count, 'before'), enlarged(from, count, 'after'))
      while (comparison.next().done !== true) steps += 1
      return steps
    }
    expect(stepsWith(2_000)).toBeGreaterThan(10 * stepsWith(100))
  })
})

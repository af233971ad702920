// What a change of a rule of files.yaml, or of what somebody is given of files, does to access.

import { fileCrossings, withoutVerdict } from '../model.ts'
import type { Effect } from './effects.ts'
import { isSame, wordChanges } from './fields.ts'

type Thing = Readonly<Record<string, unknown>>

const reversed: Readonly<Record<Effect, Effect>> = { closes: 'opens', opens: 'closes', both: 'both', none: 'none' }

/** The effects of a rule that comes (`before` null), goes (`after` null) or changes; to be joined. */
export function fileRuleEffects(before: Thing | null, after: Thing | null): readonly Effect[] {
  if (before === null && after !== null) return ofWhole(after)
  if (before !== null && after === null) return ofWhole(before).map((effect) => reversed[effect])
  if (before === null || after === null) return []
  const rank = (order: readonly string[], field: string): Effect =>
    before[field] === after[field]
      ? 'none'
      : order.findIndex((each) => each === after[field]) > order.findIndex((each) => each === before[field])
        ? 'closes'
        : 'opens'
  const paths = words(before, after, 'paths')
  return [
    ...words(before, after, 'allow'),
    ...words(before, after, 'deny').map((effect) => reversed[effect]),
    ...(isEmpty(after['allow']) ? [] : paths),
    ...(isEmpty(after['deny']) ? [] : paths.map((effect) => reversed[effect])),
    rank(fileCrossings, 'upload'),
    rank(fileCrossings, 'download'),
    rank(withoutVerdict, 'withoutVerdict'),
    before['largest'] === after['largest']
      ? 'none'
      : Number(after['largest']) > Number(before['largest'])
        ? 'opens'
        : 'closes',
    before['declaredOnly'] === after['declaredOnly'] ? 'none' : after['declaredOnly'] === true ? 'closes' : 'opens',
    ...words(before, after, 'releasedBy'),
    ...['plants', 'assets', 'types', 'labels', 'suppliers'].map((field): Effect =>
      isSame(before[field], after[field]) ? 'none' : 'both',
    ),
  ]
}

/** What is given of files to a machine account: more or less of it. */
export function fileTermsEffects(before: unknown, after: unknown): readonly Effect[] {
  if (isSame(before, after)) return []
  if (before === undefined) return ['opens']
  if (after === undefined) return ['closes']
  return [...words(before as Thing, after as Thing, 'allow'), ...words(before as Thing, after as Thing, 'paths')]
}

/** A rule that allows also says how content crosses, which may be stricter than others say. */
const ofWhole = (rule: Thing): readonly Effect[] => [
  ...(isEmpty(rule['allow']) ? [] : (['opens'] as const)),
  ...(!isEmpty(rule['allow']) && (rule['upload'] !== 'pass' || rule['download'] !== 'pass') ? (['both'] as const) : []),
  ...(isEmpty(rule['deny']) ? [] : (['closes'] as const)),
]

const isEmpty = (value: unknown): boolean => !Array.isArray(value) || value.length === 0

function words(before: Thing, after: Thing, field: string): readonly Effect[] {
  const { gone, come } = wordChanges(before[field], after[field])
  return [...(come.length > 0 ? (['opens'] as const) : []), ...(gone.length > 0 ? (['closes'] as const) : [])]
}

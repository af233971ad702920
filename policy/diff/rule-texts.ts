// The text of each rule that a difference touches, line by line: what stays, what goes, what comes. Who has to answer for
// a policy reads the policy, and not only that it changed.

import type { BundleDiff } from './diff.ts'

export interface RuleLine {
  readonly mark: 'same' | 'gone' | 'come'
  readonly text: string
}

export interface RuleText {
  readonly rule: string
  readonly kind: 'added' | 'removed' | 'changed'
  readonly lines: readonly RuleLine[]
}

/** A table of this many cells is worked out in a few milliseconds; longer texts are shown one after the other. */
const mostCells = 250_000

/** The rules whose text comes, goes or changes, in the order of the difference. */
export function ruleTexts({ changes }: Pick<BundleDiff, 'changes'>): readonly RuleText[] {
  return changes.items.flatMap(({ section, id, kind, fields }) => {
    const source = section === 'rules' ? fields.find(({ path }) => path === 'source') : undefined
    if (source === undefined) return []
    return [{ rule: id, kind, lines: compareLines(linesOf(source.from), linesOf(source.to)) }]
  })
}

const linesOf = (text: string | null): readonly string[] => (text === null ? [] : text.split('\n'))

/** The longest common subsequence of lines stays; the rest goes or comes, what goes first. */
export function compareLines(from: readonly string[], to: readonly string[]): readonly RuleLine[] {
  const gone = (text: string): RuleLine => ({ mark: 'gone', text })
  const come = (text: string): RuleLine => ({ mark: 'come', text })
  if (from.length * to.length > mostCells) return [...from.map(gone), ...to.map(come)]
  // common[i][j]: how many lines the rest of `from` after i and the rest of `to` after j share, in order.
  const common = Array.from({ length: from.length + 1 }, () => new Uint32Array(to.length + 1))
  const at = (i: number, j: number): number => common[i]?.[j] ?? 0
  for (let i = from.length - 1; i >= 0; i--) {
    const row = common[i]
    if (row === undefined) continue
    for (let j = to.length - 1; j >= 0; j--)
      row[j] = from[i] === to[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1))
  }
  const lines: RuleLine[] = []
  let [i, j] = [0, 0]
  while (i < from.length || j < to.length) {
    const [before, after] = [from[i], to[j]]
    if (before !== undefined && before === after) {
      lines.push({ mark: 'same', text: before })
      i += 1
      j += 1
    } else if (before !== undefined && (after === undefined || at(i + 1, j) >= at(i, j + 1))) {
      lines.push(gone(before))
      i += 1
    } else if (after !== undefined) {
      lines.push(come(after))
      j += 1
    }
  }
  return lines
}

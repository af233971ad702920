// What one bundle would change of another, as values: which assets move in or out of scope, and what was added, removed
// or changed, with what it does to access. Pure; which grants and sessions it would end is asked of `decide` by who
// knows them. Words are words.ts's.

import type { Bundle } from '../bundle/bundle.ts'
import type { AssetId } from '../ids.ts'
import type { Asset, ScopeStatus } from '../model.ts'
import { scopeOf } from '../scope.ts'
import { effectOf, effects, type Effect } from './effects.ts'
import { fieldChanges, isSame, type FieldChange } from './fields.ts'
import { sectionNames, sectionOf, type SectionName } from './sections.ts'
import { finish, Strides } from './steps.ts'

export interface ScopeMove {
  readonly asset: AssetId
  readonly name: string
  /** Null where the asset is not declared. */
  readonly from: ScopeStatus | null
  readonly to: ScopeStatus | null
  readonly effect: Effect
}

export interface Change {
  readonly section: SectionName
  readonly id: string
  readonly kind: 'added' | 'removed' | 'changed'
  readonly effect: Effect
  /** Of a change, at most 20; of a rule that comes or goes, its text. */
  readonly fields: readonly FieldChange[]
}

/** As many as a person reads, and how many there are. */
export interface Counted<T> {
  readonly count: number
  readonly items: readonly T[]
}

export interface BundleDiff {
  readonly from: { readonly digest: string; readonly scopeVersion: string }
  readonly to: { readonly digest: string; readonly scopeVersion: string }
  /** Assets that move in or out of scope, what leaves it first. */
  readonly moves: Counted<ScopeMove>
  /** Everything else, what takes access away first. */
  readonly changes: Counted<Change>
  /** Of all changes, listed or not, by section. */
  readonly sections: Readonly<Partial<Record<SectionName, { added: number; removed: number; changed: number }>>>
}

const mostFields = 20
/** Of each effect, so that a thousand new assets do not hide one that goes. */
const mostOfAnEffect = 100

/**
 * Compares two bundles. What is kept is bounded, whatever their size: counts are exact, lists hold the first of each
 * effect.
 */
export function diffBundles(from: Bundle, to: Bundle, most = mostOfAnEffect): BundleDiff {
  return finish(diffSteps(from, to, most))
}

/** As `diffBundles`, in steps of well under a millisecond: who has other work does some of it in between. */
export function* diffSteps(from: Bundle, to: Bundle, most = mostOfAnEffect): Generator<void, BundleDiff, void> {
  const moves = new Ranked<ScopeMove>(most)
  const steps = new Strides()
  for (const asset of from.assets.values()) {
    compareScope(asset, to.assets.get(asset.id), from, to, moves)
    if (steps.isFull()) yield
  }
  for (const asset of to.assets.values()) {
    if (!from.assets.has(asset.id)) compareScope(undefined, asset, from, to, moves)
    if (steps.isFull()) yield
  }
  const changes = new Ranked<Change>(most)
  const sections: Partial<Record<SectionName, { added: number; removed: number; changed: number }>> = {}
  for (const section of sectionNames) {
    const [before, after] = [sectionOf(section, from), sectionOf(section, to)]
    const note = (id: string, kind: Change['kind'], one: object | null, other: object | null): void => {
      const count = (sections[section] ??= { added: 0, removed: 0, changed: 0 })
      count[kind] += 1
      const effect = effectOf(section, one, other)
      changes.add(effect, () => ({
        section,
        id,
        kind,
        effect,
        fields: fieldsOf(section, kind, one, other),
      }))
    }
    for (const [id, one] of before) {
      const other = after.get(id)
      if (other === undefined) note(id, 'removed', one, null)
      else if (!isSame(one, other)) note(id, 'changed', one, other)
      if (steps.isFull()) yield
    }
    for (const [id, other] of after) {
      if (!before.has(id)) note(id, 'added', null, other)
      if (steps.isFull()) yield
    }
  }
  return { from: cite(from), to: cite(to), moves: moves.counted(), changes: changes.counted(), sections }
}

function fieldsOf(
  section: SectionName,
  kind: Change['kind'],
  one: object | null,
  other: object | null,
): readonly FieldChange[] {
  if (kind === 'changed') return fieldChanges(one, other).slice(0, mostFields)
  if (section !== 'rules') return []
  const text = (rule: object | null): object => (rule !== null && 'source' in rule ? { source: rule.source } : {})
  return fieldChanges(text(one), text(other))
}

/** Is there any difference at all? Two bundles of different text may declare the same. */
export function isEmptyDiff({ moves, changes }: BundleDiff): boolean {
  return moves.count === 0 && changes.count === 0
}

function cite({ digest, scope }: Bundle): BundleDiff['from'] {
  return { digest, scopeVersion: scope.version }
}

function compareScope(
  before: Asset | undefined,
  after: Asset | undefined,
  from: Bundle,
  to: Bundle,
  moves: Ranked<ScopeMove>,
): void {
  const was = before === undefined ? null : scopeOf(before, from)
  const is = after === undefined ? null : scopeOf(after, to)
  const [wasIn, isIn] = [was?.kind === 'in', is?.kind === 'in']
  // Coming into the inventory or leaving it without ever being in scope moves nothing.
  if (was?.kind === is?.kind || (was === null && !isIn) || (is === null && !wasIn)) return
  const effect = wasIn ? 'closes' : isIn ? 'opens' : 'none'
  const asset = after ?? before
  if (asset !== undefined) moves.add(effect, () => ({ asset: asset.id, name: asset.name, from: was, to: is, effect }))
}

/** Collects things by effect and keeps the first few of each. */
class Ranked<T> {
  readonly #kept = new Map<Effect, T[]>(effects.map((effect) => [effect, []]))
  readonly #most: number
  #count = 0

  constructor(most: number) {
    this.#most = most
  }

  add(effect: Effect, make: () => T): void {
    this.#count += 1
    const kept = this.#kept.get(effect)
    if (kept !== undefined && kept.length < this.#most) kept.push(make())
  }

  counted(): Counted<T> {
    return { count: this.#count, items: [...this.#kept.values()].flat() }
  }
}

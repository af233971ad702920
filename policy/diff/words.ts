// A difference between two bundles in words, for the person who has to answer for it. Says only what the difference
// says.

import type { ScopeStatus } from '../model.ts'
import type { BundleDiff, Change, ScopeMove } from './diff.ts'
import type { Effect } from './effects.ts'

export interface Paragraph {
  readonly title: string
  /** One clause each. */
  readonly lines: readonly string[]
}

const titles: Readonly<Record<Effect, string>> = {
  closes: 'takes access away',
  both: 'may give or take access',
  opens: 'gives access',
  none: 'does not touch access',
}

const singular: Readonly<Record<Change['section'], string>> = {
  scope: 'the',
  plants: 'plant',
  include: 'inclusion',
  exclude: 'exclusion',
  phases: 'gate',
  'shared services': 'shared service',
  dependencies: 'dependency',
  'controlled labels': 'controlled label',
  places: 'place',
  zones: 'zone',
  boundaries: 'boundary',
  conduits: 'conduit',
  'physical sources': 'physical source',
  interfaces: 'interface',
  assets: 'asset',
  information: 'information asset',
  'information rules': 'rules of information,',
  suppliers: 'supplier',
  expectations: 'expectation of suppliers',
  maintenance: 'maintenance window',
  holidays: 'holiday',
  rosters: 'roster',
  access: 'handling of requests,',
  trainings: 'training',
  'standard changes': 'standard change',
  retention: 'retention class',
  handling: 'handling of recordings,',
  agreements: 'agreement',
  files: 'rule of files',
  machines: 'machine account',
  separation: 'separation of duties,',
  'role mapping': 'roles by attributes,',
  'people feeds': 'feed of people',
  controls: 'control',
  risks: 'risk',
  exceptions: 'exception',
  drills: 'drill',
  committee: 'the',
  incidents: 'what incidents owe,',
  rules: 'rule',
}

/** The difference as paragraphs: assets that move, then changes by what they do to access, the gravest first. */
export function describeDiff(diff: BundleDiff): readonly Paragraph[] {
  const { moves, changes } = diff
  const paragraphs: Paragraph[] = []
  if (moves.count > 0)
    paragraphs.push({
      title: `${countOf(moves.count, 'asset moves', 'assets move')} in or out of scope`,
      lines: [...moves.items.map(moveLine), ...rest(moves.count, moves.items.length)],
    })
  for (const effect of ['closes', 'both', 'opens', 'none'] as const) {
    const items = changes.items.filter((change) => change.effect === effect)
    if (items.length > 0) paragraphs.push({ title: titles[effect], lines: items.flatMap(changeLines) })
  }
  const more = rest(changes.count, changes.items.length)
  if (more.length > 0) paragraphs.push({ title: 'not listed', lines: [...more, ...totals(diff)] })
  return paragraphs
}

function moveLine({ asset, name, from, to }: ScopeMove): string {
  return `asset ${asset} (${name}): was ${statusText(from)}, will be ${statusText(to)}`
}

function statusText(status: ScopeStatus | null): string {
  if (status === null) return 'not declared'
  switch (status.kind) {
    case 'in':
      return `in scope by rule ${status.rule}`
    case 'out':
      return `out of scope by rule ${status.rule}`
    case 'undetermined':
      return 'undetermined (denied)'
  }
}

function changeLines({ section, id, kind, fields }: Change): readonly string[] {
  const head = `${singular[section]} ${id} ${kind}`
  if (kind !== 'changed') return [head]
  // The text of a rule holds its annotations too, and what of them changed is a field of its own.
  const told = fields.filter(
    ({ path, from, to }) =>
      section !== 'rules' || path !== 'source' || fields.length === 1 || conditionsOf(from) !== conditionsOf(to),
  )
  return [
    `${head}: ${told
      .map(({ path, from, to }) => {
        if (section === 'rules' && path === 'source') return 'its conditions'
        if (from === null) return `${path} set to ${to ?? 'nothing'}`
        return to === null ? `${path} taken away (was ${from})` : `${path} from ${from} to ${to}`
      })
      .join('; ')}`,
  ]
}

/** A policy without its annotations and layout. */
const conditionsOf = (source: string | null): string =>
  (source ?? '').replace(/@\w+(?:\("(?:[^"\\]|\\.)*"\))?/g, '').replace(/\s+/g, ' ')

function rest(count: number, listed: number): readonly string[] {
  return count > listed ? [`and ${count - listed} more`] : []
}

function totals({ sections }: BundleDiff): readonly string[] {
  return Object.entries(sections).map(
    ([section, { added, removed, changed }]) => `${section}: ${added} added, ${removed} removed, ${changed} changed`,
  )
}

const countOf = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`

// Which rules of handling.yaml are about a recording, and what they come to: the strictest of each kind. Who enforces
// that, and who is a party of a session, is the gateway's.

import type { Bundle } from './bundle/bundle.ts'
import type { AssetId, PlantId } from './ids.ts'
import {
  exportHandlings,
  type Handling,
  type HandlingRule,
  type HandlingRules,
  type Labelled,
  type RetentionClass,
  type Role,
} from './model.ts'

/** What holds where handling.yaml declares no class. */
export const standardRetention: RetentionClass = {
  id: 'standard',
  text: 'a year, and the time to review it',
  keepDays: 400,
}

/** What holds where there is no handling.yaml. */
export const defaultHandling: HandlingRules = { classes: [standardRetention], default: standardRetention, rules: [] }

/** Is the rule about recordings of such assets? */
export function isRuleAbout(rule: HandlingRule, { plant, type, labels }: Labelled): boolean {
  return (
    (rule.plants?.includes(plant) ?? true) &&
    (rule.types?.includes(type) ?? true) &&
    (rule.labels?.some((label) => labels.includes(label)) ?? true)
  )
}

/**
 * How recordings of such assets are handled: the strictest of every rule about them. Kept as long as the longest class
 * says, seen by who has a role that every rule names, exported as the strictest allows; prompts are unmasked only where
 * every rule that speaks of it says so; and its copy stands only where every rule that names regions lets it.
 */
export function handlingOf({ handling }: Pick<Bundle, 'handling'>, of: Labelled): Handling {
  const rules = handling.rules.filter((rule) => isRuleAbout(rule, of))
  const said = <T>(values: readonly (T | undefined)[]): T[] => values.filter((value) => value !== undefined)
  const named = said(rules.map(({ retention }) => retention))
  const classes = handling.classes.filter(({ id }) => named.includes(id))
  const masks = said(rules.map(({ maskPrompts }) => maskPrompts))
  return {
    view: {
      roles: said(rules.map(({ view }) => view?.roles)).reduce<readonly Role[] | null>(common, null),
      secondPerson: rules.some(({ view }) => view?.secondPerson === true),
    },
    export: strictestExport(said(rules.map((rule) => rule.export))),
    retention: longest(classes.length === 0 ? [handling.default] : classes, handling.default),
    maskPrompts: masks.length === 0 || masks.includes(true),
    regions: said(rules.map(({ regions }) => regions)).reduce<readonly string[] | null>(common, null),
    rules: rules.map(({ id }) => id),
  }
}

/** What holds of a recording whose asset was labelled so at its start and is labelled otherwise now: the stricter of each. */
export function stricterHandling(then: Handling, now: Handling): Handling {
  return {
    view: {
      roles: common(then.view.roles, now.view.roles),
      secondPerson: then.view.secondPerson || now.view.secondPerson,
    },
    export: strictestExport([then.export, now.export]),
    retention: longest([then.retention, now.retention], then.retention),
    maskPrompts: then.maskPrompts || now.maskPrompts,
    regions: common(then.regions, now.regions),
    rules: [...new Set([...then.rules, ...now.rules])],
  }
}

/** What a recording remembers of its asset at the start of the session. */
export interface RecordedOf {
  readonly asset: AssetId
  readonly plant: PlantId
  /** Null in recordings of before labels were kept: then what is declared now speaks alone. */
  readonly assetType: string | null
  readonly labels: readonly string[]
}

/** How a recording is handled under a bundle: by what its asset was at the start and by what it is now. */
export function handlingOfRecording(
  bundle: Pick<Bundle, 'handling' | 'assets' | 'zones'>,
  { asset, plant, assetType, labels }: RecordedOf,
): Handling {
  const current = bundle.assets.get(asset)
  const then: Labelled | null = assetType === null ? null : { plant, type: assetType, labels }
  const now: Labelled | null = current
    ? { plant: bundle.zones.get(current.zone)?.plant ?? plant, type: current.type, labels: current.labels }
    : null
  if (then && now) return stricterHandling(handlingOf(bundle, then), handlingOf(bundle, now))
  // Of an asset that nobody declares any more and nothing is remembered of, the rules for every asset of its plant hold.
  return handlingOf(bundle, then ?? now ?? { plant, type: '', labels: [] })
}

function common<T>(some: readonly T[] | null, others: readonly T[] | null): readonly T[] | null {
  if (some === null || others === null) return some ?? others
  return some.filter((role) => others.includes(role))
}

function strictestExport(said: readonly Handling['export'][]): Handling['export'] {
  return exportHandlings.findLast((each) => said.includes(each)) ?? 'full'
}

function longest(classes: readonly RetentionClass[], first: RetentionClass): RetentionClass {
  return classes.reduce((kept, each) => (each.keepDays > kept.keepDays ? each : kept), classes[0] ?? first)
}

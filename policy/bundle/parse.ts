// The bundle's parser: files in, one checked value or every problem out. Reads each section with its own parser and
// then asks what no section can see alone. Reading files from a disk is the caller's.

import { digestOf } from '../digest.ts'
import { endOfDay } from '../calendar.ts'
import { keepPolicies, keepSchema } from '../cedar/engine.ts'
import type { Conduit, Scope, Zone } from '../model.ts'
import { parseAssets } from './assets.ts'
import type { Bundle, PolicyRule } from './bundle.ts'
import { parsePolicies } from './cedar.ts'
import { readDocument, type Place } from './document.ts'
import { takeApart } from './parts.ts'
import { Problems, suggestion, type Problem, type Spot } from './problem.ts'
import { References, type Named } from './references.ts'
import { parseRegister } from './register.ts'
import { parseScope } from './scope.ts'
import { parseSuppliers } from './suppliers.ts'
import { parseZones } from './zones.ts'

export type ParsedBundle =
  | { readonly kind: 'ok'; readonly bundle: Bundle }
  | { readonly kind: 'invalid'; readonly problems: readonly Problem[] }

/** Each YAML file, and what it declares that others refer to, with the list it stands in. */
const sections: Readonly<Record<string, { readonly declares: Named; readonly in: string }>> = {
  'scope.yaml': { declares: 'plant', in: 'plants' },
  'zones.yaml': { declares: 'zone', in: 'zones' },
  'assets.yaml': { declares: 'asset', in: 'assets' },
  'suppliers.yaml': { declares: 'supplier', in: 'suppliers' },
  'register.yaml': { declares: 'risk', in: 'risks' },
}
const policyFile = /^policies\/[A-Za-z0-9][A-Za-z0-9._-]*\.cedar$/

/** In UTF-16 units. An asset list of ten thousand entries is about half of it. */
const largestFile = 8 * 1024 * 1024

/**
 * Parse and check a whole bundle. Keys are paths relative to the bundle's folder, with `/`. Never throws: whatever is
 * wrong is a problem, and all of them are reported at once. On success the Cedar policies are held ready in this thread.
 */
export function parseBundle(files: ReadonlyMap<string, string>): ParsedBundle {
  const problems = new Problems()
  try {
    const bundle = parse(files, problems)
    if (bundle !== null && problems.isEmpty) return { kind: 'ok', bundle }
  } catch (error) {
    const why = error instanceof Error ? error.message : 'unknown failure'
    problems.report({ file: '', path: '', line: null }, `the bundle could not be checked: ${why}`)
  }
  return { kind: 'invalid', problems: problems.list() }
}

function parse(files: ReadonlyMap<string, string>, problems: Problems): Bundle | null {
  const references = new References(problems)
  const readable = checkFiles(files, problems)
  const section = <T>(file: string, read: (document: Place, p: Problems, r: References) => T | null): T | null => {
    const text = readable.get(file)
    const document = text === undefined ? null : readDocument(file, text, problems)
    const declared = sections[file]
    if (declared !== undefined && !hasList(document, declared.in)) references.unread(declared.declares)
    return document === null ? null : read(document, problems, references)
  }
  const scope = section('scope.yaml', parseScope)
  const zones = section('zones.yaml', parseZones)
  const assets = section('assets.yaml', parseAssets)
  const suppliers = section('suppliers.yaml', parseSuppliers)
  const register = section('register.yaml', parseRegister)
  const policyFiles = new Map([...readable].filter(([file]) => policyFile.test(file)).toSorted(byPath))
  const policies = parsePolicies(policyFiles, problems, references)
  references.check()
  if (scope !== null && zones !== null) checkGateways(scope, zones.zones, zones.conduits, problems)
  if (!scope || !zones || !assets || !suppliers || !register || !problems.isEmpty) return null

  const digest = digestOf(['sallyport.bundle.v1', ...[...files].toSorted(byPath).flat()])
  const plants = byId(scope.plants)
  const zonesById = byId(zones.zones)
  return deepFreeze({
    digest,
    scope,
    plants,
    zones: zonesById,
    conduits: byId(zones.conduits),
    conduitClosesAt: new Map(
      zones.conduits.map((conduit) => {
        const plant = zonesById.get(conduit.to)?.plant
        const timeZone = plant === undefined ? undefined : plants.get(plant)?.timeZone
        return [conduit.id, endOfDay(conduit.reviewBy, timeZone ?? 'UTC')]
      }),
    ),
    assets: byId(assets),
    suppliers: byId(suppliers),
    register,
    policies: byId(policies),
    cedar: keep(digest, policies),
  })
}

function hasList(document: Place | null, name: string): boolean {
  return document?.value.kind === 'map' && document.value.entries.get(name)?.value.kind === 'list'
}

/** The files that are expected and readable. The others, and those that are missing, are reported. */
function checkFiles(files: ReadonlyMap<string, string>, problems: Problems): ReadonlyMap<string, string> {
  const readable = new Map<string, string>()
  const expected = Object.keys(sections)
  for (const [file, text] of files) {
    const at: Spot = { file: printable(file), path: '', line: null }
    if (!expected.includes(file) && !policyFile.test(file)) {
      if (file === 'README.md') continue
      const hint =
        suggestion(file, expected) || ': expected only `*.yaml` of the bundle, `policies/*.cedar` and `README.md`'
      problems.report(at, `unexpected file${hint}`)
    } else if (text.length > largestFile) {
      problems.report(at, `expected at most ${largestFile} characters, got ${text.length}`)
    } else if (text.includes('\ufffd') || !text.isWellFormed()) {
      problems.report(at, 'expected utf-8 text, got bytes that are none')
    } else {
      readable.set(file, text)
    }
  }
  for (const file of expected) {
    if (!files.has(file)) problems.report({ file, path: '', line: null }, 'missing file')
  }
  return readable
}

/** One gateway zone a plant: with two, nobody could say which crossing a session takes. */
function checkGateways(scope: Scope, zones: readonly Zone[], conduits: readonly Conduit[], problems: Problems): void {
  const included = new Set(scope.include.map((rule) => rule.plant))
  for (const plant of scope.plants) {
    const gateways = zones.filter((zone) => zone.plant === plant.id && zone.gateway)
    const at: Spot = { file: 'zones.yaml', path: 'zones', line: null }
    if (gateways.length > 1) {
      const names = gateways.map((zone) => `\`${zone.id}\``).join(' and ')
      problems.report(at, `plant \`${plant.id}\`: expected one zone with \`gateway: true\`, got ${names}`)
    }
    if (gateways.length === 0 && included.has(plant.id)) {
      problems.report(
        at,
        `plant \`${plant.id}\`: expected one zone with \`gateway: true\`, got none: nothing in it could be reached`,
      )
    }
  }
  for (const [i, conduit] of conduits.entries()) {
    if (conduit.from !== conduit.to || zones.some((zone) => zone.id === conduit.from && zone.gateway)) continue
    const at: Spot = { file: 'zones.yaml', path: `conduits[${i}].to`, line: null }
    problems.report(
      at,
      `expected another zone than \`${conduit.from}\`: a conduit joins two zones, or serves the gateway's own`,
    )
  }
}

function keep(digest: string, policies: readonly PolicyRule[]): Bundle['cedar'] {
  const policySet = `${digest}/policies`
  const fault =
    keepSchema() ?? keepPolicies(policySet, Object.fromEntries(policies.map((rule) => [rule.id, rule.source])))
  if (fault !== null) throw new Error(`cedar: ${fault}`)
  const parts = takeApart(policies)
  const partSet = `${digest}/parts`
  return {
    policySet,
    parts: keepPolicies(partSet, parts.policies) === null ? { policySet: partSet, all: parts.all } : null,
  }
}

function byId<T extends { readonly id: string }>(items: readonly T[]): ReadonlyMap<T['id'], T> {
  return new Map(items.map((item) => [item.id, item]))
}

function byPath([a]: readonly [string, string], [b]: readonly [string, string]): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function printable(file: string): string {
  const shown = file.replace(/[^\x20-\x7e]/gu, '?')
  return shown.length > 120 ? `${shown.slice(0, 117)}...` : shown
}

/** A Map's entries can't be frozen; its values are, and its type is read-only. */
function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  const inner: Iterable<unknown> = value instanceof Map ? value.values() : Object.values(value)
  Object.freeze(value)
  for (const each of inner) deepFreeze(each)
  return value
}

// The bundle's parser: files in, one checked value or every problem out. Reads each section with its own parser and
// then asks what no section can see alone. Reading files from a disk is the caller's.

import { digestOf } from '../digest.ts'
import { keepPolicies, keepSchema } from '../cedar/engine.ts'
import { PolicySlices } from '../cedar/slices.ts'
import { defaultAccess, parseAccess } from './access.ts'
import { parseAssets } from './assets.ts'
import type { Bundle, PolicyRule } from './bundle.ts'
import { noCalendars, parseCalendars } from './calendars.ts'
import { parsePolicies } from './cedar.ts'
import { checkAddresses, checkExceptions, checkPhases, checkScope, checkServices } from './consistency.ts'
import { checkCrossings } from './crossings.ts'
import { parseTable } from './csv.ts'
import { readDocument, type Place } from './document.ts'
import { checkCalendars, checkDuties } from './duty.ts'
import { byPath, checkFiles, policyFile, sections } from './files.ts'
import { byId, lookupsOf } from './lookups.ts'
import { parseMapping } from './mapping.ts'
import { takeApart } from './parts.ts'
import { checkPolicyWords } from './policy-words.ts'
import type { Problem } from './problem.ts'
import { Reading } from './reading.ts'
import { parseRegister } from './register.ts'
import { parseScope } from './scope.ts'
import { parseSuppliers } from './suppliers.ts'
import { parseZones } from './zones.ts'

export type ParsedBundle =
  /** `warnings`: what is closed or read in the stricter way until somebody looks at it. */
  | { readonly kind: 'ok'; readonly bundle: Bundle; readonly warnings: readonly Problem[] }
  | { readonly kind: 'invalid'; readonly problems: readonly Problem[] }

/**
 * Parse and check a whole bundle. Keys are paths relative to the bundle's folder, with `/`. Never throws: whatever is
 * wrong is a problem, and all of them are reported at once. On success the Cedar policies are held ready in this thread.
 */
export function parseBundle(files: ReadonlyMap<string, string>): ParsedBundle {
  const reading = new Reading()
  const { problems, warnings } = reading
  try {
    const bundle = parse(files, reading)
    if (bundle !== null && problems.isEmpty) return { kind: 'ok', bundle, warnings: warnings.list() }
  } catch (error) {
    const why = error instanceof Error ? error.message : 'unknown failure'
    problems.report({ file: '', path: '', line: null }, `the bundle could not be checked: ${why}`)
  }
  return { kind: 'invalid', problems: problems.list() }
}

function parse(files: ReadonlyMap<string, string>, reading: Reading): Bundle | null {
  const { problems, references } = reading
  const readable = checkFiles(files, problems)
  const section = <T>(file: string, read: (document: Place, reading: Reading) => T | null): T | null => {
    const text = readable.get(file)
    const document = text === undefined ? null : readDocument(file, text, problems)
    for (const [list, declares] of Object.entries(sections[file]?.declares ?? {})) {
      if (!hasList(document, list)) references.unread(declares)
    }
    return document === null ? null : read(document, reading)
  }
  /** Of a file that may be missing. One that is there and broken gives null. */
  const optional = <T>(file: string, missing: T, read: (document: Place, reading: Reading) => T | null): T | null =>
    files.has(file) ? section(file, read) : missing

  const scope = section('scope.yaml', parseScope)
  const zones = section('zones.yaml', parseZones)
  const listed = optional('assets.yaml', [], parseAssets)
  const mapping = optional('assets.mapping.yaml', null, parseMapping)
  const table = readable.get('assets.csv')
  const tabled = table === undefined ? null : mapping && parseTable(table, mapping, reading)
  if (files.has('assets.csv') && (table === undefined || mapping === null)) references.unread('asset')
  const assets = listed && (files.has('assets.csv') ? tabled && [...listed, ...tabled] : listed)
  const suppliers = section('suppliers.yaml', parseSuppliers)
  const register = section('register.yaml', parseRegister)
  const calendars = optional('calendars.yaml', noCalendars, parseCalendars)
  const access = optional('access.yaml', defaultAccess, parseAccess)
  const policyFiles = new Map([...readable].filter(([file]) => policyFile.test(file)).toSorted(byPath))
  const policies = parsePolicies(policyFiles, problems, references)

  if (register === null) references.unread('exception')
  checkPolicyWords(policies, { assets, suppliers, calendars }, reading)
  references.check()
  if (scope && zones) checkCrossings(scope, zones, reading)
  if (scope) checkServices(scope, reading)
  if (assets) checkAddresses(assets, reading)
  if (scope && assets) checkPhases(scope, assets, reading)
  if (scope && zones && assets) checkScope(scope, zones.zones, assets, reading)
  if (calendars && zones && assets) checkCalendars(calendars, zones.zones, assets, reading)
  if (calendars) checkDuties(policies, calendars, reading)
  if (register && access) checkExceptions(register.exceptions, access, reading)
  if (!scope || !zones || !assets || !suppliers || !register || !calendars || !access || !problems.isEmpty) return null

  const digest = digestOf(['sallyport.bundle.v1', ...[...files].toSorted(byPath).flat()])
  return deepFreeze({
    digest,
    scope,
    plants: byId(scope.plants),
    zones: byId(zones.zones),
    boundaries: zones.boundaries,
    conduits: byId(zones.conduits),
    assets: byId(assets),
    suppliers: byId(suppliers),
    calendars,
    access,
    register,
    policies: byId(policies),
    cedar: keep(digest, policies),
    ...lookupsOf({ scope, zones, assets, calendars }),
  })
}

function hasList(document: Place | null, name: string): boolean {
  return document?.value.kind === 'map' && document.value.entries.get(name)?.value.kind === 'list'
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
    slices: new PolicySlices(digest, policySet, policies),
    parts: keepPolicies(partSet, parts.policies) === null ? { policySet: partSet, all: parts.all } : null,
  }
}

/** The entries of a Map or Set can't be frozen; the values are, and the type is read-only. */
function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  const inner: Iterable<unknown> = value instanceof Map || value instanceof Set ? value.values() : Object.values(value)
  Object.freeze(value)
  for (const each of inner) deepFreeze(each)
  return value
}

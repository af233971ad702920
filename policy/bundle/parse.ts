// The bundle's parser: files in, one checked value or every problem out. Reads each section with its own parser and
// then asks what no section can see alone. Reading files from a disk is the caller's.

import { defaultHandling } from '../label-handling.ts'
import { defaultAccess, parseAccess } from './access.ts'
import { parseAssets } from './assets.ts'
import type { Bundle } from './bundle.ts'
import { noCalendars, parseCalendars } from './calendars.ts'
import { parsePolicies } from './cedar.ts'
import { checkDrills } from './drills.ts'
import { checkPhysical } from './physical.ts'
import { checkLegacy } from './legacy.ts'
import { checkAddresses, checkExceptions, checkPhases, checkScope, checkServices } from './consistency.ts'
import { checkCrossings } from './crossings.ts'
import { checkDependencies } from './dependencies.ts'
import { parseTable } from './csv.ts'
import { readDocument, type Place } from './document.ts'
import { checkCalendars, checkDuties } from './duty.ts'
import { bundleDigest, byPath, checkFiles, policyFile, sections } from './files.ts'
import { checkHandling } from './handling-checks.ts'
import { checkFileRules } from './files-checks.ts'
import { parseFiles } from './files-rules.ts'
import { parseHandling } from './handling.ts'
import { noInformation, parseInformation } from './information.ts'
import { inheritLabels } from './inheritance.ts'
import { byId, lookupsOf } from './lookups.ts'
import { parseMapping } from './mapping.ts'
import { checkPayloads } from './payload-checks.ts'
import { checkPolicyWords } from './policy-words.ts'
import type { Problem } from './problem.ts'
import { Reading } from './reading.ts'
import { preparePolicies, readyBundle, type DeclaredBundle } from './ready.ts'
import { parseRegister } from './register.ts'
import { checkRisks } from './risk-consistency.ts'
import { parseScope } from './scope.ts'
import { checkPeopleFeeds, checkSeparation } from './separation.ts'
import { checkStandardChanges } from './standard-changes.ts'
import { parseSuppliers } from './suppliers.ts'
import { parseZones } from './zones.ts'

export type ParsedBundle =
  /** `warnings`: what is closed or read in the stricter way until somebody looks at it. */
  | { readonly kind: 'ok'; readonly bundle: Bundle; readonly warnings: readonly Problem[] }
  | { readonly kind: 'invalid'; readonly problems: readonly Problem[] }

/** What was read of a bundle, before the policy engine of whoever decides by it holds its policies. */
export type ReadBundle =
  | { readonly kind: 'ok'; readonly declared: DeclaredBundle; readonly warnings: readonly Problem[] }
  | { readonly kind: 'invalid'; readonly problems: readonly Problem[] }

/**
 * Parse and check a whole bundle. Keys are paths relative to the bundle's folder, with `/`. Never throws: whatever is
 * wrong is a problem, and all of them are reported at once. On success the Cedar policies are held ready in this thread.
 */
export function parseBundle(files: ReadonlyMap<string, string>): ParsedBundle {
  const read = readBundle(files)
  return read.kind === 'ok' ? takeUpBundle(read.declared, read.warnings) : read
}

/** The bundle that was read, with its Cedar policies held ready in this thread. Never throws. */
export function takeUpBundle(declared: DeclaredBundle, warnings: readonly Problem[]): ParsedBundle {
  try {
    return { kind: 'ok', bundle: readyBundle(declared), warnings }
  } catch (error) {
    return { kind: 'invalid', problems: [uncheckable(error)] }
  }
}

/** As `parseBundle`, in plain data that can be handed to another process, and without holding any policies. */
export function readBundle(files: ReadonlyMap<string, string>): ReadBundle {
  const reading = new Reading()
  const { problems, warnings } = reading
  try {
    const declared = parse(files, reading)
    if (declared !== null && problems.isEmpty) return { kind: 'ok', declared, warnings: warnings.list() }
  } catch (error) {
    const { reason, ...spot } = uncheckable(error)
    problems.report(spot, reason)
  }
  return { kind: 'invalid', problems: problems.list() }
}

function uncheckable(error: unknown): Problem {
  const why = error instanceof Error ? error.message : 'unknown failure'
  return { file: '', path: '', line: null, reason: `the bundle could not be checked: ${why}` }
}

function parse(files: ReadonlyMap<string, string>, reading: Reading): DeclaredBundle | null {
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
  const declaredAssets = listed && (files.has('assets.csv') ? tabled && [...listed, ...tabled] : listed)
  const information = optional('information.yaml', noInformation, parseInformation)
  const holding = declaredAssets && inheritLabels(declaredAssets, information?.items ?? [], reading)
  const assets = holding && holding.assets
  const suppliers = section('suppliers.yaml', parseSuppliers)
  const register = section('register.yaml', parseRegister)
  const calendars = optional('calendars.yaml', noCalendars, parseCalendars)
  const access = optional('access.yaml', defaultAccess, parseAccess)
  const handling = optional('handling.yaml', defaultHandling, parseHandling)
  const fileRules = optional('files.yaml', [], parseFiles)
  // What holds where handling.yaml is missing can be named all the same.
  if (!files.has('handling.yaml'))
    references.declare('retention class', defaultHandling.default.id, { file: 'handling.yaml', path: '', line: null })
  const policyFiles = new Map([...readable].filter(([file]) => policyFile.test(file)).toSorted(byPath))
  const policies = parsePolicies(policyFiles, problems, references)

  if (register === null) references.unread('exception')
  checkPolicyWords(
    policies,
    { assets, suppliers: suppliers?.suppliers ?? null, calendars, access, information },
    reading,
  )
  references.check()
  if (scope && zones) checkCrossings(scope, zones, reading)
  if (scope) checkServices(scope, reading)
  if (assets) checkAddresses(assets, reading)
  if (register && assets) checkDrills(register.drills, assets, reading)
  if (zones && assets) checkPhysical(zones.physicalSources, assets, reading)
  if (scope && assets) checkPhases(scope, assets, reading)
  if (scope && zones && assets) checkScope(scope, zones.zones, assets, reading)
  if (scope && zones && assets) checkDependencies(scope, zones.zones, assets, reading)
  if (calendars && zones && assets) checkCalendars(calendars, zones.zones, assets, reading)
  if (calendars) checkDuties(policies, calendars, reading)
  if (zones && information) checkPayloads(zones, information, reading)
  if (register && assets) checkLegacy(assets, register.exceptions, reading)
  if (register && access) checkExceptions(register.exceptions, access, reading)
  if (register && zones && assets) checkRisks(register, zones.zones, assets, reading)
  if (access && calendars)
    checkSeparation(access.separation, calendars, { problems, at: (rule) => reading.at(rule, 'duties') })
  if (access && suppliers) checkPeopleFeeds(access.peopleFeeds, suppliers.suppliers, reading)
  if (access && declaredAssets) checkStandardChanges(access.standardChanges, declaredAssets, reading)
  if (handling && zones && assets) checkHandling(handling, zones.zones, assets, reading)
  if (fileRules && zones && assets) checkFileRules(fileRules, zones.zones, assets, reading)
  if (!information || !holding || !fileRules) return null
  if (!scope || !zones || !assets || !suppliers || !register || !calendars || !access || !handling || !problems.isEmpty)
    return null

  const digest = bundleDigest(files)
  return {
    digest,
    scope,
    plants: byId(scope.plants),
    zones: byId(zones.zones),
    boundaries: zones.boundaries,
    conduits: byId(zones.conduits),
    interfaces: byId(zones.interfaces),
    assets: byId(assets),
    information: byId(information.items),
    informationRules: { classes: information.classes, requirePayloads: information.requirePayloads },
    physicalSources: byId(zones.physicalSources),
    suppliers: byId(suppliers.suppliers),
    expectations: suppliers.expectations,
    calendars,
    access,
    handling,
    files: fileRules,
    register,
    policies: byId(policies),
    prepared: preparePolicies(policies),
    informationOf: holding.informationOf,
    inheritedOf: holding.inheritedOf,
    ...lookupsOf({ scope, zones, assets, calendars, policies, register }),
  }
}

function hasList(document: Place | null, name: string): boolean {
  return document?.value.kind === 'map' && document.value.entries.get(name)?.value.kind === 'list'
}

// scope.yaml: what the ISMS covers, in plants and rules, and what it explicitly does not. The gates of its phases are
// read in phases.ts; shared services, controlled labels and places in services.ts.

import { parsePlantId } from '../ids.ts'
import type { Plant, Scope, ScopeRule } from '../model.ts'
import { parseDependency } from './dependencies.ts'
import type { Place } from './document.ts'
import { readBoolean, readId, readInteger, readList, readMap, readOptional, readText, shape, whole } from './fields.ts'
import { parsePhase } from './phases.ts'
import { readAssets, readZones } from './named-lists.ts'
import type { Reading } from './reading.ts'
import { parseControlledLabel, parsePlace, parseSharedService, readNetwork } from './services.ts'
import { readTimeZone } from './times.ts'

export const scopeShape = shape(
  ['version', 'statement', 'justification', 'plants', 'include', 'exclude', 'phases'],
  [
    'regimes',
    'sharedServices',
    'dependencies',
    'controlledLabels',
    'places',
    'confirmEveryDays',
    'completeDossier',
    'testedFirst',
  ],
)
export const plantShape = shape(['id', 'name', 'timeZone', 'maxWindowMinutes'], ['baseline', 'networks'])
export const scopeRuleShape = shape(['id', 'plant', 'reason'], ['zones', 'assets', 'types', 'labels'])

/** A week. A longer window is a standing access and no window. */
export const longestWindowMinutes = 7 * 24 * 60

/** A walkdown each quarter, unless the bundle says otherwise; never less often than once a year. */
export const usualConfirmDays = 90
export const mostConfirmDays = 366

export function parseScope(document: Place, reading: Reading): Scope | null {
  const { problems } = reading
  const fields = readMap(problems, document, scopeShape)
  if (fields === null) return null
  const all = <T>(
    name: Parameters<typeof fields.get>[0],
    read: (place: Place, reading: Reading) => T | null,
    atLeast = 0,
  ) => readList(problems, fields.get(name), (place) => read(place, reading), { atLeast })
  const any = <T>(name: Parameters<typeof fields.get>[0], read: (place: Place, reading: Reading) => T | null) =>
    readOptional(fields.get(name), [], () => all(name, read))
  return whole<Scope>({
    version: readText(problems, fields.get('version'), 60),
    statement: readText(problems, fields.get('statement'), 2000),
    justification: readText(problems, fields.get('justification'), 2000),
    regimes: any('regimes', (place) => readText(problems, place, 60)),
    plants: all('plants', parsePlant, 1),
    include: all('include', parseRule),
    exclude: all('exclude', parseRule),
    phases: all('phases', parsePhase),
    sharedServices: any('sharedServices', parseSharedService),
    dependencies: any('dependencies', parseDependency),
    controlledLabels: any('controlledLabels', parseControlledLabel),
    places: any('places', parsePlace),
    confirmEveryDays: readOptional(fields.get('confirmEveryDays'), usualConfirmDays, (place) =>
      readInteger(problems, place, 1, mostConfirmDays),
    ),
    completeDossier: readOptional(fields.get('completeDossier'), false, (place) => readBoolean(problems, place)),
    testedFirst: readOptional(fields.get('testedFirst'), false, (place) => readBoolean(problems, place)),
  })
}

function parsePlant(place: Place, reading: Reading): Plant | null {
  const { problems, references } = reading
  const fields = readMap(problems, place, plantShape)
  if (fields === null) return null
  const id = readId(problems, fields.get('id'), parsePlantId)
  if (id !== null) references.declare('plant', id, fields.at('id'))
  const baseline = readOptional(fields.get('baseline'), null, (at) => readText(problems, at, 60))
  const networks = readOptional(fields.get('networks'), [], (at) =>
    readList(problems, at, (item) => readNetwork(problems, item)),
  )
  const core = whole<Omit<Plant, 'baseline' | 'networks'>>({
    id,
    name: readText(problems, fields.get('name')),
    timeZone: readTimeZone(problems, fields.get('timeZone')),
    maxWindowMinutes: readInteger(problems, fields.get('maxWindowMinutes'), 1, longestWindowMinutes),
  })
  return core && { ...core, baseline, networks }
}

function parseRule(place: Place, reading: Reading): ScopeRule | null {
  const { problems, references } = reading
  const fields = readMap(problems, place, scopeRuleShape)
  if (fields === null) return null
  const id = readText(problems, fields.get('id'), 60)
  if (id !== null) references.declare('scope rule', id, fields.at('id'))
  const plant = readId(problems, fields.get('plant'), parsePlantId)
  if (plant !== null) references.refer('plant', plant, fields.at('plant'))
  const core = whole<ScopeRule>({ id, plant, reason: readText(problems, fields.get('reason'), 1000) })
  // A criterion with an empty list would match nothing and look as if it matched all; one entry is the least.
  const words = (name: 'types' | 'labels') =>
    readList(problems, fields.get(name), (item) => readText(problems, item, 60), { atLeast: 1 })
  const zones = readZones(fields.get('zones'), reading)
  const assets = readAssets(fields.get('assets'), reading)
  const types = words('types')
  const labels = words('labels')
  if (core === null) return null
  return reading.keep(
    { ...core, ...(zones && { zones }), ...(assets && { assets }), ...(types && { types }), ...(labels && { labels }) },
    place,
  )
}

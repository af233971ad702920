// scope.yaml: what the ISMS covers, in plants and rules, and what it explicitly does not.

import { parseAssetId, parsePlantId, parseZoneId } from '../ids.ts'
import type { Plant, Scope, ScopeRule } from '../model.ts'
import type { Place } from './document.ts'
import { readId, readInteger, readList, readMap, readText, readTimeZone, whole } from './fields.ts'
import type { Problems } from './problem.ts'
import type { References } from './references.ts'

/** One day short of what a shift plan could ever need; a longer window is a standing access and no window. */
const longestWindowMinutes = 7 * 24 * 60

export function parseScope(document: Place, problems: Problems, references: References): Scope | null {
  const fields = readMap(problems, document, ['version', 'statement', 'plants', 'include', 'exclude'])
  if (fields === null) return null
  const rule = (place: Place): ScopeRule | null => parseRule(place, problems, references)
  return whole<Scope>({
    version: readText(problems, fields.get('version'), 60),
    statement: readText(problems, fields.get('statement'), 2000),
    plants: readList(problems, fields.get('plants'), (place) => parsePlant(place, problems, references), {
      atLeast: 1,
    }),
    include: readList(problems, fields.get('include'), rule),
    exclude: readList(problems, fields.get('exclude'), rule),
  })
}

function parsePlant(place: Place, problems: Problems, references: References): Plant | null {
  const fields = readMap(problems, place, ['id', 'name', 'timeZone', 'maxWindowMinutes'])
  if (fields === null) return null
  const id = readId(problems, fields.get('id'), parsePlantId)
  if (id !== null) references.declare('plant', id, fields.get('id') ?? place)
  return whole<Plant>({
    id,
    name: readText(problems, fields.get('name')),
    timeZone: readTimeZone(problems, fields.get('timeZone')),
    maxWindowMinutes: readInteger(problems, fields.get('maxWindowMinutes'), 1, longestWindowMinutes),
  })
}

function parseRule(place: Place, problems: Problems, references: References): ScopeRule | null {
  const fields = readMap(problems, place, ['id', 'plant', 'reason'], ['zones', 'assets', 'types', 'labels'])
  if (fields === null) return null
  const id = readText(problems, fields.get('id'), 60)
  if (id !== null) references.declare('scope rule', id, fields.get('id') ?? place)
  const plant = readId(problems, fields.get('plant'), parsePlantId)
  if (plant !== null) references.refer('plant', plant, fields.get('plant') ?? place)
  const core = whole<ScopeRule>({ id, plant, reason: readText(problems, fields.get('reason'), 1000) })
  // A criterion with an empty list would match nothing and look as if it matched all; one entry is the least.
  const words = (name: string): readonly string[] | null =>
    readList(problems, fields.get(name), (item) => readText(problems, item, 60), { atLeast: 1 })
  const named = <T extends string>(name: string, what: 'zone' | 'asset', parse: Parameters<typeof readId<T>>[2]) =>
    readList(
      problems,
      fields.get(name),
      (item) => {
        const each = readId(problems, item, parse)
        if (each !== null) references.refer(what, each, item)
        return each
      },
      { atLeast: 1 },
    )
  const criteria = {
    zones: named('zones', 'zone', parseZoneId),
    assets: named('assets', 'asset', parseAssetId),
    types: words('types'),
    labels: words('labels'),
  }
  if (core === null) return null
  return {
    ...core,
    ...(criteria.zones && { zones: criteria.zones }),
    ...(criteria.assets && { assets: criteria.assets }),
    ...(criteria.types && { types: criteria.types }),
    ...(criteria.labels && { labels: criteria.labels }),
  }
}

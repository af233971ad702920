// assets.mapping.yaml: which column of assets.csv is which field of an asset, and what holds for every row. Inventories
// are exported by other systems in their own words; the words are translated here, and not in the export.

import type { Place, Scalar } from './document.ts'
import { readList, readChoice, readMap, readOptional, readText, shape, whatIs, type Fields } from './fields.ts'
import type { Problems } from './problem.ts'
import type { Reading } from './reading.ts'

export const mappingShape = shape(['fields'], ['separator', 'ignore'])
export const sourceShape = shape([], ['column', 'constant', 'values', 'otherwise', 'listSeparator'])
export const mappingFieldsShape = shape(
  ['id', 'name', 'zone', 'owner', 'type', 'criticality', 'safety', 'labels', 'expiry'],
  [
    'expiry.minutes',
    'addresses',
    'sil',
    'line',
    'localPresence',
    'localEnable',
    'unsupported',
    'maxSessions',
    'recordingPauseMinutes',
    'endpoint.protocol',
    'endpoint.host',
    'endpoint.port',
    'endpoint.hostKeys',
    'endpoint.account',
    'endpoint.credential',
    'endpoint.observe',
    'endpoint.features',
    'endpoint.environment',
    'tcp.host',
    'tcp.ports',
    'telnet.host',
    'telnet.port',
    'telnet.account',
    'telnet.credential',
    'telnet.exception',
    'telnet.login.password',
    'telnet.login.success',
    'telnet.login.account',
    'telnet.login.failure',
    'telnet.login.seconds',
    'optIn.reviewedBy',
    'optIn.reviewedOn',
    'optIn.until',
  ],
)
export type MappedField =
  | (typeof mappingFieldsShape)['required'][number]
  | (typeof mappingFieldsShape)['optional'][number]

export const separators = [',', ';', '\t', '|'] as const

/** Where a field comes from. */
export type Source =
  /** The same for every row; `value` is as written in the mapping. */
  | { readonly kind: 'constant'; readonly value: Place }
  | {
      readonly kind: 'column'
      readonly column: string
      /** Where the column is named. */
      readonly at: Place
      /** What a cell says, and what is meant; a cell not listed is taken as it is. */
      readonly values: ReadonlyMap<string, Scalar>
      /** What an empty cell means. */
      readonly otherwise: Scalar
      /** Between the entries of a list in one cell. */
      readonly listSeparator: string
    }

export interface Mapping {
  readonly separator: (typeof separators)[number]
  readonly fields: ReadonlyMap<MappedField, Source>
  readonly ignore: readonly string[]
}

/** The fields the one endpoint of a row needs, those it can do without, and those of a safety system's opt-in. */
export const openFields = ['endpoint.observe', 'endpoint.features', 'endpoint.environment'] as const
export const endpointFields = mappingFieldsShape.optional.filter(
  (name) => name.startsWith('endpoint.') && !openFields.some((each) => each === name),
)
export const tcpFields = mappingFieldsShape.optional.filter((name) => name.startsWith('tcp.'))
/** Without these a telnet endpoint can do. */
const openTelnet: readonly string[] = ['telnet.login.account', 'telnet.login.failure', 'telnet.login.seconds']
export const telnetFields = mappingFieldsShape.optional.filter((name) => name.startsWith('telnet.'))
export const optInFields = mappingFieldsShape.optional.filter((name) => name.startsWith('optIn.'))

export function parseMapping(document: Place, { problems }: Reading): Mapping | null {
  const top = readMap(problems, document, mappingShape)
  if (top === null) return null
  const separatorAt = top.get('separator')
  const separator = separatorAt === null ? ',' : readChoice(problems, separatorAt, separators)
  const ignoreAt = top.get('ignore')
  const ignore = ignoreAt === null ? [] : readList(problems, ignoreAt, (item) => readText(problems, item, 200))
  const given = readMap(problems, top.get('fields'), mappingFieldsShape)
  if (given === null) return null
  const fields = new Map<MappedField, Source>()
  let broken = mappingFieldsShape.required.some((name) => given.get(name) === null)
  for (const name of [...mappingFieldsShape.required, ...mappingFieldsShape.optional]) {
    const place = given.get(name)
    if (place === null) continue
    const source = parseSource(place, problems)
    if (source === null) broken = true
    else fields.set(name, source)
  }
  const missing = endpointFields.filter((name) => given.get(name) === null)
  const hasSome = missing.length < endpointFields.length || openFields.some((name) => given.get(name) !== null)
  if (missing.length > 0 && hasSome) {
    const names = missing.map((name) => `\`${name}\``).join(', ')
    problems.report(given.place, `an endpoint needs all of its fields: expected ${names} as well`)
    broken = true
  }
  const missingTcp = tcpFields.filter((name) => given.get(name) === null)
  if (missingTcp.length > 0 && missingTcp.length < tcpFields.length) {
    const names = missingTcp.map((name) => `\`${name}\``).join(', ')
    problems.report(given.place, `ports that are reached through a tunnel need a host: expected ${names} as well`)
    broken = true
  }
  const missingTelnet = telnetFields.filter((name) => given.get(name) === null && !openTelnet.includes(name))
  if (missingTelnet.length > 0 && telnetFields.some((name) => given.get(name) !== null)) {
    const names = missingTelnet.map((name) => `\`${name}\``).join(', ')
    problems.report(given.place, `a telnet endpoint needs all of its fields: expected ${names} as well`)
    broken = true
  }
  // With half a mapping every row would be blamed for what is wrong here.
  return broken || separator === null || ignore === null ? null : { separator, fields, ignore }
}

function parseSource(place: Place, problems: Problems): Source | null {
  if (place.value.kind === 'scalar') {
    const column = readText(problems, place, 200)
    return column === null ? null : { ...plainColumn, column, at: place }
  }
  const fields = readMap(problems, place, sourceShape)
  if (fields === null) return null
  const constant = fields.get('constant')
  const columnAt = fields.get('column')
  if ((constant === null) === (columnAt === null)) {
    problems.report(place, 'expected `column` or `constant`, one of the two')
    return null
  }
  if (constant !== null) return parseConstant(fields, constant, problems)
  const column = readText(problems, columnAt, 200)
  const values = readOptional(fields.get('values'), plainColumn.values, (at) => readValues(at, problems))
  const otherwise = readOptional(fields.get('otherwise'), null, (at) => readScalar(at, problems))
  const listSeparator = readOptional(fields.get('listSeparator'), plainColumn.listSeparator, (at) =>
    readListSeparator(at, problems),
  )
  if (column === null || columnAt === null) return null
  return { kind: 'column', column, at: columnAt, values, otherwise, listSeparator }
}

const plainColumn = { kind: 'column', values: new Map<string, Scalar>(), otherwise: null, listSeparator: '|' } as const

function parseConstant(
  fields: Fields<(typeof sourceShape)['optional'][number]>,
  constant: Place,
  problems: Problems,
): Source | null {
  for (const key of ['values', 'otherwise', 'listSeparator'] as const) {
    const at = fields.get(key)
    if (at !== null) problems.report(at, `\`${key}\` beside a constant: leave it out, there is no cell to read`)
  }
  const entries = constant.value.kind === 'list' ? constant.value.items : [constant]
  const values = entries.map((entry) => readScalar(entry, problems))
  return values.includes(null) ? null : { kind: 'constant', value: constant }
}

function readValues(place: Place, problems: Problems): ReadonlyMap<string, Scalar> | null {
  if (place.value.kind === 'broken') return null
  if (place.value.kind !== 'map') {
    problems.report(place, `expected a map from what a cell says to what is meant, got ${whatIs(place)}`)
    return null
  }
  return new Map([...place.value.entries].map(([cell, meant]) => [cell.trim(), readScalar(meant, problems)]))
}

function readScalar(place: Place, problems: Problems): Scalar {
  if (place.value.kind === 'scalar' && place.value.value !== null) return place.value.value
  if (place.value.kind !== 'broken')
    problems.report(place, `expected a text, a number, true or false, got ${whatIs(place)}`)
  return null
}

/** Not through readText, which would trim a space away. */
function readListSeparator(place: Place, problems: Problems): string | null {
  const value = place.value.kind === 'scalar' ? place.value.value : null
  if (typeof value === 'string' && value.length === 1) return value
  if (place.value.kind !== 'broken') problems.report(place, `expected one character in quotes, got ${whatIs(place)}`)
  return null
}

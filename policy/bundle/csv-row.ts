// A row of assets.csv as the place of an asset: cells translated as the mapping says, and grouped into endpoint, expiry
// and opt-in as assets.yaml has them. Each value keeps its line and column.

import { quote } from '../ids.ts'
import { enrolledKeys } from '../model.ts'
import { lastingExpiries } from './assets.ts'
import type { Place, Scalar } from './document.ts'
import {
  endpointFields,
  openFields,
  optInFields,
  tcpFields,
  telnetFields,
  type MappedField,
  type Mapping,
  type Source,
} from './mapping.ts'
import type { Spot } from './problem.ts'
import type { Reading } from './reading.ts'

/** The file rows come from. */
export const file = 'assets.csv'

/** One row, as cells, with what is known of the table. */
export interface Row {
  readonly cells: readonly string[]
  readonly line: number
  /** Where the column of each field stands. */
  readonly columns: ReadonlyMap<MappedField, number>
  readonly mapping: Mapping
}

type Kind = 'text' | 'integer' | 'boolean' | 'list' | 'integers'

/** What the cells of a field hold; text where nothing is said. */
const kinds: Readonly<Partial<Record<MappedField, Kind>>> = {
  labels: 'list',
  addresses: 'list',
  sil: 'integer',
  localPresence: 'boolean',
  unsupported: 'boolean',
  maxSessions: 'integer',
  recordingPauseMinutes: 'integer',
  'expiry.minutes': 'integer',
  'endpoint.port': 'integer',
  'endpoint.hostKeys': 'list',
  'endpoint.observe': 'list',
  'endpoint.features': 'list',
  'endpoint.environment': 'list',
  'tcp.ports': 'integers',
  'telnet.port': 'integer',
  'telnet.login.seconds': 'integer',
}

const plainFields = ['id', 'name', 'zone', 'owner', 'type', 'criticality', 'safety', 'labels'] as const
const optionalFields = [
  'addresses',
  'sil',
  'line',
  'localPresence',
  'localEnable',
  'unsupported',
  'maxSessions',
  'recordingPauseMinutes',
] as const

/** The row as the place of an asset, as assets.yaml would have it. */
export function placeOf({ cells, line, columns, mapping }: Row, reading: Reading): Place {
  const row: Spot = { file, path: '', line }
  const nothing: Place = { ...row, value: { kind: 'scalar', value: null } }
  const read = (name: MappedField): Place | null => {
    const source = mapping.fields.get(name)
    if (source === undefined) return null
    if (source.kind === 'constant') return source.value
    const cell = cells[columns.get(name) ?? -1]?.trim() ?? ''
    const place = cellPlace(cell, source, kinds[name] ?? 'text', { ...row, path: `column ${quote(source.column)}` })
    return name === 'endpoint.hostKeys' ? orEnrolled(place) : place
  }
  const given = (name: MappedField): Place | null => {
    const place = read(name)
    return place === null || isEmpty(place) ? null : place
  }
  const group = (names: readonly MappedField[]): Place => {
    const inner = names.map((name) => [name.slice(name.indexOf('.') + 1), read(name) ?? nothing] as const)
    return { ...row, value: { kind: 'map', entries: new Map(inner) } }
  }
  const entries = new Map<string, Place>()
  for (const name of plainFields) entries.set(name, read(name) ?? nothing)
  for (const name of optionalFields) {
    const place = given(name)
    if (place !== null) entries.set(name, place)
  }
  entries.set('expiry', expiryPlace(read('expiry'), given('expiry.minutes'), row, reading))
  // A row without a host is an asset that is known and not reachable.
  const fields: readonly MappedField[] = [...endpointFields, ...openFields.filter((name) => hasEntries(given(name)))]
  const endpoints = given('endpoint.host') === null ? [] : [group(fields)]
  if (given('tcp.host') !== null) endpoints.push(spoken('tcp', group(tcpFields)))
  if (given('telnet.host') !== null) endpoints.push(spoken('telnet', telnetPlace(row, given, group)))
  entries.set('endpoints', { ...row, value: { kind: 'list', items: endpoints } })
  if (optInFields.some((name) => given(name) !== null)) entries.set('optIn', group(optInFields))
  return { ...row, value: { kind: 'map', entries } }
}

/** Its endpoint with the login in a map of its own; what of the login a row leaves empty is not there. */
function telnetPlace(
  row: Spot,
  given: (name: MappedField) => Place | null,
  group: (names: readonly MappedField[]) => Place,
): Place {
  const isLogin = (name: MappedField): boolean => name.startsWith('telnet.login.')
  const outer = group(telnetFields.filter((name) => !isLogin(name)))
  const login = new Map<string, Place>()
  for (const name of telnetFields.filter(isLogin)) {
    const place = given(name)
    if (place !== null) login.set(name.slice('telnet.login.'.length), place)
  }
  const entries = outer.value.kind === 'map' ? [...outer.value.entries] : []
  const inner: Place = { ...row, value: { kind: 'map', entries: login } }
  return { ...outer, value: { kind: 'map', entries: new Map([...entries, ['login', inner]]) } }
}

/** A further endpoint a row may have. */
function spoken(name: 'tcp' | 'telnet', place: Place): Place {
  const protocol: Place = { ...place, value: { kind: 'scalar', value: name } }
  const rest = place.value.kind === 'map' ? place.value.entries : []
  return { ...place, value: { kind: 'map', entries: new Map([['protocol', protocol], ...rest]) } }
}

/** A cell that says `enrol` instead of keys. */
function orEnrolled(place: Place): Place {
  const [first, more] = place.value.kind === 'list' ? place.value.items : []
  const isWord = first?.value.kind === 'scalar' && first.value.value === enrolledKeys
  return isWord && more === undefined ? first : place
}

/** An empty cell of a list says nothing. */
function hasEntries(place: Place | null): boolean {
  return place !== null && (place.value.kind !== 'list' || place.value.items.length > 0)
}

function isEmpty({ value }: Place): boolean {
  return value.kind === 'scalar' && value.value === null
}

function cellPlace(cell: string, source: Source & { kind: 'column' }, kind: Kind, at: Spot): Place {
  const one = kind === 'integers' ? 'integer' : kind
  const scalar = (text: string): Place => {
    const meant = source.values.get(text)
    return { ...at, value: { kind: 'scalar', value: meant === undefined ? scalarOf(text, one) : meant } }
  }
  if (kind === 'list' || kind === 'integers') {
    const texts =
      cell === '' && source.otherwise !== null ? [String(source.otherwise)] : cell.split(source.listSeparator)
    const items = texts.map((text) => text.trim()).filter((text) => text !== '')
    return { ...at, value: { kind: 'list', items: items.map(scalar) } }
  }
  return cell === '' ? { ...at, value: { kind: 'scalar', value: source.otherwise } } : scalar(cell)
}

/** A table has only texts. What is no number or truth value stays a text, and its reader says what it expected. */
function scalarOf(text: string, kind: Kind): Scalar {
  if (kind === 'integer' && /^-?\d{1,15}$/.test(text)) return Number(text)
  if (kind === 'boolean' && /^(?:true|false)$/i.test(text)) return text.toLowerCase() === 'true'
  return text
}

/** `cut`, or `drain` and `confirm-safe-state` with the minutes from another column. */
function expiryPlace(kind: Place | null, minutes: Place | null, row: Spot, { problems }: Reading): Place {
  if (kind === null) return { ...row, value: { kind: 'scalar', value: null } }
  const lasting = lastingExpiries.find((each) => kind.value.kind === 'scalar' && kind.value.value === each)
  if (lasting === undefined) return kind
  if (minutes !== null) return { ...kind, value: { kind: 'map', entries: new Map([[lasting, minutes]]) } }
  const why = 'the minutes until it is closed all the same, as `expiry.minutes` in assets.mapping.yaml'
  problems.report(kind, `\`${lasting}\` without ${why}`)
  return { ...kind, value: { kind: 'broken' } }
}

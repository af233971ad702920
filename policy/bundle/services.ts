// What scope.yaml says beyond plants and rules: services several plants lean on, labels not everybody may touch, and
// addresses whose country is known.

import { isIP } from 'node:net'
import { parseAssetId, quote } from '../ids.ts'
import type { ControlledLabel, Place as KnownPlace, SharedService } from '../model.ts'
import { readCompensating, readControl } from './controls.ts'
import type { Place } from './document.ts'
import { readBoolean, readId, readList, readMap, readOptional, readText, shape, whole } from './fields.ts'
import type { Problems } from './problem.ts'
import { isNetwork } from '../networks.ts'
import { readPlants } from './named-lists.ts'
import type { Reading } from './reading.ts'

export const sharedServiceShape = shape(
  ['id', 'name', 'provider', 'plants', 'inScope'],
  ['asset', 'inheritedControls', 'risk', 'compensating', 'carriesSessions'],
)
export const controlledLabelShape = shape(['label', 'countries', 'reason'])
export const placeShape = shape(['id', 'country', 'networks'])

export function parseSharedService(place: Place, reading: Reading): SharedService | null {
  const { problems, references } = reading
  const fields = readMap(problems, place, sharedServiceShape)
  if (fields === null) return null
  const id = readText(problems, fields.get('id'), 60)
  if (id !== null) references.declare('shared service', id, fields.at('id'))
  const asset = readOptional(fields.get('asset'), null, (at) => {
    const named = readId(problems, at, parseAssetId)
    if (named !== null) references.refer('asset', named, at)
    return named
  })
  const risk = readOptional(fields.get('risk'), null, (at) => {
    const named = readText(problems, at, 60)
    if (named !== null) references.refer('risk', named, at)
    return named
  })
  const core = whole<Omit<SharedService, 'asset' | 'risk'>>({
    id,
    name: readText(problems, fields.get('name')),
    provider: readText(problems, fields.get('provider')),
    plants: readPlants(fields.get('plants'), reading),
    inScope: readBoolean(problems, fields.get('inScope')),
    inheritedControls: readOptional(fields.get('inheritedControls'), [], (at) =>
      readList(problems, at, (item) => readControl(item, problems)),
    ),
    compensating: readOptional(fields.get('compensating'), [], (at) => readCompensating(at, reading, 0)),
    carriesSessions: readOptional(fields.get('carriesSessions'), false, (at) => readBoolean(problems, at)),
  })
  return core && reading.keep({ ...core, asset, risk }, place)
}

export function parseControlledLabel(place: Place, reading: Reading): ControlledLabel | null {
  const { problems, references } = reading
  const fields = readMap(problems, place, controlledLabelShape)
  if (fields === null) return null
  const label = readText(problems, fields.get('label'), 60)
  if (label !== null) references.declare('controlled label', label, fields.at('label'))
  const controlled = whole<ControlledLabel>({
    label,
    countries: readList(problems, fields.get('countries'), (item) => readCountry(problems, item), { atLeast: 1 }),
    reason: readText(problems, fields.get('reason'), 1000),
  })
  return controlled && reading.keep(controlled, place)
}

export function parsePlace(place: Place, { problems, references }: Reading): KnownPlace | null {
  const fields = readMap(problems, place, placeShape)
  if (fields === null) return null
  const id = readText(problems, fields.get('id'), 60)
  if (id !== null) references.declare('place', id, fields.at('id'))
  return whole<KnownPlace>({
    id,
    country: readCountry(problems, fields.get('country')),
    networks: readList(problems, fields.get('networks'), (item) => readNetwork(problems, item), { atLeast: 1 }),
  })
}

const regionNames = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' })

/** An ISO 3166-1 alpha-2 code. */
function readCountry(problems: Problems, place: Place | null): string | null {
  const text = readText(problems, place)
  if (text === null || place === null) return null
  const code = text.toUpperCase()
  const known = /^[A-Z]{2}$/.test(code) && regionNames.of(code) !== undefined
  if (known && text === code) return text
  const hint = known ? `: write \`${code}\`` : ''
  problems.report(place, `expected a country as iso 3166 writes it, as \`DE\`, got ${quote(text)}${hint}`)
  return null
}

/** A CIDR block (RFC 4632, RFC 4291 2.3). */
export function readNetwork(problems: Problems, place: Place): string | null {
  const text = readText(problems, place)
  if (text === null) return null
  const [address = '', length = ''] = text.split('/')
  const bits = isIP(address) === 4 ? 32 : isIP(address) === 6 ? 128 : -1
  if (isNetwork(text)) return text
  const hint = bits > 0 && length === '' ? `: write \`${text}/${bits}\` for this one address` : ''
  problems.report(place, `expected a network, as \`192.0.2.0/24\`, got ${quote(text)}${hint}`)
  return null
}

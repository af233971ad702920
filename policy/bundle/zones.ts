// zones.yaml: zones with their Purdue levels, the boundaries between levels and plants, the conduits across them
// (IEC 62443-3-2 zones and conduits), and the interfaces beside them, which interfaces.ts reads. Whether a conduit may
// cross what it crosses is asked in crossings.ts.

import { parseConduitId, parsePlantId, parseZoneId } from '../ids.ts'
import type { Boundary, Conduit, PhysicalSource, PlantInterface, Zone } from '../model.ts'
import { boundaryProfiles, conduitProtocols, directions, operationClasses, purdueLevels } from '../model.ts'
import type { Place } from './document.ts'
import { readBoolean, readChoice, readId, readList, readMap, readOptional, readText, shape, whole } from './fields.ts'
import { parsePhysicalSource } from './physical.ts'
import { parseInterface, readPayloads } from './interfaces.ts'
import type { Reading } from './reading.ts'
import { readDay } from './times.ts'

export const zonesShape = shape(['zones', 'boundaries', 'conduits'], ['physicalSources', 'interfaces'])
export const zoneShape = shape(['id', 'plant', 'name', 'level', 'owner'], ['gateway'])
export const boundaryShape = shape(['profile', 'plant', 'owner', 'reason'])
export const conduitShape = shape(
  ['id', 'from', 'to', 'direction', 'protocols', 'operationClass', 'reason', 'reviewBy'],
  ['owner', 'payloads', 'spans'],
)

export interface Zones {
  readonly zones: readonly Zone[]
  readonly boundaries: readonly Boundary[]
  readonly conduits: readonly Conduit[]
  readonly interfaces: readonly PlantInterface[]
  readonly physicalSources: readonly PhysicalSource[]
}

export function parseZones(document: Place, reading: Reading): Zones | null {
  const { problems } = reading
  const fields = readMap(problems, document, zonesShape)
  if (fields === null) return null
  return whole<Zones>({
    zones: readList(problems, fields.get('zones'), (place) => parseZone(place, reading), { atLeast: 1 }),
    boundaries: readList(problems, fields.get('boundaries'), (place) => parseBoundary(place, reading)),
    conduits: readList(problems, fields.get('conduits'), (place) => parseConduit(place, reading)),
    interfaces: readOptional(fields.get('interfaces'), [], (at) =>
      readList(problems, at, (place) => parseInterface(place, reading)),
    ),
    physicalSources: readOptional(fields.get('physicalSources'), [], (at) =>
      readList(problems, at, (place) => parsePhysicalSource(place, reading)),
    ),
  })
}

function parseZone(place: Place, reading: Reading): Zone | null {
  const { problems, references } = reading
  const fields = readMap(problems, place, zoneShape)
  if (fields === null) return null
  const id = readId(problems, fields.get('id'), parseZoneId)
  if (id !== null) references.declare('zone', id, fields.at('id'))
  const plant = readId(problems, fields.get('plant'), parsePlantId)
  if (plant !== null) references.refer('plant', plant, fields.at('plant'))
  const zone = whole<Zone>({
    id,
    plant,
    name: readText(problems, fields.get('name')),
    level: readChoice(problems, fields.get('level'), purdueLevels),
    owner: readText(problems, fields.get('owner')),
    gateway: readOptional(fields.get('gateway'), false, (at) => readBoolean(problems, at)),
  })
  return zone && reading.keep(zone, place)
}

function parseBoundary(place: Place, reading: Reading): Boundary | null {
  const { problems, references } = reading
  const fields = readMap(problems, place, boundaryShape)
  if (fields === null) return null
  const profile = readChoice(problems, fields.get('profile'), boundaryProfiles)
  const plant = readId(problems, fields.get('plant'), parsePlantId)
  if (plant !== null) references.refer('plant', plant, fields.at('plant'))
  if (plant !== null && profile !== null) references.declare('boundary', `${profile} of ${plant}`, fields.at('profile'))
  return whole<Boundary>({
    profile,
    plant,
    owner: readText(problems, fields.get('owner')),
    reason: readText(problems, fields.get('reason'), 1000),
  })
}

function parseConduit(place: Place, reading: Reading): Conduit | null {
  const { problems, references } = reading
  const fields = readMap(problems, place, conduitShape)
  if (fields === null) return null
  const id = readId(problems, fields.get('id'), parseConduitId)
  if (id !== null) references.declare('conduit', id, fields.at('id'))
  const zone = (name: 'from' | 'to') => {
    const found = readId(problems, fields.get(name), parseZoneId)
    if (found !== null) references.refer('zone', found, fields.at(name))
    return found
  }
  const ownerAt = fields.get('owner')
  const owner = readOptional(ownerAt, null, (at) => readText(problems, at))
  if (ownerAt === null) {
    reading.warnings.report(
      { ...place, path: `${place.path}.owner` },
      'conduit without an owner: it is closed: name who answers for it',
    )
  }
  const payloads = readOptional(fields.get('payloads'), null, (at) => readPayloads(at, reading))
  const spans = readOptional(fields.get('spans'), null, (at) => readText(problems, at, 1000))
  const core = whole<Omit<Conduit, 'owner' | 'payloads' | 'spans'>>({
    id,
    from: zone('from'),
    to: zone('to'),
    direction: readChoice(problems, fields.get('direction'), directions),
    protocols: readList(problems, fields.get('protocols'), (item) => readChoice(problems, item, conduitProtocols), {
      atLeast: 1,
    }),
    operationClass: readChoice(problems, fields.get('operationClass'), operationClasses),
    reason: readText(problems, fields.get('reason'), 1000),
    reviewBy: readDay(problems, fields.get('reviewBy')),
  })
  return core && reading.keep({ ...core, owner, payloads, spans }, place)
}

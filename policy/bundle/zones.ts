// zones.yaml: zones with their Purdue levels, and the conduits between them (IEC 62443-3-2 zones and conduits).

import { parseConduitId, parsePlantId, parseZoneId } from '../ids.ts'
import type { Conduit, Protocol, Zone } from '../model.ts'
import { protocols, purdueLevels } from '../model.ts'
import type { Place } from './document.ts'
import { readBoolean, readChoice, readDay, readId, readList, readMap, readText, whole } from './fields.ts'
import type { Problems } from './problem.ts'
import type { References } from './references.ts'

export interface Zones {
  readonly zones: readonly Zone[]
  readonly conduits: readonly Conduit[]
}

export function parseZones(document: Place, problems: Problems, references: References): Zones | null {
  const fields = readMap(problems, document, ['zones', 'conduits'])
  if (fields === null) return null
  return whole<Zones>({
    zones: readList(problems, fields.get('zones'), (place) => parseZone(place, problems, references), { atLeast: 1 }),
    conduits: readList(problems, fields.get('conduits'), (place) => parseConduit(place, problems, references)),
  })
}

function parseZone(place: Place, problems: Problems, references: References): Zone | null {
  const fields = readMap(problems, place, ['id', 'plant', 'name', 'level', 'owner'], ['gateway'])
  if (fields === null) return null
  const id = readId(problems, fields.get('id'), parseZoneId)
  if (id !== null) references.declare('zone', id, fields.get('id') ?? place)
  const plant = readId(problems, fields.get('plant'), parsePlantId)
  if (plant !== null) references.refer('plant', plant, fields.get('plant') ?? place)
  const gateway = fields.get('gateway')
  return whole<Zone>({
    id,
    plant,
    name: readText(problems, fields.get('name')),
    level: readChoice(problems, fields.get('level'), purdueLevels),
    owner: readText(problems, fields.get('owner')),
    gateway: gateway === null ? false : readBoolean(problems, gateway),
  })
}

function parseConduit(place: Place, problems: Problems, references: References): Conduit | null {
  const fields = readMap(problems, place, ['id', 'from', 'to', 'protocols', 'owner', 'reason', 'reviewBy'])
  if (fields === null) return null
  const id = readId(problems, fields.get('id'), parseConduitId)
  if (id !== null) references.declare('conduit', id, fields.get('id') ?? place)
  const zone = (name: 'from' | 'to') => {
    const at = fields.get(name)
    const found = readId(problems, at, parseZoneId)
    if (found !== null) references.refer('zone', found, at ?? place)
    return found
  }
  return whole<Conduit>({
    id,
    from: zone('from'),
    to: zone('to'),
    protocols: readList<Protocol>(problems, fields.get('protocols'), (item) => readChoice(problems, item, protocols), {
      atLeast: 1,
    }),
    // A crossing nobody answers for is closed: it can't be declared without an owner.
    owner: readText(problems, fields.get('owner')),
    reason: readText(problems, fields.get('reason'), 1000),
    reviewBy: readDay(problems, fields.get('reviewBy')),
  })
}

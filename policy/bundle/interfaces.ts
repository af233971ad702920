// Interfaces of zones.yaml: the ways on which data comes and goes beside sessions, whatever the scope says of their ends.
// Whether what each carries fits the conduits it runs over is payload-checks.ts's.

import {
  parseAssetId,
  parseConduitId,
  parseInterfaceId,
  parseSupplierId,
  parseZoneId,
  type ConduitId,
  type SupplierId,
} from '../ids.ts'
import {
  directions,
  interfaceTypes,
  pathways,
  type InterfaceEnd,
  type InterfaceState,
  type PlantInterface,
} from '../model.ts'
import type { Place } from './document.ts'
import { readChoice, readId, readList, readMap, readOptional, readText, shape, whatIs, whole } from './fields.ts'
import type { Reading } from './reading.ts'
import { readDay } from './times.ts'

export const interfaceShape = shape(
  ['id', 'name', 'type', 'from', 'to', 'direction', 'payloads', 'reason', 'change', 'reviewBy', 'state'],
  ['owner', 'conduits', 'supplier'],
)
export const endShape = shape([], ['zone', 'asset', 'outside'])
export const stateShape = shape([], ['removeBy', 'exception'])

/** Classes or labels of information, as a conduit or interface names what it carries. An empty list names none. */
export const readPayloads = (place: Place | null, { problems }: Reading): readonly string[] | null =>
  readList(problems, place, (item) => readText(problems, item, 60))

export function parseInterface(place: Place, reading: Reading): PlantInterface | null {
  const { problems, references, warnings } = reading
  const fields = readMap(problems, place, interfaceShape)
  if (fields === null) return null
  const id = readId(problems, fields.get('id'), parseInterfaceId)
  if (id !== null) references.declare('interface', id, fields.at('id'))
  const owner = readOptional(fields.get('owner'), null, (at) => readText(problems, at))
  if (fields.get('owner') === null)
    warnings.report(
      { ...place, path: `${place.path}.owner` },
      'interface without an owner: it is overdue until somebody answers for it: name who does',
    )
  const supplier = readOptional(fields.get('supplier'), null, (at): SupplierId | null => {
    const named = readId(problems, at, parseSupplierId)
    if (named !== null) references.refer('supplier', named, at)
    return named
  })
  const core = whole<Omit<PlantInterface, 'owner' | 'supplier'>>({
    id,
    name: readText(problems, fields.get('name')),
    type: readChoice(problems, fields.get('type'), interfaceTypes),
    from: readEnd(fields.get('from'), reading),
    to: readEnd(fields.get('to'), reading),
    direction: readChoice(problems, fields.get('direction'), directions),
    payloads: readPayloads(fields.get('payloads'), reading),
    reason: readText(problems, fields.get('reason'), 1000),
    change: readText(problems, fields.get('change'), 200),
    reviewBy: readDay(problems, fields.get('reviewBy')),
    state: readState(fields.get('state'), reading),
    conduits: readOptional(fields.get('conduits'), [], (at) => readConduits(at, reading)),
  })
  if (core === null) return null
  checkEnds(core, fields.at('to'), reading)
  if (pathways.has(core.type) && core.state.kind === 'in-use' && core.conduits.length === 0)
    problems.report(
      fields.at('state'),
      `a ${core.type} that runs over no conduit passes the boundary unseen: expected \`{ removeBy: day }\` or \`{ exception: id }\`, or the \`conduits\` it runs over`,
    )
  return reading.keep({ ...core, owner, supplier }, place)
}

function readConduits(place: Place, { problems, references }: Reading): readonly ConduitId[] | null {
  return readList(problems, place, (item) => {
    const named = readId(problems, item, parseConduitId)
    if (named !== null) references.refer('conduit', named, item)
    return named
  })
}

/** Exactly one of its keys says what the end is. */
function readEnd(place: Place | null, reading: Reading): InterfaceEnd | null {
  const { problems, references } = reading
  if (place === null) return null
  const fields = readMap(problems, place, endShape)
  if (fields === null) return null
  const [zone, asset, outside] = [fields.get('zone'), fields.get('asset'), fields.get('outside')]
  if ([zone, asset, outside].filter((each) => each !== null).length !== 1) {
    problems.report(place, 'expected one of `{ zone: id }`, `{ asset: id }` and `{ outside: who or what }`')
    return null
  }
  if (zone !== null) {
    const id = readId(problems, zone, parseZoneId)
    if (id !== null) references.refer('zone', id, zone)
    return id === null ? null : { kind: 'zone', id }
  }
  if (asset !== null) {
    const id = readId(problems, asset, parseAssetId)
    if (id !== null) references.refer('asset', id, asset)
    return id === null ? null : { kind: 'asset', id }
  }
  const name = readText(problems, outside, 200)
  return name === null ? null : { kind: 'outside', name }
}

function readState(place: Place | null, { problems, references }: Reading): InterfaceState | null {
  if (place === null || place.value.kind === 'broken') return null
  if (place.value.kind === 'scalar' && place.value.value === 'in-use') return { kind: 'in-use' }
  const forms = '`in-use`, `{ removeBy: day }` or `{ exception: id }`'
  if (place.value.kind !== 'map') {
    problems.report(place, `expected ${forms}, got ${whatIs(place)}`)
    return null
  }
  const fields = readMap(problems, place, stateShape)
  if (fields === null) return null
  const [removeBy, exception] = [fields.get('removeBy'), fields.get('exception')]
  if ((removeBy === null) === (exception === null)) {
    problems.report(place, `expected ${forms}, got ${removeBy === null ? 'neither day nor exception' : 'both'}`)
    return null
  }
  if (exception !== null) {
    const id = readText(problems, exception, 60)
    if (id !== null) references.refer('exception', id, exception)
    return id === null ? null : { kind: 'excepted', exception: id }
  }
  const day = readDay(problems, removeBy)
  return day === null ? null : { kind: 'remove-by', day }
}

function checkEnds({ from, to }: Pick<PlantInterface, 'from' | 'to'>, at: Place, { problems }: Reading): void {
  if (from.kind === 'outside' && to.kind === 'outside')
    problems.report(at, 'both ends are outside: expected a zone or an asset at one of them')
  else if (from.kind !== 'outside' && to.kind === from.kind && to.id === from.id)
    problems.report(at, `expected another ${to.kind} than \`${to.id}\`: an interface joins two things`)
}

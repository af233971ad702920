// The physical sources of zones.yaml: doors, cabinets and key switches a plant's systems report, and what has to fit
// between them and the assets. What they say is no part of a bundle.

import { parseAssetId, parsePhysicalSourceId, parseZoneId, quote, type ZoneId } from '../ids.ts'
import { physicalKinds, type Asset, type PhysicalSource } from '../model.ts'
import type { Place } from './document.ts'
import { readChoice, readId, readInteger, readMap, readOptional, readText, shape, whole } from './fields.ts'
import type { Spot } from './problem.ts'
import type { Reading } from './reading.ts'

export const physicalSourceShape = shape(['id', 'name', 'kind', 'zone', 'owner'], ['asset', 'silentAfterMinutes'])

/** A contact that is not heard of for a day is broken, whatever it said last. */
export const longestSilenceMinutes = 24 * 60
const usualSilenceMinutes = 10

export function parsePhysicalSource(place: Place, reading: Reading): PhysicalSource | null {
  const { problems, references } = reading
  const fields = readMap(problems, place, physicalSourceShape)
  if (fields === null) return null
  const id = readId(problems, fields.get('id'), parsePhysicalSourceId)
  if (id !== null) references.declare('physical source', id, fields.at('id'))
  const zone = readId(problems, fields.get('zone'), parseZoneId)
  if (zone !== null) references.refer('zone', zone, fields.at('zone'))
  const asset = readOptional(fields.get('asset'), null, (at) => {
    const named = readId(problems, at, parseAssetId)
    if (named !== null) references.refer('asset', named, at)
    return named
  })
  const core = whole<Omit<PhysicalSource, 'asset'>>({
    id,
    name: readText(problems, fields.get('name')),
    kind: readChoice(problems, fields.get('kind'), physicalKinds),
    zone,
    owner: readText(problems, fields.get('owner')),
    silentAfterMinutes: readOptional(fields.get('silentAfterMinutes'), usualSilenceMinutes, (at) =>
      readInteger(problems, at, 1, longestSilenceMinutes),
    ),
  })
  return core && reading.keep({ ...core, asset }, place)
}

/** A source of an asset stands where the asset does; an asset that asks for a key has one that can be turned. */
export function checkPhysical(sources: readonly PhysicalSource[], assets: readonly Asset[], reading: Reading): void {
  const { problems } = reading
  const at = (value: object, key: string): Spot => reading.at(value, key)
  const zoneOf = new Map<string, ZoneId>(assets.map(({ id, zone }) => [id, zone]))
  for (const source of sources) {
    const zone = source.asset === null ? undefined : zoneOf.get(source.asset)
    if (zone === undefined || zone === source.zone) continue
    const where = `asset ${quote(source.asset)} stands in zone ${quote(zone)}, its source in ${quote(source.zone)}`
    problems.report(at(source, 'zone'), `${where}: write \`zone: ${zone}\`, or leave \`asset\` out`)
  }
  const keys = sources.filter(({ kind }) => kind === 'key-switch')
  for (const asset of assets) {
    if (asset.localEnable === null) continue
    const spot = at(asset, 'localEnable')
    if (asset.safety === 'none')
      problems.report(
        spot,
        `\`localEnable\` on asset ${quote(asset.id)} of safety class \`none\`: expected it on one that is \`related\` or \`SIS\`: leave it out, or ask for presence with \`localPresence: true\``,
      )
    else if (!keys.some((key) => (key.asset === null ? key.zone === asset.zone : key.asset === asset.id)))
      problems.report(
        spot,
        `asset ${quote(asset.id)} asks for a key switch and none is declared for it or its zone: add one of kind \`key-switch\` to \`physicalSources\` in zones.yaml`,
      )
  }
}

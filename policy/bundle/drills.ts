// The drills of register.yaml, and the asset they are for: one that is there for drills alone, under an address that is
// none (RFC 6761 6.4: `.invalid` never resolves), so that no drill and nobody by mistake ever reaches something real.

import { parseAssetId, quote } from '../ids.ts'
import { drillSteps, type Asset, type Drill } from '../model.ts'
import type { Place } from './document.ts'
import { readChoice, readId, readInteger, readList, readMap, readOptional, readText, shape, whole } from './fields.ts'
import type { Reading } from './reading.ts'

export const drillShape = shape(['name', 'asset', 'everyDays', 'owner'], ['steps'])
export const drillName = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/
export const longestDrillDays = 366

export function parseDrill(place: Place, reading: Reading): Drill | null {
  const { problems, references } = reading
  const fields = readMap(problems, place, drillShape)
  if (fields === null) return null
  const nameAt = fields.get('name')
  const text = readText(problems, nameAt, 63)
  const name = text !== null && drillName.test(text) ? text : null
  if (text !== null && name === null && nameAt !== null)
    problems.report(nameAt, `expected a name of a-z, 0-9 and -, got ${quote(text)}`)
  if (name !== null) references.declare('drill', name, fields.at('name'))
  const asset = readId(problems, fields.get('asset'), parseAssetId)
  if (asset !== null) references.refer('asset', asset, fields.at('asset'))
  const drill = whole<Drill>({
    name,
    asset,
    everyDays: readInteger(problems, fields.get('everyDays'), 1, longestDrillDays),
    owner: readText(problems, fields.get('owner')),
    steps: readOptional(fields.get('steps'), drillSteps, (at) =>
      readList(problems, at, (item) => readChoice(problems, item, drillSteps), { atLeast: 1 }),
    ),
  })
  return drill && reading.keep(drill, place)
}

/** What a drill names is there for drills, and what is there for drills can never be something real. */
export function checkDrills(drills: readonly Drill[], assets: readonly Asset[], reading: Reading): void {
  const { problems } = reading
  const known = new Map(assets.map((asset) => [asset.id, asset]))
  for (const drill of drills) {
    const asset = known.get(drill.asset)
    if (asset === undefined || asset.drill) continue
    problems.report(
      reading.at(drill, 'asset'),
      `asset ${quote(drill.asset)} is a real one: expected one that is declared with \`drill: true\``,
    )
  }
  for (const asset of assets) {
    if (!asset.drill) continue
    const real = asset.endpoints.find(({ host }) => !/\.invalid$/i.test(host))
    if (real !== undefined)
      problems.report(
        reading.at(asset, 'endpoints'),
        `asset ${quote(asset.id)} is there for drills, and ${quote(real.host)} could be something real: expected a host that ends in \`.invalid\`, as \`${asset.id}.invalid\``,
      )
    if (asset.safety !== 'none')
      problems.report(
        reading.at(asset, 'safety'),
        `asset ${quote(asset.id)} is there for drills: expected \`safety: none\`, got \`${asset.safety}\``,
      )
  }
}

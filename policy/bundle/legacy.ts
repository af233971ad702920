// What an endpoint may be reached with though it is no longer good enough: each algorithm from a closed list, borne by an
// exception of register.yaml that covers the asset. Whether the exception is in force is asked at every connection.

import { quote } from '../ids.ts'
import { endpointOf, legacyNames, type Asset, type Exception, type LegacyTerms } from '../model.ts'
import type { Place } from './document.ts'
import { readChoice, readList, readMap, readText, shape, whole } from './fields.ts'
import type { Reading } from './reading.ts'

export const legacyShape = shape(['algorithms', 'exception', 'reason'])

export function parseLegacy(place: Place, reading: Reading): LegacyTerms | null {
  const { problems, references } = reading
  const fields = readMap(problems, place, legacyShape)
  if (fields === null) return null
  const exception = readText(problems, fields.get('exception'), 60)
  if (exception !== null) references.refer('exception', exception, fields.at('exception'))
  const algorithms = readList(problems, fields.get('algorithms'), (at) => readChoice(problems, at, legacyNames), {
    atLeast: 1,
  })
  if (algorithms !== null && new Set(algorithms).size < algorithms.length) {
    problems.report(fields.at('algorithms'), 'expected each algorithm once: leave out the second')
    return null
  }
  const legacy = whole<LegacyTerms>({ algorithms, exception, reason: readText(problems, fields.get('reason'), 1000) })
  return legacy && reading.keep(legacy, place)
}

/** An exception that covers other assets bears nothing here, be it old algorithms or clear text. */
export function checkLegacy(assets: readonly Asset[], exceptions: readonly Exception[], reading: Reading): void {
  const known = new Map(exceptions.map((exception) => [exception.id, exception]))
  for (const asset of assets) {
    const borne = endpointOf(asset, 'ssh')?.legacy ?? endpointOf(asset, 'telnet')
    const exception = borne && known.get(borne.exception)
    if (!borne || !exception || exception.assets.length === 0 || exception.assets.includes(asset.id)) continue
    reading.problems.report(
      reading.at(borne, 'exception'),
      `exception ${quote(exception.id)} does not cover asset ${quote(asset.id)}: add it to the assets of the exception, or name one that covers it`,
    )
  }
}

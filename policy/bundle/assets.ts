// assets.yaml, and each row of assets.csv once csv.ts has made a place of it: the targets, each with zone, owner, safety
// class and what happens when a window ends.

import { isIP } from 'node:net'
import { parseAssetId, parseZoneId, quote } from '../ids.ts'
import type { Asset, ExpiryBehaviour } from '../model.ts'
import { criticalities, localEnables, safetyClasses, silLevels } from '../model.ts'
import type { Place } from './document.ts'
import { parseEndpoints } from './endpoints.ts'
import {
  list,
  readBoolean,
  readChoice,
  readId,
  readInteger,
  readList,
  readMap,
  readOptional,
  readText,
  shape,
  whatIs,
  whole,
} from './fields.ts'
import type { Problems } from './problem.ts'
import type { Reading } from './reading.ts'
import { mostSessions } from './suppliers.ts'
import { readDay } from './times.ts'

export const assetsShape = shape(['assets'])
export const assetShape = shape(
  ['id', 'name', 'zone', 'owner', 'type', 'criticality', 'safety', 'labels', 'endpoints', 'expiry'],
  [
    'addresses',
    'sil',
    'line',
    'localPresence',
    'localEnable',
    'drill',
    'unsupported',
    'maxSessions',
    'recordingPauseMinutes',
    'optIn',
  ],
)
export const optInShape = shape(['reviewedBy', 'reviewedOn', 'until'])
/** The forms of `expiry` that carry the minutes of their hard limit. */
export const lastingExpiries = ['drain', 'confirm-safe-state'] as const
export const drainShape = shape(['drain'])
export const safeStateShape = shape(['confirm-safe-state'])

/** A session that outlives its window by longer than a shift has no window. */
export const longestHardLimitMinutes = 480

/** A full disk is helped within minutes or not at all; a target's own connections do not wait longer. */
export const longestRecordingPauseMinutes = 60
const usualRecordingPauseMinutes = 5

export function parseAssets(document: Place, reading: Reading): readonly Asset[] | null {
  const fields = readMap(reading.problems, document, assetsShape)
  return fields && readList(reading.problems, fields.get('assets'), (place) => parseAsset(place, reading))
}

/** `origin`: what is remembered of where the asset was written, for checks that come later. */
export function parseAsset(
  place: Place,
  reading: Reading,
  origin: Parameters<Reading['keep']>[1] = place,
): Asset | null {
  const { problems, references } = reading
  const fields = readMap(problems, place, assetShape)
  if (fields === null) return null
  const id = readId(problems, fields.get('id'), parseAssetId)
  const zone = readId(problems, fields.get('zone'), parseZoneId)
  if (id !== null) references.declare('asset', id, fields.at('id'), zone)
  if (zone !== null) references.refer('zone', zone, fields.at('zone'))
  const optional = {
    addresses: readOptional(fields.get('addresses'), [], (at) =>
      readList(problems, at, (item) => readAddress(problems, item)),
    ),
    sil: readOptional(fields.get('sil'), null, (at) => readChoice(problems, at, silLevels)),
    line: readOptional(fields.get('line'), null, (at) => readText(problems, at, 60)),
    localPresence: readOptional(fields.get('localPresence'), false, (at) => readBoolean(problems, at)),
    localEnable: readOptional(fields.get('localEnable'), null, (at) => readChoice(problems, at, localEnables)),
    drill: readOptional(fields.get('drill'), false, (at) => readBoolean(problems, at)),
    unsupported: readOptional(fields.get('unsupported'), false, (at) => readBoolean(problems, at)),
    maxSessions: readOptional(fields.get('maxSessions'), null, (at) => readInteger(problems, at, 1, mostSessions)),
    recordingPauseMinutes: readOptional(fields.get('recordingPauseMinutes'), usualRecordingPauseMinutes, (at) =>
      readInteger(problems, at, 0, longestRecordingPauseMinutes),
    ),
    optIn: readOptional(fields.get('optIn'), null, (at) => parseOptIn(at, problems)),
  }
  const safety = readChoice(problems, fields.get('safety'), safetyClasses)
  if (safety === 'SIS' && fields.get('sil') === null) {
    const at = fields.at('safety')
    problems.report(at, 'a `SIS` without `sil`: expected its safety integrity level, `1` to `4`')
  }
  if (safety !== null && safety !== 'SIS' && fields.get('optIn') !== null) {
    const only = 'expected it on a safety instrumented system only: leave it out, or set `safety: SIS`'
    problems.report(fields.at('optIn'), `\`optIn\` on an asset of safety class \`${safety}\`: ${only}`)
  }
  const core = whole<Omit<Asset, keyof typeof optional>>({
    id,
    name: readText(problems, fields.get('name')),
    zone,
    owner: readText(problems, fields.get('owner')),
    type: readText(problems, fields.get('type'), 60),
    criticality: readChoice(problems, fields.get('criticality'), criticalities),
    safety,
    labels: readList(problems, fields.get('labels'), (item) => readText(problems, item, 60)),
    endpoints: parseEndpoints(fields.get('endpoints'), reading),
    expiry: parseExpiry(fields.get('expiry'), problems),
  })
  return core && reading.keep({ ...core, ...optional }, origin)
}

/** An address as the network shows it, and no name: names change what they stand for. */
function readAddress(problems: Problems, place: Place): string | null {
  const text = readText(problems, place)
  if (text === null || isIP(text) !== 0) return text
  problems.report(place, `expected an IP address, as \`192.0.2.7\`, got ${quote(text)}`)
  return null
}

function parseExpiry(place: Place | null, problems: Problems): ExpiryBehaviour | null {
  if (place === null || place.value.kind === 'broken') return null
  if (place.value.kind === 'scalar' && place.value.value === 'cut') return { kind: 'cut' }
  const entries = place.value.kind === 'map' ? [...place.value.entries] : []
  const [[key, at] = ['', place]] = entries
  const kind = lastingExpiries.find((each) => each === key)
  if (kind === undefined || entries.length !== 1) {
    const bare = lastingExpiries.find((each) => place.value.kind === 'scalar' && each === place.value.value)
    const hint =
      bare === undefined ? '' : `: write \`{ ${bare}: 10 }\`, with the minutes until it is closed all the same`
    const forms = lastingExpiries.map((each) => `{ ${each}: minutes }`)
    problems.report(place, `expected ${list(['cut', ...forms], 'or')}, got ${whatIs(place)}${hint}`)
    return null
  }
  const hardLimitMinutes = readInteger(problems, at, 1, longestHardLimitMinutes)
  return hardLimitMinutes === null ? null : { kind, hardLimitMinutes }
}

function parseOptIn(place: Place, problems: Problems): Asset['optIn'] {
  const fields = readMap(problems, place, optInShape)
  if (fields === null) return null
  const optIn = whole<NonNullable<Asset['optIn']>>({
    reviewedBy: readText(problems, fields.get('reviewedBy')),
    reviewedOn: readDay(problems, fields.get('reviewedOn')),
    until: readDay(problems, fields.get('until')),
  })
  if (optIn === null || optIn.reviewedOn <= optIn.until) return optIn
  const { reviewedOn, until } = optIn
  problems.report(
    fields.at('until'),
    `expected \`${reviewedOn}\` or later, the day it was reviewed on, got \`${until}\``,
  )
  return null
}

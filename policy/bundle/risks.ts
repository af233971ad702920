// The risks of register.yaml: what could happen to people and to production, measured on the plant's own scale, and who
// bears what is not treated. Whether scales, assets and committee fit together is risk-consistency.ts's.

import { parsePlantId, quote, type PlantId } from '../ids.ts'
import {
  impactLevels,
  safetySeverities,
  silLevels,
  type Acceptance,
  type Committee,
  type Impact,
  type ImpactLevel,
  type ImpactScale,
  type MajorChange,
  type Risk,
} from '../model.ts'
import { readAssets } from './named-lists.ts'
import type { Place } from './document.ts'
import { readChoice, readId, readInteger, readList, readMap, readOptional, readText, shape, whole } from './fields.ts'
import type { Reading } from './reading.ts'
import { readDay } from './times.ts'

export const riskShape = shape(
  ['id', 'title', 'owner'],
  ['safety', 'sil', 'plant', 'line', 'assets', 'impact', 'acceptance'],
)
export const impactShape = shape(['hours', 'cost'])
export const acceptanceShape = shape(['by', 'reason', 'until'], ['decision'])
export const scaleShape = shape(['plant', 'version', 'currency', 'levels'], ['line'])
export const scaleLevelShape = shape(['level', 'fromHours', 'fromCost'])
export const committeeShape = shape(['above'], ['incidents', 'changes'])
export const majorChangeShape = shape([], ['safetyTouches', 'assetsMoved'])
/** More declarations than a bundle has are never touched. */
export const mostTouched = 1_000_000

export const currencyForm = /^[A-Z]{3}$/
/** A year; what stands still longer is another plant. */
export const mostHours = 8_784
export const mostCost = 1_000_000_000_000
/** Nothing lies above the highest. */
export const committeeLevels = ['low', 'medium', 'high'] as const satisfies readonly ImpactLevel[]
/** What reaches no level of a scale is low; that one has no beginning. */
export const scaleLevels = ['medium', 'high', 'very-high'] as const satisfies readonly ImpactLevel[]

export function parseRisk(place: Place, reading: Reading): Risk | null {
  const { problems, references } = reading
  const fields = readMap(problems, place, riskShape)
  if (fields === null) return null
  const id = readText(problems, fields.get('id'), 60)
  if (id !== null) references.declare('risk', id, fields.at('id'))
  const nullable = {
    sil: readOptional(fields.get('sil'), null, (at) => readChoice(problems, at, silLevels)),
    plant: readOptional(fields.get('plant'), null, (at) => readPlant(at, reading)),
    line: readOptional(fields.get('line'), null, (at) => readText(problems, at, 60)),
    impact: readOptional(fields.get('impact'), null, (at) => parseImpact(at, reading)),
    acceptance: readOptional(fields.get('acceptance'), null, (at) => parseAcceptance(at, reading)),
  }
  const core = whole<Omit<Risk, keyof typeof nullable>>({
    id,
    title: readText(problems, fields.get('title')),
    owner: readText(problems, fields.get('owner')),
    safety: readOptional(fields.get('safety'), 'none' as const, (at) => readChoice(problems, at, safetySeverities)),
    assets: readOptional(fields.get('assets'), [], (at) => readAssets(at, reading)),
  })
  return core && reading.keep({ ...core, ...nullable }, place)
}

function readPlant(place: Place | null, { problems, references }: Reading): PlantId | null {
  const plant = readId(problems, place, parsePlantId)
  if (plant !== null && place !== null) references.refer('plant', plant, place)
  return plant
}

function parseImpact(place: Place, { problems }: Reading): Impact | null {
  const fields = readMap(problems, place, impactShape)
  return (
    fields &&
    whole<Impact>({
      hours: readInteger(problems, fields.get('hours'), 0, mostHours),
      cost: readInteger(problems, fields.get('cost'), 0, mostCost),
    })
  )
}

function parseAcceptance(place: Place, { problems }: Reading): Acceptance | null {
  const fields = readMap(problems, place, acceptanceShape)
  if (fields === null) return null
  const decision = readOptional(fields.get('decision'), null, (at) => readText(problems, at, 120))
  const core = whole<Omit<Acceptance, 'decision'>>({
    by: readText(problems, fields.get('by')),
    reason: readText(problems, fields.get('reason'), 1000),
    until: readDay(problems, fields.get('until')),
  })
  return core && { ...core, decision }
}

/** What a level of harm begins at, for a plant or one of its lines. */
export function parseScale(place: Place, reading: Reading): ImpactScale | null {
  const { problems, references } = reading
  const fields = readMap(problems, place, scaleShape)
  if (fields === null) return null
  const plant = readPlant(fields.get('plant'), reading)
  const line = readOptional(fields.get('line'), null, (at) => readText(problems, at, 60))
  if (plant !== null) references.declare('impact scale', line === null ? plant : `${plant} ${line}`, place)
  const levels = readList(problems, fields.get('levels'), (item) => parseLevel(item, reading), { atLeast: 1 })
  checkRising(levels ?? [], fields.at('levels'), reading)
  const core = whole<Omit<ImpactScale, 'line'>>({
    plant,
    version: readText(problems, fields.get('version'), 60),
    currency: readCurrency(fields.get('currency'), reading),
    levels,
  })
  return core && reading.keep({ ...core, line }, place)
}

function parseLevel(place: Place, { problems }: Reading): ImpactScale['levels'][number] | null {
  const fields = readMap(problems, place, scaleLevelShape)
  return (
    fields &&
    whole<ImpactScale['levels'][number]>({
      level: readChoice(problems, fields.get('level'), scaleLevels),
      fromHours: readInteger(problems, fields.get('fromHours'), 0, mostHours),
      fromCost: readInteger(problems, fields.get('fromCost'), 0, mostCost),
    })
  )
}

/** A scale that falls would call a longer standstill the lesser one. */
function checkRising(levels: ImpactScale['levels'], at: Place, { problems }: Reading): void {
  for (const [i, level] of levels.entries()) {
    const before = levels[i - 1]
    if (before === undefined) continue
    const rises = impactLevels.indexOf(level.level) > impactLevels.indexOf(before.level)
    if (rises && level.fromHours > before.fromHours && level.fromCost > before.fromCost) continue
    problems.report(
      at,
      `expected levels that rise, in hours and in cost, got \`${level.level}\` from ${level.fromHours} hours and ${level.fromCost} after \`${before.level}\` from ${before.fromHours} hours and ${before.fromCost}`,
    )
  }
}

function readCurrency(place: Place | null, { problems }: Reading): string | null {
  const text = readText(problems, place)
  if (text === null || place === null || currencyForm.test(text)) return text
  problems.report(place, `expected a currency as ISO 4217 has it, as \`EUR\`, got ${quote(text)}`)
  return null
}

/** Who has to decide on what is graver than a plant wants to accept by itself. */
export function parseCommittee(place: Place, reading: Reading): Committee | null {
  const { problems } = reading
  const fields = readMap(problems, place, committeeShape)
  if (fields === null) return null
  const incidents = readOptional(fields.get('incidents'), null, (at) => readChoice(problems, at, committeeLevels))
  const changes = readOptional(fields.get('changes'), null, (at) => parseMajorChange(at, reading))
  const above = readChoice(problems, fields.get('above'), committeeLevels)
  return above && { above, incidents, changes }
}

/** From how many touched declarations on a change of the bundle is one for the committee. */
function parseMajorChange(place: Place, { problems }: Reading): MajorChange | null {
  const fields = readMap(problems, place, majorChangeShape)
  if (fields === null) return null
  const readCount = (at: Place): number | null => readInteger(problems, at, 1, mostTouched)
  const safetyTouches = readOptional(fields.get('safetyTouches'), null, readCount)
  const assetsMoved = readOptional(fields.get('assetsMoved'), null, readCount)
  if (fields.get('safetyTouches') === null && fields.get('assetsMoved') === null)
    problems.report(
      place,
      'names no threshold: expected `safetyTouches`, `assetsMoved` or both, or no `changes` at all',
    )
  return { safetyTouches, assetsMoved }
}

// The phases of scope.yaml: gates that open the plant to the gateway one layer after the other. A gate stands open only
// when every one of its criteria is met, and says who opened it.

import type { Phase } from '../model.ts'
import { phaseNumbers } from '../model.ts'
import type { Place } from './document.ts'
import { readChoice, readList, readMap, readOptional, readText, shape, whole } from './fields.ts'
import type { Reading } from './reading.ts'
import { readDay } from './times.ts'

export const phaseShape = shape(['phase', 'types', 'criteria', 'plannedFor'], ['opened'])
export const criterionShape = shape(['text'], ['metOn'])
export const openedShape = shape(['on', 'by'])

export function parsePhase(place: Place, reading: Reading): Phase | null {
  const { problems, references } = reading
  const fields = readMap(problems, place, phaseShape)
  if (fields === null) return null
  const phase = readChoice(problems, fields.get('phase'), phaseNumbers)
  if (phase !== null) references.declare('phase', String(phase), fields.at('phase'))
  const opened = readOptional(fields.get('opened'), null, (at) => parseOpened(at, reading))
  const core = whole<Omit<Phase, 'opened'>>({
    phase,
    types: readList(problems, fields.get('types'), (item) => {
      const type = readText(problems, item, 60)
      if (type !== null) references.declare('type of a phase', type, item)
      return type
    }),
    criteria: readList(problems, fields.get('criteria'), (item) => parseCriterion(item, reading), { atLeast: 1 }),
    plannedFor: readDay(problems, fields.get('plannedFor')),
  })
  if (core === null) return null
  for (const criterion of opened === null ? [] : core.criteria) {
    const met = criterion.metOn
    if (met !== null && opened !== null && met <= opened.on) continue
    const when = met === null ? 'is not met' : `was met on \`${met}\` only`
    problems.report(
      fields.at('opened'),
      `phase ${core.phase} is opened on \`${opened?.on}\` although a criterion ${when}: \`${criterion.text}\`: leave \`opened\` out, or give the day before that on which it was met`,
    )
  }
  return reading.keep({ ...core, opened }, place)
}

function parseCriterion(place: Place, { problems }: Reading): Phase['criteria'][number] | null {
  const fields = readMap(problems, place, criterionShape)
  if (fields === null) return null
  const metOn = readOptional(fields.get('metOn'), null, (at) => readDay(problems, at))
  const text = readText(problems, fields.get('text'))
  return text === null ? null : { text, metOn }
}

function parseOpened(place: Place, { problems }: Reading): NonNullable<Phase['opened']> | null {
  const fields = readMap(problems, place, openedShape)
  return (
    fields &&
    whole<NonNullable<Phase['opened']>>({
      on: readDay(problems, fields.get('on')),
      by: readText(problems, fields.get('by')),
    })
  )
}

// The incidents part of register.yaml: how soon one is contained, who outside has to be told by when, and from which
// severity on it is corrected by a plan. What applies to a plant by law is the plant's to declare.

import { impactLevels, type IncidentRules, type ReportingDuty } from '../model.ts'
import type { Place } from './document.ts'
import { readChoice, readInteger, readList, readMap, readOptional, readText, shape, whole } from './fields.ts'
import { readPlants } from './named-lists.ts'
import type { Reading } from './reading.ts'

export const incidentRulesShape = shape([], ['containMinutes', 'correctiveFrom', 'reports'])
export const reportingDutyShape = shape(['id', 'title', 'basis', 'hours'], ['from', 'plants'])
/** A month. */
export const mostContainMinutes = 44_640
/** A year. */
export const mostReportHours = 8_784

export const noIncidentRules: IncidentRules = { containMinutes: null, correctiveFrom: null, reports: [] }

export function parseIncidentRules(place: Place, reading: Reading): IncidentRules | null {
  const { problems } = reading
  const fields = readMap(problems, place, incidentRulesShape)
  if (fields === null) return null
  return {
    containMinutes: readOptional(fields.get('containMinutes'), null, (at) =>
      readInteger(problems, at, 1, mostContainMinutes),
    ),
    correctiveFrom: readOptional(fields.get('correctiveFrom'), null, (at) => readChoice(problems, at, impactLevels)),
    reports: readOptional(fields.get('reports'), [], (at) =>
      readList(problems, at, (item) => parseDuty(item, reading)),
    ),
  }
}

function parseDuty(place: Place, reading: Reading): ReportingDuty | null {
  const { problems, references } = reading
  const fields = readMap(problems, place, reportingDutyShape)
  if (fields === null) return null
  const id = readText(problems, fields.get('id'), 60)
  if (id !== null) references.declare('incident report', id, fields.at('id'))
  const duty = whole<ReportingDuty>({
    id,
    title: readText(problems, fields.get('title')),
    basis: readText(problems, fields.get('basis'), 200),
    hours: readInteger(problems, fields.get('hours'), 1, mostReportHours),
    from: readOptional(fields.get('from'), 'low' as const, (at) => readChoice(problems, at, impactLevels)),
    plants: readOptional(fields.get('plants'), [], (at) => readPlants(at, reading)),
  })
  return duty && reading.keep(duty, place)
}

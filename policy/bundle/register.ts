// register.yaml: which controls of the catalogue the plant uses, who answers for each, the risks they treat, what those
// are measured by, and the exceptions borne for a time.

import type { Register, RegisterRow } from '../model.ts'
import { readControl } from './controls.ts'
import type { Place } from './document.ts'
import { parseDrill } from './drills.ts'
import { parseException } from './exceptions.ts'
import { readList, readMap, readOptional, readText, shape, whole } from './fields.ts'
import { noIncidentRules, parseIncidentRules } from './incidents.ts'
import type { Reading } from './reading.ts'
import { parseCommittee, parseRisk, parseScale } from './risks.ts'

export const registerShape = shape(
  ['controls', 'risks'],
  ['exceptions', 'impactScales', 'committee', 'incidents', 'drills'],
)
export const registerRowShape = shape(['control', 'owner', 'risks'])

export function parseRegister(document: Place, reading: Reading): Register | null {
  const { problems } = reading
  const fields = readMap(problems, document, registerShape)
  if (fields === null) return null
  const committee = readOptional(fields.get('committee'), null, (at) => parseCommittee(at, reading))
  const incidents = readOptional(fields.get('incidents'), noIncidentRules, (at) => parseIncidentRules(at, reading))
  const core = whole<Omit<Register, 'committee'>>({
    incidents,
    controls: readList(problems, fields.get('controls'), (place) => parseRow(place, reading)),
    risks: readList(problems, fields.get('risks'), (place) => parseRisk(place, reading)),
    exceptions: readOptional(fields.get('exceptions'), [], (at) =>
      readList(problems, at, (place) => parseException(place, reading)),
    ),
    drills: readOptional(fields.get('drills'), [], (at) =>
      readList(problems, at, (place) => parseDrill(place, reading)),
    ),
    impactScales: readOptional(fields.get('impactScales'), [], (at) =>
      readList(problems, at, (place) => parseScale(place, reading)),
    ),
  })
  return core && { ...core, committee }
}

function parseRow(place: Place, { problems, references }: Reading): RegisterRow | null {
  const fields = readMap(problems, place, registerRowShape)
  if (fields === null) return null
  const control = readControl(fields.get('control'), problems)
  if (control !== null) references.declare('control', control, fields.at('control'))
  return whole<RegisterRow>({
    control,
    owner: readText(problems, fields.get('owner')),
    risks: readList(problems, fields.get('risks'), (item) => {
      const risk = readText(problems, item, 60)
      if (risk !== null) references.refer('risk', risk, item)
      return risk
    }),
  })
}

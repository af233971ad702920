// register.yaml: which controls of the catalogue the plant uses, who answers for each, and the risks they treat.

import { quote } from '../ids.ts'
import type { Register, RegisterRow, Risk } from '../model.ts'
import { catalogue } from '../register/catalogue.ts'
import type { Place } from './document.ts'
import { readList, readMap, readText, whole } from './fields.ts'
import { suggestion, type Problems } from './problem.ts'
import type { References } from './references.ts'

export function parseRegister(document: Place, problems: Problems, references: References): Register | null {
  const fields = readMap(problems, document, ['controls', 'risks'])
  if (fields === null) return null
  return whole<Register>({
    controls: readList(problems, fields.get('controls'), (place) => parseRow(place, problems, references)),
    risks: readList(problems, fields.get('risks'), (place) => parseRisk(place, problems, references)),
  })
}

/** Report a control that is not in the catalogue; says whether it is. */
export function isControl(id: string, at: Parameters<Problems['report']>[0], problems: Problems): boolean {
  if (catalogue.has(id)) return true
  const hint = suggestion(id, catalogue.keys()) || `: expected one of ${[...catalogue.keys()].join(', ')}`
  problems.report(at, `unknown control ${quote(id)}${hint}`)
  return false
}

function parseRow(place: Place, problems: Problems, references: References): RegisterRow | null {
  const fields = readMap(problems, place, ['control', 'owner', 'risks'])
  if (fields === null) return null
  const at = fields.get('control') ?? place
  const control = readText(problems, fields.get('control'), 60)
  if (control !== null && isControl(control, at, problems)) references.declare('control', control, at)
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

function parseRisk(place: Place, problems: Problems, references: References): Risk | null {
  const fields = readMap(problems, place, ['id', 'title', 'owner'])
  if (fields === null) return null
  const id = readText(problems, fields.get('id'), 60)
  if (id !== null) references.declare('risk', id, fields.get('id') ?? place)
  return whole<Risk>({
    id,
    title: readText(problems, fields.get('title')),
    owner: readText(problems, fields.get('owner')),
  })
}

// register.yaml: which controls of the catalogue the plant uses, who answers for each, the risks they treat, and the
// exceptions borne for a time.

import type { Register, RegisterRow, Risk } from '../model.ts'
import { readControl } from './controls.ts'
import type { Place } from './document.ts'
import { parseException } from './exceptions.ts'
import { readList, readMap, readOptional, readText, shape, whole } from './fields.ts'
import type { Reading } from './reading.ts'

export const registerShape = shape(['controls', 'risks'], ['exceptions'])
export const registerRowShape = shape(['control', 'owner', 'risks'])
export const riskShape = shape(['id', 'title', 'owner'])

export function parseRegister(document: Place, reading: Reading): Register | null {
  const { problems } = reading
  const fields = readMap(problems, document, registerShape)
  if (fields === null) return null
  return whole<Register>({
    controls: readList(problems, fields.get('controls'), (place) => parseRow(place, reading)),
    risks: readList(problems, fields.get('risks'), (place) => parseRisk(place, reading)),
    exceptions: readOptional(fields.get('exceptions'), [], (at) =>
      readList(problems, at, (place) => parseException(place, reading)),
    ),
  })
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

function parseRisk(place: Place, { problems, references }: Reading): Risk | null {
  const fields = readMap(problems, place, riskShape)
  if (fields === null) return null
  const id = readText(problems, fields.get('id'), 60)
  if (id !== null) references.declare('risk', id, fields.at('id'))
  return whole<Risk>({
    id,
    title: readText(problems, fields.get('title')),
    owner: readText(problems, fields.get('owner')),
  })
}

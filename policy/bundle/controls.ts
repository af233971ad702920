// Controls named in a bundle: each has to be one of the catalogue, or a control would be claimed that nobody tests.

import { quote } from '../ids.ts'
import { catalogue } from '../register/catalogue.ts'
import type { Place } from './document.ts'
import { readList, readText } from './fields.ts'
import { suggestion, type Problems } from './problem.ts'
import type { Reading } from './reading.ts'

/** Report a control that is not in the catalogue; says whether it is. */
export function isControl(id: string, at: Parameters<Problems['report']>[0], problems: Problems): boolean {
  if (catalogue.has(id)) return true
  const hint = suggestion(id, catalogue.keys()) || `: expected one of ${[...catalogue.keys()].join(', ')}`
  problems.report(at, `unknown control ${quote(id)}${hint}`)
  return false
}

/** The id of a control of the catalogue. */
export function readControl(place: Place | null, problems: Problems): string | null {
  const id = readText(problems, place, 60)
  return id !== null && place !== null && isControl(id, place, problems) ? id : null
}

/** Controls that stand in for one that can't be had: of the register, so that each has an owner and is tested. */
export function readCompensating(
  place: Place | null,
  { problems, references }: Reading,
  atLeast: number,
): readonly string[] | null {
  return readList(
    problems,
    place,
    (item) => {
      const control = readControl(item, problems)
      if (control !== null) references.refer('control', control, item)
      return control
    },
    { atLeast },
  )
}

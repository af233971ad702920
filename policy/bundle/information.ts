// information.yaml: what a plant knows and has to protect, who answers for it, and which systems hold it. The file may be
// missing. What it does to the labels of those systems is inheritance.ts's.

import { parseInformationId, quote } from '../ids.ts'
import {
  criticalities,
  informationClasses,
  type Information,
  type InformationAsset,
  type InformationClass,
} from '../model.ts'
import type { Place } from './document.ts'
import { readBoolean, readChoice, readId, readList, readMap, readOptional, readText, shape, whole } from './fields.ts'
import { readAssets } from './named-lists.ts'
import { suggestion } from './problem.ts'
import type { Reading } from './reading.ts'

export const informationFileShape = shape(['information'], ['classes', 'requirePayloads'])
export const informationClassShape = shape(['id', 'text'])
export const informationShape = shape(['id', 'name', 'owner', 'class', 'labels', 'criticality', 'heldBy'])

/** Where information.yaml is missing. */
export const noInformation: Information = { classes: [], items: [], requirePayloads: false }

export function parseInformation(document: Place, reading: Reading): Information | null {
  const { problems } = reading
  const fields = readMap(problems, document, informationFileShape)
  if (fields === null) return null
  const classes = readOptional(fields.get('classes'), [], (at) =>
    readList(problems, at, (place) => parseClass(place, reading)),
  )
  const isWhole = fields.get('classes') === null || classes.length > 0 || isEmptyList(fields.get('classes'))
  const known = isWhole ? new Set<string>([...informationClasses, ...classes.map(({ id }) => id)]) : null
  return whole<Information>({
    classes,
    items: readList(problems, fields.get('information'), (place) => parseItem(place, known, reading)),
    requirePayloads: readOptional(fields.get('requirePayloads'), false, (at) => readBoolean(problems, at)),
  })
}

const isEmptyList = (place: Place | null): boolean => place?.value.kind === 'list' && place.value.items.length === 0

function parseClass(place: Place, { problems, references }: Reading): InformationClass | null {
  const fields = readMap(problems, place, informationClassShape)
  if (fields === null) return null
  const id = readText(problems, fields.get('id'), 60)
  if (id !== null) references.declare('information class', id, fields.at('id'))
  if (informationClasses.some((each) => each === id))
    problems.report(fields.at('id'), `${quote(id)} is a class of every plant already: leave it out here`)
  return whole<InformationClass>({ id, text: readText(problems, fields.get('text')) })
}

/** `known`: the classes there are; null where they could not be read. */
function parseItem(place: Place, known: ReadonlySet<string> | null, reading: Reading): InformationAsset | null {
  const { problems, references } = reading
  const fields = readMap(problems, place, informationShape)
  if (fields === null) return null
  const id = readId(problems, fields.get('id'), parseInformationId)
  if (id !== null) references.declare('information asset', id, fields.at('id'))
  const kind = readText(problems, fields.get('class'), 60)
  if (kind !== null && known !== null && !known.has(kind)) {
    const hint = suggestion(kind, known) || ': name one of the classes, or declare it under `classes`'
    problems.report(fields.at('class'), `unknown class of information ${quote(kind)}${hint}`)
  }
  const item = whole<InformationAsset>({
    id,
    name: readText(problems, fields.get('name')),
    owner: readText(problems, fields.get('owner')),
    class: kind,
    labels: readList(problems, fields.get('labels'), (at) => readText(problems, at, 60)),
    criticality: readChoice(problems, fields.get('criticality'), criticalities),
    heldBy: readAssets(fields.get('heldBy'), reading),
  })
  return item && reading.keep(item, place)
}

// The standard changes of access.yaml: kinds of work approved beforehand, each with what it is about, its limits, its
// rollback plan and its last day. Which of them an access is, is standard-change.ts's to say.

import { operationClasses, protocols, type Asset, type StandardChange } from '../model.ts'
import { isAbout } from '../standard-change.ts'
import { readAssets } from './named-lists.ts'
import type { Place } from './document.ts'
import { readChoice, readInteger, readList, readMap, readOptional, readText, shape, whole } from './fields.ts'
import type { Reading } from './reading.ts'
import { longestWindowMinutes } from './scope.ts'
import { readDay } from './times.ts'

export const standardChangeShape = shape(
  ['id', 'title', 'protocols', 'operationClass', 'maxWindowMinutes', 'rollback', 'approvedBy', 'until'],
  ['assets', 'types', 'labels'],
)

/** As long as what somebody may write as the rollback plan of a request. */
export const longestRollback = 1000

/** More would be a second list of assets, and nobody would have approved each of them. */
export const mostStandardChanges = 200

export function parseStandardChanges(place: Place, reading: Reading): readonly StandardChange[] | null {
  const changes = readList(reading.problems, place, (item) => parseStandardChange(item, reading))
  if (changes === null || changes.length <= mostStandardChanges) return changes
  reading.problems.report(place, `expected at most ${mostStandardChanges} standard changes, got ${changes.length}`)
  return null
}

function parseStandardChange(place: Place, reading: Reading): StandardChange | null {
  const { problems, references } = reading
  const fields = readMap(problems, place, standardChangeShape)
  if (fields === null) return null
  const id = readText(problems, fields.get('id'), 60)
  if (id !== null) references.declare('standard change', id, fields.at('id'))
  // An empty list would match nothing and look as if it matched all; one entry is the least.
  const words = (name: 'types' | 'labels') =>
    readOptional(fields.get(name), [], (at) =>
      readList(problems, at, (item) => readText(problems, item, 60), { atLeast: 1 }),
    )
  if ((['assets', 'types', 'labels'] as const).every((name) => fields.get(name) === null))
    problems.report(
      place,
      'expected at least one of `assets`, `types` and `labels`, got none: a standard change is about something',
    )
  const change = whole<StandardChange>({
    id,
    title: readText(problems, fields.get('title')),
    assets: readOptional(fields.get('assets'), [], (at) => readAssets(at, reading)),
    types: words('types'),
    labels: words('labels'),
    protocols: readList(problems, fields.get('protocols'), (item) => readChoice(problems, item, protocols), {
      atLeast: 1,
    }),
    operationClass: readChoice(problems, fields.get('operationClass'), operationClasses),
    maxWindowMinutes: readInteger(problems, fields.get('maxWindowMinutes'), 1, longestWindowMinutes),
    rollback: readText(problems, fields.get('rollback'), longestRollback),
    approvedBy: readText(problems, fields.get('approvedBy')),
    until: readDay(problems, fields.get('until')),
  })
  return change && reading.keep(change, place)
}

/** `assets`: as declared, without what they inherit. One that is about no asset there is was written for a type or label that has another name. */
export function checkStandardChanges(
  changes: readonly StandardChange[],
  assets: readonly Asset[],
  reading: Reading,
): void {
  for (const change of changes) {
    if (!assets.some((asset) => isAbout(change, asset, asset.labels)))
      reading.warnings.report(
        reading.at(change),
        `standard change \`${change.id}\` is about no declared asset: check its types and labels`,
      )
  }
}

// The agreements of handling.yaml: with which customer, about what, for how long, and which kinds of evidence go out.

import { agreedEvidence, type AgreedEvidence, type Agreement } from '../model.ts'
import type { Place } from './document.ts'
import { list, readChoice, readList, readMap, readText, shape, whole } from './fields.ts'
import { readAssets, readPlants } from './named-lists.ts'
import type { Reading } from './reading.ts'
import { readSpan } from './times.ts'

const covering = ['plants', 'assets', 'labels'] as const
export const agreementShape = shape(
  ['id', 'customer', 'reference', 'owner', 'from', 'until', 'evidence'],
  [...covering],
)
/** Each is asked about each entry of an export. */
export const mostAgreements = 200

export function parseAgreements(place: Place, reading: Reading): readonly Agreement[] | null {
  const agreements = readList(reading.problems, place, (item) => parseAgreement(item, reading))
  if (agreements === null || agreements.length <= mostAgreements) return agreements
  reading.problems.report(place, `expected at most ${mostAgreements} agreements, got ${agreements.length}`)
  return null
}

function parseAgreement(place: Place, reading: Reading): Agreement | null {
  const { problems, references } = reading
  const fields = readMap(problems, place, agreementShape)
  if (fields === null) return null
  const id = readText(problems, fields.get('id'), 60)
  if (id !== null) references.declare('agreement', id, fields.at('id'))
  // Without any it would be about everything, and nobody agreed to that by leaving a line out.
  if (covering.every((name) => fields.get(name) === null))
    problems.report(place, `expected at least one of ${list(covering)}, got none: an agreement says what it covers`)
  const plants = readPlants(fields.get('plants'), reading)
  const assets = readAssets(fields.get('assets'), reading)
  const labels = readList(problems, fields.get('labels'), (item) => readText(problems, item, 60), { atLeast: 1 })
  const span = readSpan(problems, fields.get('from'), fields.get('until'), 'the agreement')
  const core = whole<Omit<Agreement, 'from' | 'until' | (typeof covering)[number]>>({
    id,
    customer: readText(problems, fields.get('customer')),
    reference: readText(problems, fields.get('reference')),
    owner: readText(problems, fields.get('owner')),
    evidence: readList<AgreedEvidence>(
      problems,
      fields.get('evidence'),
      (item) => readChoice(problems, item, agreedEvidence),
      { atLeast: 1 },
    ),
  })
  if (core === null || span === null) return null
  const agreement: Agreement = {
    ...core,
    ...span,
    ...(plants && { plants }),
    ...(assets && { assets }),
    ...(labels && { labels }),
  }
  return reading.keep(agreement, place)
}

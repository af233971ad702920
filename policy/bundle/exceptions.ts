// The exceptions of register.yaml: what a rule would forbid, borne for a time. Who bears it, what stands in, and when it
// is over; whether it was renewed too often is asked once access.yaml has been read.

import type { Exception } from '../model.ts'
import { readCompensating } from './controls.ts'
import { readAssets } from './named-lists.ts'
import type { Place } from './document.ts'
import { readInteger, readMap, readOptional, readText, shape, whole } from './fields.ts'
import type { Reading } from './reading.ts'
import { readSpan } from './times.ts'

export const exceptionShape = shape(
  ['id', 'title', 'owner', 'approvedBy', 'reason', 'risk', 'compensating', 'from', 'until', 'renewals'],
  ['assets', 'decision'],
)

/** Far beyond any limit a plant would set in access.yaml; a larger number is a slip. */
export const mostRenewals = 100

export function parseException(place: Place, reading: Reading): Exception | null {
  const { problems, references } = reading
  const fields = readMap(problems, place, exceptionShape)
  if (fields === null) return null
  const id = readText(problems, fields.get('id'), 60)
  if (id !== null) references.declare('exception', id, fields.at('id'))
  const risk = readText(problems, fields.get('risk'), 60)
  if (risk !== null) references.refer('risk', risk, fields.at('risk'))
  const span = readSpan(problems, fields.get('from'), fields.get('until'), 'the exception')
  const decision = readOptional(fields.get('decision'), null, (at) => readText(problems, at, 120))
  const core = whole<Omit<Exception, 'decision'>>({
    id,
    title: readText(problems, fields.get('title')),
    owner: readText(problems, fields.get('owner')),
    approvedBy: readText(problems, fields.get('approvedBy')),
    reason: readText(problems, fields.get('reason'), 1000),
    risk,
    compensating: readCompensating(fields.get('compensating'), reading, 1),
    assets: readOptional(fields.get('assets'), [], (at) => readAssets(at, reading)),
    from: span && span.from,
    until: span && span.until,
    renewals: readInteger(problems, fields.get('renewals'), 0, mostRenewals),
  })
  return core && reading.keep({ ...core, decision }, place)
}

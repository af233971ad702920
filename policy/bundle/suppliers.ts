// suppliers.yaml: the companies whose people may come, for how long by contract, and what they may touch.

import { parseSupplierId } from '../ids.ts'
import type { Supplier } from '../model.ts'
import type { Place } from './document.ts'
import { readId, readInteger, readList, readMap, readOptional, readText, shape, whole } from './fields.ts'
import type { Reading } from './reading.ts'
import { readSpan } from './times.ts'

export const suppliersShape = shape(['suppliers'])
export const supplierShape = shape(['id', 'name', 'sponsor', 'contract', 'labels'], ['maxSessions'])
export const contractShape = shape(['from', 'until'])

/** More than this at a time is no limit any more. */
export const mostSessions = 1000

export function parseSuppliers(document: Place, reading: Reading): readonly Supplier[] | null {
  const fields = readMap(reading.problems, document, suppliersShape)
  return fields && readList(reading.problems, fields.get('suppliers'), (place) => parseSupplier(place, reading))
}

function parseSupplier(place: Place, { problems, references }: Reading): Supplier | null {
  const fields = readMap(problems, place, supplierShape)
  if (fields === null) return null
  const id = readId(problems, fields.get('id'), parseSupplierId)
  if (id !== null) references.declare('supplier', id, fields.at('id'))
  const maxSessions = readOptional(fields.get('maxSessions'), null, (at) => readInteger(problems, at, 1, mostSessions))
  const contract = readMap(problems, fields.get('contract'), contractShape)
  const core = whole<Omit<Supplier, 'maxSessions'>>({
    id,
    name: readText(problems, fields.get('name')),
    sponsor: readText(problems, fields.get('sponsor')),
    contract: contract && readSpan(problems, contract.get('from'), contract.get('until'), 'the contract'),
    labels: readList(problems, fields.get('labels'), (item) => readText(problems, item, 60)),
  })
  return core && { ...core, maxSessions }
}

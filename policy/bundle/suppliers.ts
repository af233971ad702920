// suppliers.yaml: the companies whose people may come, for how long by contract, what they may touch, and what they have
// to have shown.

import { parseSupplierId } from '../ids.ts'
import { riskTiers, type Expectation, type Supplier } from '../model.ts'
import type { Place } from './document.ts'
import { readChoice, readId, readInteger, readList, readMap, readOptional, readText, shape, whole } from './fields.ts'
import type { Reading } from './reading.ts'
import { readSpan } from './times.ts'
import { parseExpectation } from './trainings.ts'

export const suppliersShape = shape(['suppliers'], ['expectations'])
export const supplierShape = shape(['id', 'name', 'sponsor', 'contract', 'labels'], ['maxSessions', 'riskTier'])
export const contractShape = shape(['from', 'until'])

/** More than this at a time is no limit any more. */
export const mostSessions = 1000

export interface Suppliers {
  readonly suppliers: readonly Supplier[]
  readonly expectations: readonly Expectation[]
}

export function parseSuppliers(document: Place, reading: Reading): Suppliers | null {
  const { problems } = reading
  const fields = readMap(problems, document, suppliersShape)
  if (fields === null) return null
  return whole<Suppliers>({
    suppliers: readList(problems, fields.get('suppliers'), (place) => parseSupplier(place, reading)),
    expectations: readOptional(fields.get('expectations'), [], (at) =>
      readList(problems, at, (place) => parseExpectation(place, reading)),
    ),
  })
}

function parseSupplier(place: Place, { problems, references }: Reading): Supplier | null {
  const fields = readMap(problems, place, supplierShape)
  if (fields === null) return null
  const id = readId(problems, fields.get('id'), parseSupplierId)
  if (id !== null) references.declare('supplier', id, fields.at('id'))
  const maxSessions = readOptional(fields.get('maxSessions'), null, (at) => readInteger(problems, at, 1, mostSessions))
  const contract = readMap(problems, fields.get('contract'), contractShape)
  const core = whole<Omit<Supplier, 'maxSessions' | 'riskTier'>>({
    id,
    name: readText(problems, fields.get('name')),
    sponsor: readText(problems, fields.get('sponsor')),
    contract: contract && readSpan(problems, contract.get('from'), contract.get('until'), 'the contract'),
    labels: readList(problems, fields.get('labels'), (item) => readText(problems, item, 60)),
  })
  const riskTier = readOptional(fields.get('riskTier'), 'medium', (at) => readChoice(problems, at, riskTiers))
  return core && { ...core, maxSessions, riskTier }
}

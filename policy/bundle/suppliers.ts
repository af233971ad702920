// suppliers.yaml: the companies whose people may come, for how long by contract, and what they may touch.

import { parseSupplierId } from '../ids.ts'
import type { Supplier } from '../model.ts'
import type { Place } from './document.ts'
import { readDay, readId, readList, readMap, readText, whole } from './fields.ts'
import type { Problems } from './problem.ts'
import type { References } from './references.ts'

export function parseSuppliers(
  document: Place,
  problems: Problems,
  references: References,
): readonly Supplier[] | null {
  const fields = readMap(problems, document, ['suppliers'])
  if (fields === null) return null
  return readList(problems, fields.get('suppliers'), (place) => parseSupplier(place, problems, references))
}

function parseSupplier(place: Place, problems: Problems, references: References): Supplier | null {
  const fields = readMap(problems, place, ['id', 'name', 'sponsor', 'contract', 'labels'])
  if (fields === null) return null
  const id = readId(problems, fields.get('id'), parseSupplierId)
  if (id !== null) references.declare('supplier', id, fields.get('id') ?? place)
  return whole<Supplier>({
    id,
    name: readText(problems, fields.get('name')),
    sponsor: readText(problems, fields.get('sponsor')),
    contract: parseContract(fields.get('contract'), problems),
    labels: readList(problems, fields.get('labels'), (item) => readText(problems, item, 60)),
  })
}

function parseContract(place: Place | null, problems: Problems): Supplier['contract'] | null {
  const fields = readMap(problems, place, ['from', 'until'])
  if (fields === null) return null
  const contract = whole<Supplier['contract']>({
    from: readDay(problems, fields.get('from')),
    until: readDay(problems, fields.get('until')),
  })
  if (contract === null || contract.from <= contract.until) return contract
  const at = fields.get('until') ?? fields.place
  problems.report(
    at,
    `expected the last day of the contract to be \`${contract.from}\` or later, got \`${contract.until}\``,
  )
  return null
}

// People as every view names them: by id, login and name, and whose people they are.

import type { Bundle, Person, SupplierId } from '../../policy/index.ts'
import type { PersonRef } from '../contract/views.ts'

type Names = Pick<Bundle, 'suppliers'>

/** Of the bundle in force; its id where that has the supplier no longer. Null for the plant's own people. */
export const supplierNameOf = (supplier: SupplierId | null, bundle: Names): string | null =>
  supplier === null ? null : (bundle.suppliers.get(supplier)?.name ?? supplier)

/** A person named in a view; `erased` where the name is no longer kept. */
export function refTo(person: Person | undefined, id: string, bundle: Names): PersonRef {
  if (!person) return { id, login: 'erased', displayName: 'erased', supplier: null, supplierName: null }
  const { login, displayName, supplier, machine } = person
  const named = { id, login, displayName, supplier, supplierName: supplierNameOf(supplier, bundle) }
  return machine === undefined ? named : { ...named, owner: machine.owner.displayName }
}

/** The same, of people that were looked up together. */
export const refOf = (people: ReadonlyMap<string, Person>, id: string, bundle: Names): PersonRef =>
  refTo(people.get(id), id, bundle)

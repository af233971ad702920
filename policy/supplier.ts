// A supplier's standing: is its contract good for a span of time, and may it touch an asset at all?

import type { Bundle } from './bundle/bundle.ts'
import { endOfDay, startOfDay } from './calendar.ts'
import type { SupplierId } from './ids.ts'
import { ownLabels } from './information.ts'
import type { Asset, Instant, Person, Supplier, Window } from './model.ts'

export type ContractState =
  /** A person of the plant. */
  | { readonly kind: 'none' }
  | { readonly kind: 'active'; readonly supplier: Supplier }
  | { readonly kind: 'not-started'; readonly supplier: Supplier }
  | { readonly kind: 'expired'; readonly supplier: Supplier }
  /** Active now, and over before the window is. */
  | { readonly kind: 'ends-early'; readonly supplier: Supplier }
  /** The person's supplier is not declared in this bundle. */
  | { readonly kind: 'unknown'; readonly supplier: SupplierId }

/** The contract behind a person, at an instant and to the end of a window. Contract days are UTC, both inclusive. */
export function contractFor(
  person: Pick<Person, 'supplier'>,
  window: Window,
  bundle: Bundle,
  now: Instant,
): ContractState {
  if (person.supplier === null) return { kind: 'none' }
  const supplier = bundle.suppliers.get(person.supplier)
  if (supplier === undefined) return { kind: 'unknown', supplier: person.supplier }
  const end = endOfDay(supplier.contract.until, 'UTC')
  if (now < startOfDay(supplier.contract.from, 'UTC')) return { kind: 'not-started', supplier }
  if (now >= end) return { kind: 'expired', supplier }
  return { kind: window.until > end ? 'ends-early' : 'active', supplier }
}

/**
 * May this person's supplier touch this asset? People of the plant need no label. A label the asset has only by the
 * information on it lets nobody in.
 */
export function isLabelled(person: Person, asset: Asset, bundle: Bundle): boolean {
  if (person.supplier === null) return true
  const labels = bundle.suppliers.get(person.supplier)?.labels ?? []
  const own = ownLabels(asset, bundle)
  return labels.some((label) => own.includes(label))
}

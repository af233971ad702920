// Controlled labels: who may touch what carries one, and from where. Eligibility is attested outside; a place is an
// address of a declared network. An address nobody declared is of no country.

import type { Attestation, ControlledLabel, Asset, Instant, Person, Place, Scope, World } from './model.ts'
import { isInNetworks } from './networks.ts'

/** The asset's labels that are controlled. */
export function controlledOf(asset: Asset, scope: Scope): readonly ControlledLabel[] {
  return scope.controlledLabels.filter(({ label }) => asset.labels.includes(label))
}

/** The controlled labels for which nothing attests now that this person is eligible. */
export function unattested(
  person: Person,
  controlled: readonly ControlledLabel[],
  world: World,
  now: Instant,
): readonly ControlledLabel[] {
  return controlled.filter(({ label }) => attestationFor(person, label, world, now) === null)
}

/** The attestation that holds longest for a person and a label, or null. */
export function attestationFor(person: Person, label: string, world: World, now: Instant): Attestation | null {
  const holding = world.attestations.filter(
    (each) => each.person === person.id && each.label === label && now < each.until,
  )
  return holding.toSorted((a, b) => b.until - a.until)[0] ?? null
}

export type PlaceState =
  /** No controlled label, or nobody connects yet. */
  | { readonly kind: 'not-asked' }
  | { readonly kind: 'allowed' }
  /** The address is declared, in a country one of the labels does not allow. */
  | { readonly kind: 'elsewhere'; readonly country: string; readonly label: string }
  | { readonly kind: 'unknown' }
export const placeStates = ['not-asked', 'allowed', 'elsewhere', 'unknown'] as const

/** Is this address in a declared place that every controlled label allows? One in two places has to satisfy both. */
export function placeFor(source: string | null, controlled: readonly ControlledLabel[], scope: Scope): PlaceState {
  if (controlled.length === 0) return { kind: 'not-asked' }
  const countries = source === null ? [] : countriesOf(source, scope.places)
  if (countries.length === 0) return { kind: 'unknown' }
  for (const { label, countries: allowed } of controlled) {
    const country = countries.find((each) => !allowed.includes(each))
    if (country !== undefined) return { kind: 'elsewhere', country, label }
  }
  return { kind: 'allowed' }
}

function countriesOf(address: string, places: readonly Place[]): readonly string[] {
  return places.filter(({ networks }) => isInNetworks(address, networks)).map(({ country }) => country)
}

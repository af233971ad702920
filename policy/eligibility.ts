// Controlled labels: who may touch what carries one, and from where. Eligibility is attested outside; a place is an
// address of a declared network. An address nobody declared is of no country.

import { BlockList, isIP } from 'node:net'
import type { Attestation, ControlledLabel, Asset, Instant, Person, Place, Scope, World } from './model.ts'

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
  const version = source === null ? 0 : isIP(source)
  const countries = source === null || version === 0 ? [] : countriesOf(source, version === 6, scope.places)
  if (countries.length === 0) return { kind: 'unknown' }
  for (const { label, countries: allowed } of controlled) {
    const country = countries.find((each) => !allowed.includes(each))
    if (country !== undefined) return { kind: 'elsewhere', country, label }
  }
  return { kind: 'allowed' }
}

function countriesOf(address: string, isIpv6: boolean, places: readonly Place[]): readonly string[] {
  return places.filter(({ networks }) => holds(networks, address, isIpv6)).map(({ country }) => country)
}

/** Node's list also knows an IPv4 address written as IPv6 (RFC 4291 section 2.5.5.2). */
function holds(networks: readonly string[], address: string, isIpv6: boolean): boolean {
  const list = new BlockList()
  for (const network of networks) {
    const [base = '', prefix = ''] = network.split('/')
    const version = isIP(base)
    const bits = Number(prefix)
    if (version === 0 || !/^\d{1,3}$/.test(prefix) || bits > (version === 6 ? 128 : 32)) continue
    list.addSubnet(base, bits, version === 6 ? 'ipv6' : 'ipv4')
  }
  return list.check(address, isIpv6 ? 'ipv6' : 'ipv4')
}

// How an interface stands: owned, reviewed, and, where it leads past the boundary, removed or excepted in time. Asked of
// every interface, whatever the scope says of what it joins (ISO/IEC 27001:2022 clause 4.3 c).

import type { Bundle } from './bundle/bundle.ts'
import { endOfDay, startOfDay } from './calendar.ts'
import type { ZoneId } from './ids.ts'
import type { Instant, InterfaceEnd, Plant, PlantInterface } from './model.ts'
import { scopeOf } from './scope.ts'

export const interfaceFaults = ['ownerless', 'review-overdue', 'removal-overdue', 'exception-not-in-force'] as const

export interface InterfaceFault {
  readonly kind: (typeof interfaceFaults)[number]
  /** As a clause. */
  readonly text: string
  /** The first instant it stood so; null where no day says. */
  readonly since: Instant | null
}

/** What is overdue about it now; empty where it stands as it should. Days are those of its plant, of exceptions in UTC. */
export function faultsOf(each: PlantInterface, bundle: Bundle, now: Instant): readonly InterfaceFault[] {
  const { timeZone } = plantOfInterface(each, bundle) ?? { timeZone: 'UTC' }
  const faults: InterfaceFault[] = []
  if (each.owner === null) faults.push({ kind: 'ownerless', text: 'nobody answers for it', since: null })
  const reviewed = endOfDay(each.reviewBy, timeZone)
  if (now >= reviewed)
    faults.push({ kind: 'review-overdue', text: `it was to be reviewed by ${each.reviewBy}`, since: reviewed })
  const { state } = each
  if (state.kind === 'remove-by') {
    const gone = endOfDay(state.day, timeZone)
    if (now >= gone) faults.push({ kind: 'removal-overdue', text: `it was to be removed by ${state.day}`, since: gone })
  }
  if (state.kind === 'excepted') {
    const exception = bundle.register.exceptions.find(({ id }) => id === state.exception)
    const ended = exception === undefined ? null : endOfDay(exception.until, 'UTC')
    const isComing = exception !== undefined && now < startOfDay(exception.from, 'UTC')
    if (ended === null || isComing || now >= ended)
      faults.push({
        kind: 'exception-not-in-force',
        text: `exception ${state.exception} ${isComing ? 'is not in force yet' : 'has ended'}`,
        since: isComing ? null : ended,
      })
  }
  return faults
}

/** The state it is in, in words. */
export function sayInterfaceState({ state }: PlantInterface): string {
  switch (state.kind) {
    case 'in-use':
      return 'in use'
    case 'remove-by':
      return `to be removed by ${state.day}`
    case 'excepted':
      return `under exception ${state.exception}`
  }
}

export interface SaidEnd {
  readonly kind: InterfaceEnd['kind']
  /** Null for what is outside. */
  readonly id: string | null
  readonly name: string
  /** Does what stands there lie in the scope? Of a zone: does anything in it? Null for what is outside. */
  readonly inScope: boolean | null
}

export function sayEnd(end: InterfaceEnd, bundle: Bundle): SaidEnd {
  switch (end.kind) {
    case 'outside':
      return { kind: end.kind, id: null, name: end.name, inScope: null }
    case 'zone':
      return {
        kind: end.kind,
        id: end.id,
        name: bundle.zones.get(end.id)?.name ?? end.id,
        inScope: (bundle.assetsByZone.get(end.id) ?? []).some((asset) => scopeOf(asset, bundle).kind === 'in'),
      }
    case 'asset': {
      const asset = bundle.assets.get(end.id)
      const inScope = asset !== undefined && scopeOf(asset, bundle).kind === 'in'
      return { kind: end.kind, id: end.id, name: asset?.name ?? end.id, inScope }
    }
  }
}

/** The plant of its first end that is inside. */
export function plantOfInterface({ from, to }: PlantInterface, bundle: Bundle): Plant | null {
  const zone = zoneOfEnd(from, bundle) ?? zoneOfEnd(to, bundle)
  const plant = zone === null ? undefined : bundle.zones.get(zone)?.plant
  return (plant === undefined ? undefined : bundle.plants.get(plant)) ?? null
}

function zoneOfEnd(end: InterfaceEnd, bundle: Bundle): ZoneId | null {
  if (end.kind === 'zone') return end.id
  return end.kind === 'asset' ? (bundle.assets.get(end.id)?.zone ?? null) : null
}

// What a plant knows and has to protect, and the ways on which it comes and goes: information assets with the systems
// that hold them, and interfaces beside conduits, whether or not what they join is in scope (ISO/IEC 27001:2022 A.5.9,
// A.5.12, clause 4.3 c).

import type { AssetId, ConduitId, InformationId, InterfaceId, SupplierId, ZoneId } from '../ids.ts'
import type { Criticality } from './assets.ts'
import type { Direction } from './zones.ts'

/** Kinds of information every plant has; it may name more of its own. */
export const informationClasses = [
  'design-data',
  'customer-design',
  'nc-program',
  'control-program',
  'recipe',
  'process-parameters',
  'batch-record',
  'quality-record',
  'test-limits',
  'work-instruction',
  'procedure',
  'maintenance-record',
  'production-order',
  'configuration',
] as const

/** A kind of information the plant names itself. */
export interface InformationClass {
  readonly id: string
  readonly text: string
}

export interface InformationAsset {
  readonly id: InformationId
  readonly name: string
  readonly owner: string
  /** One of `informationClasses`, or of the plant's own. */
  readonly class: string
  /** What holds it has these labels too. */
  readonly labels: readonly string[]
  readonly criticality: Criticality
  /** Never empty: what nothing holds is not in the plant. */
  readonly heldBy: readonly AssetId[]
}

/** information.yaml as it was read. */
export interface Information {
  readonly classes: readonly InformationClass[]
  readonly items: readonly InformationAsset[]
  /** Does a conduit without `payloads` name nothing, instead of having no say? */
  readonly requirePayloads: boolean
}

/** A label an asset has by what it holds and not by itself. */
export interface InheritedLabel {
  readonly label: string
  readonly from: readonly InformationId[]
}

/**
 * `data-integration`: systems that exchange data by themselves. `vendor-pathway`: a way in that a supplier has, such as a
 * modem. `cloud-link`: a way out to a service outside. `file-exchange`: files that are handed over. `removable-media`:
 * what is carried by hand.
 */
export const interfaceTypes = [
  'data-integration',
  'vendor-pathway',
  'cloud-link',
  'file-exchange',
  'removable-media',
] as const
export type InterfaceType = (typeof interfaceTypes)[number]

/** Ways past the boundary: outside every conduit they are borne only until a day. */
export const pathways: ReadonlySet<InterfaceType> = new Set(['vendor-pathway', 'cloud-link'])

export type InterfaceEnd =
  | { readonly kind: 'zone'; readonly id: ZoneId }
  | { readonly kind: 'asset'; readonly id: AssetId }
  /** Outside of what is declared: a service, a company, a person with a stick. */
  | { readonly kind: 'outside'; readonly name: string }

export type InterfaceState =
  | { readonly kind: 'in-use' }
  /** The last day (ISO 8601, in the plant's zone) it may be there. */
  | { readonly kind: 'remove-by'; readonly day: string }
  /** Id of the register's exception it is borne under. */
  | { readonly kind: 'excepted'; readonly exception: string }

/** A way on which data comes or goes, brokered here or not. No scope rule leaves it out of the register. */
export interface PlantInterface {
  readonly id: InterfaceId
  readonly name: string
  readonly type: InterfaceType
  /** At most one of the two is outside. */
  readonly from: InterfaceEnd
  readonly to: InterfaceEnd
  /** `forward`: data goes only from `from` to `to`. */
  readonly direction: Direction
  /** Classes or labels of information. */
  readonly payloads: readonly string[]
  /** Null: nobody answers for it. */
  readonly owner: string | null
  readonly reason: string
  /** Reference of the change it came with, in the plant's own change control. */
  readonly change: string
  /** The day (ISO 8601, in the plant's zone) by which the owner looks at it again. */
  readonly reviewBy: string
  readonly state: InterfaceState
  /** Conduits it runs over; empty: it passes none. */
  readonly conduits: readonly ConduitId[]
  readonly supplier: SupplierId | null
}

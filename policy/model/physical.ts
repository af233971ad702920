// What doors, cabinets and key switches of a plant say: where each stands, what it can say, and what it says now. A
// key turned on is necessary where an asset asks for it, and never enough: the person, the time and the rules are asked
// all the same.

import type { AssetId, PhysicalSourceId, ZoneId } from '../ids.ts'
import type { Instant } from './time.ts'

export const physicalKinds = ['door', 'cabinet', 'key-switch'] as const
export type PhysicalKind = (typeof physicalKinds)[number]

/** What each kind can say. `forced`: opened without a right to, as door controllers call it. */
export const physicalStates = {
  door: ['open', 'closed', 'forced'],
  cabinet: ['open', 'closed', 'forced'],
  'key-switch': ['on', 'off'],
} as const satisfies Readonly<Record<PhysicalKind, readonly string[]>>
export type PhysicalState = (typeof physicalStates)[PhysicalKind][number]

/** A contact that a system of the plant reports: declared in zones.yaml, its secret in the gateway's vault. */
export interface PhysicalSource {
  readonly id: PhysicalSourceId
  readonly name: string
  readonly kind: PhysicalKind
  readonly zone: ZoneId
  /** The one asset it belongs to; null: the whole zone. */
  readonly asset: AssetId | null
  readonly owner: string
  /** What it said last counts for so long; then it is silent, and says nothing any more. */
  readonly silentAfterMinutes: number
}

/** What one source says, as far as it still counts. */
export interface PhysicalFact {
  readonly source: PhysicalSourceId
  /** As it was declared when it said so: declared otherwise since, it has said nothing yet. */
  readonly kind: PhysicalKind
  readonly zone: ZoneId
  readonly asset: AssetId | null
  readonly state: PhysicalState
  /** Since when it says so, by its own clock. */
  readonly since: Instant
  /** From then on it is silent. */
  readonly until: Instant
  /** The message that said so: the reference in the system it comes from. */
  readonly message: string
}

/** What an asset asks for beside somebody's presence on site. */
export const localEnables = ['key-switch'] as const
export type LocalEnable = (typeof localEnables)[number]

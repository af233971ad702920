// What the path of access leans on beside the plant's own assets: who answers for it, how its state is known, and what
// follows where it does not work. Looking at it is the gateway's.

import type { PlantId, SupplierId } from '../ids.ts'
import type { Tier } from './handling.ts'

export const dependencyKinds = [
  'identity',
  'time',
  'change-system',
  'mail',
  'webhook',
  'witness',
  'time-authority',
  'object-store',
  'malware-scanner',
  'service',
] as const
export type DependencyKind = (typeof dependencyKinds)[number]

/** What the gateway uses by itself: how that went says how the far side is, and nothing is asked only to know. */
export const dependencyUses = [
  'tickets',
  'mail',
  'webhooks',
  'witnesses',
  'time-authorities',
  'object-store',
  'airlock',
] as const
export type DependencyUse = (typeof dependencyUses)[number]

/** How the state is known. The address of a look is the bundle's alone: nobody who asks for access names one. */
export type DependencyWatch =
  | { readonly kind: 'use'; readonly use: DependencyUse }
  /** A TCP connection is opened and closed; nothing is sent. */
  | {
      readonly kind: 'connect'
      readonly host: string
      readonly port: number
      readonly everySeconds: number
      readonly timeoutSeconds: number
    }
  /** An HTTP GET without credentials; a status of 200 to 299 is good, and no redirect is followed. */
  | { readonly kind: 'get'; readonly url: string; readonly everySeconds: number; readonly timeoutSeconds: number }

/** `note`: it is said and kept. `deny-new`: besides, no new session begins. */
export const outageEffects = ['note', 'deny-new'] as const
export type OutageEffect = (typeof outageEffects)[number]

export interface DependencyOutage {
  readonly effect: OutageEffect
  /** Only for people of these suppliers; empty: for everybody. */
  readonly suppliers: readonly SupplierId[]
  /** Tiers in which a session begins all the same. */
  readonly exceptTiers: readonly Tier[]
  /** Does it touch sessions that live already? Else they go on as they began. */
  readonly living: boolean
}

export interface Dependency {
  readonly id: string
  readonly name: string
  readonly kind: DependencyKind
  /** Who answers for it: a role title. */
  readonly owner: string
  /** Is it covered by this ISMS? */
  readonly inScope: boolean
  /** The shared service it is, where scope.yaml declares it as one. */
  readonly service: string | null
  /** The plants that lean on it; empty: every one. */
  readonly plants: readonly PlantId[]
  readonly watch: DependencyWatch
  /** So many failures in a row, and it is degraded. */
  readonly failures: number
  readonly whenDown: DependencyOutage
}

/** `unknown`: nobody has looked yet, or nothing was used since. Nothing follows from it. */
export const dependencyStates = ['unknown', 'available', 'degraded'] as const
export type DependencyState = (typeof dependencyStates)[number]

// Zones and the documented crossings between them (IEC 62443-3-2).

import type { ConduitId, PlantId, ZoneId } from '../ids.ts'
import { protocols, type OperationClass } from './assets.ts'

/** Purdue levels as IEC 62443 and ISA-95 users write them; 3.5 is the DMZ between level 3 and 4. */
export const purdueLevels = [0, 1, 2, 3, 3.5, 4, 5] as const
export type PurdueLevel = (typeof purdueLevels)[number]

/** What a conduit may carry, brokered here or not: reach through the plant's own firewalls is reckoned with it. */
export const conduitProtocols = [
  ...protocols,
  'rdp',
  'vnc',
  'http',
  'https',
  'smb',
  'opc-ua',
  'historian',
  's7',
  'modbus',
  'cip',
  'profinet',
  'dnp3',
  'iec-104',
] as const
export type ConduitProtocol = (typeof conduitProtocols)[number]

export interface Zone {
  readonly id: ZoneId
  readonly plant: PlantId
  readonly name: string
  readonly level: PurdueLevel
  readonly owner: string
  /** The zone the gateway itself stands in; one a plant. */
  readonly gateway: boolean
}

/**
 * The boundaries of the Purdue model a conduit may cross; `site` joins two plants. A conduit crosses the lowest boundary
 * between its levels. `L2-L1` carries nothing downward, whoever approves.
 */
export const boundaryProfiles = ['L4-L3', 'L3-L2', 'L2-L1', 'site'] as const
export type BoundaryProfile = (typeof boundaryProfiles)[number]

export interface Boundary {
  readonly profile: BoundaryProfile
  readonly plant: PlantId
  readonly owner: string
  readonly reason: string
}

export const directions = ['forward', 'both'] as const

/** `forward`: opened only from `from` towards `to`. */
export type Direction = (typeof directions)[number]

export interface Conduit {
  readonly id: ConduitId
  readonly from: ZoneId
  readonly to: ZoneId
  readonly direction: Direction
  readonly protocols: readonly ConduitProtocol[]
  /** The most that may be done through it. */
  readonly operationClass: OperationClass
  /** Null: nobody answers for it, and it is closed. */
  readonly owner: string | null
  readonly reason: string
  /** The day (ISO 8601, in the plant's zone) by which the owner looks at it again; past it, the conduit is closed. */
  readonly reviewBy: string
  /** Classes or labels of information it may show or carry; null: it has no say in that. */
  readonly payloads: readonly string[] | null
  /** Why sessions may cross more than one boundary through it without a hop; null: they may not. */
  readonly spans: string | null
}

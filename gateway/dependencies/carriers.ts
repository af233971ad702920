// The processes that carry SSH, as whoever looks after the gateway reads of them. Starting, feeding and replacing them is
// workers'.

import type { Instant } from '../../policy/index.ts'

export interface WorkerView {
  readonly number: number
  readonly pid: number
  /** `starting`: carries nothing yet; `retiring`: takes nothing more, and ends when what it has is over. */
  readonly state: 'starting' | 'serving' | 'retiring'
  readonly connections: number
  readonly sessions: number
  /** Null before it was looked at, and where the system does not say. */
  readonly residentMebibytes: number | null
}

export interface Carriers {
  /** How many serve where all is well; 0: the gateway's own process carries all. */
  readonly wanted: number
  /** Above this one takes no more connections; null where there are none. */
  readonly mostMebibytes: number | null
  readonly workers: readonly WorkerView[]
  /** Those that died since the gateway started, and the sessions they carried with them. */
  readonly died: number
  readonly lastDiedAt: Instant | null
}

/** Where there are no such processes. */
export const carriedHere: Carriers = { wanted: 0, mostMebibytes: null, workers: [], died: 0, lastDiedAt: null }

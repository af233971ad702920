// What the API serves: the gateway's services by narrow interface. Routes take the few they use.

import type { Bundle } from '../../policy/index.ts'
import type { Door } from '../access/authorize.ts'
import type { Access } from '../access/requests.ts'
import type { Bus } from '../bus/bus.ts'
import type { Clock } from '../clock.ts'
import type { Config } from '../config.ts'
import type { Checkpoints } from '../evidence/checkpoints.ts'
import type { Exports } from '../evidence/exports.ts'
import type { Recordings } from '../evidence/recordings.ts'
import type { ControlRegister } from '../evidence/register.ts'
import type { Authenticator } from '../identity/authenticate.ts'
import type { Log } from '../log.ts'
import type { Registry } from '../sessions/registry.ts'
import type { Store } from '../store/store.ts'

export interface Services {
  readonly config: Config
  readonly version: string
  readonly bundle: () => Bundle
  readonly store: Store
  readonly door: Door
  readonly access: Access
  readonly registry: Registry
  readonly recordings: Recordings
  readonly exports: Exports
  readonly checkpoints: Checkpoints
  readonly register: ControlRegister
  readonly authenticator: Authenticator
  readonly bus: Bus
  readonly clock: Clock
  readonly log: Log
  /** How people reach the SSH listener: known once it listens. */
  readonly ssh: () => { readonly host: string; readonly port: number; readonly fingerprint: string }
}

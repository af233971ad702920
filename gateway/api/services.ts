// What the API serves: the gateway's services by narrow interface. Routes take the few they use.

import type { Bundle, World } from '../../policy/index.ts'
import type { Door } from '../access/authorize.ts'
import type { Access } from '../access/requests.ts'
import type { BundleLife } from '../access/bundle-life.ts'
import type { Shelf } from '../access/bundle-shelf.ts'
import type { InForce } from '../access/bundles.ts'
import type { PhysicalReports } from '../access/physical-reports.ts'
import type { Standing } from '../access/standing.ts'
import type { ScopeFits } from '../access/fit-reviews.ts'
import type { SeenService } from '../access/seen-addresses.ts'
import type { ScopeReview } from '../access/scope-changes.ts'
import type { Bus } from '../bus/bus.ts'
import type { Clock } from '../clock.ts'
import type { EnrolmentService } from '../people/enrolment.ts'
import type { PeopleIntake } from '../people/intake.ts'
import type { Config } from '../config.ts'
import type { Carriers } from '../dependencies/carriers.ts'
import type { Parts } from '../dependencies/parts.ts'
import type { DependencyWatcher } from '../dependencies/watch.ts'
import type { Checkpoints } from '../evidence/checkpoints.ts'
import type { Custody } from '../evidence/custody.ts'
import type { Exports } from '../evidence/exports.ts'
import type { PlaceReader } from '../evidence/places.ts'
import type { Proofs } from '../evidence/proofs.ts'
import type { Recordings } from '../evidence/recordings.ts'
import type { Replays } from '../evidence/replays.ts'
import type { FileDecisions } from '../airlock/decisions.ts'
import type { ViewingGate } from '../evidence/viewing.ts'
import type { ViewingRequests } from '../evidence/viewings.ts'
import type { CoverageReader } from '../evidence/coverage.ts'
import type { ControlRegister } from '../evidence/register.ts'
import type { Authenticator } from '../identity/authenticate.ts'
import type { Drills } from '../drills/drills.ts'
import type { Samples } from '../evidence/samples.ts'
import type { Log } from '../log.ts'
import type { ApprovalLinks } from '../outbox/links.ts'
import type { Search } from '../search/search.ts'
import type { Escorts } from '../sessions/escorts.ts'
import type { HostKeys } from '../access/host-keys.ts'
import type { Killer } from '../sessions/killing.ts'
import type { Registry } from '../sessions/registry.ts'
import type { SocketWatch } from '../sockets/watch.ts'
import type { Store } from '../store/store.ts'

export interface Services {
  readonly config: Config
  readonly version: string
  readonly bundle: () => Bundle
  readonly store: Store
  readonly door: Door
  readonly access: Access
  readonly links: ApprovalLinks
  readonly inForce: InForce
  readonly bundleLife: BundleLife
  readonly scopeReview: ScopeReview
  readonly standing: Standing
  readonly physical: PhysicalReports
  readonly drills: Drills
  readonly samples: Samples
  readonly shelf: Shelf
  readonly world: () => World
  readonly registry: Registry
  readonly escorts: Escorts
  readonly killer: Killer
  readonly sockets: Pick<SocketWatch, 'look'>
  readonly seen: SeenService
  readonly hostKeys: HostKeys
  readonly dependencies: Pick<DependencyWatcher, 'read'>
  readonly parts: Pick<Parts, 'read'>
  readonly carriers: () => Carriers
  readonly recordings: Recordings
  readonly replays: Replays
  readonly custody: Custody
  readonly viewing: ViewingGate
  readonly files: FileDecisions
  readonly viewings: ViewingRequests
  readonly search: Search
  readonly exports: Exports
  readonly proofs: Proofs
  readonly places: PlaceReader
  readonly checkpoints: Checkpoints
  readonly register: ControlRegister
  readonly coverage: CoverageReader
  readonly scopeFits: ScopeFits
  readonly authenticator: Authenticator
  readonly enrolment: EnrolmentService
  readonly peopleIntake: PeopleIntake
  readonly bus: Bus
  readonly clock: Clock
  readonly log: Log
  /** How people reach the SSH listener: known once it listens. */
  readonly ssh: () => { readonly host: string; readonly port: number; readonly fingerprint: string }
}

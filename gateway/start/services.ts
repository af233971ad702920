// What the API serves, gathered from the steps of the start, with what only the API asks for.

import { openScopeFits } from '../access/fit-reviews.ts'
import type { HostKeys } from '../access/host-keys.ts'
import { openBundleLife } from '../access/proposals.ts'
import { openSeenAddresses } from '../access/seen-addresses.ts'
import type { Airlocks } from '../airlock/airlocks.ts'
import type { Services } from '../api/services.ts'
import type { Carriers } from '../dependencies/carriers.ts'
import type { Parts } from '../dependencies/parts.ts'
import type { Drills } from '../drills/drills.ts'
import { openCoverage } from '../evidence/coverage.ts'
import { openPlaces } from '../evidence/places.ts'
import { openProofs } from '../evidence/proofs.ts'
import { openRegister } from '../evidence/register.ts'
import { openSamples } from '../evidence/samples.ts'
import type { Notifications } from '../outbox/notifications.ts'
import { openEnrolment } from '../people/enrolment.ts'
import { openPeopleIntake } from '../people/intake.ts'
import { openSearch } from '../search/search.ts'
import type { SocketWatch } from '../sockets/watch.ts'
import { version } from '../version.ts'
import type { Ground } from './ground.ts'
import type { KeepingStep } from './keeping.ts'
import type { LedgerStep } from './ledger.ts'
import type { PeopleStep } from './people.ts'
import type { RulesStep } from './rules.ts'

/** What is opened besides the steps of the start. */
export interface Besides {
  readonly notifications: Notifications
  readonly drills: Drills
  readonly airlocks: Airlocks
  readonly sockets: SocketWatch
  readonly hostKeys: HostKeys
  readonly parts: Parts
  readonly carriers: () => Carriers
  readonly ssh: Services['ssh']
}

export function gatherServices(
  { config, clock, log }: Ground,
  { store, checkpoints }: LedgerStep,
  rules: RulesStep,
  people: PeopleStep,
  keeping: KeepingStep,
  { notifications, airlocks, ...besides }: Besides,
): Services {
  const { bundle, inForce, shelf, world, bus, vault } = rules
  const { viewing, engine } = keeping
  const { access, registry, physical, escorts, killer, passwords, authenticator } = people
  const { custody, recordings, replays, viewings, exports } = keeping
  const places = openPlaces({ store, bundle })
  const register = openRegister(store, bundle, clock, places)
  return {
    ...besides,
    config,
    version,
    bundle,
    store,
    door: rules.door,
    access,
    links: notifications.links,
    inForce,
    bundleLife: openBundleLife({ store, inForce, shelf, clock, world }),
    scopeReview: rules.scopeReview,
    standing: rules.standing,
    physical,
    samples: openSamples({ store, checkpoints, clock }),
    shelf,
    world,
    registry,
    files: airlocks.decisions,
    escorts,
    killer,
    seen: openSeenAddresses({ store, clock, bundle }),
    dependencies: rules.dependencies,
    custody,
    recordings,
    replays,
    viewing,
    viewings,
    search: openSearch({ store, gate: viewing, bundle, clock, engine }),
    exports,
    places,
    proofs: openProofs({ evidence: store.evidence, checkpoints }),
    checkpoints,
    register,
    coverage: openCoverage({ store, clock, bundle, register }),
    scopeFits: openScopeFits({ store, clock, bundle, world, register }),
    authenticator,
    enrolment: openEnrolment({ store, vault, passwords, clock }),
    peopleIntake: openPeopleIntake({ store, vault, clock, bundle, bus }),
    bus,
    clock,
    log,
  }
}

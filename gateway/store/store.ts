// The store of record. Reading goes through the aggregates; changing goes through `change`, which commits only if the
// transaction also wrote evidence: no evidence, no state change.

import { Migrator } from 'kysely/migration'
import type { Kysely } from 'kysely'
import { approvalLinksIn, type ApprovalLinks } from './approval-links.ts'
import { attestationsIn, type Attestations } from './attestations.ts'
import { campaignsIn, type Campaigns } from './campaigns.ts'
import { concernsIn, type Concerns } from './concerns.ts'
import { confirmationsIn, type Confirmations } from './confirmations.ts'
import { commitmentsIn } from './commitments.ts'
import { copiesIn, type RecordingCopies } from './copies.ts'
import { credentialsIn, type Credentials } from './credentials.ts'
import { delegationsIn, type Delegations } from './delegations.ts'
import { dependenciesIn, type Dependencies } from './dependencies.ts'
import { up as dependencies } from './migrations/dependencies.ts'
import { deletionsIn, type Deletions } from './deletions.ts'
import { erasuresIn, type Erasures } from './erasures.ts'
import { exceptionStagesIn, type ExceptionStages } from './exception-stages.ts'
import { evidenceIn, evidenceWriterIn, type Evidence, type EvidenceWriter } from './evidence.ts'
import { fileTransfersIn, type FileTransfers } from './file-transfers.ts'
import { keptFilesIn, type KeptFiles } from './kept-files.ts'
import { up as airlock } from './migrations/airlock.ts'
import { up as filesOfPeople } from './migrations/files-of-people.ts'
import { up as grantFiles } from './migrations/grant-files.ts'
import { fitReviewsIn, type FitReviews } from './fit-reviews.ts'
import { seenAddressesIn, type SeenAddresses } from './seen-addresses.ts'
import { evidenceRequestsIn, type EvidenceRequests } from './evidence-requests.ts'
import { holdsIn, type Holds } from './holds.ts'
import { incidentsIn, type Incidents } from './incidents.ts'
import { up as incidents } from './migrations/incidents.ts'
import { up as first } from './migrations/first.ts'
import { up as inventory } from './migrations/inventory.ts'
import { machinesIn, type Machines } from './machines.ts'
import { up as machines } from './migrations/machines.ts'
import { up as outbox } from './migrations/outbox.ts'
import { up as plantsApart } from './migrations/plants-apart.ts'
import { up as seenAddresses } from './migrations/seen-addresses.ts'
import { up as standing } from './migrations/standing.ts'
import { up as trainings } from './migrations/trainings.ts'
import { outboxIn, type Outbox } from './outbox.ts'
import { peopleIn, type People } from './people.ts'
import { platformReleasesIn, type PlatformReleases } from './platform-releases.ts'
import { up as platformReleases } from './migrations/platform-releases.ts'
import { drillRunsIn, type DrillRuns } from './drills.ts'
import { up as physicalAndDrills } from './migrations/physical-and-drills.ts'
import { physicalIn, type PhysicalStates } from './physical.ts'
import { placesIn, type Places } from './places.ts'
import { presencesIn, type Presences } from './presences.ts'
import { reviewsIn, type Reviews } from './reviews.ts'
import { suspensionsIn, type Suspensions } from './suspensions.ts'
import { grantsIn, type Grants } from './grants.ts'
import { openGroupCommit, usualLimits, type GroupLimits } from './group-commit.ts'
import { up as retention } from './migrations/retention.ts'
import { up as recordersRest } from './migrations/recorders-rest.ts'
import { setbacksIn, type StoredSetbacks } from './setbacks.ts'
import { storageIn, type Storage } from './storage.ts'
import { targetHostKeysIn, type TargetHostKeys } from './target-host-keys.ts'
import { up as targetHostKeys } from './migrations/target-host-keys.ts'
import { timestampsIn, type Timestamps } from './timestamps.ts'
import { up as timestamps } from './migrations/timestamps.ts'
import { requestsIn, type Requests } from './requests.ts'
import { riskStagesIn, type RiskStages } from './risk-stages.ts'
import { up as riskStages } from './migrations/risk-stages.ts'
import { up as recordingCopies } from './migrations/recording-copies.ts'
import { up as requestsAndConcerns } from './migrations/requests-and-concerns.ts'
import { up as requestTerms } from './migrations/request-terms.ts'
import type { Db, Schema } from './schema.ts'
import { bundlesIn, type Bundles } from './bundles.ts'
import { up as bundles } from './migrations/bundles.ts'
import { up as bundleRelease } from './migrations/bundle-release.ts'
import { enrolmentsIn, type Enrolments } from './enrolments.ts'
import { up as peopleSources } from './migrations/people-sources.ts'
import { peopleSourcesIn, type PeopleSources } from './people-sources.ts'
import { separationBreachesIn, type SeparationBreaches } from './separation-breaches.ts'
import { proposalsIn, type Proposals } from './proposals.ts'
import { safetyReviewsIn, type SafetyReviews } from './safety-reviews.ts'
import { scopeChangesIn, type ScopeChanges } from './scope-changes.ts'
import { sessionsIn, type Sessions } from './sessions.ts'
import { tokensIn, type Tokens } from './tokens.ts'
import { up as labelHandling } from './migrations/label-handling.ts'
import { viewingsIn, type Viewings } from './viewings.ts'

export interface Tables {
  readonly people: People
  readonly peopleSources: PeopleSources
  readonly enrolments: Enrolments
  readonly separationBreaches: SeparationBreaches
  readonly machines: Machines
  readonly requests: Requests
  readonly grants: Grants
  readonly sessions: Sessions
  readonly credentials: Credentials
  readonly tokens: Tokens
  readonly bundles: Bundles
  readonly proposals: Proposals
  readonly safetyReviews: SafetyReviews
  readonly scopeChanges: ScopeChanges
  readonly evidence: Evidence
  readonly suspensions: Suspensions
  readonly delegations: Delegations
  readonly dependencies: Dependencies
  readonly presences: Presences
  readonly places: Places
  readonly physical: PhysicalStates
  readonly drillRuns: DrillRuns
  readonly platformReleases: PlatformReleases
  readonly attestations: Attestations
  readonly reviews: Reviews
  readonly campaigns: Campaigns
  readonly concerns: Concerns
  readonly incidents: Incidents
  readonly evidenceRequests: EvidenceRequests
  readonly exceptionStages: ExceptionStages
  readonly riskStages: RiskStages
  readonly confirmations: Confirmations
  readonly fitReviews: FitReviews
  readonly seenAddresses: SeenAddresses
  readonly outbox: Outbox
  readonly approvalLinks: ApprovalLinks
  readonly copies: RecordingCopies
  readonly holds: Holds
  readonly deletions: Deletions
  readonly erasures: Erasures
  readonly storage: Storage
  readonly targetHostKeys: TargetHostKeys
  readonly timestamps: Timestamps
  readonly setbacks: StoredSetbacks
  readonly viewings: Viewings
  readonly fileTransfers: FileTransfers
  readonly keptFiles: KeptFiles
}

/** In the order of their names. One that was released never changes. */
const migrations = {
  '0001-first': { up: first },
  '0002-request-terms': { up: requestTerms },
  '0003-standing': { up: standing },
  '0004-bundles': { up: bundles },
  '0005-outbox': { up: outbox },
  '0006-trainings': { up: trainings },
  '0007-inventory': { up: inventory },
  '0008-bundle-release': { up: bundleRelease },
  '0009-requests-and-concerns': { up: requestsAndConcerns },
  '0010-risk-stages': { up: riskStages },
  '0011-machines': { up: machines },
  '0012-label-handling': { up: labelHandling },
  '0013-retention': { up: retention },
  '0014-recording-copies': { up: recordingCopies },
  '0015-timestamps': { up: timestamps },
  '0016-dependencies': { up: dependencies },
  '0017-incidents': { up: incidents },
  '0018-plants-apart': { up: plantsApart },
  '0019-people-sources': { up: peopleSources },
  '0020-physical-and-drills': { up: physicalAndDrills },
  '0021-seen-addresses': { up: seenAddresses },
  '0022-recorders-rest': { up: recordersRest },
  '0023-platform-releases': { up: platformReleases },
  '0024-grant-files': { up: grantFiles },
  '0025-airlock': { up: airlock },
  '0026-target-host-keys': { up: targetHostKeys },
  '0027-files-of-people': { up: filesOfPeople },
}

/** Inside a transaction use only this: the store has one connection, and asking it from inside would wait for itself. */
export type Tx = Tables & { readonly ledger: EvidenceWriter }

export interface Store extends Tables {
  /**
   * Runs `work` alone and whole: all of it is durable when the promise resolves, none of it when it rejects. Changes that
   * wait at the same time are committed together, so `work` waits for nothing but its own `tx` (see group-commit.ts).
   * @throws when `work` wrote no evidence, committed to a value that stands in none, or took too long; it is rolled back.
   */
  change<T>(work: (tx: Tx) => Promise<T>): Promise<T>
  /** A transaction for what is no state of record: counters of wrong tries, token rotation, session byte counts. */
  bookkeep<T>(work: (tx: Tables) => Promise<T>): Promise<T>
  close(): Promise<void>
}

function tablesIn(db: Db): Tables {
  return {
    people: peopleIn(db),
    peopleSources: peopleSourcesIn(db),
    enrolments: enrolmentsIn(db),
    separationBreaches: separationBreachesIn(db),
    machines: machinesIn(db),
    requests: requestsIn(db),
    grants: grantsIn(db),
    sessions: sessionsIn(db),
    credentials: credentialsIn(db),
    tokens: tokensIn(db),
    bundles: bundlesIn(db),
    proposals: proposalsIn(db),
    safetyReviews: safetyReviewsIn(db),
    scopeChanges: scopeChangesIn(db),
    evidence: evidenceIn(db),
    suspensions: suspensionsIn(db),
    delegations: delegationsIn(db),
    dependencies: dependenciesIn(db),
    presences: presencesIn(db),
    places: placesIn(db),
    physical: physicalIn(db),
    drillRuns: drillRunsIn(db),
    platformReleases: platformReleasesIn(db),
    attestations: attestationsIn(db),
    reviews: reviewsIn(db),
    campaigns: campaignsIn(db),
    concerns: concernsIn(db),
    incidents: incidentsIn(db),
    evidenceRequests: evidenceRequestsIn(db),
    exceptionStages: exceptionStagesIn(db),
    riskStages: riskStagesIn(db),
    confirmations: confirmationsIn(db),
    fitReviews: fitReviewsIn(db),
    seenAddresses: seenAddressesIn(db),
    outbox: outboxIn(db),
    approvalLinks: approvalLinksIn(db),
    copies: copiesIn(db),
    holds: holdsIn(db),
    deletions: deletionsIn(db),
    erasures: erasuresIn(db),
    storage: storageIn(db),
    targetHostKeys: targetHostKeysIn(db),
    timestamps: timestampsIn(db),
    setbacks: setbacksIn(db),
    viewings: viewingsIn(db),
    fileTransfers: fileTransfersIn(db),
    keptFiles: keptFilesIn(db),
  }
}

/**
 * Brings the schema up to date and returns the store.
 * @throws when a migration fails; the database is then as it was.
 */
export async function openStore(db: Kysely<Schema>, limits: GroupLimits = usualLimits): Promise<Store> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } })
  const { error } = await migrator.migrateToLatest()
  if (error) {
    await db.destroy()
    throw new Error('the store could not be brought up to date', { cause: error })
  }
  const groups = openGroupCommit(db, limits)
  return {
    ...tablesIn(db),
    change: (work) =>
      groups.run(async (turn) => {
        let written = 0
        const unsaid = new Set<string>()
        const writer = evidenceWriterIn(turn.db, turn)
        const ledger: EvidenceWriter = {
          append: async (type, at, data) => {
            const index = await writer.append(type, at, data)
            written++
            for (const commitment of commitmentsIn(data)) unsaid.delete(commitment)
            return index
          },
          commit: async (value) => {
            const commitment = await writer.commit(value)
            unsaid.add(commitment)
            return commitment
          },
        }
        const result = await work({ ...tablesIn(turn.db), ledger })
        if (written === 0) throw new Error('a state change wrote no evidence and was rolled back')
        if (unsaid.size > 0)
          throw new Error('a value was committed to that stands in no entry: the change was rolled back')
        return result
      }),
    bookkeep: (work) => groups.run((turn) => work(tablesIn(turn.db))),
    async close() {
      await groups.close()
      await db.destroy()
    },
  }
}

// The services of standing facts, put together for `app.ts`: what touches many decisions, and what looks after it.

import type { AssetId, ScopeStatus } from '../../policy/index.ts'
import type { Bus } from '../bus/bus.ts'
import type { Vault } from '../identity/vault.ts'
import type { Log } from '../log.ts'
import { openRiskAgeing } from './accepted-risks.ts'
import { openAttestations, type Attestations } from './attestations.ts'
import { openConcerns, type Concerns } from './concerns.ts'
import { openCampaigns, type CampaignService } from './campaigns.ts'
import { openCrossings } from './crossings.ts'
import { openDelegations, type Delegations } from './delegations.ts'
import { openExceptionAgeing } from './exceptions.ts'
import { openPresences, type Presences } from './presences.ts'
import { openIncidents, type IncidentService } from '../incidents/incidents.ts'
import { openReviews, type ReviewService } from './reviews.ts'
import { openRevocations, type Revocations } from './revocations.ts'
import { openSuspensions, type SuspendDeps, type Suspensions } from './suspensions.ts'
import { openWalkdowns, type Walkdowns } from './walkdowns.ts'
import { openWorld, type WorldSource } from './world.ts'

export interface Standing {
  readonly world: WorldSource
  readonly suspensions: Suspensions
  readonly revocations: Revocations
  readonly delegations: Delegations
  readonly presences: Presences
  readonly attestations: Attestations
  readonly reviews: ReviewService
  readonly campaigns: CampaignService
  readonly walkdowns: Walkdowns
  readonly concerns: Concerns
  readonly incidents: IncidentService
  /** What time brings, and what another process wrote. Called every second. */
  sweep(): Promise<void>
}

export async function openStanding(
  deps: SuspendDeps & {
    readonly bus: Bus
    readonly vault: Vault
    readonly log?: Log
    readonly heldScope: () => ReadonlyMap<AssetId, ScopeStatus>
    readonly unavailable?: () => ReadonlySet<string>
  },
): Promise<Standing> {
  const walkdowns = await openWalkdowns(deps)
  const world = await openWorld({ ...deps, confirmations: walkdowns.confirmations })
  const known = { ...deps, world }
  const ageing = [openExceptionAgeing(deps), openRiskAgeing(deps), openCrossings(deps)]
  const standing = {
    world,
    suspensions: openSuspensions(known),
    revocations: openRevocations(known),
    delegations: openDelegations(known),
    presences: openPresences(known),
    attestations: openAttestations(known),
    reviews: openReviews(known),
    campaigns: openCampaigns(known),
    walkdowns,
    concerns: openConcerns(deps),
    incidents: openIncidents(deps),
  }
  return {
    ...standing,
    async sweep() {
      // First what ends access; the rest is bookkeeping that may come a moment later.
      await world.refresh()
      await walkdowns.refresh()
      await standing.revocations.sweep()
      await standing.presences.sweep()
      await standing.reviews.sweep()
      await standing.campaigns.sweep()
      await standing.incidents.sweep()
      await standing.attestations.sweep()
      for (const each of ageing) await each.sweep()
    },
  }
}

// The identifiers that stand in events, as schemas: each a text of the form its parser in ids.ts asks for.

import * as ids from '../ids.ts'
import { formed, named, type Of } from './fields.ts'

export const plantId: Of<ids.PlantId> = named('PlantId', formed(ids.declaredPattern))
export const zoneId: Of<ids.ZoneId> = named('ZoneId', formed(ids.declaredPattern))
export const conduitId: Of<ids.ConduitId> = named('ConduitId', formed(ids.declaredPattern))
export const assetId: Of<ids.AssetId> = named('AssetId', formed(ids.declaredPattern))
export const supplierId: Of<ids.SupplierId> = named('SupplierId', formed(ids.declaredPattern))
export const personId: Of<ids.PersonId> = named('PersonId', formed(ids.mintedPattern('per')))
export const requestId: Of<ids.RequestId> = named('RequestId', formed(ids.mintedPattern('req')))
export const requestSetId: Of<ids.RequestSetId> = named('RequestSetId', formed(ids.mintedPattern('set')))
export const grantId: Of<ids.GrantId> = named('GrantId', formed(ids.mintedPattern('gra')))
export const sessionId: Of<ids.SessionId> = named('SessionId', formed(ids.mintedPattern('ses')))
export const suspensionId: Of<ids.SuspensionId> = named('SuspensionId', formed(ids.mintedPattern('sus')))
export const reviewId: Of<ids.ReviewId> = named('ReviewId', formed(ids.mintedPattern('rev')))
export const proposalId: Of<ids.ProposalId> = named('ProposalId', formed(ids.mintedPattern('pro')))
export const campaignId: Of<ids.CampaignId> = named('CampaignId', formed(ids.mintedPattern('cam')))
export const delegationId: Of<ids.DelegationId> = named('DelegationId', formed(ids.mintedPattern('del')))
export const presenceId: Of<ids.PresenceId> = named('PresenceId', formed(ids.mintedPattern('pre')))
export const attestationId: Of<ids.AttestationId> = named('AttestationId', formed(ids.mintedPattern('att')))
export const scopeChangeId: Of<ids.ScopeChangeId> = named('ScopeChangeId', formed(ids.mintedPattern('scc')))
export const fitReviewId: Of<ids.FitReviewId> = named('FitReviewId', formed(ids.mintedPattern('sfr')))
export const viewingId: Of<ids.ViewingId> = named('ViewingId', formed(ids.mintedPattern('vie')))
export const concernId: Of<ids.ConcernId> = named('ConcernId', formed(ids.mintedPattern('con')))
export const holdId: Of<ids.HoldId> = named('HoldId', formed(ids.mintedPattern('hld')))
export const deletionId: Of<ids.DeletionId> = named('DeletionId', formed(ids.mintedPattern('dln')))
export const erasureId: Of<ids.ErasureId> = named('ErasureId', formed(ids.mintedPattern('era')))

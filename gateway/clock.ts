// Time and ids, given to whatever needs them, so that tests and drills can give their own.

import { randomBytes } from 'node:crypto'
import { hrtime } from 'node:process'
import type {
  AttestationId,
  CampaignId,
  ConcernId,
  DeletionId,
  DrillRunId,
  ErasureId,
  EvidenceRequestId,
  ExhibitId,
  FileTransferId,
  HoldId,
  IncidentId,
  DelegationId,
  FitReviewId,
  GrantId,
  Instant,
  PersonId,
  PresenceId,
  ProposalId,
  RequestId,
  RequestSetId,
  ReviewId,
  SampleId,
  ScopeChangeId,
  SeenAddressId,
  SessionId,
  SuspensionId,
  ViewingId,
} from '../policy/index.ts'

export interface Clock {
  /** Wall time. */
  now(): Instant
  /** Nanoseconds that never go backwards. */
  monotonic(): bigint
}

export const systemClock: Clock = { now: Date.now, monotonic: () => hrtime.bigint() }

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'

/** 26 characters of Crockford base32: 48 bits of time, then 80 random bits. Sorts by time; not guessable. */
function ulid(now: Instant): string {
  let value = (BigInt(now) << 80n) | BigInt(`0x${randomBytes(10).toString('hex')}`)
  let text = ''
  for (let i = 0; i < 26; i++) {
    text = alphabet[Number(value & 31n)] + text
    value >>= 5n
  }
  return text
}

export const mint = {
  person: (now: Instant): PersonId => `per_${ulid(now)}` as PersonId,
  request: (now: Instant): RequestId => `req_${ulid(now)}` as RequestId,
  grant: (now: Instant): GrantId => `gra_${ulid(now)}` as GrantId,
  session: (now: Instant): SessionId => `ses_${ulid(now)}` as SessionId,
  requestSet: (now: Instant): RequestSetId => `set_${ulid(now)}` as RequestSetId,
  suspension: (now: Instant): SuspensionId => `sus_${ulid(now)}` as SuspensionId,
  review: (now: Instant): ReviewId => `rev_${ulid(now)}` as ReviewId,
  proposal: (now: Instant): ProposalId => `pro_${ulid(now)}` as ProposalId,
  fitReview: (now: Instant): FitReviewId => `sfr_${ulid(now)}` as FitReviewId,
  seenAddress: (now: Instant): SeenAddressId => `sea_${ulid(now)}` as SeenAddressId,
  scopeChange: (now: Instant): ScopeChangeId => `scc_${ulid(now)}` as ScopeChangeId,
  concern: (now: Instant): ConcernId => `con_${ulid(now)}` as ConcernId,
  sample: (now: Instant): SampleId => `smp_${ulid(now)}` as SampleId,
  hold: (now: Instant): HoldId => `hld_${ulid(now)}` as HoldId,
  deletion: (now: Instant): DeletionId => `dln_${ulid(now)}` as DeletionId,
  drillRun: (now: Instant): DrillRunId => `drl_${ulid(now)}` as DrillRunId,
  erasure: (now: Instant): ErasureId => `era_${ulid(now)}` as ErasureId,
  incident: (now: Instant): IncidentId => `inc_${ulid(now)}` as IncidentId,
  evidenceRequest: (now: Instant): EvidenceRequestId => `evr_${ulid(now)}` as EvidenceRequestId,
  exhibit: (now: Instant): ExhibitId => `exh_${ulid(now)}` as ExhibitId,
  campaign: (now: Instant): CampaignId => `cam_${ulid(now)}` as CampaignId,
  delegation: (now: Instant): DelegationId => `del_${ulid(now)}` as DelegationId,
  presence: (now: Instant): PresenceId => `pre_${ulid(now)}` as PresenceId,
  attestation: (now: Instant): AttestationId => `att_${ulid(now)}` as AttestationId,
  fileTransfer: (now: Instant): FileTransferId => `fil_${ulid(now)}` as FileTransferId,
  viewing: (now: Instant): ViewingId => `vie_${ulid(now)}` as ViewingId,
  message: (now: Instant): string => `msg_${ulid(now)}`,
  link: (now: Instant): string => `lnk_${ulid(now)}`,
  /** 256 random bits as base64url, for tokens whose hash is stored. */
  token: (): string => randomBytes(32).toString('base64url'),
}

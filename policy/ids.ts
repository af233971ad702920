// Identifiers. Each is a branded string, and only its parser makes one: after that nobody re-checks it.

declare const brand: unique symbol
type Id<Name extends string> = string & { readonly [brand]: Name }

export type PlantId = Id<'plant'>
export type ZoneId = Id<'zone'>
export type ConduitId = Id<'conduit'>
export type AssetId = Id<'asset'>
export type SupplierId = Id<'supplier'>
export type InformationId = Id<'information asset'>
export type InterfaceId = Id<'interface'>
/** Opaque (`per_…`): the ledger names people only by it, so that a person's name can be erased without touching the tree. */
export type PersonId = Id<'person'>
/** What a person types: the user part of `alice%ews-1@gateway`. */
export type Login = Id<'login'>
export type RequestId = Id<'request'>
export type GrantId = Id<'grant'>
export type SessionId = Id<'session'>
/** Requests made together, for a set of assets: each keeps its own approvals, grant and end. */
export type RequestSetId = Id<'request set'>
export type SuspensionId = Id<'suspension'>
export type ReviewId = Id<'review'>
export type ProposalId = Id<'proposal'>
export type CampaignId = Id<'campaign'>
export type DelegationId = Id<'delegation'>
export type PresenceId = Id<'presence'>
export type AttestationId = Id<'attestation'>
export type ScopeChangeId = Id<'scope change'>
export type SeenAddressId = Id<'seen address'>
export type FitReviewId = Id<'scope-fit review'>
/** Somebody asked to look at a recording that a second person has to agree to. */
export type ViewingId = Id<'viewing'>
/** One file on its way through the airlock. */
export type FileTransferId = Id<'file transfer'>
export type ConcernId = Id<'concern'>
/** Recordings drawn at random to be looked at. */
export type SampleId = Id<'sample'>
export type HoldId = Id<'legal hold'>
export type DeletionId = Id<'deletion'>
export type ErasureId = Id<'erasure'>
/** A door, cabinet or key switch that reports what it sees. */
export type PhysicalSourceId = Id<'physical source'>
export type DrillRunId = Id<'run of a drill'>
export type IncidentId = Id<'incident'>
/** Somebody outside was asked for evidence. */
export type EvidenceRequestId = Id<'evidence request'>
/** A piece of evidence that came from outside, by its digest. */
export type ExhibitId = Id<'exhibit'>

export type ParsedId<T> =
  | { readonly kind: 'ok'; readonly id: T }
  | { readonly kind: 'malformed'; readonly reason: string }

/** The form of what a bundle declares, and of what the gateway mints with a prefix, as regular expressions. */
export const declaredPattern = '^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$'
export const mintedPattern = (prefix: string): string => `^${prefix}_[0-9a-hjkmnp-tv-z]{26}$`

const declared = new RegExp(declaredPattern)
const login = /^[a-z][a-z0-9._-]{0,31}$/
const minted = (prefix: string): RegExp => new RegExp(mintedPattern(prefix))

/** What the user gave, safe to print: control characters escaped, at most 80 characters. */
export function quote(input: unknown): string {
  const text = typeof input === 'string' ? input : String(JSON.stringify(input) ?? input)
  const shown = text.length > 80 ? `${text.slice(0, 77)}...` : text
  return `\`${shown.replace(/[^\x20-\x7e]|`/gu, (c) => `\\u{${(c.codePointAt(0) ?? 0).toString(16)}}`)}\``
}

function parser<T>(what: string, pattern: RegExp, expected: string) {
  return (input: unknown): ParsedId<T> =>
    typeof input === 'string' && pattern.test(input)
      ? { kind: 'ok', id: input as T }
      : { kind: 'malformed', reason: `${what} ${quote(input)}: expected ${expected}` }
}

const declaredForm = '1 to 63 of a-z, 0-9 and -, starting and ending with a letter or digit'

export const parsePlantId = parser<PlantId>('plant', declared, declaredForm)
export const parseZoneId = parser<ZoneId>('zone', declared, declaredForm)
export const parseConduitId = parser<ConduitId>('conduit', declared, declaredForm)
export const parseAssetId = parser<AssetId>('asset', declared, declaredForm)
export const parsePhysicalSourceId = parser<PhysicalSourceId>('physical source', declared, declaredForm)
export const parseSupplierId = parser<SupplierId>('supplier', declared, declaredForm)
export const parseInformationId = parser<InformationId>('information asset', declared, declaredForm)
export const parseInterfaceId = parser<InterfaceId>('interface', declared, declaredForm)
export const parseLogin = parser<Login>('login', login, '1 to 32 of a-z, 0-9, ., _ and -, starting with a letter')
export const parsePersonId = parser<PersonId>('person', minted('per'), '`per_` and 26 characters of base32')
export const parseRequestId = parser<RequestId>('request', minted('req'), '`req_` and 26 characters of base32')
export const parseGrantId = parser<GrantId>('grant', minted('gra'), '`gra_` and 26 characters of base32')
export const parseSessionId = parser<SessionId>('session', minted('ses'), '`ses_` and 26 characters of base32')
export const parseRequestSetId = parser<RequestSetId>(
  'request set',
  minted('set'),
  '`set_` and 26 characters of base32',
)
export const parseSuspensionId = parser<SuspensionId>('suspension', minted('sus'), '`sus_` and 26 characters of base32')
export const parseReviewId = parser<ReviewId>('review', minted('rev'), '`rev_` and 26 characters of base32')
export const parseProposalId = parser<ProposalId>('proposal', minted('pro'), '`pro_` and 26 characters of base32')
export const parseCampaignId = parser<CampaignId>('campaign', minted('cam'), '`cam_` and 26 characters of base32')
export const parseDelegationId = parser<DelegationId>('delegation', minted('del'), '`del_` and 26 characters of base32')
export const parsePresenceId = parser<PresenceId>('presence', minted('pre'), '`pre_` and 26 characters of base32')
export const parseAttestationId = parser<AttestationId>(
  'attestation',
  minted('att'),
  '`att_` and 26 characters of base32',
)
export const parseScopeChangeId = parser<ScopeChangeId>(
  'scope change',
  minted('scc'),
  '`scc_` and 26 characters of base32',
)
export const parseConcernId = parser<ConcernId>('concern', minted('con'), '`con_` and 26 characters of base32')
export const parseViewingId = parser<ViewingId>('viewing', minted('vie'), '`vie_` and 26 characters of base32')
export const parseSeenAddressId = parser<SeenAddressId>(
  'seen address',
  minted('sea'),
  '`sea_` and 26 characters of base32',
)
export const parseFileTransferId = parser<FileTransferId>('file', minted('fil'), '`fil_` and 26 characters of base32')
export const parseHoldId = parser<HoldId>('legal hold', minted('hld'), '`hld_` and 26 characters of base32')
export const parseDeletionId = parser<DeletionId>('deletion', minted('dln'), '`dln_` and 26 characters of base32')
export const parseErasureId = parser<ErasureId>('erasure', minted('era'), '`era_` and 26 characters of base32')
export const parseDrillRunId = parser<DrillRunId>('run of a drill', minted('drl'), '`drl_` and 26 characters of base32')
export const parseIncidentId = parser<IncidentId>('incident', minted('inc'), '`inc_` and 26 characters of base32')
export const parseEvidenceRequestId = parser<EvidenceRequestId>(
  'evidence request',
  minted('evr'),
  '`evr_` and 26 characters of base32',
)
export const parseExhibitId = parser<ExhibitId>('exhibit', minted('exh'), '`exh_` and 26 characters of base32')

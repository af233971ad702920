// Policy decides. Given a bundle (everything a plant declares: scope, zones, conduits, assets, suppliers, rules,
// register), a question and the facts of the moment, it says permit or deny and why; it moves requests and grants from
// state to state; and it reads evidence to say whether each control holds. It is pure: no clock, no network, no files.
// Enforcing, recording and storing are the gateway's and the recorder's.

export * from './ids.ts'
export * from './model.ts'
export type * from './events.ts'

export { parseBundle, type ParsedBundle } from './bundle/parse.ts'
export type { Bundle, PolicyRule } from './bundle/bundle.ts'
export { showProblem, type Problem } from './bundle/problem.ts'

export { releaseBundle } from './bundle/release.ts'
export { diffBundles, isEmptyDiff, type BundleDiff, type Change, type Counted, type ScopeMove } from './diff/diff.ts'
export { type Effect } from './diff/effects.ts'
export { attributeMoves, stricterScope, type AttributeMove } from './diff/scope-changes.ts'
export { describeDiff, type Paragraph } from './diff/words.ts'

export { membershipOf, scopeReport, type Membership, type PhaseReport, type ScopeReport } from './scope-report.ts'

export { decide } from './decide.ts'
export { explain, explainJson, type Beside, type ExplainedDecision } from './explain.ts'
export { remediesFor, type Way } from './remedies.ts'
export { decidedUntil } from './boundaries-in-time.ts'
export { guardRules, reservedRules, type GuardRule } from './rules.ts'
export { schema as cedarSchema } from './cedar/schema.ts'
export { exclusionsOf, plantOf, scopeOf, zoneOf } from './scope.ts'
export { localInstant } from './calendar.ts'
export { conduitFor, isAbove, type ConduitState } from './conduit.ts'
export { phaseOf, type PhaseState } from './phase.ts'
export { exceptionsFor, suspensionOf } from './standing.ts'
export { contractFor, isLabelled, type ContractState } from './supplier.ts'
export { assetsFor, blastRadius, type BlastRadius } from './reach.ts'
export {
  joinNeeds,
  nameOfNeed,
  parseObligation,
  sayNeed,
  sayObligation,
  strictest,
  writeObligation,
} from './obligations.ts'
export { faultOfRecurrence, nextOccurrence, occurrenceAt } from './recurrence.ts'
export { maintenanceAt, type MaintenanceState } from './maintenance.ts'
export { isInside, minutesOf, show as showInstant } from './window.ts'
export { hardLimitOf, longestUse, nextUse, type Usable, usableAt, usesOf } from './schedule.ts'

export {
  answerableUntil,
  approve,
  breakGlass,
  deny,
  expireRequest,
  submit,
  withdraw,
  type Approved,
  type ApprovedRequest,
  type ExpiredRequest,
  type RefusedRequest,
  type SubmittedRequest,
  type Verdict,
  type WithdrawnRequest,
  type Yes,
} from './approval.ts'
export {
  expireGrant,
  extend,
  firstUse,
  revoke,
  type ExpiredGrant,
  type Extension,
  type OpenGrant,
  type RevokedGrant,
} from './grant.ts'
export { refusalCodes, type Outcome, type RefusalCode, type Refused } from './outcome.ts'
export { endOfDay, isDay, startOfDay } from './calendar.ts'
export { requestDigest } from './request-digest.ts'
export { firstTerms, isSameTerms, narrowTerms, type Changes } from './terms.ts'
export { dutiesOf, escalationFor, nextOnDuty, onDuty } from './roster.ts'
export {
  conflictBetween,
  lapseOf,
  leastNeeds,
  meets,
  needsOf,
  needsToExtend,
  tally,
  type Tally,
  type Voice,
} from './quorum.ts'

export { catalogue, type Control } from './register/catalogue.ts'
export { startRegister, type ControlState, type Offender, type RegisterRun } from './register/evaluate.ts'

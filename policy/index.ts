// Policy decides. Given a bundle (everything a plant declares: scope, zones, conduits, assets, suppliers, rules,
// register), a question and the facts of the moment, it says permit or deny and why; it moves requests and grants from
// state to state; and it reads evidence to say whether each control holds. It is pure: no clock, no network, no files.
// Enforcing, recording and storing are the gateway's and the recorder's.

export * from './ids.ts'
export * from './model.ts'
export type * from './events.ts'
export { eventSchemas } from './events.ts'
export { checkEvent, type EventCheck } from './events/check.ts'

export { parseBundle, readBundle, takeUpBundle, type ParsedBundle, type ReadBundle } from './bundle/parse.ts'
export { PieceTable, piecesOf, type BundlePiece } from './bundle/pieces.ts'
export { bundleDigest } from './bundle/files.ts'
export { faultyPolicy, withFaultyPolicy } from './faulty.ts'
export { factOf, sourcesFor } from './physical.ts'
export type { Bundle, PolicyRule } from './bundle/bundle.ts'
export { showProblem, suggestion, type Problem } from './bundle/problem.ts'

export { releaseBundle } from './bundle/release.ts'
export {
  diffBundles,
  diffSteps,
  isEmptyDiff,
  type BundleDiff,
  type Change,
  type Counted,
  type ScopeMove,
} from './diff/diff.ts'
export { type Effect } from './diff/effects.ts'
export { attributeMoves, stricterScope, type AttributeMove } from './diff/scope-changes.ts'
export { ruleTexts, type RuleText } from './diff/rule-texts.ts'
export { safetyPath, safetySteps, sayTouch, type SafetyPath, type SafetyTouch } from './diff/safety-path.ts'
export { describeDiff, type Paragraph } from './diff/words.ts'

export { applicability, type Applicability } from './applicability.ts'
export {
  coverageDigest,
  coverageReport,
  coverageStates,
  type Coverage,
  type CoverageReport,
  type CoverageState,
} from './coverage.ts'
export {
  fitReviewDays,
  fitTopics,
  knownThings,
  scopeFit,
  type FitTopic,
  type KnownThings,
  type LastFitReview,
  type ScopeFit,
  type UndeclaredAddress,
  type UnregisteredName,
} from './scope-fit.ts'
export { conduitDigest, interfaceDigest, isConduitInScope } from './crossing-digest.ts'
export { heldBy, inheritedLabels, ownLabels } from './information.ts'
export { faultsOf, plantOfInterface, type InterfaceFault } from './interface.ts'
export {
  informationReport,
  interfaceReport,
  membershipOf,
  scopeReport,
  type InformationReport,
  type InterfaceReport,
  type Membership,
  type PhaseReport,
  type ScopeReport,
} from './scope-report.ts'

export {
  confirmationOf,
  confirmedUntil,
  faultOfWalkdown,
  sayConfirmation,
  todayAt,
  type ConfirmationState,
} from './confirmation.ts'
export { parseWalkdown, type WalkdownRow } from './walkdown-table.ts'
export { decide } from './decide.ts'
export { explain, explainJson, type Beside, type ExplainedDecision } from './explain.ts'
export { acceptedOver, byGravity, gravityOf, levelOf, needsCommittee, scaleFor, touches } from './risk.ts'
export { sayWatched } from './watched.ts'
export { remediesFor, type Way } from './remedies.ts'
export { expectationsOf, isTrainingFor, trainingsFor, unmetExpectations, type Unattested } from './preconditions.ts'
export { decidedUntil } from './boundaries-in-time.ts'
export { guardRules, reservedRules, safetyRules, type GuardRule } from './rules.ts'
export { profileOf } from './unsupported.ts'
export { safeOutcomeOf, safetyFirst, touchesSafety, type SafeOutcome } from './safety-first.ts'
export { schema as cedarSchema } from './cedar/schema.ts'
export { closingFor, dependenciesOf, watchKey } from './dependencies.ts'
export { isUnlookable, plainHost, watchedHost } from './bundle/dependencies.ts'
export { exclusionsOf, leansOn, plantOf, scopeOf, zoneOf } from './scope.ts'
export { localInstant } from './calendar.ts'
export {
  crossingsOf,
  featuresOf,
  fileFeatures,
  filePermissionOf,
  fileRulesFor,
  judgeFile,
  judgeTree,
  maySetVariable,
  sayCrossing,
  sayOp,
} from './files.ts'
export { isSameTransfer, sayTransfer, sortedSwitches, transferWithin, unmetTransfer, waysOf } from './transfer.ts'
export { faultOfPath, faultOfPattern, isMeantWithAll, longestPattern, touchesTree } from './file-paths.ts'
export {
  defaultHandling,
  handlingOf,
  handlingOfRecording,
  isRuleAbout,
  standardRetention,
  stricterHandling,
  type RecordedOf,
} from './label-handling.ts'
export { holdsOn, isHeldBy, keptUntil } from './retention.ts'
export {
  fileBlockReasons,
  fileHoldReasons,
  fileOutcome,
  fileReleaseFault,
  fileReleaseReasons,
  malwareVerdicts,
  type FileBlockReason,
  type FileDemand,
  type FileFindings,
  type FileHoldReason,
  type FileOutcome,
  type FileReleaseFault,
  type FileReleaseReason,
  type MalwareVerdict,
} from './file-release.ts'
export { conduitFor, isAbove, type ConduitState } from './conduit.ts'
export { phaseOf, type PhaseState } from './phase.ts'
export { exceptionsFor, suspensionOf } from './standing.ts'
export { contractFor, isLabelled, type ContractState } from './supplier.ts'
export { agreementFault, evidenceKindOf, handlingUnder, uncoveredBy, type Uncovered } from './agreement.ts'
export { coverageOf } from './plant-coverage.ts'
export { drawRank, mostDrawn, openDraw, type Draw } from './sample.ts'
export { houseRoles, overseenPlants, oversees, overseesAll, usualOversight } from './oversight.ts'
export { comesFrom, concernedIn, kindOf, learnerOf, machineEndsAt, machineRulesOf, supposedLogin } from './machine.ts'
export { isInNetworks, isNetwork } from './networks.ts'
export {
  breachesOf,
  heldRoles,
  newBreaches,
  sayBreach,
  usableDuties,
  withUsableRoles,
  type Breach,
} from './separation.ts'
export { rolesFor, type MappedRole } from './role-mapping.ts'
export {
  mostLeavers,
  planFeed,
  type FeedPlan,
  type FeedRow,
  type FeedStep,
  type Given,
  type KnownSource,
  type RowProblem,
} from './people-feed.ts'
export { feedFormat, parseFeed, type FeedFile, type ParsedFeed, type SaidOfFile } from './people-feed-file.ts'
export {
  addressesOf,
  inventoryOf,
  openInventory,
  plainIp,
  seenVerdicts,
  triageDays,
  type SeenAddress,
  type SeenVerdict,
} from './seen.ts'
export { pathTo, sayPath, type PathLeg } from './path.ts'
export { assetsFor, blastRadius, type BlastRadius } from './reach.ts'
export {
  joinNeeds,
  nameOfNeed,
  parseObligation,
  sayCommands,
  sayDuty,
  sayNeed,
  sayObligation,
  sayRole,
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
export {
  isAbout as isStandardFor,
  standardChangeFor,
  standardChangesOn,
  withStandardRollback,
} from './standard-change.ts'
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

export { compensationOf, type Compensation } from './register/compensation.ts'
export { catalogue, type Control } from './register/catalogue.ts'
export { startRegister, type ControlState, type Offender, type RegisterRun } from './register/evaluate.ts'
export { type Subjects, type SubjectTest, type UnregisteredAttempt } from './register/subjects.ts'
export {
  baselinesOf,
  changeNeedsDecision,
  containBy,
  incidentNeedsDecision,
  isAtLeast,
  reportsOf,
  type DueReport,
} from './incident.ts'

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

export { decide } from './decide.ts'
export { explain } from './explain.ts'
export { guardRules, reservedRules, type GuardRule } from './rules.ts'
export { schema as cedarSchema } from './cedar/schema.ts'
export { exclusionsOf, plantOf, scopeOf, zoneOf } from './scope.ts'
export { conduitFor, type ConduitState } from './conduit.ts'
export { contractFor, isLabelled, type ContractState } from './supplier.ts'
export { assetsFor } from './reach.ts'
export { isInside, minutesOf, show as showInstant } from './window.ts'

export {
  approve,
  deny,
  expireGrant,
  expireRequest,
  extend,
  refusalCodes,
  requestDigest,
  revoke,
  submit,
  withdraw,
  type ApprovedRequest,
  type ExpiredGrant,
  type ExpiredRequest,
  type OpenGrant,
  type Outcome,
  type RefusalCode,
  type Refused,
  type RefusedRequest,
  type RevokedGrant,
  type SubmittedRequest,
  type Verdict,
  type WithdrawnRequest,
} from './approval.ts'

export { catalogue, type Control } from './register/catalogue.ts'
export { startRegister, type ControlState, type Offender, type RegisterRun } from './register/evaluate.ts'

// The names of the answers that come from code and not from a bundle's policies. A bundle cannot take them away.

/** Answers about the question itself. No policy may carry these names. */
export const reservedRules = ['default-deny', 'evaluation-error', 'unknown-asset', 'invalid-ask'] as const

/**
 * The invariants that keep people and the process from harm. They are evaluated before all others and named first in
 * every refusal (IEC 61511-1:2016 clause 11.2.4: nothing else may compromise what the safety functions need).
 */
export const safetyRules = ['sis-unreachable', 'local-presence', 'local-enable', 'drill-only'] as const

/**
 * The invariants enforced in code whatever the policies permit. A bundle may say one again as a forbid of the same
 * name, with its own wording, so that auditors find it among the rules.
 */
export const guardRules = [
  ...safetyRules,
  'person-disabled',
  'suspended',
  'scope-out',
  'scope-undetermined',
  'phase-closed',
  'protocol-not-offered',
  'legacy-over',
  'conduit-absent',
  'conduit-direction',
  'conduit-protocol',
  'conduit-downward',
  'conduit-spans',
  'conduit-ownerless',
  'conduit-overdue',
  'conduit-class',
  'conduit-payload',
  'plant-membership',
  'supplier-contract',
  'supplier-labels',
  'supplier-expectation',
  'attestation-missing',
  'training-missing',
  'place-not-allowed',
  'dependency-down',
  'tier-not-offered',
  'tier-criteria',
  'rollback-missing',
  'not-a-standard-change',
  'window-too-long',
  'recurring-too-long',
  'seal-broken',
  'ticket-unreachable',
  'files-not-open',
  'files-not-allowed',
  'mfa-missing',
  'machine-decides',
  'machine-ownerless',
  'machine-ended',
  'machine-source',
  'machine-undeclared',
  'machine-break-glass',
  'machine-files',
  'own-request',
  'own-supplier',
  'duties-separated',
  'grant-missing',
  'grant-mismatch',
  'grant-closed',
  'grant-outside-window',
] as const
export type GuardRule = (typeof guardRules)[number]

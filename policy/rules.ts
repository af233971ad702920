// The names of the answers that come from code and not from a bundle's policies. A bundle cannot take them away.

/** Answers about the question itself. No policy may carry these names. */
export const reservedRules = ['default-deny', 'evaluation-error', 'unknown-asset', 'invalid-ask'] as const

/**
 * The invariants enforced in code whatever the policies permit. A bundle may say one again as a forbid of the same
 * name, with its own wording, so that auditors find it among the rules.
 */
export const guardRules = [
  'person-disabled',
  'suspended',
  'scope-out',
  'scope-undetermined',
  'phase-closed',
  'sis-unreachable',
  'protocol-not-offered',
  'conduit-absent',
  'conduit-direction',
  'conduit-protocol',
  'conduit-downward',
  'conduit-ownerless',
  'conduit-overdue',
  'conduit-class',
  'plant-membership',
  'supplier-contract',
  'supplier-labels',
  'supplier-expectation',
  'attestation-missing',
  'training-missing',
  'place-not-allowed',
  'tier-not-offered',
  'tier-criteria',
  'rollback-missing',
  'not-a-standard-change',
  'window-too-long',
  'recurring-too-long',
  'seal-broken',
  'ticket-unreachable',
  'mfa-missing',
  'machine-decides',
  'machine-ownerless',
  'machine-ended',
  'machine-source',
  'machine-undeclared',
  'machine-break-glass',
  'own-request',
  'own-supplier',
  'local-presence',
  'grant-missing',
  'grant-mismatch',
  'grant-closed',
  'grant-outside-window',
] as const
export type GuardRule = (typeof guardRules)[number]

// The words a policy may use, as a Cedar schema. Every policy of a bundle is checked against it before the bundle is
// accepted, and every request before it is decided. Closed sets of words are enumerated entity types, so that a
// misspelt `Role::"aprover"` is found when the bundle is checked and not the night it matters.

import { criticalities, mfaKinds, operationClasses, protocols, roles, safetyClasses } from '../model.ts'

export const scopeStatuses = ['in', 'out', 'undetermined'] as const
export const contractStatuses = ['none', 'active', 'not-started', 'expired', 'ends-early', 'unknown'] as const
export const conduitStatuses = ['present', 'absent', 'review-overdue', 'protocol-not-listed'] as const
export const grantStatuses = ['none', 'open', 'revoked', 'expired'] as const

const words = (name: string, ids: readonly string[]): string =>
  `entity ${name} enum [${ids.map((id) => JSON.stringify(id)).join(', ')}];`

/** The schema in Cedar's own syntax; docs/policy-bundle.md explains each word to those who write policies. */
export const schema = `
${words('Role', roles)}
${words('Mfa', mfaKinds)}
${words('Protocol', protocols)}
${words('OperationClass', operationClasses)}
${words('Criticality', criticalities)}
${words('Safety', safetyClasses)}
${words('Scope', scopeStatuses)}
${words('Contract', contractStatuses)}
${words('Conduit', conduitStatuses)}
${words('GrantState', grantStatuses)}

entity Plant;
entity Zone in [Plant] = {
  // Cedar has no fractions: the Purdue level times ten, so that the DMZ (3.5) is 35.
  levelTimesTen: Long,
  gateway: Bool,
};
entity Asset in [Zone] = {
  zone: Zone,
  type: String,
  owner: String,
  criticality: Criticality,
  safety: Safety,
  labels: Set<String>,
  scope: Scope,
};
entity Supplier = { labels: Set<String> };
entity Person in [Supplier] = {
  roles: Set<Role>,
  plants: Set<Plant>,
  // Absent for people of the plant.
  supplier?: Supplier,
  disabled: Bool,
};

// The person who would use the access: who asks or connects, or, when a request is judged, who asked.
type User = {
  person: Person,
  contract: Contract,
  // The supplier may touch at least one of the asset's labels; true for people of the plant.
  labelsMatch: Bool,
  actsForPlant: Bool,
};
type Use = {
  user: User,
  protocol: Protocol,
  operationClass: OperationClass,
  windowMinutes: Long,
  maxWindowMinutes: Long,
  mfa: Set<Mfa>,
  // From the plant's gateway zone to the asset's zone, for the protocol.
  conduit: Conduit,
};
type Judgement = {
  user: User,
  protocol: Protocol,
  operationClass: OperationClass,
  windowMinutes: Long,
  maxWindowMinutes: Long,
  mfa: Set<Mfa>,
  conduit: Conduit,
  // The person acting is the one who asked.
  ownRequest: Bool,
  // Both are of one supplier.
  ownSupplier: Bool,
  actsForPlant: Bool,
};
type Connection = {
  user: User,
  protocol: Protocol,
  operationClass: OperationClass,
  windowMinutes: Long,
  maxWindowMinutes: Long,
  mfa: Set<Mfa>,
  conduit: Conduit,
  grant: GrantState,
  // The grant is for this person, this asset and this protocol.
  grantFits: Bool,
  insideWindow: Bool,
};

action request appliesTo { principal: [Person], resource: [Asset], context: Use };
action approve, extend appliesTo { principal: [Person], resource: [Asset], context: Judgement };
action connect appliesTo { principal: [Person], resource: [Asset], context: Connection };
`

/** The entity types a policy may name only if the bundle declares them. */
export const declaredTypes = { Plant: 'plant', Zone: 'zone', Asset: 'asset', Supplier: 'supplier' } as const

// The words a policy may use, as a Cedar schema. Every policy of a bundle is checked against it before the bundle is
// accepted, and every request before it is decided. Closed sets of words are enumerated entity types, so that a
// misspelt `Role::"aprover"` is found when the bundle is checked and not the night it matters.

import { conduitStates } from '../conduit.ts'
import { placeStates } from '../eligibility.ts'
import {
  criticalities,
  fileSwitches,
  mfaKinds,
  operationClasses,
  principalKinds,
  protocols,
  riskTiers,
  roles,
  safetyClasses,
  ticketStates,
  tiers,
} from '../model.ts'
import { phaseStates } from '../phase.ts'

export const scopeStatuses = ['in', 'out', 'undetermined'] as const
export const contractStatuses = ['none', 'active', 'not-started', 'expired', 'ends-early', 'unknown'] as const
export const grantStatuses = ['none', 'open', 'revoked', 'expired'] as const
export const scheduleKinds = ['whole', 'from-approval', 'from-first-use', 'recurring'] as const
export const maintenanceStates = ['inside', 'outside', 'none-declared'] as const

/** Stands among the second factors of a machine account that has none, where the bundle says that its key is enough. */
export const keyAlone = 'key-alone'

const words = (name: string, ids: readonly string[]): string =>
  `entity ${name} enum [${ids.map((id) => JSON.stringify(id)).join(', ')}];`

/** What every action's context holds. */
const shared = `
  user: User,
  protocol: Protocol,
  operationClass: OperationClass,
  tier: Tier,
  schedule: Schedule,
  // The longest stretch; the whole span from the first to the last moment; what the plant allows for a stretch.
  windowMinutes: Long,
  spanMinutes: Long,
  maxWindowMinutes: Long,
  mfa: Set<Mfa>,
  // From the plant's gateway zone to the asset's zone, for the protocol and the operation class.
  conduit: Conduit,
  // Is the whole use inside a maintenance window of the asset's line?
  maintenance: Maintenance,
  // Duties the person acting is on now in the asset's plant, from its rosters.
  onDuty: Set<String>,
  // Ids of the register's exceptions in force for the asset.
  exceptions: Set<String>,
  // Somebody other than the user asserts presence in the asset's zone.
  presence: Bool,
  // What doors, cabinets and key switches around the asset say.
  physical: Physical,
  // A break-glass use of the asset waits for its review.
  sealBroken: Bool,
  suspended: Bool,
  // What may be done to files: as asked, as it would be granted, or as the grant gives it. Empty: no file crosses.
  transfer: Set<FileSwitch>,
  // What the plant leans on (dependencies of scope.yaml) and does not work now.
  unavailable: Set<Dependency>,
  // Id of the standard change of access.yaml it is; absent where it is none.
  standardChange?: String,`

/** What is known only of what is asked, and not of a grant. */
const asked = `
  ticket: Ticket,
  // Files to be brought, each declared with its SHA-256.
  filesDeclared: Long,
  rollback: Bool,
  // Every criterion of the tier is affirmed.
  criteriaAffirmed: Bool,`

/** The schema in Cedar's own syntax; docs/policy-bundle.md explains each word to those who write policies. */
export const schema = `
${words('Kind', principalKinds)}
${words('Role', roles)}
${words('Mfa', [...mfaKinds, keyAlone])}
${words('Protocol', protocols)}
${words('OperationClass', operationClasses)}
${words('Criticality', criticalities)}
${words('Safety', safetyClasses)}
${words('Scope', scopeStatuses)}
${words('Contract', contractStatuses)}
${words('Conduit', conduitStates)}
${words('GrantState', grantStatuses)}
${words('Tier', tiers)}
${words('Schedule', scheduleKinds)}
${words('Ticket', ticketStates)}
${words('Maintenance', maintenanceStates)}
${words('Phase', phaseStates)}
${words('Place', placeStates)}
${words('RiskTier', riskTiers)}
${words('FileSwitch', fileSwitches)}

entity Plant;
entity Dependency;
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
  // Absent where none is declared.
  sil?: Long,
  line?: String,
  // Its own, and those of the information it holds.
  labels: Set<String>,
  // Classes of the information it holds.
  holds: Set<String>,
  // Those of its labels that need an attested eligibility.
  controlled: Set<String>,
  scope: Scope,
  phase: Phase,
  unsupported: Bool,
  localPresence: Bool,
  // A key switch has to be on beside.
  localEnable: Bool,
  // The opt-in of a safety instrumented system holds today.
  optedIn: Bool,
  // A walkdown found it as it is declared, and not too long ago.
  confirmed: Bool,
};
entity Supplier = { labels: Set<String>, riskTier: RiskTier };
entity Person in [Supplier] = {
  // A machine account has somebody who answers for it; people have no owner.
  kind: Kind,
  owner?: Person,
  roles: Set<Role>,
  plants: Set<Plant>,
  // Absent for people of the plant.
  supplier?: Supplier,
  disabled: Bool,
  // Ids of the trainings attested for them now.
  trainings: Set<String>,
};

// The person who would use the access: who asks or connects, or, when a request is judged, who asked.
type User = {
  person: Person,
  contract: Contract,
  // The supplier may touch at least one of the asset's labels; true for people of the plant.
  labelsMatch: Bool,
  actsForPlant: Bool,
  // An attestation holds for every controlled label of the asset.
  attested: Bool,
  // Every training the use needs is attested, and everything that is expected of the supplier.
  trained: Bool,
  expectationsMet: Bool,
};
type Physical = {
  // The key of the asset, or of its zone, is turned on.
  keyOn: Bool,
  // A door or cabinet stands open, or was forced.
  doorOpen: Bool,
  // One of the sources has not been heard of for too long.
  silent: Bool,
};
type Use = {${shared}${asked}
};
type Judgement = {${shared}${asked}
  // The person acting is the one who asked.
  ownRequest: Bool,
  // Both are of one supplier.
  ownSupplier: Bool,
  actsForPlant: Bool,
};
type Connection = {${shared}
  grant: GrantState,
  // The grant is for this person, this asset and this protocol.
  grantFits: Bool,
  // Now is inside the grant's window, and at one of its times of day.
  insideWindow: Bool,
  // The approver wants somebody of the plant to watch.
  escort: Bool,
  // Where the person connects from, asked where the asset is controlled.
  place: Place,
};

action request appliesTo { principal: [Person], resource: [Asset], context: Use };
action approve, extend appliesTo { principal: [Person], resource: [Asset], context: Judgement };
action connect appliesTo { principal: [Person], resource: [Asset], context: Connection };
`

/** The entity types a policy may name only if the bundle declares them. */
export const declaredTypes = {
  Plant: 'plant',
  Zone: 'zone',
  Asset: 'asset',
  Supplier: 'supplier',
  Dependency: 'dependency',
} as const

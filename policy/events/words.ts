// Words that events of several themes are told in.

import {
  either,
  flag,
  formed,
  instant,
  list,
  named,
  number,
  oneOf,
  optional,
  orNull,
  record,
  said,
  text,
  type Of,
  type ValueOf,
} from './fields.ts'
import { boundaryProfiles } from '../model.ts'
import {
  assetId,
  conduitId,
  drillRunId,
  grantId,
  personId,
  plantId,
  requestId,
  sessionId,
  supplierId,
  zoneId,
} from './names.ts'
import {
  fileSwitch,
  operationClass,
  protocol,
  purdueLevel,
  schedule,
  suspensionTarget,
  tier,
  watchedRule,
  window,
} from './declared-words.ts'

/** `sha256:` and 64 hex digits; the value and its salt are kept, erasable, outside the ledger. */
export type Commitment = `sha256:${string}`
export const commitment: Of<Commitment> = named('Commitment', formed('^sha256:[0-9a-f]{64}$'))

/** What of files is asked for or granted. */
export const fileTerms = named(
  'FileTerms',
  record({
    allow: said('What may be done there.', list(fileSwitch)),
    paths: said('The paths, one a line.', commitment),
  }),
)

export const via = named('Via', said('Where somebody came in.', oneOf(['ssh', 'https', 'local'])))
export type Via = ValueOf<typeof via>

export const firstFactor = named('FirstFactor', oneOf(['password', 'publickey', 'certificate']))
export type FirstFactor = ValueOf<typeof firstFactor>

export const authFailure = named(
  'AuthFailure',
  oneOf([
    'unknown-login',
    'malformed-login',
    'wrong-password',
    'unknown-key',
    // A certificate: of no authority that is trusted; no sound one of it; for somebody else; too early or too late.
    'unknown-authority',
    'bad-certificate',
    'certificate-of-other',
    'certificate-not-in-time',
    // The key, the certificate or its authority is on the list of revoked ones, or that list cannot be read.
    'revoked-key',
    'revocations-unknown',
    // The key did not make the signature it came with.
    'bad-signature',
    // A way in that is not offered, or not at this step.
    'method-refused',
    // Not looked at: too many passwords waited to be checked.
    'busy',
    'disabled',
    // Of a machine account: from no network declared for it; past its last day; its owner is disabled.
    'undeclared-source',
    'account-ended',
    'owner-disabled',
    'locked-out',
    'abandoned',
  ]),
)
export type AuthFailure = ValueOf<typeof authFailure>

export const certificate = named(
  'LoginCertificate',
  said(
    'The certificate that was shown; absent where none was.',
    record({
      authority: said('Name of the authority in the configuration.', text),
      authorityKey: said('Fingerprint of the key that signed it.', text),
      serial: said('In decimal.', text),
      keyId: said("To the certificate's key id, which often names a person.", commitment),
      until: said('When it ends; null where it never does.', orNull(instant)),
    }),
  ),
)

export const endReason = named(
  'EndReason',
  said(
    'Why a session ended, or could not begin. `client` and `target` are the two sides closing by ' +
      'themselves; `flow-violation` is one of them sending more at a time than the protocol allows.',
    oneOf([
      'client',
      'target',
      'expired',
      'revoked',
      'killed',
      'person-disabled',
      // Nobody answers for the machine account any more; it is past its last day.
      'owner-gone',
      'account-ended',
      'policy-changed',
      // The person, supplier, asset, zone or plant was suspended.
      'suspended',
      'contract-ended',
      // A training, an eligibility or something that is expected of the supplier is not attested any more.
      'attestation-ended',
      // The asset is no longer in scope, or its phase is closed.
      'scope-changed',
      'conduit-closed',
      // Nobody on site asserts presence any more.
      'presence-gone',
      'dependency-down',
      // The target's host key, or the key or certificate of the login, is believed no more.
      'host-key-withdrawn',
      'key-revoked',
      // Whoever escorted it left and did not come back in time; `escort-missing`: nobody ever came.
      'escort-gone',
      'escort-missing',
      // Nothing moved for as long as policy lets a session rest.
      'idle',
      'recorder-failed',
      'target-unreachable',
      'host-key-mismatch',
      // It is no SSH server, or one that offers nothing good enough.
      'target-protocol',
      'target-refused-login',
      'gateway-stopped',
      // A process of the gateway that carried it died.
      'worker-died',
      'flow-violation',
      'interrupted',
    ]),
  ),
)
export type EndReason = ValueOf<typeof endReason>

export const strangerFault = named(
  'StrangerFault',
  said(
    'Why a connection was turned away before a login: `limit`, there were too many already, in all or from there; ' +
      '`too-slow`, it had not logged in in time; `flood`, it sent more than a login takes, or what is none; `no-origin`, ' +
      'a balancer did not say where it comes from.',
    oneOf(['limit', 'too-slow', 'flood', 'no-origin']),
  ),
)
export type StrangerFault = ValueOf<typeof strangerFault>

export const sessionRefusal = named(
  'SessionRefusal',
  oneOf([
    'account-gone',
    'no-conduit',
    'no-endpoint',
    // Nobody has accepted a host key of the target yet.
    'no-host-key',
    'recording-not-opened',
    // There is no room to keep what it would be recorded to.
    'storage',
    // What it rests on was taken away while it was being opened.
    'overtaken',
  ]),
)
export type SessionRefusal = ValueOf<typeof sessionRefusal>

export const inputStop = named(
  'InputStop',
  said(
    'Why input to the target is stopped while what it says still flows.',
    oneOf([
      // The access window is over, and the asset's sessions end slowly.
      'window',
      // Another permission ran out with time: a contract, a presence, a maintenance window.
      'lapsed',
      // Nobody is there to escort.
      'escort',
      // Policy lets this session only look.
      'observe-only',
      // It may only look until who comes along lifts that.
      'write-hold',
    ]),
  ),
)
export type InputStop = ValueOf<typeof inputStop>

export const action = named('Action', oneOf(['request', 'approve', 'connect', 'extend']))

/** The way through the plant, leg by leg: the first ends at the gateway, where the second begins anew. */
export const path = named(
  'Path',
  list(
    record({
      from: said('Null: from outside.', orNull(zoneId)),
      to: zoneId,
      conduit: said('Null where none that is declared carries it.', orNull(conduitId)),
      boundaries: said('Boundaries of the Purdue model, in the order they are crossed.', list(oneOf(boundaryProfiles))),
      accepted: said('Does the bundle say why it may cross more than one?', flag),
    }),
  ),
)

const direction = record({ cipher: text, mac: said('Null where the cipher authenticates by itself.', orNull(text)) })

/** What two ends of an SSH connection agreed on. */
export const negotiated = named(
  'Negotiated',
  record({ kex: text, hostKey: text, toServer: direction, toClient: direction }),
)

/** What code holds an asset to beyond its rules, and the exceptions that bear that it is there. */
export const profile = named(
  'Profile',
  record({
    name: oneOf(['unsupported']),
    protocols: said('What it can be reached by, and by nothing else.', list(text)),
    exceptions: said('Exceptions of the register in force that cover it, by id.', list(text)),
  }),
)

export const decisionEvent = named(
  'DecisionEvent',
  record({
    action,
    outcome: oneOf(['permit', 'deny']),
    person: personId,
    asset: said(
      'Null when what was named is no declared asset; `named` then holds a commitment to it.',
      orNull(assetId),
    ),
    named: optional(commitment),
    plant: orNull(plantId),
    request: optional(requestId),
    grant: optional(grantId),
    onBehalfOf: optional(said('Whose right the person used, where it was delegated to them.', personId)),
    drill: optional(said('The drill it is of; absent where it really happened.', drillRunId)),
    askedBy: optional(said('Who asked, where the person is a machine account.', personId)),
    path: optional(said('The way a session takes, or would take; absent where nothing leads there.', path)),
    rules: said(
      'Ids of the determining policies, or `default-deny`, `evaluation-error`, `unknown-asset`, `invalid-ask`.',
      list(text),
    ),
    texts: said('Without what the user typed: for an asset nobody declared it says so and no more.', list(text)),
    controls: list(text),
    asked: optional(
      said(
        'What was asked for, would be granted, or is rested on; absent for a connection without a grant. ' +
          'With it the decision can be taken again under another bundle.',
        record({
          protocol,
          operationClass,
          window,
          schedule,
          tier,
          files: optional(said('What may be done to files; absent: no file crosses.', list(fileSwitch))),
        }),
      ),
    ),
    attestable: optional(
      said(
        'What had to be attested for this use, by id: trainings of the person, expectations of their ' +
          'supplier. Absent: nothing.',
        record({
          supplier: orNull(supplierId),
          trainings: list(text),
          expectations: list(text),
        }),
      ),
    ),
    exceptions: said('Exceptions of the register in force that cover the asset, by id.', list(text)),
    profile: optional(said('What code holds the asset to beyond its rules; absent where nothing.', profile)),
    acceptedRisks: optional(
      said('Risks accepted at the time that touch the asset, by id; absent where there is none.', list(text)),
    ),
    watched: optional(
      said('Rules that do not hold yet and would have been at work; absent where there is none.', list(watchedRule)),
    ),
    leansOn: optional(
      said('Shared services a session to the asset leans on, by id; absent where there is none.', list(text)),
    ),
    unavailable: optional(
      said('Dependencies that did not work and touched the decision, by id; absent where there is none.', list(text)),
    ),
    bundle: text,
    scopeVersion: text,
    scope: oneOf(['in', 'out', 'undetermined']),
  }),
)
export type DecisionEvent = ValueOf<typeof decisionEvent>

export const levels = named(
  'Levels',
  said(
    'From which Purdue level a crossing starts, and on which it ends.',
    record({
      from: purdueLevel,
      to: purdueLevel,
    }),
  ),
)
export type Levels = ValueOf<typeof levels>

export const toldReach = named(
  'ToldReach',
  said(
    'How far somebody could get from the asset, as the approver was told.',
    record({
      assets: said("Other assets that can be touched, and the zones they stand in with the asset's own.", number),
      zones: number,
    }),
  ),
)
export type ToldReach = ValueOf<typeof toldReach>

export const revocationTarget = named(
  'RevocationTarget',
  said(
    'What a revocation ends: what can be suspended, and one session or grant.',
    either(
      suspensionTarget,
      record({
        kind: oneOf(['session']),
        id: sessionId,
      }),
      record({
        kind: oneOf(['grant']),
        id: grantId,
      }),
    ),
  ),
)
export type RevocationTarget = ValueOf<typeof revocationTarget>

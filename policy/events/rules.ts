// What happened to what is declared: the bundle in force and proposed, its scope, and the gateway that decides by it.

import {
  counts,
  event,
  flag,
  instant,
  list,
  number,
  oneOf,
  optional,
  orNull,
  record,
  said,
  text,
  texts,
  type EventsOf,
  type ValueOf,
} from './fields.ts'
import { assetId, fitReviewId, personId, plantId, proposalId, scopeChangeId, zoneId } from './names.ts'
import { commitment } from './words.ts'

export const activationEffects = said(
  'What an activation changed, as counted right before it.',
  record({
    assetsMoved: number,
    changes: number,
    grants: said(
      'Open grants looked at, and how many of them it ended, with the living sessions on them; null where ' +
        'nobody counted.',
      orNull(
        record({
          open: number,
          ended: number,
          sessions: number,
        }),
      ),
    ),
    safety: record({
      touches: number,
      of: said('The first of them, as `asset sis-1`.', list(text)),
      reviewedBy: said('Safety engineers whose yes it rests on.', list(personId)),
    }),
  }),
)
export type ActivationEffects = ValueOf<typeof activationEffects>

export const safetyReview = record({
  proposal: proposalId,
  bundle: text,
  base: said('Digest of the bundle it was compared with.', text),
  by: personId,
  reference: said(
    'The validation record: a test report, a response-time measurement. Null only where it was rejected.',
    orNull(commitment),
  ),
  comment: commitment,
  touches: number,
  of: said('The first of what is touched, as `asset sis-1`.', list(text)),
  sil: optional(
    said(
      'The highest safety integrity level of what is touched; null where it has none, absent in entries of before it was kept.',
      orNull(oneOf([1, 2, 3, 4])),
    ),
  ),
})
export type SafetyReviewEvent = ValueOf<typeof safetyReview>

export const rulesEvents = {
  'gateway.started': event('The gateway began its work, in this version and under this bundle.', {
    version: text,
    bundle: text,
  }),
  'gateway.stopped': event('The gateway ended its work in good order.', {
    reason: text,
  }),
  'gateway.worker_died': event(
    'A process of the gateway that carried SSH connections died; they ended with it, and another process replaces it.',
    {
      worker: said('Its number among those that run at a time.', number),
      sessions: said('How many sessions it carried.', number),
      connections: said('How many connections it carried, logged in or not.', number),
      because: said(
        '`exit`: it ended by itself; `signal`: it was killed; `memory`: it took more than it may; `silent`: it no ' +
          'longer answered; `fault`: it said what a sound one never says. The last three were killed by the gateway.',
        oneOf(['exit', 'signal', 'memory', 'silent', 'fault']),
      ),
      detail: said('Its exit code or the name of the signal; null where neither is known.', orNull(text)),
    },
  ),
  'gateway.configured': event('What the gateway is configured by and runs on, as of a start.', {
    digest: said('`sha256:` and the SHA-256 over the canonical JSON of `fields`.', text),
    version: text,
    program: optional(
      said(
        'Over the program\u2019s own files, as `sha256sum` lists them; absent in entries of before it was told.',
        text,
      ),
    ),
    runtime: text,
    system: text,
    fields: said('By path: the value; of what is confidential, and of what files hold, a fingerprint.', texts),
  }),
  'gateway.configuration_changed': event(
    'The gateway started with another configuration, release or file than the time before.',
    {
      before: said('Digests of `gateway.configured` at the start before and at this one.', text),
      digest: text,
      since: said('Index of that entry of before.', number),
      changes: said('What differs, in words and without secrets.', list(text)),
      dueAt: optional(
        said('By when another person lets it stand; absent in entries of before that was asked for.', instant),
      ),
    },
  ),
  'time.drift': event(
    'The wall clock moved otherwise than time did; the gateway followed it only where that shortens access.',
    {
      wall: instant,
      byMs: number,
    },
  ),
  'scope.version_published': event('A version of the ISMS scope is in force; decisions cite it.', {
    scopeVersion: text,
    bundle: text,
  }),
  'policy.changed': event('Another bundle is in force.', {
    from: orNull(text),
    to: text,
    scopeVersion: text,
    kind: said(
      '`start`: the first ever, from the configured folder; `folder`: from that folder again, by who has ' +
        'the machine.',
      oneOf(['start', 'folder', 'activate', 'rollback']),
    ),
    proposal: orNull(proposalId),
    proposer: said(
      "Null for a folder: whoever has the machine's files is not a person the gateway knows.",
      orNull(personId),
    ),
    activator: orNull(personId),
    reason: said('Why, for a rollback.', orNull(commitment)),
    decision: optional(
      said("The committee's decision, where one was named; absent in entries of before.", orNull(commitment)),
    ),
    effects: said(
      'What was known of it when it was put in force; null for the first ever, which changes nothing.',
      orNull(activationEffects),
    ),
  }),
  'policy.proposed': event(
    'A bundle was proposed, or a proposal was put on what is in force now (`rebased`). Changes nothing yet.',
    {
      proposal: proposalId,
      bundle: text,
      base: said('Digest of the bundle it is meant to follow.', text),
      scopeVersion: text,
      by: said('Null where the configured folder differed at the start.', orNull(personId)),
      comment: commitment,
      rebased: flag,
      change: said(
        "The change it belongs to, in the plant's own change control; null where none was named.",
        orNull(commitment),
      ),
      rollback: said('How to go back; null where nobody said.', orNull(commitment)),
      safetyTouches: said(
        'How many declarations on the safety path it touches: from one on, a safety engineer has to review it.',
        number,
      ),
    },
  ),
  'policy.dry_run': event('A proposal was held against the decisions of the last days. Changes nothing.', {
    proposal: proposalId,
    bundle: text,
    by: personId,
    days: number,
    decisions: said('Recorded decisions in that time, and how many of them could be asked again.', number),
    rebuilt: number,
    nowDenied: number,
    nowPermitted: number,
    otherRules: number,
  }),
  'policy.tested': event(
    'A proposed bundle was tested outside production: in a pre-production plant, on a simulator.',
    {
      proposal: proposalId,
      bundle: said('Digest of the bundle that was tested.', text),
      by: personId,
      result: oneOf(['passed', 'failed']),
      site: said('Where.', commitment),
      reference: said('The record of the test.', commitment),
      findings: said('What was tried, and what came of it.', commitment),
    },
  ),
  'safety.review_approved': said(
    'A safety engineer has looked at what a proposal changes on the safety path, against a record that ' +
      'the change was validated. Holds for this proposal on this base: one that is rebased is looked at ' +
      'anew.',
    safetyReview,
  ),
  'safety.review_rejected': said(
    'A safety engineer does not accept what a proposal changes on the safety path.',
    safetyReview,
  ),
  'policy.baseline_drift': event(
    'What is configured or stored is not what the ledger says is in force, or is so again. Written once ' +
      'a difference. `folder`: the configured bundle folder; `store`: which bundle the store names; ' +
      '`files`: the stored files of that bundle, by their own digest.',
    {
      of: oneOf(['folder', 'store', 'files']),
      state: oneOf(['differs', 'agrees']),
      expected: said('Digest of what the ledger says is in force.', text),
      found: said('Digest of what was found; null where it cannot be read.', orNull(text)),
    },
  ),
  'policy.rejected': event('A proposal will not be activated: somebody refused it, or its proposer took it back.', {
    proposal: proposalId,
    bundle: text,
    kind: oneOf(['rejected', 'withdrawn']),
    by: said('Null where a newer folder took its place.', orNull(personId)),
    reason: commitment,
  }),
  'policy.step_refused': event('A step on a bundle was refused; nothing was changed.', {
    proposal: orNull(proposalId),
    // Null for a folder: whoever has the machine's files is not a person the gateway knows.
    person: orNull(personId),
    step: oneOf(['propose', 'rebase', 'review', 'test', 'activate', 'reject', 'withdraw', 'rollback']),
    code: oneOf([
      'bundle-invalid',
      // Reading it was broken off: it took more time or memory than a bundle may.
      'bundle-too-costly',
      'bundle-outdated',
      'own-proposal',
      // Who reviewed its safety does not put it in force.
      'own-review',
      'safety-review-missing',
      // What is in force, or would be, demands a complete release dossier.
      'dossier-incomplete',
      // A major change, and no reference of the committee's decision.
      'decision-missing',
      // Nothing of it is on the safety path, or the reviewer is none of the plant's.
      'no-review-needed',
      'not-the-plants',
      'not-the-proposer',
      'already-decided',
      'nothing-to-roll-back',
      'in-force-already',
    ]),
  }),
  'scope.change_proposed': event(
    'An activation moved an asset in or out of scope by one of its attributes. The stricter outcome holds.',
    {
      change: scopeChangeId,
      asset: assetId,
      before: said('Digests of the bundles before and after.', text),
      bundle: text,
      from: oneOf(['in', 'out', 'undetermined']),
      to: oneOf(['in', 'out', 'undetermined']),
      held: said('What is decided by until it is reviewed.', oneOf(['out', 'undetermined'])),
      attributes: list(text),
      impact: said(
        'How many open grants and living sessions stand on the asset.',
        record({
          grants: number,
          sessions: number,
        }),
      ),
      proposer: orNull(personId),
      activator: orNull(personId),
    },
  ),
  'scope.review_refused': event('A review of a scope change was refused; nothing was changed.', {
    change: scopeChangeId,
    person: personId,
    code: oneOf(['own-proposal', 'already-decided']),
  }),
  'asset.walkdown_confirmed': event('At a walkdown the asset was found in its zone and as the bundle declares it.', {
    asset: assetId,
    plant: plantId,
    zone: zoneId,
    seenOn: said("The day it was seen (ISO 8601), in the plant's own zone.", text),
    until: said('The first instant at which this is stale.', instant),
    by: personId,
    note: orNull(commitment),
    bundle: said('The bundle it is as declared in.', text),
  }),
  'scope.fit_reviewed': event('Somebody went through the scope-fit report and said what follows from it.', {
    review: fitReviewId,
    by: personId,
    bundle: text,
    scopeVersion: text,
    findings: said('How much the report had of each topic.', counts),
    decisions: commitment,
    dueAt: said('When the next one is due, and when this one was; null for the first.', instant),
    wasDueAt: orNull(instant),
  }),
  'register.coverage_recorded': event('How well everything in scope is covered, kept to be held against later ones.', {
    by: personId,
    bundle: text,
    scopeVersion: text,
    ledgerSize: said('How far the ledger had been read.', number),
    counts: record({
      uncovered: number,
      untested: number,
      covered: number,
    }),
    uncovered: said('The first two hundred, as `asset ews-1`.', list(text)),
    digest: said('SHA-256 (hex) over what the report says of each thing.', text),
  }),
  'scope.change_reviewed': event(
    'Somebody accepted or rejected the move of an asset, or a later bundle took it back.',
    {
      change: scopeChangeId,
      asset: assetId,
      outcome: said(
        '`lapsed`: a later bundle took the change back before anybody had accepted it.',
        oneOf(['accepted', 'rejected', 'lapsed']),
      ),
      by: said('Null only where it lapsed.', orNull(personId)),
      comment: commitment,
    },
  ),
}
export type RulesEvents = EventsOf<typeof rulesEvents>

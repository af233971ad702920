// What is shown of the controls that go on after a decision, by theme; and what holds where several controls are at work.

import { changeCases } from './change-cases.ts'
import { peopleCases } from './people-cases.ts'
import { sessionCases } from './session-cases.ts'
import {
  answered,
  approved,
  awaited,
  back,
  began,
  block,
  borne,
  campaign,
  changedGateway,
  closed,
  comes,
  decided,
  decidedUnder,
  declared,
  denied,
  drift,
  effects,
  engineerYes,
  escortGrace,
  fed,
  flow,
  gone,
  gonePerson,
  granted,
  handedOver,
  inForce,
  killOrdered,
  killed,
  leaning,
  leaves,
  machineIn,
  machineKept,
  machineRan,
  needing,
  off,
  onSafety,
  one,
  orphaned,
  overAt,
  releasedGateway,
  restored,
  reviewOpened,
  reviewed,
  revoked,
  seen,
  stopped,
  submitted,
  suspended,
  there,
  trained,
  triaged,
  untrained,
} from './standing-events.ts'
import { day, minute, start, type Cases, type Loose } from './stream.ts'

export const standingCases: Readonly<Record<string, Cases>> = { ...sessionCases, ...changeCases, ...peopleCases }

const confirmed = one('asset.walkdown_confirmed', {
  asset: 'ews-1',
  plant: 'north',
  zone: 'control',
  seenOn: '2026-03-02',
  until: start + 91 * day,
  by: 'p2',
  bundle: 'b',
})
const named = one('policy.decision', { action: 'request', outcome: 'deny', person: 'p1', asset: null })
/** What is reached was seen. */
export const inventoryCases: Cases = {
  fresh: [began(0), seen(0), triaged(0.5), confirmed(1)],
  staleAfter: 90 * day + 2 * minute,
  notExercised: [began(0)],
  failing: [
    [
      'was seen in plant `north`, and nobody has said what it is',
      [began(0), confirmed(0), seen(1), confirmed(8 * 24 * 60)],
      2,
    ],
    ['was seen in plant `north`, and nobody has said what it is', [seen(0), triaged(8 * 24 * 60)], 0],
    ['something that is no registered asset', [named(1, { outcome: 'permit' })], 0],
  ],
}

export const atWork: readonly (readonly [control: string, events: readonly Loose[]])[] = [
  ['GW-SUP-03', [denied('supplier-contract')]],
  ['GW-SUP-01', [denied('supplier-expectation')]],
  ['GW-AWR-01', [denied('training-missing')]],
  ['GW-SAF-01', [block(1)]],
  ['GW-SAF-01', [inForce(1, 'b', null, effects(1, ['p9']))]],
  ['GW-SAF-01', [[1, 'safety.review_approved', { proposal: 'x' }]]],
  ['GW-NET-01', [flow(1)]],
  ['GW-RAC-04', [suspended(1)]],
  ['GW-RAC-05', [[1, 'session.refused_concurrency', { person: 'p1', asset: 'x', limit: 'person', most: 2 }]]],
  ['GW-RAC-07', [awaited(1)]],
]

/** What looks like a breach and is none. */
export const held: readonly (readonly [what: string, control: string, events: readonly Loose[]])[] = [
  ['who left is back, and has enrolled anew', 'GW-ACC-05', [off, gonePerson(1), back, began(4)]],
  [
    'the session of who left has ended',
    'GW-ACC-05',
    [began(0), off, gonePerson(1, { sessions: ['s1'] }), overAt(2), fed(25 * 60)],
  ],
  [
    'a machine without owner is handed over before it is used again',
    'GW-PRV-03',
    [machineIn(0), orphaned(1), handedOver(2), machineRan(3)],
  ],
  [
    'a machine is kept in a review, and its key is all of its login',
    'GW-PRV-03',
    [
      machineIn(0),
      [1, 'auth.succeeded', { person: 'm1', factor: 'publickey', mfa: [] }],
      machineKept(2),
      machineRan(3),
    ],
  ],
  ['a machine has no second factor', 'GW-AUT-01', [began(0, { mfa: ['totp'] }), machineRan(1)]],
  [
    'one of two attestations of a training is withdrawn',
    'GW-AWR-01',
    [trained(0), trained(0, { attestation: 'a3' }), untrained(0), leaning(1, { attestable: needing })],
  ],
  [
    'a decision was under way while the bundle changed',
    'GW-CFG-01',
    [inForce(0, 'b', null), inForce(1, 'c', 'b'), decidedUnder(1.1, 'b')],
  ],
  [
    'the gateway itself was changed, and another person let it stand',
    'GW-CFG-01',
    [changedGateway(0, 2), releasedGateway(1, 0), inForce(3, 'b', null)],
  ],
  ['the gateway itself was changed a moment ago', 'GW-CFG-01', [inForce(0, 'b', null), changedGateway(1, 2_000)]],
  [
    'the gateway itself was changed before anybody had to let that stand',
    'GW-CFG-01',
    [inForce(0, 'b', null), [1, 'gateway.configuration_changed', { before: 'x', digest: 'y', since: 0, changes: [] }]],
  ],
  ['the configured folder holds another bundle', 'GW-CFG-01', [inForce(0, 'b', null), drift(1, { of: 'folder' })]],
  ['the store agrees again', 'GW-CFG-01', [inForce(0, 'b', null), drift(1, { state: 'agrees' })]],
  [
    'a rollback of what touches the safety path is one person’s',
    'GW-SAF-01',
    [
      engineerYes,
      there(1),
      comes(2),
      onSafety,
      gone(3),
      overAt(3),
      inForce(4, 'b', null, { ...effects(2, []), kind: 'rollback' }),
    ],
  ],
  ['the end of the session overtook the kill', 'GW-RAC-04', [killed(9), began(3), killOrdered, overAt(3), began(9)]],
  [
    'a suspended supplier lets another one work',
    'GW-RAC-04',
    [suspended(1), began(2, { supplier: 'other' }), began(2, { supplier: null })],
  ],
  [
    'a crash closed a session that was suspended',
    'GW-RAC-04',
    [began(1), suspended(2, { sessions: ['s1'] }), overAt(2.5, { reason: 'interrupted', endedAt: start + 9 * minute })],
  ],
  [
    'the escort was back before the grace was over',
    'GW-RAC-07',
    [comes(1), began(2, escortGrace), leaves(3), stopped(3), comes(5), restored(5)],
  ],
  [
    'of two escorts one leaves',
    'GW-RAC-07',
    [comes(1), comes(1, { observer: 'p6' }), began(2, escortGrace), leaves(3)],
  ],
  [
    'a place is given back',
    'GW-RAC-05',
    [
      [0, 'session.idle_locked', { session: 's0', idleSince: start }],
      began(1),
      began(1, { session: 's2' }),
      overAt(2),
      began(3, { session: 's3' }),
    ],
  ],
  [
    'what was taken away is gone',
    'GW-ACC-06',
    [
      campaign(0),
      decided(1, { verdict: 'remove' }),
      [1, 'identity.disabled', { person: 'p1', by: 'p3' }],
      decided(2, { person: 'p2', verdict: 'change' }),
      [2, 'identity.changed', { person: 'p2', by: 'p3' }],
      closed(3),
    ],
  ],
  [
    'a risk is accepted anew in time',
    'GW-RSK-01',
    [borne(-8 * 24 * 60, { decision: 'expired', until: '2026-02-20' }), borne(-7 * 24 * 60, { until: '2026-12-31' })],
  ],
  [
    'a risk is treated after all',
    'GW-RSK-01',
    [borne(-8 * 24 * 60, { decision: 'expired' }), borne(-7 * 24 * 60, { decision: 'withdrawn' })],
  ],
  ['an exception is renewed', 'GW-EXC-01', [granted(0), granted(1, { until: '2026-06-30', renewals: 1 })]],
  [
    'an emergency names no change',
    'GW-CHG-01',
    [submitted(0), began(1), submitted(2, { tier: 'emergency', ticket: null }), began(3)],
  ],
  [
    'an emergency was refused',
    'GW-CHG-02',
    [answered(-200), declared(-190), [-180, 'request.denied', { request: 'r1' }]],
  ],
  [
    'an emergency was let in and then taken away',
    'GW-CHG-02',
    [
      answered(-200, { request: 'r0' }),
      declared(-190),
      approved(-180, { tier: 'emergency' }),
      reviewOpened(-180, { dueAt: start + day }),
      revoked(-170),
    ],
  ],
  [
    'another one on site is still there',
    'GW-SAF-01',
    [engineerYes, there(1), there(1, { presence: 'e2' }), comes(2), onSafety, gone(3), began(9)],
  ],
  [
    'input was stopped before the last on site left',
    'GW-SAF-01',
    [
      engineerYes,
      there(1),
      comes(2),
      onSafety,
      [3, 'session.degraded', { session: 's1', stops: ['window'] }],
      gone(4),
      began(9),
    ],
  ],
  [
    'its day moved with the end of the access',
    'GW-CHG-02',
    [
      declared(0),
      answered(3),
      reviewOpened(4),
      [5, 'review.due_moved', { review: 'v1', grant: 'g1', from: start, dueAt: start + 60 * minute }],
      reviewed(50),
    ],
  ],
  [
    'input was stopped when nobody was on site',
    'GW-SAF-01',
    [
      engineerYes,
      there(1),
      comes(2),
      onSafety,
      gone(3),
      [3, 'session.degraded', { session: 's1', stops: ['lapsed'] }],
      began(9),
    ],
  ],
]

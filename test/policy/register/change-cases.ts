// What is shown of the controls about changes, exceptions, risks, incidents and configuration.

import {
  answered,
  approved,
  began,
  borne,
  changedGateway,
  concern,
  corrective,
  decidedUnder,
  declared,
  drift,
  granted,
  inForce,
  leaning,
  learnt,
  linked,
  nonconformity,
  releasedGateway,
  reviewOpened,
  reviewed,
  submitted,
  touched,
  works,
} from './standing-events.ts'
import { day, minute, start, type Cases, type Loose } from './stream.ts'

const file =
  (minutes: number, type: string, data: Readonly<Record<string, unknown>>) =>
  (change: Readonly<Record<string, unknown>> = {}): Loose =>
    [minutes, type, { file: 'f1', session: 's1', ...data, ...change }] as unknown as Loose

const declares = submitted(1, { files: ['d1'] })
const taken = file(3, 'file.transfer_requested', { direction: 'in' })()
const letGo = file(4, 'file.released', { because: 'clean', by: null })
const arrived = file(5, 'file.delivered', { sha256: 'd2' })()
const crossed = file(5, 'file.crossed', { direction: 'in', sha256: 'd1' })

export const changeCases: Readonly<Record<string, Cases>> = {
  'GW-EXC-01': {
    fresh: [granted(0), leaning(1)],
    staleAfter: 90 * day + 2 * minute,
    notExercised: [leaning(1, { exceptions: [] })],
    failing: [
      ['lacks an owner', [granted(0, { owner: null })], 0],
      ['lacks who approved it', [granted(0, { approvedBy: null })], 0],
      ['lacks a risk', [granted(0, { risk: '' })], 0],
      ['lacks a compensating control', [granted(0, { compensating: [] })], 0],
      ['ends before it begins', [granted(0, { from: '2026-04-01' })], 0],
      ['without counting as renewed', [granted(0), granted(1, { until: '2026-06-30' })], 1],
      ['which had ended', [granted(-9, { until: '2026-03-01' }), leaning(1)], 1],
      ['which had ended', [granted(-9), [-5, 'exception.closed', { exception: 'EX-01' }], leaning(1)], 2],
    ],
  },
  'GW-RSK-01': {
    fresh: [borne(0), touched(1)],
    staleAfter: 365 * day + minute,
    notExercised: [touched(1)],
    failing: [
      ['lacks an owner', [borne(0, { owner: null })], 0],
      ['lacks who accepted it', [borne(0, { by: null })], 0],
      ['lacks a reason', [borne(0, { reason: null })], 0],
      ['whose acceptance had ended', [borne(-9, { until: '2026-03-01' }), touched(1)], 1],
      ['whose acceptance had ended', [borne(-9), borne(-5, { decision: 'withdrawn' }), touched(1)], 2],
      ['nobody has decided on risk `R-07`', [borne(-8 * 24 * 60, { decision: 'expired' })], 0],
    ],
  },
  'GW-CHG-01': {
    fresh: [
      submitted(0),
      linked(0),
      approved(1),
      began(2),
      // One that was declared, one that a person let go, one that leaves: none of them is a difference.
      declares,
      began(2),
      crossed(),
      taken,
      letGo({ because: 'person', by: 'p3' }),
      arrived,
      crossed({ direction: 'out', sha256: null }),
    ],
    staleAfter: day + 6 * minute,
    notExercised: [submitted(0, { operationClass: 'operate', ticket: null }), began(2)],
    failing: [
      ['names no change', [submitted(0, { ticket: null }), began(2)], 1],
      ['rests on a change that is closed', [submitted(0), linked(0), linked(1, { state: 'closed' }), began(2)], 3],
      ['rests on a change that is unknown', [submitted(0), linked(0, { state: 'unknown' }), approved(1), began(2)], 3],
      ['brought a file that its request does not declare', [declares, began(2), taken, letGo(), arrived], 4],
      ['brought a file that its request does not declare', [declares, began(2), crossed({ sha256: null })], 2],
      ['`direction`', [declares, began(2), crossed({ direction: 3 })], 2],
    ],
  },
  'GW-CHG-02': {
    fresh: [declared(0), approved(1, { tier: 'emergency' }), reviewOpened(1), answered(2), reviewed(3)],
    staleAfter: 365 * day + 4 * minute,
    notExercised: [declared(50), approved(51)],
    failing: [
      ['was declared without a reason', [declared(0, { reason: null }), answered(2)], 0],
      ['took 121 minutes', [answered(121, { minutes: 121 })], 0],
      ['led to no session within 120 minutes', [declared(-90)], 0],
      ['nobody is to review grant `g1`', [approved(1, { tier: 'emergency' }), answered(2)], 0],
      ['nobody is to review grant `g1`', [[1, 'request.break_glass', { request: 'r1', grant: 'g1' }], answered(2)], 0],
      ['closed by the person who used the access', [reviewOpened(1), reviewed(3, { by: 'p1' })], 1],
      ['was not closed by its day', [reviewOpened(1)], 0],
    ],
  },
  'GW-INC-03': {
    fresh: [concern(0), learnt(1), nonconformity(2), reviewed(3)],
    staleAfter: 365 * day + 4 * minute,
    notExercised: [nonconformity(1)],
    failing: [
      ['concern `c1` was not looked at by its day', [concern(0, { dueAt: start + minute })], 0],
      ['concern `c1` was not looked at by its day', [concern(0, { dueAt: start + minute }), learnt(2)], 0],
      ['without what was learned', [concern(0), learnt(1, { learned: null })], 1],
      ['the nonconformity of review `v1`', [nonconformity(0, { dueAt: start + minute }), reviewed(3)], 0],
      ['the corrective action of incident `i1` was not looked at', [corrective(0, start + minute)], 0],
      ['was closed by who carried it out', [corrective(0, start + day), works(1, 'p1')], 1],
    ],
  },
  'GW-CFG-01': {
    fresh: [inForce(0, 'b', null), decidedUnder(1, 'b')],
    staleAfter: day + 2 * minute,
    notExercised: [drift(0, { of: 'folder' })],
    failing: [
      ['not in force', [inForce(0, 'b', null), decidedUnder(1, 'c')], 1],
      ['not in force', [inForce(0, 'b', null), inForce(1, 'c', 'b'), decidedUnder(2, 'b')], 2],
      ['followed another one', [inForce(0, 'b', null), inForce(1, 'c', 'x')], 1],
      ['what the store holds (files)', [inForce(0, 'b', null), drift(1)], 1],
      ['no second person let that stand', [changedGateway(0, 1), inForce(2, 'b', null)], 0],
      ['no second person let that stand', [changedGateway(0, 1), releasedGateway(1, 7), inForce(2, 'b', null)], 0],
    ],
  },
}

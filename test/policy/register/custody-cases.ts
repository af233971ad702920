// What is shown of the controls that keep evidence: retention and capacity, legal holds and custody.

import type { Events, EventType } from '../../../policy/events.ts'
import { began } from './standing-events.ts'
import { day, minute, purpose, start, type Cases, type Loose } from './stream.ts'

const one =
  <T extends EventType>(type: T, data: { readonly [K in keyof Events[T]]?: unknown }) =>
  (minutes: number, change: { readonly [K in keyof Events[T]]?: unknown } = {}): Loose =>
    [minutes, type, { ...data, ...change }] as unknown as Loose

const raised = one('incident.raised', { incident: 'i1', containBy: null })
const contained = one('incident.contained', { incident: 'i1', inTime: true })
const reported = one('incident.reported', { incident: 'i1', report: 'notification', inTime: true })
const reportOverdue = one('incident.report_overdue', { incident: 'i1', report: 'notification' })
const closed = one('incident.closed', {
  incident: 'i1',
  by: 'p2',
  openedBy: 'p1',
  assessed: ['production', 'safety'],
})
const looked = one('evidence.retention_checked', { recordings: 3, held: 0, due: 1, missing: 0, names: [] })
const gone = one('recording.deleted', {
  session: 's1',
  deletion: 'd1',
  seal: 'ab',
  proposedBy: 'p2',
  confirmedBy: 'p3',
  retention: 'standard',
  keptUntil: start,
})
const threshold = one('ledger.storage_threshold', { level: 'low' })
const refusedFor = one('session.refused', { person: 'p1', asset: 'ews-1', reason: 'storage' })
const awaited = one('session.escort_awaited', { session: 's1' })
const held = one('evidence.held', {
  hold: 'h1',
  target: { kind: 'supplier', id: 'acme' },
  span: null,
  by: 'p2',
  reason: purpose,
  reference: purpose,
})
const released = one('evidence.hold_released', { hold: 'h1', heldBy: 'p2', by: 'p3', reason: purpose })
const exported = one('evidence.exported', { by: 'p2', sessions: ['s1'], size: 9, purpose })

export const custodyCases: Readonly<Record<string, Cases>> = {
  'GW-LOG-05': {
    fresh: [
      looked(0),
      gone(1),
      threshold(2, { level: 'full' }),
      refusedFor(3),
      threshold(4),
      began(5),
      awaited(6, { session: 's2' }),
      threshold(7, { level: 'full' }),
      began(8, { session: 's2' }),
    ],
    staleAfter: 2 * day,
    notExercised: [began(0), refusedFor(1, { reason: 'no-conduit' })],
    failing: [
      ['2 recordings that have to be kept are not there', [looked(0), looked(1, { missing: 2 })], 1],
      ['was deleted before its day', [gone(0, { keptUntil: start + minute })], 0],
      ['was deleted by one person alone', [gone(0, { confirmedBy: 'p2' })], 0],
      ['began without space to keep its evidence', [threshold(0, { level: 'full' }), began(1)], 1],
      ['`confirmedBy`: expected a text', [gone(0, { confirmedBy: null })], 0],
    ],
  },
  'GW-INC-01': {
    fresh: [raised(0), contained(1), reported(2), closed(3)],
    staleAfter: 366 * day,
    notExercised: [reported(1)],
    failing: [
      ['report `notification` of incident `i1` was not made in time', [raised(0), reported(1, { inTime: false })], 1],
      ['incident `i1` was not contained in time', [raised(0, { containBy: start + minute })], 0],
      ['report `notification` of incident `i1` was not made in time', [raised(0), reportOverdue(1)], 1],
      ['closed without its safety assessment', [raised(0), contained(1), closed(2, { assessed: ['production'] })], 2],
      ['was closed by who opened it', [raised(0), contained(1), closed(2, { by: 'p1' })], 2],
    ],
  },
  'GW-INC-02': {
    fresh: [
      began(0),
      held(1),
      released(2),
      gone(3),
      held(4, { target: { kind: 'session', id: 's2' } }),
      held(5, { hold: 'h2', target: { kind: 'all' }, span: { from: 0, until: 1 } }),
      gone(6),
      exported(7),
    ],
    staleAfter: 366 * day,
    notExercised: [began(0), gone(1)],
    failing: [
      ['was deleted under legal hold `h1`', [began(0), held(1), gone(2)], 2],
      [
        'recording of session `s1` was deleted under legal hold',
        [began(0), held(1, { target: { kind: 'all' } }), gone(2)],
        2,
      ],
      ['legal hold `h1` was released by who set it', [held(0), released(1, { by: 'p2' })], 1],
      ['evidence was exported without a purpose', [exported(0, { purpose: null })], 0],
    ],
  },
}

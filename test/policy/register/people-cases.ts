// What is shown of the controls about people, machines and suppliers.

import {
  began,
  campaign,
  closed,
  decided,
  expected,
  fed,
  gonePerson,
  leaning,
  machineChanged,
  machineIn,
  machineOff,
  machineRan,
  needing,
  off,
  orphaned,
  overAt,
  trained,
  unexpected,
  untrained,
} from './standing-events.ts'
import { day, minute, start, type Cases } from './stream.ts'

export const peopleCases: Readonly<Record<string, Cases>> = {
  'GW-ACC-05': {
    fresh: [off, gonePerson(1), fed(2)],
    staleAfter: day + 3 * minute,
    notExercised: [off, began(2)],
    failing: [
      ['left and the account was not closed', [gonePerson(1)], 0],
      ['more than 24 hours after the feed', [off, gonePerson(25 * 60)], 1],
      ['session `s1` is of person `p1`, who has left', [off, gonePerson(1), began(2)], 2],
      ['still alive 24 hours after', [began(0), off, gonePerson(1, { sessions: ['s1'] }), fed(25 * 60)], 2],
    ],
  },
  'GW-ACC-06': {
    fresh: [campaign(0), decided(1), closed(2)],
    staleAfter: 90 * day + 3 * minute,
    notExercised: [campaign(0, { dueAt: start + day }), decided(1)],
    failing: [
      ['decided on their own eligibility', [campaign(0), decided(1, { by: 'p1' }), closed(2)], 1],
      ['is still there', [campaign(0), decided(1, { verdict: 'remove' }), closed(2)], 1],
      ['1 people undecided', [campaign(0), closed(2, { undecided: ['p1'] })], 1],
      ['was not closed by its day', [campaign(0), decided(1)], 0],
      ['was not closed by its day', [campaign(0), decided(1), closed(31)], 0],
    ],
  },
  'GW-SUP-03': {
    fresh: [began(1), overAt(3)],
    staleAfter: day + 2 * minute,
    notExercised: [began(1, { supplier: null, contractUntil: null }), overAt(3)],
    failing: [
      ['started without a contract', [began(1, { contractUntil: null })], 0],
      ['started after its contract ended', [began(1, { contractUntil: start })], 0],
      ['beyond its contract', [began(1, { contractUntil: start + 60 * minute })], 0],
      ['after its supplier', [began(1, { contractUntil: start + 30 * minute }), overAt(31)], 1],
    ],
  },
  'GW-SUP-01': {
    fresh: [expected(0), leaning(1, { attestable: needing })],
    staleAfter: 366 * day + 2 * minute,
    notExercised: [leaning(1), leaning(1, { action: 'approve', attestable: needing })],
    failing: [
      ['without `code-of-conduct`, which nothing attests', [leaning(1, { attestable: needing })], 0],
      [
        'whose attestation ended at 2026-03-02T09:00:00Z',
        [expected(-9, { until: start }), leaning(1, { attestable: needing })],
        1,
      ],
      ['which nothing attests', [expected(0), unexpected(0), leaning(1, { attestable: needing })], 2],
      ['which nothing attests', [expected(0, { supplier: 'other' }), leaning(1, { attestable: needing })], 1],
    ],
  },
  'GW-PRV-03': {
    fresh: [machineIn(0), machineRan(1)],
    staleAfter: 90 * day + 2 * minute,
    notExercised: [machineChanged(0), orphaned(0), began(1, { person: 'p1' })],
    failing: [
      ['of a machine that is not registered', [machineRan(1)], 0],
      ['of a machine nobody answers for', [machineIn(0), orphaned(1), machineRan(2)], 2],
      ['past its last day', [machineIn(0, { until: '2026-03-01' }), machineRan(1)], 1],
      ['past its last day', [machineIn(0), machineChanged(1, { until: '2026-03-01' }), machineRan(2)], 2],
      ['logged in without its key', [machineIn(0), [1, 'auth.succeeded', { person: 'm1', factor: 'password' }]], 1],
      ['of a machine that is not registered', [machineIn(0), machineOff(1), machineRan(2)], 2],
    ],
  },
  'GW-AWR-01': {
    fresh: [trained(0), leaning(1, { attestable: needing })],
    staleAfter: 457 * day + 2 * minute,
    notExercised: [leaning(1), untrained(1), leaning(1, { action: 'approve', attestable: needing })],
    failing: [
      ['without training `site-induction`, which nothing attests', [leaning(1, { attestable: needing })], 0],
      ['whose attestation ended', [trained(-9, { until: start }), leaning(1, { attestable: needing })], 1],
      ['which nothing attests', [trained(0), untrained(0), leaning(1, { attestable: needing })], 2],
      ['which nothing attests', [trained(0, { person: 'p2' }), leaning(1, { attestable: needing })], 1],
    ],
  },
}

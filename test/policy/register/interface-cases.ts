// What is shown of the register of conduits and interfaces, and of ways past the boundary.

import type { EventType } from '../../../policy/events.ts'
import { began } from './standing-events.ts'
import { day, minute, purpose, start, type Cases, type Loose } from './stream.ts'

const conduit = (minutes: number, change: object = {}, type: EventType = 'conduit.defined'): Loose =>
  [
    minutes,
    type,
    {
      conduit: 'c1',
      from: 'dmz',
      to: 'control',
      direction: 'forward',
      protocols: ['ssh'],
      payloads: null,
      owner: purpose,
      reason: purpose,
      reviewBy: '2035-12-31',
      closesAt: start + 3_000 * day,
      inScope: true,
      bundle: 'b',
      digest: 'd',
      ...change,
    },
  ] as unknown as Loose

const way = (minutes: number, change: object = {}, type: EventType = 'interface.defined'): Loose =>
  [
    minutes,
    type,
    {
      interface: 'modem',
      type: 'vendor-pathway',
      from: { kind: 'outside', id: purpose },
      to: { kind: 'zone', id: 'control' },
      direction: 'both',
      payloads: [],
      owner: purpose,
      reason: purpose,
      change: purpose,
      reviewBy: '2035-12-31',
      state: 'remove-by',
      until: '2027-05-31',
      conduits: [],
      bundle: 'b',
      digest: 'd',
      ...change,
    },
  ] as unknown as Loose

const overdue = (minutes: number, fault: string): Loose =>
  [
    minutes,
    'interface.overdue',
    { interface: 'modem', type: 'vendor-pathway', fault, since: null, digest: 'd', bundle: 'b' },
  ] as unknown as Loose

export const interfaceCases: Readonly<Record<string, Cases>> = {
  'GW-INV-02': {
    fresh: [conduit(0), way(1), began(2, { conduit: 'c1' })],
    staleAfter: 366 * day + 2 * minute,
    notExercised: [began(0, { conduit: 'c1' })],
    failing: [
      ['has no owner, and leads to what is in scope', [conduit(0, { owner: null })], 0],
      ['which is not registered', [conduit(0), began(1, { conduit: 'c2' })], 1],
      ['which was closed', [conduit(0, { closesAt: start }), began(1, { conduit: 'c1' })], 1],
      [
        'which is not registered',
        [
          conduit(0),
          conduit(1, { conduit: 'c2' }),
          [2, 'conduit.removed', { conduit: 'c1', bundle: 'b' }],
          began(3, { conduit: 'c1' }),
        ],
        3,
      ],
      ['was not reviewed in time', [way(0), overdue(1, 'review-overdue')], 1],
      ['has no owner', [way(0), overdue(1, 'ownerless')], 1],
    ],
  },
  'GW-SUP-04': {
    fresh: [way(0), way(1, { interface: 'cloud', type: 'cloud-link', state: 'in-use', conduits: ['c1'] })],
    staleAfter: 366 * day + 2 * minute,
    notExercised: [way(0, { type: 'data-integration', state: 'in-use' })],
    failing: [
      ['is neither removed nor excepted', [way(0, { state: 'in-use', until: null })], 0],
      ['was not removed in time', [way(0), overdue(1, 'removal-overdue')], 1],
      ['is borne under no exception in force', [way(0), overdue(1, 'exception-not-in-force')], 1],
    ],
  },
}

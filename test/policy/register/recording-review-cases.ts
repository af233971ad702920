// What is shown of the control that recordings are reviewed.

import { day, minute, purpose, start, type Cases, type Loose } from './stream.ts'

const one =
  (type: string, data: Readonly<Record<string, unknown>>) =>
  (minutes: number, change: Readonly<Record<string, unknown>> = {}): Loose =>
    [minutes, type, { ...data, ...change }] as unknown as Loose

const asked = one('recording.sample_asked', { sample: 'x1', by: 'p2' })
const sampled = one('recording.sampled', {
  sample: 'x1',
  by: 'p2',
  count: 1,
  population: 3,
  drawn: [{ session: 's1', review: 'v1' }],
})
const opened = one('review.opened', {
  review: 'v1',
  kind: 'sample',
  session: 's1',
  person: 'p1',
  dueAt: start + 400 * day,
})
const looked = one('session.replayed', { session: 's1', by: 'p3', purpose })
const reviewed = one('session.reviewed', { review: 'v1', session: 's1', by: 'p3', verdict: 'justified' })
const notJustified = { verdict: 'not-justified' }
const raised = one('incident.raised', { incident: 'i1', sessions: ['s1'] })
const concern = one('incident.near_miss', { concern: 'c1', session: 's1' })
const weekLater = 8 * 24 * 60

export const recordingReviewCases: Readonly<Record<string, Cases>> = {
  'GW-LOG-08': {
    fresh: [asked(0), opened(1), sampled(1), looked(2), reviewed(3, notJustified), raised(4), concern(5)],
    staleAfter: 15 * day + 6 * minute,
    notExercised: [asked(0), looked(1), raised(2)],
    failing: [
      ['what sample `x1` drew stands nowhere', [asked(0), looked(120)], 0],
      ['drew 0 recordings: expected 1', [asked(0), sampled(1, { drawn: [] })], 1],
      ['`v1` was not closed by its day', [opened(0, { dueAt: start + minute }), sampled(2)], 0],
      [
        'was closed by the person who used the session',
        [opened(0), looked(1, { by: 'p1' }), reviewed(2, { by: 'p1' })],
        2,
      ],
      ['had not looked at the recording', [opened(0), looked(1, { by: 'p9' }), reviewed(2)], 2],
      ['no incident or concern is about it', [opened(0), looked(1), reviewed(2, notJustified), sampled(weekLater)], 2],
      ['`drawn`: expected a list', [asked(0), sampled(1, { drawn: null })], 1],
    ],
  },
}

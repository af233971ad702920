// What is shown of the control that drills put to the test.

import { day, minute, type Cases, type Loose } from './stream.ts'

export const drilled = (minutes: number, verdicts: Readonly<Record<string, string>>): Loose => [
  minutes,
  'drill.completed',
  {
    name: 'boundary',
    outcome: 'passed',
    steps: Object.entries(verdicts).map(([step, verdict]) => ({ step, verdict })),
  },
]
const whole = { permitted: 'held', 'recorder-down': 'held', 'policy-down': 'held' }

export const drillCases: Readonly<Record<string, Cases>> = {
  'GW-NET-03': {
    fresh: [drilled(0, whole)],
    staleAfter: 90 * day + minute,
    notExercised: [drilled(0, { kill: 'held', 'recorder-down': 'not-applicable' })],
    failing: [
      [
        'step `recorder-down` of drill `boundary` did not hold',
        [drilled(0, { ...whole, 'recorder-down': 'failed' })],
        0,
      ],
      ['step `permitted` of drill `boundary` did not hold', [drilled(0, { permitted: 'failed' })], 0],
      ['was not run in its time', [drilled(0, whole), [1, 'drill.overdue', { name: 'boundary' }]], 1],
      ['`steps`: expected a list', [[0, 'drill.completed', { name: 'boundary', outcome: 'passed' }]], 0],
    ],
  },
}

// The rules that drills feed: what a drill tried has to have held, and drills are run when they are due.

import type { EvidenceEvent } from '../model.ts'
import { listOf, textOf, UnreadableEvent } from './evidence.ts'
import { days, type Rule, type Tally } from './rule.ts'

/** What stops new access where something of the gateway does not work, or somebody should not be let in. */
const closing: readonly string[] = ['recorder-down', 'policy-down', 'permitted']

/** Counts the steps of a drill that are about a control, and what did not hold of them. */
export function judgeSteps(event: EvidenceEvent, tally: Tally, about: readonly string[]): void {
  for (const each of listOf(event, 'steps')) {
    if (typeof each !== 'object' || each === null || !('step' in each) || !('verdict' in each))
      throw new UnreadableEvent('`steps`: expected a step and its verdict')
    const { step, verdict } = each
    if (typeof step !== 'string' || !about.includes(step) || verdict === 'not-applicable') continue
    tally.exercise(event)
    if (verdict !== 'held') tally.offend(event, `step \`${step}\` of drill \`${textOf(event, 'name')}\` did not hold`)
  }
}

/** Without a recorder or without an answer of the policies nothing new begins; and this is tried again and again. */
export const failsClosed: Rule = {
  control: 'GW-NET-03',
  freshMs: days(90),
  start(tally) {
    return {
      on: {
        'drill.completed': (event) => judgeSteps(event, tally, closing),
        'drill.overdue': (event) => tally.offend(event, `drill \`${textOf(event, 'name')}\` was not run in its time`),
      },
    }
  },
}

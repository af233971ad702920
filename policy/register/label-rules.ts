// The rule of the control on labels: what is reached carries one, so that its recording is handled by it and files from and
// to it are, and labels turn people away where they have to.

import type { EvidenceEvent } from '../model.ts'
import { listOf, RecentMap, textOf } from './evidence.ts'
import { days, type Rule } from './rule.ts'

/** Guards that turn somebody away by the label of an asset. */
const labelRules = ['attestation-missing', 'place-not-allowed'] as const

export const labelled: Rule = {
  control: 'GW-CLS-01',
  freshMs: days(366),
  start(tally) {
    /** Files that were taken in, and whether what they come from or go to has a label. */
    const taken = new RecentMap<string, boolean>()
    /** What becomes of a file was decided under the labels of its asset. */
    const decided = (event: EvidenceEvent): void => {
      if (taken.get(textOf(event, 'file')) === true) tally.exercise(event)
    }

    function crosses(event: EvidenceEvent): boolean {
      const isLabelled = listOf(event, 'labels').length > 0
      if (!isLabelled)
        tally.offend(event, `a file crosses to or from asset \`${textOf(event, 'asset')}\`, which has no label`)
      return isLabelled
    }

    return {
      on: {
        'session.started': (event) => {
          const session = textOf(event, 'session')
          // Entries of before labels were kept say nothing of them.
          if (event.data['labels'] === undefined) return
          if (listOf(event, 'labels').length === 0)
            tally.offend(
              event,
              `session \`${session}\` reached asset \`${textOf(event, 'asset')}\`, which has no label`,
            )
          else tally.exercise(event)
        },
        'policy.decision': (event) => {
          const rules = listOf(event, 'rules')
          if (textOf(event, 'outcome') === 'deny' && labelRules.some((rule) => rules.includes(rule)))
            tally.exercise(event)
        },
        'file.transfer_requested': (event) => taken.set(textOf(event, 'file'), crosses(event)),
        'file.released': decided,
        'file.blocked': decided,
        'file.crossed': (event) => {
          if (crosses(event)) tally.exercise(event)
        },
        'recording.view_refused': (event) => {
          void textOf(event, 'session')
          if (textOf(event, 'why') === 'rules') tally.exercise(event)
        },
      },
    }
  },
}

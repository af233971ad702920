// The rules of keeping evidence: what has to be kept is kept, what is held is not deleted, and where it cannot be kept
// nothing new begins.

import type { EvidenceEvent } from '../model.ts'
import { instantOf, isCommitted, listOf, optionalTextOf, partOf, RecentMap, textOf } from './evidence.ts'
import { days, hours, type Rule } from './rule.ts'

export const retention: Rule = {
  control: 'GW-LOG-05',
  freshMs: hours(25),
  start(tally) {
    let isFull = false
    /** Let in before, and waiting for an escort. */
    const waiting = new RecentMap<string, true>()
    return {
      on: {
        'evidence.retention_checked': (event) => {
          tally.exercise(event)
          const missing = instantOf(event, 'missing')
          if (missing > 0) tally.offend(event, `${missing} recordings that have to be kept are not there`)
        },
        'recording.deleted': (event) => {
          tally.exercise(event)
          const session = textOf(event, 'session')
          if (event.at < instantOf(event, 'keptUntil'))
            tally.offend(event, `the recording of session \`${session}\` was deleted before its day`)
          if (textOf(event, 'proposedBy') === textOf(event, 'confirmedBy'))
            tally.offend(event, `the recording of session \`${session}\` was deleted by one person alone`)
        },
        'ledger.storage_threshold': (event) => {
          tally.exercise(event)
          isFull = textOf(event, 'level') === 'full'
        },
        'session.refused': (event) => {
          if (textOf(event, 'reason') === 'storage') tally.exercise(event)
        },
        'session.escort_awaited': (event) => waiting.set(textOf(event, 'session'), true),
        'session.started': (event) => {
          const session = textOf(event, 'session')
          if (isFull && !waiting.has(session))
            tally.offend(event, `session \`${session}\` began without space to keep its evidence`)
          waiting.delete(session)
        },
      },
    }
  },
}

/** What a session is about, for the holds that name it. */
interface Known {
  readonly session: string
  readonly person: string
  readonly supplier: string | null
  readonly asset: string
  readonly plant: string
}

export const heldEvidence: Rule = {
  control: 'GW-INC-02',
  freshMs: days(365),
  start(tally) {
    const sessions = new RecentMap<string, Known>()
    /** Those that hold whatever the time: the others are tested by the gateway, with the times of each session. */
    const holds = new Map<string, { readonly kind: string; readonly id: string | null }>()
    const covers = ({ kind, id }: { readonly kind: string; readonly id: string | null }, known: Known): boolean =>
      kind === 'all' || (kind in known && known[kind as keyof Known] === id)
    return {
      on: {
        'session.started': (event) => {
          sessions.set(textOf(event, 'session'), {
            session: textOf(event, 'session'),
            person: textOf(event, 'person'),
            supplier: optionalTextOf(event, 'supplier'),
            asset: textOf(event, 'asset'),
            plant: textOf(event, 'plant'),
          })
        },
        'evidence.held': (event) => {
          tally.exercise(event)
          const target = partOf(event, 'target')
          if (event.data['span'] === null)
            holds.set(textOf(event, 'hold'), { kind: textOf(target, 'kind'), id: optionalTextOf(target, 'id') })
        },
        'evidence.hold_released': (event) => {
          tally.exercise(event)
          const hold = textOf(event, 'hold')
          holds.delete(hold)
          if (textOf(event, 'heldBy') === textOf(event, 'by'))
            tally.offend(event, `legal hold \`${hold}\` was released by who set it`)
        },
        'recording.deleted': (event) => {
          const session = textOf(event, 'session')
          const known = sessions.get(session)
          for (const [hold, target] of holds)
            if (known !== undefined && covers(target, known))
              tally.offend(event, `the recording of session \`${session}\` was deleted under legal hold \`${hold}\``)
        },
        'evidence.exported': (event: EvidenceEvent) => {
          tally.exercise(event)
          void listOf(event, 'sessions')
          if (!isCommitted(event, 'purpose')) tally.offend(event, 'evidence was exported without a purpose')
        },
      },
    }
  },
}

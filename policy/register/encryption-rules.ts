// The rule of encryption: each leg is encrypted by what is good enough, and a target that cannot is reached under an
// exception that says so.

import type { EvidenceEvent } from '../model.ts'
import { legacyNames } from '../model/legacy.ts'
import { optionalPartOf, optionalTextOf, partOf, textOf } from './evidence.ts'
import { hours, type Rule } from './rule.ts'

const old: ReadonlySet<string> = new Set(legacyNames)

/** What one leg agreed on that is not good enough. */
function weakIn(leg: EvidenceEvent): readonly string[] {
  const directions = ['toServer', 'toClient'].flatMap((name) => {
    const direction = partOf(leg, name)
    return [textOf(direction, 'cipher'), optionalTextOf(direction, 'mac') ?? '']
  })
  const names = [textOf(leg, 'kex'), textOf(leg, 'hostKey'), ...directions]
  return [...new Set(names)].filter((name) => old.has(name))
}

export const encryptedLegs: Rule = {
  control: 'GW-RAC-02',
  freshMs: hours(24),
  start(tally) {
    /** Targets reached with old algorithms, by session, until the exception that bears it is named: at the same time. */
    const unborne = new Map<string, { readonly event: EvidenceEvent; readonly names: readonly string[] }>()
    return {
      on: {
        'session.connected': (event) => {
          const session = textOf(event, 'session')
          tally.exercise(event)
          const [client, target] = [optionalPartOf(event, 'client'), optionalPartOf(event, 'target')]
          const ours = client === null ? [] : weakIn(client)
          if (ours.length > 0)
            tally.offend(event, `the client of session \`${session}\` was let in with ${ours.join(', ')}`)
          if (target === null) {
            const clear = optionalPartOf(event, 'clearText')
            if (clear === null || textOf(clear, 'exception') === '')
              tally.offend(event, `session \`${session}\` reached its target in clear text and under no exception`)
            return
          }
          const names = weakIn(target)
          if (names.length > 0) unborne.set(session, { event, names })
        },
        'session.legacy_algorithms': (event) => {
          void textOf(event, 'exception')
          unborne.delete(textOf(event, 'session'))
        },
      },
      settle(now) {
        for (const [session, { event, names }] of unborne) {
          if (event.at >= now) continue
          unborne.delete(session)
          tally.offend(
            event,
            `session \`${session}\` reached its target with ${names.join(', ')} and under no exception`,
          )
        }
      },
    }
  },
}

// The rule of machine accounts: each is owned, has an end, comes with its key alone, and is looked at again every quarter.

import { endOfDay } from '../calendar.ts'
import type { EvidenceEvent, Instant } from '../model.ts'
import { dayOf, optionalTextOf, RecentMap, textOf } from './evidence.ts'
import { days, type Rule } from './rule.ts'

const reviewMs = days(90)

interface Known {
  readonly endsAt: Instant
  readonly isOwned: boolean
  /** When it was registered, handed over or kept in a review. */
  readonly lookedAt: Instant
}

export const machinesGoverned: Rule = {
  control: 'GW-PRV-03',
  freshMs: reviewMs,
  start(tally) {
    // KNOWN GAP: how old a key is, the ledger shows only by when it was added; nothing here asks for another one.
    const machines = new RecentMap<string, Known>()
    const change = (event: EvidenceEvent, to: Partial<Known>): void => {
      const machine = textOf(event, 'machine')
      const known = machines.get(machine)
      if (known) machines.set(machine, { ...known, ...to })
    }
    return {
      on: {
        'identity.machine_registered': (event) => {
          void textOf(event, 'owner')
          tally.exercise(event)
          const endsAt = endOfDay(dayOf(event, 'until'), 'UTC')
          machines.set(textOf(event, 'machine'), { endsAt, isOwned: true, lookedAt: event.at })
        },
        'identity.machine_changed': (event) => change(event, { endsAt: endOfDay(dayOf(event, 'until'), 'UTC') }),
        'identity.machine_handed_over': (event) => {
          void textOf(event, 'to')
          tally.exercise(event)
          change(event, { isOwned: true, lookedAt: event.at })
        },
        'identity.machine_orphaned': (event) => change(event, { isOwned: false }),
        'identity.disabled': (event) => machines.delete(textOf(event, 'person')),
        'review.item_decided': (event) => {
          const machine = textOf(event, 'person')
          const known = machines.get(machine)
          if (known === undefined) return
          tally.exercise(event)
          if (textOf(event, 'verdict') === 'remove') machines.delete(machine)
          else machines.set(machine, { ...known, lookedAt: event.at })
        },
        'auth.succeeded': (event) => {
          const machine = textOf(event, 'person')
          if (machines.has(machine) && textOf(event, 'factor') !== 'publickey')
            tally.offend(event, `machine \`${machine}\` logged in without its key`)
        },
        'session.started': (event) => {
          if (optionalTextOf(event, 'owner') === null) return
          const [session, machine] = [textOf(event, 'session'), textOf(event, 'person')]
          const known = machines.get(machine)
          tally.exercise(event)
          if (known === undefined) tally.offend(event, `session \`${session}\` is of a machine that is not registered`)
          else if (!known.isOwned) tally.offend(event, `session \`${session}\` is of a machine nobody answers for`)
          else if (event.at >= known.endsAt)
            tally.offend(event, `session \`${session}\` is of a machine past its last day`)
        },
      },
      staleness(now) {
        for (const [machine, { lookedAt, endsAt }] of machines.entries())
          if (now < endsAt && now - lookedAt > reviewMs) return `machine \`${machine}\` was not reviewed for 90 days`
        return null
      },
    }
  },
}

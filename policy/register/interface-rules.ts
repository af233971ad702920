// The rules of the register of crossings: every conduit and interface is owned and reviewed in time, sessions take
// registered conduits only, and ways past the boundary are removed or excepted.

import type { EvidenceEvent, Instant } from '../model.ts'
import { instantOf, optionalTextOf, RecentMap, textOf, flagOf } from './evidence.ts'
import { days, type Rule, type Tally } from './rule.ts'

interface Registered {
  readonly event: EvidenceEvent
  readonly isOwned: boolean
  readonly inScope: boolean
  readonly closesAt: Instant
}

/** As many as a plant's own people could ever go through. */
const most = 100_000

const ownerOf = (event: EvidenceEvent): boolean => optionalTextOf(event, 'owner') !== null

export const interfacesRegistered: Rule = {
  control: 'GW-INV-02',
  freshMs: days(366),
  start(tally) {
    const conduits = new RecentMap<string, Registered>(most)
    const note = (event: EvidenceEvent): void => {
      const [isOwned, inScope] = [ownerOf(event), flagOf(event, 'inScope')]
      const registered = { event, isOwned, inScope, closesAt: instantOf(event, 'closesAt') }
      const conduit = textOf(event, 'conduit')
      conduits.set(conduit, registered)
      tally.exercise(event)
      if (!isOwned && inScope) tally.offend(event, `conduit \`${conduit}\` has no owner, and leads to what is in scope`)
    }
    const late = new LateInterfaces(['ownerless', 'review-overdue'])
    const overdue = (event: EvidenceEvent): void => {
      const fault = textOf(event, 'fault')
      late.note(event)
      if (fault === 'ownerless') tally.offend(event, `interface \`${textOf(event, 'interface')}\` has no owner`)
      if (fault === 'review-overdue')
        tally.offend(event, `interface \`${textOf(event, 'interface')}\` was not reviewed in time`)
    }
    return {
      on: {
        'conduit.defined': note,
        'conduit.changed': note,
        'conduit.removed': (event) => conduits.delete(textOf(event, 'conduit')),
        'conduit.denied_flow': (event) => tally.exercise(event),
        'interface.defined': (event) => exerciseOf(event, tally),
        'interface.changed': (event) => {
          late.settle(event)
          exerciseOf(event, tally)
        },
        'interface.removed': (event) => late.settle(event),
        'interface.overdue': overdue,
        'session.started': (event) => {
          const [session, conduit] = [textOf(event, 'session'), textOf(event, 'conduit')]
          const known = conduits.get(conduit)
          // A ledger of before conduits were registered says nothing of them.
          if (known === undefined && conduits.entries().next().done === true) return
          if (known === undefined)
            tally.offend(event, `session \`${session}\` went over conduit \`${conduit}\`, which is not registered`)
          else if (!known.isOwned || event.at >= known.closesAt)
            tally.offend(event, `session \`${session}\` went over conduit \`${conduit}\`, which was closed`)
        },
      },
      staleness(now) {
        const closed = [...conduits.entries()].filter(([, { inScope, closesAt }]) => inScope && closesAt <= now)
        const [first] = closed
        if (first === undefined) return late.say()
        const others = closed.length === 1 ? '' : `, and ${closed.length - 1} more`
        return `conduit \`${first[0]}\`${others}: its review is overdue, and it is closed`
      },
    }
  },
}

/** Interfaces found overdue, until they are declared otherwise or taken out. */
class LateInterfaces {
  readonly #late = new RecentMap<string, string>(most)
  readonly #faults: readonly string[]

  constructor(faults: readonly string[]) {
    this.#faults = faults
  }

  note(event: EvidenceEvent): void {
    const fault = textOf(event, 'fault')
    if (this.#faults.includes(fault)) this.#late.set(textOf(event, 'interface'), fault)
  }

  settle(event: EvidenceEvent): void {
    this.#late.delete(textOf(event, 'interface'))
  }

  /** Null where none is. */
  say(): string | null {
    const late = [...this.#late.entries()]
    const [first] = late
    if (first === undefined) return null
    return `interface \`${first[0]}\`${late.length === 1 ? '' : `, and ${late.length - 1} more`}: ${first[1]}`
  }
}

function exerciseOf(event: EvidenceEvent, tally: Tally): void {
  void textOf(event, 'interface')
  void ownerOf(event)
  tally.exercise(event)
}

const pathwayTypes: readonly unknown[] = ['vendor-pathway', 'cloud-link']

export const pathwaysTracked: Rule = {
  control: 'GW-SUP-04',
  freshMs: days(366),
  start(tally) {
    const late = new LateInterfaces(['removal-overdue', 'exception-not-in-force'])
    const note = (event: EvidenceEvent): void => {
      late.settle(event)
      if (!pathwayTypes.includes(textOf(event, 'type'))) return
      tally.exercise(event)
      const conduits = event.data['conduits']
      if (textOf(event, 'state') === 'in-use' && !(Array.isArray(conduits) && conduits.length > 0))
        tally.offend(
          event,
          `interface \`${textOf(event, 'interface')}\` leads past the boundary, and is neither removed nor excepted`,
        )
    }
    return {
      on: {
        'interface.defined': note,
        'interface.changed': note,
        'interface.removed': (event) => late.settle(event),
        'interface.overdue': (event) => {
          const fault = textOf(event, 'fault')
          late.note(event)
          if (fault !== 'removal-overdue' && fault !== 'exception-not-in-force') return
          const why = fault === 'removal-overdue' ? 'was not removed in time' : 'is borne under no exception in force'
          tally.offend(event, `interface \`${textOf(event, 'interface')}\` ${why}`)
        },
      },
      staleness: () => late.say(),
    }
  },
}

// Whoever is turned away before anybody knows who they are: there are too many of them, they are too slow, or they send
// what nobody sends who wants to log in. One entry a minute, source and reason; wrong credentials are authenticate.ts's.

import type { StrangerFault } from '../../policy/index.ts'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import type { Store } from '../store/store.ts'
import { openTally } from './tally.ts'
import { placeOf } from './throttle.ts'

/** Of whom each is told apart in a minute: fewer than where passwords are guessed, for here nobody has a name. */
const mostSources = 1_000

export interface Strangers {
  /** One was turned away. `source` is its address. */
  turnedAway(source: string, because: StrangerFault): void
  /** Writes what was counted; for the end of the gateway, otherwise it happens every minute. */
  settle(): Promise<void>
}

export function openStrangers(deps: {
  readonly store: Pick<Store, 'change'>
  readonly clock: Clock
  readonly log: Log
}): Strangers {
  const { clock } = deps
  const tally = openTally<StrangerFault>(
    { ...deps, most: mostSources },
    async ({ ledger }, { what: because, place, count, from, until }) => {
      const source = await ledger.commit(place)
      await ledger.append('auth.strangers_refused', clock.now(), { source, via: 'ssh', because, count, from, until })
    },
  )
  return { turnedAway: (source, because) => tally.note(because, placeOf(source)), settle: () => tally.settle() }
}

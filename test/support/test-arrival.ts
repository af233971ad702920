// A connection as the listener hands it on, which counts what is said of it.

import type { Arrival } from '../../gateway/brokers/ssh/ssh-service.ts'

export interface TestArrival extends Arrival {
  readonly lefts: number
  readonly entries: number
  /** Why it was cut, as a stranger. */
  readonly away: readonly string[]
}

export function arrivalAt(source: string, ahead: Uint8Array | null = null): TestArrival {
  const away: string[] = []
  let [lefts, entries] = [0, 0]
  return {
    source,
    ahead,
    away,
    get lefts() {
      return lefts
    },
    get entries() {
      return entries
    },
    entered: () => entries++,
    turnedAway: (why) => away.push(why),
    left: () => lefts++,
  }
}

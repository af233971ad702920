// The control register of this gateway: the catalogue's controls the bundle uses, each with the state its evidence
// gives it. The ledger is read once, in turns; later calls read on from where the last one stopped. A plant has a register
// of its own: of the entries that concern it, and of those that concern no plant.

import {
  catalogue,
  startRegister,
  type Bundle,
  type ControlState,
  type EvidenceEvent,
  type PlantId,
  type RegisterRow,
  type RegisterRun,
  type Subjects,
} from '../../policy/index.ts'
import type { Clock } from '../clock.ts'
import { openSharedTurns } from '../turns.ts'
import type { Store } from '../store/store.ts'
import { isReadable, openPlaces, type PlaceReader } from './places.ts'

export interface RegisteredControl {
  readonly row: RegisterRow
  readonly state: ControlState
}

export interface ControlRegister {
  /** @param plants whose register it is; null: of all there is. */
  read(plants?: readonly PlantId[] | null): Promise<{
    readonly at: number
    readonly size: number
    /** Those of the bundle's register. */
    readonly controls: readonly RegisteredControl[]
    /** Of every control of the catalogue. */
    readonly states: ReadonlyMap<string, ControlState>
    /** What the ledger shows of single assets and conduits. */
    readonly subjects: Subjects
  }>
}

/** One reading of the ledger, for some plants or for all. */
interface Reading {
  readonly run: RegisterRun
  readonly plants: readonly PlantId[] | null
  next: number
  busy: Promise<void>
}

/** Entries that are placed at a time. */
const batch = 500
/** Sets of plants whose registers are kept; one more lets go of the one that was asked for longest ago. */
const mostKept = 32

export function openRegister(
  store: Store,
  bundle: () => Bundle,
  clock: Clock,
  places: PlaceReader = openPlaces({ store, bundle }),
): ControlRegister {
  const readings = new Map<string, Reading>()

  function readingOf(plants: readonly PlantId[] | null): Reading {
    const key = plants === null ? '' : plants.toSorted().join(' ')
    const known = readings.get(key)
    const reading = known ?? {
      run: startRegister(catalogue.values(), clock.now()),
      plants,
      next: 0,
      busy: Promise.resolve(),
    }
    readings.delete(key)
    readings.set(key, reading)
    const oldest = [...readings.keys()].find((each) => each !== '')
    if (readings.size > mostKept && oldest !== undefined) readings.delete(oldest)
    return reading
  }

  async function readOn(reading: Reading): Promise<void> {
    const { run, plants } = reading
    const size = await store.evidence.size()
    const giveWay = openSharedTurns()
    let waiting: EvidenceEvent[] = []
    const feed = async (): Promise<void> => {
      const found = plants === null ? null : await places.of(waiting)
      for (const [at, event] of waiting.entries()) {
        const place = found?.[at]
        if (place === undefined || isReadable(place, plants)) run.feed(event)
        reading.next = event.index + 1
        await giveWay()
      }
      waiting = []
    }
    for await (const event of store.evidence.events(reading.next, size)) {
      waiting.push(event)
      if (waiting.length === batch) await feed()
    }
    await feed()
  }

  return {
    async read(plants = null) {
      const reading = readingOf(plants)
      reading.busy = reading.busy.then(
        () => readOn(reading),
        () => readOn(reading),
      )
      await reading.busy
      const at = clock.now()
      const states = new Map(reading.run.result(at).map((state) => [state.control.id, state]))
      const controls = bundle().register.controls.flatMap((row) => {
        const state = states.get(row.control)
        return state ? [{ row, state }] : []
      })
      return { at, size: reading.next, controls, states, subjects: reading.run.subjects }
    },
  }
}

// The control register of this gateway: the catalogue's controls the bundle uses, each with the state its evidence
// gives it. The ledger is read once; later calls read on from where the last one stopped.

import {
  catalogue,
  startRegister,
  type Bundle,
  type ControlState,
  type RegisterRow,
  type RegisterRun,
  type Subjects,
} from '../../policy/index.ts'
import type { Clock } from '../clock.ts'
import type { Store } from '../store/store.ts'

export interface RegisteredControl {
  readonly row: RegisterRow
  readonly state: ControlState
}

export interface ControlRegister {
  read(): Promise<{
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

export function openRegister(store: Store, bundle: () => Bundle, clock: Clock): ControlRegister {
  const run: RegisterRun = startRegister(catalogue.values(), clock.now())
  let next = 0
  let reading: Promise<void> = Promise.resolve()

  async function readOn(): Promise<void> {
    const size = await store.evidence.size()
    for await (const event of store.evidence.events(next, size)) {
      run.feed(event)
      next = event.index + 1
    }
  }

  return {
    async read() {
      reading = reading.then(readOn, readOn)
      await reading
      const at = clock.now()
      const states = new Map(run.result(at).map((state) => [state.control.id, state]))
      const controls = bundle().register.controls.flatMap((row) => {
        const state = states.get(row.control)
        return state ? [{ row, state }] : []
      })
      return { at, size: next, controls, states, subjects: run.subjects }
    },
  }
}

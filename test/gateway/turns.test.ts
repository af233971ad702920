// Long work gives way: what waits for its go has it before the work is done.

import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { openSharedTurns, openTurns, type GiveWay } from '../../gateway/turns.ts'
import { goesDuring } from '../support/goes.ts'

const steps = 5
/** Work of some steps, each of which takes a turn. */
async function work(giveWay: GiveWay): Promise<void> {
  for (let step = 0; step < steps; step++) await giveWay()
}

describe.each([
  ['turns', openTurns],
  ['shared turns', openSharedTurns],
])('%s', (_, open) => {
  it('let others go on in the middle of work without an end', async () => {
    const giveWay = open()
    let others = 0
    const other = async (): Promise<void> => {
      for (; others < 3; others += 1) await nextTurn()
    }
    const going = other()
    let done = 0
    for (; others < 3; done += 1) await giveWay()
    await going
    expect(done).toBeGreaterThan(3)
  })
})

describe('shared turns', () => {
  it('are one after the other, however many share them', async () => {
    const many = 20
    const { goes } = await goesDuring(() => Promise.all(Array.from({ length: many }, () => work(openSharedTurns()))))
    expect(goes).toBeGreaterThanOrEqual(many * steps)
  })

  it('are waited for by nothing that has turns of its own', async () => {
    const waiting = Array.from({ length: 100 }, () => work(openSharedTurns()))
    const { goes } = await goesDuring(() => work(openTurns()))
    expect(goes).toBeLessThan(3 * steps)
    await Promise.all(waiting)
  })
})

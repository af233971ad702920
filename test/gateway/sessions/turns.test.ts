// Long work gives way: what waits for its go has it before the work is done.

import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { openTurns } from '../../../gateway/sessions/turns.ts'

describe('turns', () => {
  it('let others go on in the middle of work without an end', async () => {
    const giveWay = openTurns()
    let others = 0
    const other = async (): Promise<void> => {
      for (; others < 3; others += 1) await nextTurn()
    }
    const going = other()
    let steps = 0
    for (; others < 3; steps += 1) await giveWay()
    await going
    expect(steps).toBeGreaterThan(3)
  })
})

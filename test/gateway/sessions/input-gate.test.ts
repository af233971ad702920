import { describe, expect, it } from 'vitest'
import { InputGate } from '../../../gateway/sessions/input-gate.ts'

describe('the input of a session', () => {
  it('flows where nothing stops it', () => {
    const gate = new InputGate()
    gate.begin({ observeOnly: false, writeHold: false })
    expect(gate).toMatchObject({ stops: [], isLocked: false, onlyLooks: false, standing: 'active' })
  })

  it('only looks by its terms, and by nothing else that stops it', () => {
    const gate = new InputGate()
    gate.begin({ observeOnly: true, writeHold: true })
    expect(gate).toMatchObject({ stops: ['observe-only', 'write-hold'], onlyLooks: true, standing: 'observing' })
    gate.stop(['observe-only', 'window'])
    expect(gate).toMatchObject({ onlyLooks: false, standing: 'observing' })
  })

  it('says what stopped it before, once for each change', () => {
    const gate = new InputGate()
    expect(gate.stop([])).toBeNull()
    expect(gate.stop(['escort'])).toEqual([])
    expect(gate.stop(['escort'])).toBeNull()
    expect(gate.stop([])).toEqual(['escort'])
  })

  it('waits for an escort before it observes, and is locked before either', () => {
    const gate = new InputGate()
    gate.stop(['window', 'escort'])
    expect(gate.standing).toBe('paused')
    gate.lock()
    expect(gate.standing).toBe('locked')
  })

  it('does not only look while it is locked: nobody knows who sits there', () => {
    const gate = new InputGate()
    gate.begin({ observeOnly: true, writeHold: false })
    gate.lock()
    expect(gate.onlyLooks).toBe(false)
    expect(gate.unlock()).toBe(true)
    expect(gate.onlyLooks).toBe(true)
    expect(gate.unlock()).toBe(false)
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { steadyClock } from '../../gateway/steady-clock.ts'

const start = Date.UTC(2026, 2, 29, 0, 30)
const minute = 60_000
const hour = 60 * minute

/** Both clocks of a machine, moved by hand. */
function machine() {
  let wall = start
  let passed = 0
  const clock = steadyClock({ now: () => wall, monotonic: () => BigInt(passed) * 1_000_000n })
  return {
    clock,
    /** Time passes. */
    pass(ms: number) {
      wall += ms
      passed += ms
    },
    /** Somebody sets the wall clock. */
    set(byMs: number) {
      wall += byMs
    },
    passed: () => passed,
  }
}

describe('the steady clock', () => {
  it('shows the wall clock while nobody touches it, also through the night of a time change', () => {
    const { clock, pass } = machine()
    for (let i = 0; i < 180; i++) {
      pass(minute)
      expect(clock.now()).toBe(start + (i + 1) * minute)
    }
    expect(clock.jumps()).toEqual([])
  })

  it('goes on when the wall clock is set back, and tells so once', () => {
    const { clock, pass, set } = machine()
    pass(minute)
    set(-hour)
    expect(clock.now()).toBe(start + minute)
    pass(minute)
    expect(clock.now()).toBe(start + 2 * minute)
    expect(clock.jumps()).toEqual([{ at: start + minute, wall: start + minute - hour, byMs: -hour }])
    pass(hour)
    expect(clock.jumps()).toEqual([])
  })

  it('follows the wall clock ahead at once, and back when that is undone within a minute', () => {
    const { clock, pass, set } = machine()
    pass(minute)
    set(hour)
    expect(clock.now()).toBe(start + minute + hour)
    pass(30_000)
    set(-hour)
    expect(clock.now()).toBe(start + minute + 30_000)
    expect(clock.jumps().map(({ byMs }) => byMs)).toEqual([hour, -hour])
  })

  it('believes a jump ahead that stands for a minute, so that going back no longer lengthens anything', () => {
    const { clock, pass, set } = machine()
    set(hour)
    clock.now()
    pass(minute)
    clock.now()
    set(-hour)
    pass(minute)
    expect(clock.now()).toBe(start + hour + 2 * minute)
    expect(clock.jumps().map(({ byMs }) => byMs)).toEqual([hour, -hour])
  })

  it('follows small steps ahead and waits for small steps back, without a word', () => {
    const { clock, pass, set } = machine()
    set(1_500)
    expect(clock.now()).toBe(start + 1_500)
    set(-1_500)
    expect(clock.now()).toBe(start + 1_500)
    pass(10_000)
    expect(clock.now()).toBe(start + 11_500)
    expect(clock.jumps()).toEqual([])
  })

  it('tells of a clock that creeps back in small steps', () => {
    const { clock, pass, set } = machine()
    for (let i = 0; i < 3; i++) {
      set(-900)
      pass(1_000)
      clock.now()
    }
    expect(clock.now()).toBe(start + 3_000)
    expect(clock.jumps()).toHaveLength(1)
  })

  it('never shows less than has really passed, whatever is done to the wall clock', () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('pass'), ms: fc.integer({ min: 0, max: 2 * hour }) }),
      fc.record({ kind: fc.constant('set'), ms: fc.integer({ min: -3 * hour, max: 3 * hour }) }),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const { clock, pass, set, passed } = machine()
        for (const { kind, ms } of steps) {
          if (kind === 'pass') pass(ms)
          else set(ms)
          expect(clock.now()).toBeGreaterThanOrEqual(start + passed())
        }
      }),
    )
  })
})

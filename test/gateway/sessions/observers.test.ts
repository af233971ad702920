import { describe, expect, it } from 'vitest'
import { Observers } from '../../../gateway/sessions/observers.ts'
import { idOf } from '../../support/ids.ts'

const ida = idOf.person('per_00000000000000000000000001')
const otto = idOf.person('per_00000000000000000000000002')

describe('who lets the input of a session through', () => {
  it('is there, or lifts nothing', () => {
    const observers = new Observers(0)
    observers.lift(ida)
    expect(observers.lifter).toBeNull()
    observers.renew(ida, 100)
    observers.lift(ida)
    expect(observers.lifter).toBe(ida)
  })

  it('does for as long as they are there, and not because they come back', () => {
    const observers = new Observers(0)
    for (const person of [ida, otto]) observers.renew(person, 100)
    observers.lift(ida)
    observers.leave(otto, 10)
    expect(observers.lifter).toBe(ida)
    observers.leave(ida, 20)
    observers.renew(ida, 100)
    expect(observers.lifter).toBeNull()
  })

  it('does no more when nothing is heard of them', () => {
    const observers = new Observers(0)
    observers.renew(ida, 100)
    observers.lift(ida)
    expect(observers.lapse(100)).toEqual([ida])
    expect(observers.lifter).toBeNull()
  })
})

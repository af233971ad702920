import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openThrottle, placeOf, type Origin } from '../../../gateway/identity/throttle.ts'
import { ledgerOf, openBase, type Base } from '../../support/memory-store.ts'

let base: Base
beforeEach(async () => {
  base = await openBase()
})
afterEach(() => base.store.close())

const from = (source: string, via: Origin['via'] = 'ssh'): Origin => ({ via, source })
const rule = { burst: 3, perMinute: 6 }

describe('the place an address stands for', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0DB8:1:2::9', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['unknown', 'unknown'],
  ])('of %s is %s', (source, place) => expect(placeOf(source)).toBe(place))

  it('is the same for every address of one network of 64 bits', () => {
    const group = fc.integer({ min: 0, max: 0xffff }).map((value) => value.toString(16))
    fc.assert(
      fc.property(fc.array(group, { minLength: 4, maxLength: 4 }), (host) => {
        expect(placeOf(`2001:db8:a:b:${host.join(':')}`)).toBe('2001:db8:a:b::/64')
      }),
    )
  })
})

describe('the throttle', () => {
  it('never lets more through than the burst and what the time allows', () => {
    const step = fc.record({ waitMs: fc.integer({ min: -5_000, max: 20_000 }) })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const throttle = openThrottle({ ...base, rule })
        let passed = 0
        let waited = 0
        for (const { waitMs } of steps) {
          base.clock.at += waitMs
          waited += Math.max(waitMs, 0)
          if (!throttle.admits(from('192.0.2.7'))) continue
          passed++
          throttle.charge(from('192.0.2.7'))
        }
        expect(passed).toBeLessThanOrEqual(rule.burst + (waited * rule.perMinute) / 60_000)
      }),
    )
  })

  it('makes tries that were looked at side by side be paid back', () => {
    const throttle = openThrottle({ ...base, rule })
    for (let i = 0; i < 6; i++) throttle.charge(from('192.0.2.7'))
    base.clock.at += 30_000
    expect(throttle.admits(from('192.0.2.7'))).toBe(false)
    base.clock.at += 10_000
    expect(throttle.admits(from('192.0.2.7'))).toBe(true)
  })

  it('keeps one entry a place and way in, and loses none when it cannot be written', async () => {
    let isFull = true
    const change: typeof base.store.change = (work) =>
      isFull ? Promise.reject(new Error('disk full')) : base.store.change(work)
    const throttle = openThrottle({ ...base, store: { ...base.store, change }, rule: { burst: 0, perMinute: 1 } })
    for (let i = 0; i < 5; i++) throttle.admits(from('192.0.2.7'))
    throttle.admits(from('192.0.2.7', 'https'))
    await expect(throttle.settle()).rejects.toThrow('disk full')
    throttle.admits(from('192.0.2.7'))
    isFull = false
    await throttle.settle()
    const events = await ledgerOf(base.store)
    expect(events.map(({ data }) => [data['via'], data['count']])).toEqual([
      ['ssh', 6],
      ['https', 1],
    ])
  })
})

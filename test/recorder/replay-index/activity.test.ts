// What happened when, however much did: bounded, in order, and the longest silences kept.

import fc from 'fast-check'
import { expect, it } from 'vitest'

import type { Frame } from '../../../recorder/index.ts'
import { Activity, longestIdle, mostKept, noActivity } from '../../../recorder/replay-index/activity.ts'

const typed = (bytes: string): Frame => ({
  kind: 'data',
  direction: 'in',
  bytes: Buffer.from(bytes),
  index: 1,
  monotonic: 0n,
  wall: 0,
})
const masked: Frame = { kind: 'masked', count: 4, index: 1, monotonic: 0n, wall: 0 }
const second = 1_000_000

it('brings typing together to bursts and notes silences between', () => {
  const activity = new Activity(noActivity, 0)
  for (const at of [1, 2, 4, 30, 31]) activity.note(typed('ab'), at * second)
  activity.note(masked, 33 * second)
  expect(activity.state).toMatchObject({
    typed: [
      { from: second, until: 4 * second, keys: 6 },
      { from: 30 * second, until: 33 * second, keys: 8 },
    ],
    idle: [{ from: 4 * second, until: 30 * second }],
    marks: [{ at: 33 * second, kind: 'masked', text: '4 bytes typed unseen' }],
  })
})

it('stays bounded whatever comes, loses no key, and keeps the longest silences', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 5_000, maxLength: 6_000 }), (waits) => {
      let activity = new Activity(noActivity, 0)
      let at = 0
      for (const [i, wait] of waits.entries()) {
        at += wait * second
        activity.note(i % 2 === 0 ? typed('x') : masked, at)
        // Put away and taken up again, as from one reading to the next.
        if (i % 1_000 === 0) activity = new Activity(activity.state, at)
      }
      const { state } = activity
      expect(state.typed.length).toBeLessThanOrEqual(mostKept)
      expect(state.typed.reduce((sum, { keys }) => sum + keys, 0)).toBe(
        waits.reduce((sum, _, i) => sum + (i % 2 === 0 ? 1 : 4), 0),
      )
      expect(state.marks.length + state.marksLeftOut).toBe(Math.floor(waits.length / 2))
      expect(state.marks.length).toBeLessThanOrEqual(mostKept)
      const kept = longestIdle(state).map(({ from, until }) => (until - from) / second)
      expect(kept.length).toBeLessThanOrEqual(mostKept)
      const longest = waits.filter((wait) => wait >= 10).toSorted((a, b) => b - a)
      expect(Math.max(...kept)).toBe(longest[0])
      expect(kept.filter((wait) => wait === longest[0]).length).toBe(
        Math.min(waits.filter((wait) => wait === longest[0]).length, mostKept),
      )
      for (const spans of [state.typed, longestIdle(state)])
        expect(spans.map(({ from }) => from)).toEqual(spans.map(({ from }) => from).toSorted((a, b) => a - b))
    }),
    { numRuns: 5 },
  )
})

it('tells in words what was done to files on a channel, and nothing of the packets between', () => {
  const activity = new Activity(noActivity, 0)
  const digest = 'ab'.repeat(32)
  const happened = [
    { sftp: 'to-target', packet: 'AAAA' },
    { sftp: 'file', path: '/in/a', direction: 'in', outcome: 'whole', size: 12, sha256: digest },
    { sftp: 'step', step: 'rename', path: '/in/a', to: '/in/b', refused: null },
    { sftp: 'step', step: 'delete', path: '/in/b', to: null, refused: 'no rule of the plant lets anybody' },
    { sftp: 'to-client', packet: 'AAAA' },
    { break: 0 },
  ]
  for (const [i, event] of happened.entries())
    activity.note({ kind: 'event', event, index: i + 1, monotonic: 0n, wall: 0 }, i * second)
  expect(activity.state.marks.map(({ text }) => text)).toEqual([
    `brought 12 bytes (whole, SHA-256 ${digest}): /in/a`,
    'renamed /in/a to /in/b',
    'refused: delete /in/b: no rule of the plant lets anybody',
    '{"break":0}',
  ])
})

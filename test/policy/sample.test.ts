import fc from 'fast-check'
import { expect, it } from 'vitest'
import { drawRank, openDraw } from '../../policy/index.ts'
import type { SessionId } from '../../policy/index.ts'

it('ranks a session by SHA-256 over the root, a line feed and its id', () => {
  // printf 'AAAA\nses_1' | sha256sum
  expect(drawRank('AAAA', 'ses_1' as SessionId)).toBe(
    'bda03210ab6575b01e35730b6add85735a29e495c8efed04a26a9cb8ad25edca',
  )
})

it('draws the same whatever the order, and keeps no more than it was asked for', () => {
  const names = fc.uniqueArray(fc.string({ minLength: 1 }), { maxLength: 60 })
  fc.assert(
    fc.property(fc.string(), names, fc.integer({ min: 1, max: 20 }), (root, sessions, count) => {
      const draw = (order: readonly string[]) => {
        const open = openDraw(root, count)
        order.forEach((id) => open.offer(id as SessionId))
        return [open.drawn(), open.population()]
      }
      const sorted = sessions.toSorted((a, b) =>
        drawRank(root, a as SessionId) < drawRank(root, b as SessionId) ? -1 : 1,
      )
      expect(draw(sessions)).toEqual([sorted.slice(0, count), sessions.length])
      expect(draw(sessions.toReversed())).toEqual(draw(sessions))
    }),
  )
})

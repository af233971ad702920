import { describe, expect, it } from 'vitest'

import { formatPosition, sayPosition } from '../../../admin-ui/src/player/position.ts'

describe('a place in a replay', () => {
  it.each([
    [0, '0:00', 'the beginning'],
    [7.9, '0:07', '7 seconds'],
    [61, '1:01', '1 minute 1 second'],
    [3_723, '1:02:03', '1 hour 2 minutes 3 seconds'],
    [36_000, '10:00:00', '10 hours'],
    [-1, '0:00', 'the beginning'],
  ])('is written and said: %d', (seconds, written, said) => {
    expect([formatPosition(seconds), sayPosition(seconds)]).toEqual([written, said])
  })
})

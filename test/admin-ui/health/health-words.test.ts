import { describe, expect, it } from 'vitest'
import { byTrouble, carriersWords, standingOf } from '../../../admin-ui/src/health/health-words.ts'
import type { CarriersView, DependencyView } from '../../../gateway/contract/views.ts'

const dependency = (id: string, state: DependencyView['state']): DependencyView => ({
  id,
  name: id,
  kind: 'service',
  owner: 'Plant IT',
  inScope: true,
  plants: [],
  state,
  since: 0,
  means: [],
  effect: 'note',
  watch: null,
  lookedAt: null,
  problem: null,
  day: null,
})

describe('the order of what access leans on', () => {
  it('has what does not work first, then what is not known, and else the order of the bundle', () => {
    const states = ['available', 'unknown', 'degraded', 'available', 'degraded'] as const
    const shown = byTrouble(states.map((state, i) => dependency(`${i}`, state)))
    expect(shown.map(({ id }) => id)).toEqual(['2', '4', '1', '0', '3'])
  })
})

describe('the processes that carry SSH', () => {
  const carried = (wanted: number, ...states: readonly CarriersView['workers'][number]['state'][]): CarriersView => ({
    wanted,
    mostMebibytes: wanted === 0 ? null : 1536,
    died: 0,
    lastDiedAt: null,
    workers: states.map((state, i) => {
      const number = i + 1
      return { number, pid: 100 + number, state, connections: 0, sessions: 0, residentMebibytes: null }
    }),
  })

  it('all serve, fewer do, or none', () => {
    expect(standingOf(carried(0))).toBe('here')
    expect(standingOf(carried(2, 'serving', 'serving'))).toBe('all')
    expect(standingOf(carried(2, 'serving', 'starting'))).toBe('fewer')
    expect(standingOf(carried(2, 'retiring', 'starting'))).toBe('none')
  })

  it('are no trouble while one that retires has others in its place', () => {
    expect(carriersWords[standingOf(carried(1, 'retiring', 'serving'))].tone).toBe('good')
  })
})

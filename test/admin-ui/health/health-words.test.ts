import { describe, expect, it } from 'vitest'
import { byTrouble } from '../../../admin-ui/src/health/health-words.ts'
import type { DependencyView } from '../../../gateway/contract/views.ts'

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

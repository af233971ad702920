import { describe, expect, it } from 'vitest'

import { byAttention, countStates } from '../../../admin-ui/src/register/order.ts'
import type { ControlView } from '../../../gateway/contract/views.ts'

const control = (id: string, state: ControlView['state']): ControlView => ({
  id,
  title: id,
  description: '',
  owner: '',
  risks: [],
  state,
  reason: '',
  population: 0,
  events: 0,
  lastIndex: null,
  lastAt: null,
  freshness: '',
  failsWhen: '',
  evidenceEvents: [],
  offenders: [],
  mappings: {},
})
const controls = [
  control('B', 'fresh'),
  control('A', 'fresh'),
  control('C', 'not-exercised'),
  control('D', 'failing'),
  control('E', 'no-evidence'),
]

describe('the register', () => {
  it('puts first what needs somebody', () => {
    expect(byAttention(controls).map(({ id }) => id)).toEqual(['D', 'E', 'C', 'A', 'B'])
  })

  it('counts every state, the empty ones too', () => {
    expect(countStates(controls)).toEqual([
      { state: 'failing', count: 1 },
      { state: 'no-evidence', count: 1 },
      { state: 'stale', count: 0 },
      { state: 'not-exercised', count: 1 },
      { state: 'fresh', count: 2 },
    ])
  })
})

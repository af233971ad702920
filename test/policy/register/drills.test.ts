import { describe, expect, it } from 'vitest'

import { drilled } from './drill-cases.ts'
import { stateOf, stream } from './stream.ts'

describe('the register and drills', () => {
  it('counts nothing of what a drill wrote while it tried something', () => {
    const refused = { session: null, person: 'p1', asset: 'a1', reason: 'recording-not-opened' }
    const permit = { action: 'connect', outcome: 'permit', rules: ['r'], scope: 'out', scopeVersion: '1', bundle: 'b' }
    const began = [0, 'drill.started', { drill: 'd1', name: 'boundary', asset: 'drill-target' }] as const
    const ofDrill = { ...permit, asset: 'drill-target', drill: 'd1' }
    const plain = stateOf('GW-SCP-01', stream([0, 'policy.decision', permit]))
    const marked = stateOf(
      'GW-SCP-01',
      stream([...began], [0, 'policy.decision', ofDrill], [1, 'session.refused', { ...refused, drill: 'd1' }]),
    )
    expect(plain.kind).toBe('failing')
    expect(marked.kind).toBe('no-evidence')
  })

  it('counts a permit that carries the mark of a drill and is for something real, or of a drill that never began', () => {
    const permit = { action: 'connect', outcome: 'permit', rules: ['r'], scope: 'out', scopeVersion: '1', bundle: 'b' }
    const began = [0, 'drill.started', { drill: 'd1', name: 'boundary', asset: 'drill-target' }] as const
    const real = { ...permit, asset: 'ews-1', drill: 'd1' }
    expect(stateOf('GW-SCP-01', stream([...began], [1, 'policy.decision', real])).kind).toBe('failing')
    const unknown = { ...permit, asset: 'drill-target', drill: 'd2' }
    expect(stateOf('GW-SCP-01', stream([...began], [1, 'policy.decision', unknown])).kind).toBe('failing')
  })

  it('takes a kill of a drill for a test of taking access away', () => {
    expect(stateOf('GW-RAC-04', stream(drilled(0, { kill: 'held' }))).kind).toBe('fresh')
    expect(stateOf('GW-RAC-04', stream(drilled(0, { kill: 'failed' }))).kind).toBe('failing')
  })

  it('keeps the nonconformity of a failed drill open until the drill passes', () => {
    const dueAt = Date.parse('2026-03-02T10:00:00Z')
    const opened = { because: 'drill', drill: 'd1', name: 'boundary', plant: 'north', owner: 'lead', dueAt }
    const after = 240
    const quiet = [after, 'incident.near_miss_closed', { concern: 'c1', learned: null }] as const
    const late = stateOf('GW-INC-03', stream([0, 'incident.capa_opened', opened], [...quiet]))
    expect(late.offenders.map(({ text }) => text)).toContain(
      'the nonconformity of drill `boundary` was not looked at by its day',
    )
    const passed = stateOf('GW-INC-03', stream([0, 'incident.capa_opened', opened], drilled(1, {}), [...quiet]))
    expect(passed.offenders.map(({ text }) => text).join()).not.toContain('drill')
  })
})

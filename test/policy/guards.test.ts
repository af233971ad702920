// The invariants as a table: each serves controls of the catalogue, and none can be taken by a permit.

import { describe, expect, it } from 'vitest'
import { guards } from '../../policy/guards.ts'
import { catalogue } from '../../policy/register/catalogue.ts'
import { guardRules } from '../../policy/rules.ts'

describe('guards', () => {
  it('are one for every rule in code', () => {
    expect(Object.keys(guards).toSorted()).toEqual([...guardRules].toSorted())
  })

  it.each(guardRules)('%s serves controls of the catalogue', (rule) => {
    const { controls } = guards[rule]
    expect(controls.length).toBeGreaterThan(0)
    for (const control of controls) expect(catalogue.has(control)).toBe(true)
  })
})

// Which standard change an access is, and that declaring one never opens what tier normal would not.

import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { decide } from '../../policy/decide.ts'
import { ownLabels } from '../../policy/information.ts'
import { operationClasses } from '../../policy/model.ts'
import { longestUse } from '../../policy/schedule.ts'
import { isAbout, standardChangeFor, withStandardRollback } from '../../policy/standard-change.ts'
import { endOfDay } from '../../policy/calendar.ts'
import { anyCase } from './arbitraries.ts'
import { bundleFrom, plantFiles, plantWith } from './scenario.ts'

vi.setConfig({ testTimeout: 120_000 })

const one = (id: string, text: string): string =>
  `  - { id: ${id}, title: ${id}, protocols: [ssh], rollback: way back of ${id}, approvedBy: Lead, ${text} }`
function plantWithChanges(...changes: readonly string[]) {
  const files = plantFiles()
  files.set('access.yaml', `standardChanges:\n${changes.join('\n')}\n${files.get('access.yaml') ?? ''}`)
  return bundleFrom(files)
}
const plant = plantWith()
const some = plantWithChanges(
  one('look', 'types: [engineering-workstation], operationClass: observe, maxWindowMinutes: 480, until: 2030-12-31'),
  one('drives', 'labels: [drives], operationClass: operate, maxWindowMinutes: 120, until: 2026-04-30'),
)

describe('a standard change', () => {
  it('never permits what is denied where none is declared', () => {
    let permitted = 0
    fc.assert(
      fc.property(anyCase, ({ request, facts }) => {
        const after = decide(request, some, facts)
        permitted += after.kind === 'permit' ? 1 : 0
        return after.kind === 'deny' || decide(request, plant, facts).kind === 'permit'
      }),
      { numRuns: 300, seed: 71 },
    )
    expect(permitted).toBeGreaterThan(20)
  })

  it('holds whatever is permitted in tier standard inside its limits', () => {
    let standard = 0
    fc.assert(
      fc.property(anyCase, ({ request: any, facts }) => {
        if (any.action === 'connect') return true
        const request = { ...any, ask: { ...any.ask, tier: 'standard' as const } }
        const { ask } = request
        const asset = some.assets.get(ask.asset)
        if (asset === undefined || decide(request, some, facts).kind === 'deny') return true
        standard += 1
        return some.access.standardChanges.some(
          (change) =>
            isAbout(change, asset, ownLabels(asset, some)) &&
            operationClasses.indexOf(ask.operationClass) <= operationClasses.indexOf(change.operationClass) &&
            longestUse(ask) <= change.maxWindowMinutes &&
            ask.window.until <= endOfDay(change.until, 'Europe/Berlin') + 86_400_000,
        )
      }),
      { numRuns: 400, seed: 72 },
    )
    expect(standard).toBeGreaterThan(5)
  })

  it('gives its rollback plan, and keeps what who asked says beside it', () => {
    const asset = [...some.assets.values()].find(({ id }) => id === 'ews-1')
    if (asset === undefined) throw new Error('the plant has no such asset')
    const from = Date.parse('2026-03-02T09:00:00Z')
    const ask = {
      asset: asset.id,
      protocol: 'ssh',
      operationClass: 'operate',
      window: { from, until: from + 3_600_000 },
      schedule: { kind: 'whole' },
      tier: 'standard',
      criteria: [],
      purpose: 'read the drives',
      ticket: '',
      rollback: '',
      files: [],
    } as const
    expect(withStandardRollback(ask, asset, some).rollback).toBe('way back of drives')
    expect(withStandardRollback({ ...ask, rollback: 'call me' }, asset, some).rollback).toBe(
      'way back of drives\ncall me',
    )
    expect(withStandardRollback({ ...ask, tier: 'normal' }, asset, some).rollback).toBe('')
    // The first that fits is the one it is.
    const use = { ...ask, minutes: 60, operationClass: 'observe' } as const
    expect(standardChangeFor(asset, use, some)?.id).toBe('look')
  })
})

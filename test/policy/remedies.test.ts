// What would have to be otherwise for the policies to permit.

import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { decide } from '../../policy/decide.ts'
import type { AssetId } from '../../policy/ids.ts'
import { quietWorld, type AccessAsk, type Facts } from '../../policy/model.ts'
import { remediesFor, type Way } from '../../policy/remedies.ts'
import { anyCase, monday } from './arbitraries.ts'
import { bundleFrom, named, plantFiles, plantWith } from './scenario.ts'

const plant = plantWith()

// Hundreds of decisions a test: on a busy machine that takes its time, and nothing here is about time.
vi.setConfig({ testTimeout: 120_000 })
const facts: Facts = {
  now: monday,
  person: named('plant-engineer'),
  mfa: ['totp'],
  source: null,
  ticket: 'none',
  world: quietWorld,
}
const ask = (changes: Partial<AccessAsk> = {}): AccessAsk => ({
  asset: 'drive-8' as AssetId,
  protocol: 'ssh',
  operationClass: 'engineer',
  window: { from: monday, until: monday + 2 * 3_600_000 },
  schedule: { kind: 'whole' },
  tier: 'standard',
  criteria: [],
  purpose: 'drive 7 does not start',
  ticket: '',
  rollback: '',
  files: [],
  ...changes,
})
const kindsOf = (ways: readonly Way[]): readonly string[] =>
  ways.map((way) => way.map(({ kind }) => kind).join(' and '))

describe('remediesFor', () => {
  it('finds nothing to change about what is permitted', () => {
    expect(remediesFor({ action: 'request', ask: ask({ operationClass: 'operate' }) }, plant, facts)).toEqual([])
  })

  it('names every single change that would do, and when the next maintenance window is', () => {
    expect(remediesFor({ action: 'request', ask: ask() }, plant, facts)).toEqual([
      [{ kind: 'tier', text: 'it is asked in tier emergency' }],
      [{ kind: 'operation-class', text: 'it is asked for class operate' }],
      [
        {
          kind: 'maintenance',
          text: 'it lies inside a maintenance window of the line, the next from 2026-03-07T05:00Z',
        },
      ],
      [{ kind: 'exception', text: 'exception EX-01 is in force' }],
    ])
  })

  it('names a ticket, a rollback, a shorter window', () => {
    const normal = ask({ asset: 'ews-1' as AssetId, tier: 'normal', rollback: 'restore the backup' })
    expect(kindsOf(remediesFor({ action: 'request', ask: normal }, plant, facts))).toContain('ticket')
    const files = [{ name: 'line1.zip', sha256: 'a'.repeat(64) }]
    const bare = ask({ asset: 'ews-1' as AssetId, files })
    expect(kindsOf(remediesFor({ action: 'request', ask: bare }, plant, facts))).toEqual(['rollback'])
    const long = ask({ asset: 'hmi-3' as AssetId, window: { from: monday, until: monday + 5 * 3_600_000 } })
    expect(remediesFor({ action: 'request', ask: long }, plant, facts)[0]).toEqual([
      { kind: 'window', text: 'the window is at most 240 minutes' },
    ])
  })

  it('names who could', () => {
    const request = { action: 'request' as const, ask: ask({ asset: 'ews-1' as AssetId }) }
    expect(remediesFor(request, plant, { ...facts, person: named('auditor') })).toEqual([
      [{ kind: 'role', text: 'somebody with the role engineer does it' }],
    ])
    const emergency = ask({ asset: 'ews-1' as AssetId, tier: 'emergency' })
    const ways = remediesFor({ action: 'approve', ask: emergency, requester: named('supplier-engineer') }, plant, {
      ...facts,
      person: named('late-lead'),
    })
    expect(ways).toEqual([
      [{ kind: 'approver', text: 'whoever is on duty as shift lead does it' }],
      [{ kind: 'role', text: 'somebody with the role approver does it' }],
    ])
  })

  it('names the most ordinary tier first, and standard only for what is a standard change', () => {
    const notIn = (tier: string) =>
      `@id("no-${tier}") @text("None.") forbid (principal, action, resource) when { context.tier == Tier::"${tier}" };`
    const glass = ask({ asset: 'ews-1' as AssetId, tier: 'break-glass', criteria: ['danger'], rollback: 'restore it' })
    const waysOf = (policies: string, standard = '') => {
      const files = plantFiles()
      files.set('policies/scenario.cedar', policies)
      files.set('access.yaml', `${standard}${files.get('access.yaml') ?? ''}`)
      return remediesFor({ action: 'request', ask: glass }, bundleFrom(files), { ...facts, ticket: 'open' }).flat()
    }
    const change = (asset: string) =>
      `standardChanges:\n  - { id: s, title: s, assets: [${asset}], protocols: [ssh], operationClass: engineer, ` +
      'maxWindowMinutes: 480, rollback: back, approvedBy: Lead, until: 2030-12-31 }\n'
    const glassOnly = notIn('break-glass')
    const neither = `${glassOnly} ${notIn('normal')}`
    expect(waysOf(glassOnly)[0]).toEqual({ kind: 'tier', text: 'it is asked in tier normal' })
    expect(waysOf(neither)[0]).toEqual({ kind: 'tier', text: 'it is asked in tier standard' })
    expect(waysOf(neither, change('ews-1'))[0]).toEqual({ kind: 'tier', text: 'it is asked in tier standard' })
    expect(waysOf(neither, change('hmi-3'))[0]).toEqual({ kind: 'tier', text: 'it is asked in tier emergency' })
  })

  it('takes two changes where one is not enough', () => {
    const both = plantWith(
      '@id("both") @text("Both.") forbid (principal, action == Action::"request", resource == Asset::"ews-1") unless { context.presence && context.ticket == Ticket::"open" };',
    )
    const request = { action: 'request' as const, ask: ask({ asset: 'ews-1' as AssetId }) }
    expect(kindsOf(remediesFor(request, both, facts))).toEqual(['ticket and presence'])
  })

  it('finds none where two are not enough either, and none for what is not declared', () => {
    const closed = plantWith('@id("closed") @text("Closed.") forbid (principal, action, resource);')
    expect(remediesFor({ action: 'request', ask: ask() }, closed, facts)).toEqual([])
    expect(remediesFor({ action: 'request', ask: ask({ asset: 'none' as AssetId }) }, closed, facts)).toEqual([])
  })

  it('names the smallest changes, never more than a few, and only where policies refuse', () => {
    fc.assert(
      fc.property(anyCase, ({ request, facts: given }) => {
        const ways = remediesFor(request, plant, given)
        expect(ways.length).toBeLessThanOrEqual(5)
        expect(new Set(ways.map(({ length }) => length)).size).toBeLessThanOrEqual(1)
        if (ways.length > 0) expect(decide(request, plant, given).kind).toBe('deny')
      }),
      { numRuns: 20 },
    )
  })
})

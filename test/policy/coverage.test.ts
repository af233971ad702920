// Coverage asset by asset, the statement of applicability, and whether the scope still fits.

import { describe, expect, it } from 'vitest'
import { applicability } from '../../policy/applicability.ts'
import { coverageDigest, coverageReport, type Coverage } from '../../policy/coverage.ts'
import type { AssetId, PersonId } from '../../policy/ids.ts'
import { quietWorld, type EvidenceEvent } from '../../policy/model.ts'
import { catalogue } from '../../policy/register/catalogue.ts'
import { startRegister, type RegisterRun } from '../../policy/register/evaluate.ts'
import { knownThings, scopeFit, type FitTopic, type LastFitReview } from '../../policy/scope-fit.ts'
import { bundleWith } from './demo-bundle.ts'

const bundle = bundleWith()
const now = Date.parse('2026-03-02T09:00:00Z')
const day = 24 * 3_600_000

function registerOf(
  events: readonly (readonly [at: number, type: string, data: EvidenceEvent['data']])[],
): RegisterRun {
  const run = startRegister(catalogue.values(), now)
  for (const [index, [at, type, data]] of events.entries()) run.feed({ index, at, type, data })
  return run
}

const published = [now - 2 * day, 'scope.version_published', { scopeVersion: '2026-1' }] as const
const refused = (asset: string | null, at = now - 3_600_000, more: EvidenceEvent['data'] = {}) =>
  [
    at,
    'policy.decision',
    { action: 'request', outcome: 'deny', person: 'p', asset, rules: [], scope: 'in', scopeVersion: '2026-1', ...more },
  ] as const

const defined = (id: string, type: string): EvidenceEvent['data'] => ({
  interface: id,
  type,
  owner: 'sha256:0',
  state: 'excepted',
  conduits: [],
})

function report(run: RegisterRun): ReadonlyMap<string, Coverage> {
  const states = new Map(run.result(now).map((state) => [state.control.id, state]))
  const { items } = coverageReport(bundle, states, run.subjects, now)
  return new Map(items.map((item) => [`${item.kind} ${item.id}`, item]))
}

describe('coverage', () => {
  it('is of nothing while no control that applies is fresh', () => {
    const rows = report(registerOf([]))
    expect([...rows.values()].every(({ state }) => state === 'uncovered')).toBe(true)
    expect(rows.get('asset ews-1')?.why).toMatch(/^of \d+ controls that apply none is fresh$/)
  })

  it('counts for the asset the ledger names, and for no other', () => {
    const rows = report(registerOf([published, refused('ews-1')]))
    expect(rows.get('asset ews-1')).toMatchObject({
      state: 'covered',
      owner: 'Automation lead',
      freshest: { control: 'GW-ACC-01', index: 1 },
    })
    expect(rows.get('asset hist-1')).toMatchObject({ state: 'untested', freshest: null })
  })

  it('lets a test of long ago count no more', () => {
    const rows = report(registerOf([published, refused('ews-1', now - 91 * day), refused('hist-1')]))
    expect(rows.get('asset ews-1')?.state).toBe('untested')
    expect(rows.get('asset ews-1')?.why).toContain('last tested at 2025-12-01')
  })

  it('leaves out what is not in scope, and takes in the conduits that lead to what is', () => {
    const rows = report(registerOf([published]))
    expect(rows.has('asset south-ews-1')).toBe(false)
    const conduit = [...bundle.conduits.values()].find(({ to }) => to === 'north-operations')
    expect(rows.has(`conduit ${conduit?.id}`)).toBe(true)
  })

  it('says of a conduit nobody answers for that it is uncovered, first of all', () => {
    const run = registerOf([published, refused('ews-1')])
    const states = new Map(run.result(now).map((state) => [state.control.id, state]))
    const [[id, first] = []] = bundle.conduits
    if (id === undefined || first === undefined) throw new Error('the demo has no conduits')
    const orphaned = { ...bundle, conduits: new Map([...bundle.conduits, [id, { ...first, owner: null }]]) }
    const { items, counts } = coverageReport(orphaned, states, run.subjects, now)
    const rank = items.map(({ state }) => ['uncovered', 'untested', 'covered'].indexOf(state))
    expect(rank).toEqual(rank.toSorted((a, b) => a - b))
    expect(counts.uncovered + counts.untested + counts.covered).toBe(items.length)
    expect(items.find((row) => row.id === id)).toMatchObject({ state: 'uncovered', why: 'nobody answers for it' })
  })

  it('takes in every interface, in scope or not, and says what is overdue about one', () => {
    const rows = report(registerOf([[now, 'interface.defined', defined('south-readings', 'data-integration')]]))
    expect(rows.get('interface south-readings')).toMatchObject({
      state: 'covered',
      owner: 'Plant IT lead',
      freshest: { control: 'GW-INV-02', index: 0 },
    })
    expect(rows.get('interface drive-condition-cloud')).toMatchObject({
      state: 'untested',
      controls: [{ id: 'GW-INV-02' }, { id: 'GW-SUP-04' }],
    })
    const ended = Date.parse('2027-06-02T00:00:00Z')
    const run = registerOf([[ended, 'interface.defined', defined('packaging-modem', 'vendor-pathway')]])
    const states = new Map(run.result(ended).map((state) => [state.control.id, state]))
    const { items } = coverageReport(bundle, states, run.subjects, ended)
    expect(items.find(({ id }) => id === 'packaging-modem')).toMatchObject({
      state: 'uncovered',
      why: 'exception EX-02 has ended',
    })
  })

  it('counts a test of what holds it for the information', () => {
    const rows = report(registerOf([published, refused('hist-1')]))
    expect(rows.get('information batch-records')).toMatchObject({
      plant: 'Plant North',
      freshest: { index: 1 },
    })
    expect(rows.get('information nc-programs-dual-use')?.freshest).toBeNull()
  })

  it('has a digest that changes with what it says', () => {
    const digestAfter = (...events: Parameters<typeof registerOf>[0]): string => {
      const run = registerOf(events)
      const states = new Map(run.result(now).map((state) => [state.control.id, state]))
      return coverageDigest(coverageReport(bundle, states, run.subjects, now))
    }
    expect(digestAfter(published)).toBe(digestAfter(published))
    expect(digestAfter(published, refused('ews-1'))).not.toBe(digestAfter(published, refused('hist-1')))
  })

  it('knows a session by its id once it has begun', () => {
    const run = registerOf([
      [now, 'session.started', { session: 's1', asset: 'ews-1', conduit: 'c1', grant: 'g1', person: 'p' }],
      [now, 'session.feature_refused', { session: 's1', feature: 'agent' }],
    ])
    expect(run.subjects.asset('ews-1')).toMatchObject({ control: 'GW-NET-04', index: 1 })
    expect(run.subjects.conduit('c1')).toMatchObject({ control: 'GW-NET-04', index: 1 })
  })
})

describe('the statement of applicability', () => {
  const run = registerOf([published, refused('ews-1')])
  const states = new Map(run.result(now).map((state) => [state.control.id, state]))

  it('follows from the regimes of the scope', () => {
    const { standards } = applicability(bundle, states, now)
    expect(standards.map(({ regime, standard }) => `${regime} ${standard}`)).toEqual([
      'iso-27001 iso27001-2022',
      'iec-62443 iec62443-3-3-2013',
      'nis2 nis2-2024-2690',
      'tisax tisax-isa-6',
    ])
    const clause = standards[0]?.clauses.find((one) => one.clause === 'A.5.15')
    expect(clause?.controls).toContainEqual({
      id: 'GW-ACC-01',
      title: 'Default deny, policy decides every access',
      coverage: 'full',
      owner: 'OT security lead',
      state: 'fresh',
    })
  })

  it('names the controls the register leaves out, and a regime that nothing is mapped to', () => {
    const controls = bundle.register.controls.filter(({ control }) => control !== 'GW-ACC-01')
    const lean = {
      ...bundle,
      scope: { ...bundle.scope, regimes: ['iso-27001', 'house-rules', 'constructor'] },
      register: { ...bundle.register, controls },
    }
    const { standards, unused } = applicability(lean, states, now)
    expect(unused).toContain('GW-ACC-01')
    expect(standards.slice(1)).toEqual([
      { regime: 'house-rules', standard: null, clauses: [] },
      { regime: 'constructor', standard: null, clauses: [] },
    ])
  })
})

describe('the scope-fit report', () => {
  const world = { confirmations: quietWorld.confirmations, heldScope: quietWorld.heldScope }
  const countOf = (topic: FitTopic, last: LastFitReview | null, of = bundle): number =>
    scopeFit(of, world, last, [], now).findings.find((one) => one.topic === topic)?.count ?? -1
  const reviewed = (known = knownThings(bundle)): LastFitReview => ({ at: now - day, dueAt: now + 91 * day, known })

  it('finds everything new, and is due, while nobody has looked', () => {
    const fit = scopeFit(bundle, world, null, [], now)
    expect(fit).toMatchObject({ reviewedAt: null, dueAt: null, isDue: true })
    expect(countOf('new-assets', null)).toBe(bundle.assets.size)
  })

  it('finds nothing new right after a review, and what came and went since', () => {
    expect(countOf('new-assets', reviewed())).toBe(0)
    const { assets, suppliers, conduits } = knownThings(bundle)
    const last = reviewed({ assets: [...assets.slice(1), 'laser-7'], suppliers: suppliers.slice(2), conduits })
    expect([countOf('new-assets', last), countOf('new-suppliers', last), countOf('gone', last)]).toEqual([1, 2, 1])
  })

  it('is due on its day and not before', () => {
    const dueAt = now + day
    const at = (when: number): boolean => scopeFit(bundle, world, { ...reviewed(), dueAt }, [], when).isDue
    expect([at(dueAt - 1), at(dueAt)]).toEqual([false, true])
  })

  it('counts what no walkdown confirms of what is in scope only', () => {
    const inScope = [...bundle.assets.keys()].filter((id) => bundle.scopeStatusOf.get(id)?.kind === 'in')
    expect(countOf('unconfirmed', null)).toBe(inScope.length)
    const asset = 'ews-1' as AssetId
    const zone = bundle.assets.get(asset)?.zone
    if (zone === undefined) throw new Error('the demo has no ews-1')
    const seen = { asset, zone, seenOn: '2026-03-01', by: 'per_1' as PersonId, at: now }
    const fit = scopeFit(bundle, { ...world, confirmations: new Map([[asset, seen]]) }, null, [], now)
    expect(fit.findings.find(({ topic }) => topic === 'unconfirmed')?.count).toBe(inScope.length - 1)
  })

  it('lists names that were asked for and stand for nothing', () => {
    const fit = scopeFit(bundle, world, null, [{ name: 'laser-7', times: 3, lastAt: now }], now)
    expect(fit.findings.find(({ topic }) => topic === 'unregistered')?.items).toEqual([
      { id: 'laser-7', text: 'asked for 3 times, last on 2026-03-02: nothing declared is called so' },
    ])
  })

  it('finds conduits past their review and phases past their day', () => {
    const later = Date.parse('2040-01-01T00:00:00Z')
    const fit = scopeFit(bundle, world, null, [], later)
    const due = (topic: FitTopic): number => fit.findings.find((one) => one.topic === topic)?.count ?? -1
    expect(due('conduits-overdue')).toBe(bundle.conduits.size)
  })
})

// Information and interfaces as the bundle declares them: what is wrong with a declaration, and what it comes to.

import { describe, expect, it } from 'vitest'
import type { AssetId } from '../../../policy/ids.ts'
import { ownLabels } from '../../../policy/information.ts'
import type { StandardChange } from '../../../policy/model.ts'
import { standardChangesOn } from '../../../policy/standard-change.ts'
import { smallBundle } from './small-bundle.ts'
import { append, problemsOf, replace, warningsOf, type Change } from './spoilt.ts'

const reasons = (...changes: readonly Change[]): readonly string[] => problemsOf(...changes).map(({ reason }) => reason)
const information = (from: string | RegExp, to: string): Change => replace('information.yaml', from, to)
const zones = (from: string | RegExp, to: string): Change => replace('zones.yaml', from, to)

describe('information.yaml', () => {
  it('may be missing: assets then have the labels they declare, and conduits no say', () => {
    const bundle = smallBundle({ 'zones.yaml': (text) => text.replace(/ +payloads: \[drive-tuning.*\n/, '') })
    expect(bundle.assets.get('ews-1' as AssetId)?.labels).toEqual(['drives', 'line-1'])
    expect(problemsOf((files) => void files.delete('information.yaml'), zones(/ +payloads: \[drive.*\n/, ''))).toEqual(
      [],
    )
  })

  it('gives its labels to what holds it, once, and says which come from what', () => {
    const bundle = smallBundle({
      'information.yaml': (text) => text.replace('labels: [drives]', 'labels: [drives, customer-a]'),
    })
    const ews = bundle.assets.get('ews-1' as AssetId)
    expect(ews?.labels).toEqual(['drives', 'line-1', 'customer-a'])
    expect(bundle.inheritedOf.get('ews-1' as AssetId)).toEqual([{ label: 'customer-a', from: ['drive-parameters'] }])
    expect(bundle.inheritedOf.size).toBe(1)
  })

  it('makes no change an approved one, and no supplier one that may come', () => {
    const bundle = smallBundle({
      'information.yaml': (text) => text.replace('labels: [drives]', 'labels: [drives, customer-a]'),
    })
    const ews = bundle.assets.get('ews-1' as AssetId)
    if (ews === undefined) throw new Error('no ews-1')
    expect(ews.labels).toContain('customer-a')
    expect(ownLabels(ews, bundle)).toEqual(['drives', 'line-1'])
    const [any] = bundle.access.standardChanges
    const change = { ...any, id: 'x', assets: [], types: [], labels: ['customer-a'] } as unknown as StandardChange
    const withIt = { ...bundle, access: { ...bundle.access, standardChanges: [change] } }
    expect(standardChangesOn(ews, withIt)).toEqual([])
    const own = { ...change, labels: ['line-1'] }
    expect(standardChangesOn(ews, { ...bundle, access: { ...bundle.access, standardChanges: [own] } })).toEqual([own])
  })

  it('keeps where an asset was written, for what is said of it later', () => {
    const [problem] = problemsOf(
      information('labels: [drives]', 'labels: [customer-a]'),
      replace('assets.yaml', 'port: 2201', 'port: 2202'),
    )
    expect(problem).toMatchObject({ file: 'assets.yaml', path: 'assets[1].endpoints' })
    expect(problem?.reason).toContain('is the address of asset `ews-1` already, at assets.yaml:')
  })

  it.each([
    ['an unknown class', information('class: drive-tuning', 'class: drive-tunning'), 'did you mean `drive-tuning`?'],
    ['a class nobody knows', information('class: drive-tuning', 'class: weather'), 'or declare it under `classes`'],
    ['a class every plant has', information('- { id: drive-tuning', '- { id: recipe'), 'is a class of every plant'],
    [
      'a holder that is not declared',
      information('[ews-1]', '[ews-11]'),
      'unknown asset `ews-11`: did you mean `ews-1',
    ],
    ['a holder of nothing', information('[ews-1]', '[]'), 'expected a list with at least one entry'],
    ['an unknown key', information('criticality:', 'critical:'), 'unknown key `critical`'],
    [
      'the same twice',
      append(
        'information.yaml',
        '  - { id: drive-parameters, name: A, owner: B, class: recipe, labels: [], criticality: low, heldBy: [ews-2] }',
      ),
      'duplicate information asset `drive-parameters`',
    ],
  ])('reports %s', (_, change, said) => {
    expect(reasons(change).join('\n')).toContain(said)
  })

  it('warns of a rule about information nobody has', () => {
    const rule = `@id("x")\n@text("x")\n@control("GW-ACC-01")\nforbid (principal, action, resource)\nwhen { resource.holds.contains("recipes") };`
    expect(
      warningsOf(append('policies/extra.cedar', rule))
        .map(({ reason }) => reason)
        .join('\n'),
    ).toContain('no information has the class `recipes`: did you mean `recipe`?')
  })
})

describe('payloads', () => {
  it('are words that stand for information', () => {
    expect(reasons(zones('[drive-tuning, procedure]', '[drive-tuning, procedures]'))).toEqual([
      'unknown payload `procedures`: did you mean `procedure`?',
    ])
    expect(problemsOf(zones('[drive-tuning, procedure]', '[drives]'))).toEqual([])
  })

  it('of an interface fit the conduits it runs over', () => {
    const named = zones('reason: brokered maintenance of workstations', 'payloads: [recipe]\n    reason: brokered')
    expect(reasons(named).join('\n')).toContain(
      'carries `process-parameters`, and conduit `north-dmz-to-operations` does not name it among its payloads',
    )
  })
})

describe('interfaces', () => {
  it.each([
    [
      'a pathway that stays beside every conduit',
      zones('{ removeBy: 2027-05-31 }', 'in-use'),
      'passes the boundary unseen',
    ],
    ['an exception nobody declared', zones('{ removeBy: 2027-05-31 }', '{ exception: EX-99 }'), 'unknown exception'],
    ['a day and an exception', zones('2027-05-31 }', '2027-05-31, exception: EX-1 }'), 'got both'],
    ['a day that does not exist', zones('2027-05-31 }', '2027-05-32 }'), '2027-05-32'],
    ['two ends outside', zones('{ zone: north-operations }', '{ outside: Somebody }'), 'both ends are outside'],
    ['an end that is two things', zones('{ asset: hist-1 }', '{ asset: hist-1, zone: north-dmz }'), 'expected one of'],
    ['one end twice', zones('{ asset: hist-1 }', '{ zone: north-control }'), 'an interface joins two things'],
    ['an asset nobody declared', zones('{ asset: hist-1 }', '{ asset: hist-9 }'), 'unknown asset `hist-9`'],
    ['a conduit nobody declared', zones('[north-dmz-to-operations]', '[north-dmz-to-ops]'), 'unknown conduit'],
    [
      'a supplier nobody declared',
      zones('supplier: acme-drives', 'supplier: acme-drive'),
      'did you mean `acme-drives`?',
    ],
    ['a type of no kind', zones('type: vendor-pathway', 'type: modem'), 'expected `data-integration`'],
  ])('reports %s', (_, change, said) => {
    expect(reasons(change).join('\n')).toContain(said)
  })

  it('may have nobody who answers for it: that is said, and it stays in the register', () => {
    const ownerless = zones(/    owner: Production lead\n    reason: until/, '    reason: until')
    expect(warningsOf(ownerless).map(({ reason }) => reason)).toContain(
      'interface without an owner: it is overdue until somebody answers for it: name who does',
    )
  })

  it('are left out by no scope rule', () => {
    const bundle = smallBundle({
      'scope.yaml': (text) =>
        text.replace('exclude:\n', 'exclude:\n  - id: nothing\n    plant: north\n    reason: of no concern\n'),
    })
    expect([...bundle.scopeStatusOf.values()].some(({ kind }) => kind === 'in')).toBe(false)
    expect([...bundle.interfaces.keys()]).toEqual(['readings', 'modem'])
  })
})

// What changes between two bundles: each kind of change is found, said in words, and put under what it does to access.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { diffBundles, isEmptyDiff, type BundleDiff } from '../../../policy/diff/diff.ts'
import type { Effect } from '../../../policy/diff/effects.ts'
import { fieldChanges, isSame } from '../../../policy/diff/fields.ts'
import { describeDiff } from '../../../policy/diff/words.ts'
import { smallBundle } from '../bundle/small-bundle.ts'

const before = smallBundle()
type Edit = readonly [from: string | RegExp, to: string]

function diffAfter(file: string, ...edits: readonly Edit[]): BundleDiff {
  const change = (text: string): string =>
    edits.reduce((now, [from, to]) => {
      const next = now.replace(from, to)
      expect(next).not.toBe(now)
      return next
    }, text)
  return diffBundles(before, smallBundle({ [file]: change }))
}

const said = (diff: BundleDiff): string[] => describeDiff(diff).flatMap(({ title, lines }) => [`${title}:`, ...lines])

const noCalendar = /reviewBy: 2035-12-31/

describe('a difference between bundles', () => {
  it('is empty between a bundle and itself, and where only comments and order changed', () => {
    expect(isEmptyDiff(diffBundles(before, before))).toBe(true)
    const other = diffAfter('suppliers.yaml', [/^/, '# nothing that counts\n'])
    expect(other.from.digest).not.toBe(other.to.digest)
    expect(isEmptyDiff(other)).toBe(true)
    expect(isEmptyDiff(diffAfter('assets.yaml', ['labels: [drives, line-1]', 'labels: [line-1, drives]']))).toBe(true)
  })

  it('names assets that leave the scope before those that enter it', () => {
    const diff = diffAfter('scope.yaml', [
      'types: [plc, hmi, safety-controller]',
      'types: [plc, camera, safety-controller]',
    ])
    expect(diff.moves.items.map(({ asset, effect }) => [asset, effect])).toEqual([
      ['hmi-3', 'closes'],
      ['cam-9', 'opens'],
    ])
    expect(said(diff)).toEqual([
      '2 assets move in or out of scope:',
      'asset hmi-3 (Operator station, line 3): was in scope by rule north-control, will be undetermined (denied)',
      'asset cam-9 (Inspection camera, line 3): was undetermined (denied), will be in scope by rule north-control',
      'may give or take access:',
      'inclusion north-control changed: types from plc, hmi, safety-controller to plc, camera, safety-controller',
    ])
  })

  it('does not call it a move when an asset that is out of scope is declared or taken away', () => {
    const diff = diffAfter('assets.yaml', [/\n {2}- id: south-ews-1[\s\S]*$/, '\n'])
    expect(diff.moves.count).toBe(0)
    expect(diff.changes.items).toMatchObject([{ section: 'assets', id: 'south-ews-1', kind: 'removed' }])
  })

  const cases: readonly (readonly [what: string, file: string, edit: Edit, effect: Effect, text: string])[] = [
    [
      'a contract that ends earlier',
      'suppliers.yaml',
      ['until: 2035-12-31', 'until: 2030-06-30'],
      'closes',
      'supplier acme-drives changed: contract.until from 2035-12-31 to 2030-06-30',
    ],
    [
      'a label more for a supplier',
      'suppliers.yaml',
      ['labels: [drives]', 'labels: [drives, packaging]'],
      'opens',
      'supplier acme-drives changed: labels from drives to drives, packaging',
    ],
    [
      'fewer sessions for a supplier',
      'suppliers.yaml',
      ['maxSessions: 4', 'maxSessions: 1'],
      'closes',
      'supplier acme-drives changed: maxSessions from 4 to 1',
    ],
    [
      'a lower class on a conduit',
      'zones.yaml',
      ['operationClass: engineer', 'operationClass: observe'],
      'closes',
      'conduit north-dmz-to-operations changed: operationClass from engineer to observe',
    ],
    [
      'a conduit whose review is put off',
      'zones.yaml',
      [noCalendar, 'reviewBy: 2036-12-31'],
      'opens',
      'conduit north-dmz-to-operations changed: reviewBy from 2035-12-31 to 2036-12-31',
    ],
    [
      'a protocol more on a conduit',
      'zones.yaml',
      ['protocols: [ssh]', 'protocols: [ssh, rdp]'],
      'opens',
      'conduit north-dmz-to-operations changed: protocols from ssh to ssh, rdp',
    ],
    [
      'a longer longest window',
      'scope.yaml',
      ['maxWindowMinutes: 480', 'maxWindowMinutes: 600'],
      'opens',
      'plant north changed: maxWindowMinutes from 480 to 600',
    ],
    [
      'another zone level',
      'zones.yaml',
      ['level: 2', 'level: 3'],
      'both',
      'zone north-control changed: level from 2 to 3',
    ],
    [
      'another owner of a zone',
      'zones.yaml',
      ['owner: Plant IT lead', 'owner: Site IT lead'],
      'none',
      'zone north-operations changed: owner from Plant IT lead to Site IT lead',
    ],
    ['a place less', 'scope.yaml', [/\nplaces:[\s\S]*$/, '\n'], 'closes', 'place north-site removed'],
    [
      'a rule whose conditions changed',
      'policies/duties.cedar',
      ['context.windowMinutes > 240', 'context.windowMinutes > 120'],
      'both',
      'rule engineering-in-short-windows changed: its conditions',
    ],
  ]
  it.each(cases)('%s', (_what, file, edit, effect, text) => {
    const diff = diffAfter(file, edit)
    expect(diff.changes.items.map((change) => change.effect)).toEqual([effect])
    expect(said(diff)).toContain(text)
  })

  it('takes a permit that goes and a forbid that comes for access taken away', () => {
    const gone = diffAfter('policies/who-may.cedar', [/@id\("engineer-may-request"\)[\s\S]*?;\n/, ''])
    expect(gone.changes.items).toMatchObject([{ section: 'rules', id: 'engineer-may-request', effect: 'closes' }])
    const come = diffAfter('policies/boundary.cedar', [
      /$/,
      '\n@id("no-cameras")\n@text("Nobody goes to cameras.")\nforbid (principal, action, resource)\nwhen { resource.type == "camera" };\n',
    ])
    expect(come.changes.items).toMatchObject([{ section: 'rules', id: 'no-cameras', kind: 'added', effect: 'closes' }])
  })

  it('puts what takes access away first, whatever the order of the files', () => {
    const diff = diffAfter(
      'zones.yaml',
      ['owner: Plant IT lead', 'owner: Site IT lead'],
      ['protocols: [ssh]', 'protocols: [ssh, rdp]'],
      [/(from: north-dmz\n {4}to: north-control[\s\S]*?)operationClass: engineer/, '$1operationClass: operate'],
    )
    expect(diff.changes.items.map(({ effect }) => effect)).toEqual(['closes', 'opens', 'none'])
  })

  it('keeps a few of each effect and counts them all', () => {
    const assets = Array.from(
      { length: 500 },
      (_, i) =>
        `\n  - { id: more-${i}, name: More ${i}, zone: south-operations, owner: Lead, type: camera, criticality: low, safety: none, labels: [], endpoints: [], expiry: cut }`,
    )
    const diff = diffAfter(
      'assets.yaml',
      [/\n*$/, `${assets.join('')}\n`],
      ['name: Process historian', 'name: Historian'],
    )
    expect(diff.changes.count).toBe(501)
    expect(diff.changes.items.length).toBe(101)
    expect(diff.sections).toEqual({ assets: { added: 500, removed: 0, changed: 1 } })
    expect(said(diff).slice(-2)).toEqual(['and 400 more', 'assets: 500 added, 0 removed, 1 changed'])
  })
})

describe('fields', () => {
  const value = fc.jsonValue({ maxDepth: 3 })

  it('differ exactly where the values do', () => {
    fc.assert(
      fc.property(value, value, (one, other) => {
        expect(isSame(one, one)).toBe(true)
        expect(fieldChanges(one, other).length === 0).toBe(isSame(one, other))
      }),
      { numRuns: 1_000 },
    )
  })

  it('are a value’s own, whatever they are called', () => {
    expect(fieldChanges({}, { toString: 1 })).toEqual([{ path: 'toString', from: null, to: '1' }])
    expect(fieldChanges({ valueOf: 1 }, {})).toEqual([{ path: 'valueOf', from: '1', to: null }])
    expect(fieldChanges({}, JSON.parse('{"__proto__": 1}'))).toEqual([{ path: '__proto__', from: null, to: '1' }])
  })

  it('are shown whole as far as anybody writes by hand, and say how much is left out beyond', () => {
    const key = `ssh-rsa ${'A'.repeat(700)}`
    expect(fieldChanges({ key: 'a' }, { key })).toEqual([{ path: 'key', from: 'a', to: key }])
    const [change] = fieldChanges({ key: 'a' }, { key: 'x'.repeat(10_000) })
    expect(change?.to).toBe(`${'x'.repeat(4_000)}\u2026 (6000 more characters)`)
  })

  it('of things in a list are told thing by thing, in words', () => {
    const ssh = { protocol: 'ssh', host: '10.1.0.5', port: 22, hostKeys: ['k1', 'k2'] }
    expect(fieldChanges({ endpoints: [ssh] }, { endpoints: [{ ...ssh, host: '10.1.0.6' }] })).toEqual([
      { path: 'endpoints.ssh.host', from: '10.1.0.5', to: '10.1.0.6' },
    ])
    const words = 'protocol ssh, host 10.1.0.5, port 22, hostKeys k1, k2'
    expect(fieldChanges({ endpoints: [] }, { endpoints: [ssh] })).toEqual([
      { path: 'endpoints.ssh', from: null, to: words },
    ])
    expect(fieldChanges({ endpoints: [ssh] }, { endpoints: [] })).toEqual([
      { path: 'endpoints.ssh', from: words, to: null },
    ])
    expect(fieldChanges([ssh, ssh], [ssh, { ...ssh, port: 23 }])).toEqual([{ path: '2.port', from: '22', to: '23' }])
  })
})

// The bundle's parser: what it makes of a good bundle, how it reports a bad one, and that nothing makes it throw.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseBundle } from '../../../policy/bundle/parse.ts'
import { showProblem } from '../../../policy/bundle/problem.ts'
import type { AssetId, ConduitId, SupplierId } from '../../../policy/ids.ts'
import { demoFiles } from '../demo-bundle.ts'
import { smallBundle, smallFiles } from './small-bundle.ts'
import { policy, problemsOf, replace } from './spoilt.ts'

describe('parseBundle', () => {
  it('takes the demo bundle', () => {
    const parsed = parseBundle(demoFiles())
    expect(parsed.kind === 'ok' ? [] : parsed.problems.map(showProblem)).toEqual([])
  })

  it('takes a bundle with every file and finds everything by id', () => {
    const bundle = smallBundle()
    expect(bundle.assets.get('ews-1' as AssetId)).toMatchObject({ zone: 'north-operations', expiry: { kind: 'cut' } })
    expect(bundle.suppliers.get('acme-drives' as SupplierId)?.labels).toEqual(['drives'])
    expect(bundle.policies.get('grant-may-be-used')).toMatchObject({
      effect: 'permit',
      controls: ['GW-ACC-02', 'GW-AUT-01', 'GW-LOG-02'],
      obligations: [{ kind: 'record' }, { kind: 'notify-approver' }, { kind: 'mfa' }],
      file: 'policies/who-may.cedar',
    })
    expect(bundle.register.controls).toHaveLength(10)
    expect(bundle.digest).toMatch(/^[0-9a-f]{64}$/)
  })

  it('refuses a bundle without policies', () => {
    const problems = problemsOf((files) => {
      for (const file of files.keys()) if (file.endsWith('.cedar')) files.delete(file)
    })
    expect(problems.map(showProblem)).toEqual([
      'policies: expected at least one policy in `policies/*.cedar`, got none: nothing would be permitted',
    ])
  })

  it('reports the problems of all files at once, with their lines', () => {
    const problems = problemsOf(
      replace('scope.yaml', 'Europe/Berlin', 'Berlin'),
      replace('zones.yaml', 'level: 3\n', 'level: three\n'),
      replace('assets.yaml', 'port: 2201', 'port: 0'),
      policy('\n@id("x")\npermit (principal, action, resource)\nwhen { context.windowMinuts > 1 };'),
      (files) => void files.delete('register.yaml'),
    )
    expect([...new Set(problems.map(({ file }) => file))]).toEqual([
      'assets.yaml',
      'policies/extra.cedar',
      'register.yaml',
      'scope.yaml',
      'zones.yaml',
    ])
    const lines = smallFiles().get('assets.yaml')?.split('\n') ?? []
    expect(problems.find(({ path }) => path.endsWith('.port'))?.line).toBe(
      lines.findIndex((line) => line.includes('2201')) + 1,
    )
    expect(problems.find(({ reason }) => reason.includes('windowMinuts'))?.line).toBe(5)
  })

  it('does not blame those who refer to an entry that is broken elsewhere', () => {
    const problems = problemsOf(replace('zones.yaml', 'name: North, operations', 'nam: North, operations'))
    expect(problems.every(({ file }) => file === 'zones.yaml')).toBe(true)
    expect(problemsOf((files) => void files.set('zones.yaml', '{'))).toHaveLength(1)
  })

  it('never quotes a private key back', () => {
    const key = '-----BEGIN OPENSSH PRIVATE KEY-----b3BlbnNzaC1rZXktdjEAAAAA'
    const problems = problemsOf(replace('assets.yaml', /- ssh-ed25519 .*\n/, `- "${key}"\n`))
    expect(problems.length).toBeGreaterThan(0)
    expect(JSON.stringify(problems)).not.toContain('b3BlbnNza')
  })

  it('gives one digest to one bundle, whatever the order of files, and another to any change', () => {
    const files = smallFiles()
    const digest = smallBundle().digest
    const reversed = parseBundle(new Map([...files].toReversed()))
    expect(reversed.kind === 'ok' && reversed.bundle.digest).toBe(digest)
    expect(smallBundle({ 'README.md': (text) => `${text} ` }).digest).not.toBe(digest)
  })

  it('is frozen through and through', () => {
    const bundle = smallBundle()
    const thawed: string[] = []
    const visit = (value: unknown, path: string): void => {
      if (typeof value !== 'object' || value === null) return
      if (!Object.isFrozen(value)) thawed.push(path)
      const inner: readonly (readonly [unknown, unknown])[] =
        value instanceof Map || value instanceof Set ? [...value.entries()] : Object.entries(value)
      for (const [key, each] of inner) visit(each, `${path}.${String(key)}`)
    }
    visit(bundle, 'bundle')
    expect(thawed).toEqual([])
  })

  it('closes a conduit when its review day is over in the plant, summer time included', () => {
    const bundle = smallBundle({ 'zones.yaml': (text) => text.replace('reviewBy: 2035-12-31', 'reviewBy: 2026-07-01') })
    const closes = bundle.conduitClosesAt.get('north-dmz-to-operations' as ConduitId)
    expect(new Date(closes ?? 0).toISOString()).toBe('2026-07-01T22:00:00.000Z')
  })

  it('refuses a bomb of nesting and a file too large without failing itself', () => {
    const problems = problemsOf((files) => void files.set('scope.yaml', `version: ${'['.repeat(50_000)}`))
    expect(problems.some(({ file, reason }) => file === 'scope.yaml' && reason.startsWith('not valid yaml'))).toBe(true)
    const shallow = problemsOf((files) => void files.set('scope.yaml', `version: ${'['.repeat(40)}${']'.repeat(40)}`))
    expect(shallow.some(({ reason }) => reason.includes('levels of nesting'))).toBe(true)
    const large = problemsOf((files) => void files.set('scope.yaml', '#'.repeat(8 * 1024 * 1024 + 1)))
    expect(large.some(({ reason }) => reason.includes('expected at most'))).toBe(true)
  })

  it('lists no more problems than somebody could read', () => {
    const problems = problemsOf((files) => void files.set('suppliers.yaml', `suppliers:\n${'  - 1\n'.repeat(5_000)}`))
    expect(problems).toHaveLength(501)
    // The suppliers, and whatever names one of them.
    expect(problems.at(-1)?.reason).toMatch(/^45\d\d more problems are not listed$/)
  })
})

describe('parseBundle on anything', () => {
  const files = [...smallFiles()]
  const anyFile = fc.integer({ min: 0, max: files.length - 1 }).map((i) => files[i]?.[0] ?? '')

  it('never throws on a bundle with pieces cut out, doubled or overwritten, and never takes a changed one for the same', () => {
    const digest = smallBundle().digest
    const mutation = fc.tuple(
      anyFile,
      fc.nat(10_000),
      fc.nat(60),
      fc.oneof(fc.string(), fc.constantFrom('\n', ': ', '- ', '"', '*a', '&a ', '{', ']')),
    )
    fc.assert(
      fc.property(fc.array(mutation, { minLength: 1, maxLength: 3 }), (mutations) => {
        const mutated = new Map(files)
        for (const [file, at, length, text] of mutations) {
          const old = mutated.get(file) ?? ''
          const start = at % (old.length + 1)
          mutated.set(file, old.slice(0, start) + text + old.slice(start + length))
        }
        const changed = files.some(([file, text]) => mutated.get(file) !== text)
        const parsed = parseBundle(mutated)
        return parsed.kind === 'invalid' ? parsed.problems.length > 0 : (parsed.bundle.digest === digest) === !changed
      }),
      { numRuns: 40 },
    )
  })

  it('never throws on files of any name and content', () => {
    const names = fc.oneof(fc.constantFrom('scope.yaml', 'zones.yaml', 'assets.csv', 'policies/a.cedar'), fc.string())
    const contents = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.json())
    fc.assert(
      fc.property(fc.array(fc.tuple(names, contents)), (pairs) => {
        expect(parseBundle(new Map(pairs)).kind).toBe('invalid')
      }),
      { numRuns: 100 },
    )
  })
})

import { describe, expect, it } from 'vitest'

import { parseBundle } from '../../../policy/bundle/parse.ts'
import { showProblem } from '../../../policy/bundle/problem.ts'
import { describeDiff, diffBundles } from '../../../policy/index.ts'
import { bundleWith, demoFiles } from '../demo-bundle.ts'
import { idOf } from '../../support/ids.ts'

function problemsWith(file: string, from: string, to: string): readonly string[] {
  const files = demoFiles()
  const text = files.get(file) ?? ''
  if (!text.includes(from)) throw new Error(`${file} does not hold ${from}`)
  files.set(file, text.replace(from, to))
  const parsed = parseBundle(files)
  return parsed.kind === 'invalid' ? parsed.problems.map(showProblem) : []
}

describe('physical sources of a bundle', () => {
  it('are read with the zone they stand in', () => {
    const bundle = bundleWith()
    expect([...bundle.physicalSources.keys()]).toEqual(['north-control-door', 'north-safety-key'])
    expect(bundle.physicalSourcesIn.get(idOf.zone('north-control'))).toHaveLength(2)
    expect(bundle.assets.get(idOf.asset('sis-1'))?.localEnable).toBe('key-switch')
  })

  it.each([
    ['an asset of another zone', 'zones.yaml', 'asset: sis-1\n', 'asset: ews-1\n', 'write `zone: north-operations`'],
    ['an asset nobody declared', 'zones.yaml', 'asset: sis-1\n', 'asset: sis-9\n', 'sis-9'],
    ['no key for an asset that asks for one', 'zones.yaml', 'kind: key-switch', 'kind: cabinet', 'none is declared'],
    [
      'a key asked for where safety is not at stake',
      'assets.yaml',
      '    safety: SIS\n    sil: 3\n    labels: [line-1, safety-critical]',
      '    safety: none\n    labels: [line-1, safety-critical]',
      'expected it on one that is `related` or `SIS`',
    ],
    ['a kind there is none of', 'zones.yaml', 'kind: door', 'kind: gate', 'expected `door`, `cabinet` or `key-switch`'],
  ])('with %s are refused with what to write instead', (_, file, from, to, says) => {
    const problems = problemsWith(file, from, to)
    expect(problems.join('\n')).toContain(says)
    expect(problems.every((line) => /^(zones|assets)\.yaml:\d+/.test(line))).toBe(true)
  })

  it('that go are told in the difference', () => {
    const before = bundleWith()
    const after = bundleWith({
      'zones.yaml': (text) => text.replace(/  - id: north-control-door[^]*?(?=  - id: north-safety-key)/, ''),
    })
    const lines = describeDiff(diffBundles(before, after)).flatMap((paragraph) => paragraph.lines)
    expect(lines).toContain('physical source north-control-door removed')
  })
})

describe('drills of a bundle', () => {
  it('take every step where they name none', () => {
    const [drill] = bundleWith().register.drills
    expect(drill).toMatchObject({ name: 'boundary', asset: 'drill-target', everyDays: 30 })
    expect(drill?.steps).toContain('kill')
  })

  it.each([
    ['a real asset', 'register.yaml', 'asset: drill-target', 'asset: ews-1', 'asset `ews-1` is a real one'],
    ['an asset nobody declared', 'register.yaml', 'asset: drill-target', 'asset: drill-9', 'drill-9'],
    [
      'an address that could be real',
      'assets.yaml',
      'host: drill-target.invalid',
      'host: 192.0.2.99',
      'ends in `.invalid`',
    ],
    [
      'a step there is none of',
      'register.yaml',
      '    everyDays: 30\n',
      '    everyDays: 30\n    steps: [kil]\n',
      'kill',
    ],
  ])('with %s are refused', (_, file, from, to, says) => {
    expect(problemsWith(file, from, to).join('\n')).toContain(says)
  })
})

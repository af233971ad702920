// Machine accounts of access.yaml: what each may run, as a plant writes it.

import { describe, expect, it } from 'vitest'
import { diffBundles } from '../../../policy/diff/diff.ts'
import { describeDiff } from '../../../policy/diff/words.ts'
import { smallBundle } from './small-bundle.ts'
import { append, expectProblem, type Spoilt } from './spoilt.ts'

const written = (given: readonly string[]): string => `machines:\n${given.map((one) => `  - { ${one} }`).join('\n')}\n`
const machines = (...given: readonly string[]) => append('access.yaml', written(given))
const bundleWith = (...given: readonly string[]) =>
  smallBundle({ 'access.yaml': (text) => `${text}\n${written(given)}` })
const one = 'login: svc-mes-erp, text: counters for the ERP'

const spoilt: readonly Spoilt[] = [
  ['one that may run nothing', machines(`${one}, commands: []`), 'access.yaml', 'machines[0].commands', 'at least one'],
  ['one without commands', machines(one), 'access.yaml', 'machines[0].commands', 'missing'],
  [
    'a command twice',
    machines(`${one}, commands: [uptime, uptime]`),
    'access.yaml',
    'machines[0].commands[1]',
    'duplicate command `uptime`',
  ],
  [
    'a login twice',
    machines(`${one}, commands: [a]`, `${one}, commands: [b]`),
    'access.yaml',
    'machines[1].login',
    'put its commands into one list',
  ],
  ['a login that is none', machines('login: SVC, text: x, commands: [a]'), 'access.yaml', 'machines[0].login', '`SVC`'],
  [
    'a key that may be alone',
    machines(`${one}, commands: [a], keyAlone: maybe`),
    'access.yaml',
    'machines[0].keyAlone',
    'expected true or false, got `maybe`',
  ],
]

describe('machines of access.yaml', () => {
  it.each(spoilt)('reports %s', (_what, spoil, file, path, part) => expectProblem(spoil, file, path, part))

  it('takes the key alone for enough only where that is written', () => {
    const { access } = bundleWith(
      `${one}, commands: [uptime]`,
      'login: svc-backup, text: backups, keyAlone: true, commands: [uptime]',
    )
    expect(access.machines.map(({ login, keyAlone }) => [login, keyAlone])).toEqual([
      ['svc-mes-erp', false],
      ['svc-backup', true],
    ])
  })

  it.each([
    ['gives access', `${one}, commands: [a]`, `${one}, commands: [a, b]`],
    ['takes access away', `${one}, commands: [a, b]`, `${one}, commands: [a]`],
    ['gives access', `${one}, commands: [a]`, `${one}, keyAlone: true, commands: [a]`],
    ['may give or take access', `${one}, commands: [a]`, `${one}, commands: [b]`],
    ['does not touch access', `${one}, commands: [a]`, 'login: svc-mes-erp, text: said otherwise, commands: [a]'],
  ])('says that a change %s', (title, before, after) => {
    const words = describeDiff(diffBundles(bundleWith(before), bundleWith(after)))
    expect(words.map((paragraph) => paragraph.title)).toEqual([title])
    expect(words[0]?.lines[0]).toMatch(/^machine account svc-mes-erp changed: /)
  })
})

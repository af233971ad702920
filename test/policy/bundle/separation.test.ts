// `separation`, `roleMapping` and `peopleFeeds` of access.yaml, as a plant writes them.

import { describe, expect, it } from 'vitest'
import { diffBundles } from '../../../policy/diff/diff.ts'
import { describeDiff } from '../../../policy/diff/words.ts'
import { smallBundle } from './small-bundle.ts'
import { append, expectProblem, type Spoilt } from './spoilt.ts'

const rules = (...given: readonly string[]) =>
  append('access.yaml', `separation:\n${given.map((one) => `  - { ${one} }`).join('\n')}\n`)
const mapping = (...given: readonly string[]) =>
  append('access.yaml', `roleMapping:\n${given.map((one) => `  - { ${one} }`).join('\n')}\n`)
const feeds = (...given: readonly string[]) =>
  append('access.yaml', `peopleFeeds:\n${given.map((one) => `  - { ${one} }`).join('\n')}\n`)
const apart = 'id: apart, text: who checks does not decide, from: 2027-01-01'
const job = 'id: fitter, text: fitters'

const spoilt: readonly Spoilt[] = [
  ['one role alone', rules(`${apart}, roles: [auditor]`), 'access.yaml', 'separation[0]', 'at least two different'],
  ['one role twice', rules(`${apart}, roles: [auditor, auditor]`), 'access.yaml', 'separation[0]', 'at least two'],
  ['a role that is none', rules(`${apart}, roles: [auditor, boss]`), 'access.yaml', 'separation[0].roles[1]', '`boss`'],
  [
    'a duty no roster has',
    rules(`${apart}, roles: [auditor], duties: [night-watch]`),
    'access.yaml',
    'separation[0].duties',
    'unknown duty `night-watch`',
  ],
  [
    'a day that is none',
    rules('id: apart, text: x, from: soon, roles: [auditor, admin]'),
    'access.yaml',
    'separation[0].from',
    '`soon`',
  ],
  [
    'a rule twice',
    rules(`${apart}, roles: [auditor, admin]`, `${apart}, roles: [auditor, approver]`),
    'access.yaml',
    'separation[1].id',
    'duplicate rule `apart`',
  ],
  [
    'a mapping without attributes',
    mapping(`${job}, roles: [engineer], when: {}`),
    'access.yaml',
    'roleMapping[0].when',
    'expected attributes',
  ],
  [
    'a mapping by a column that is the account itself',
    mapping(`${job}, roles: [engineer], when: { login: [anna] }`),
    'access.yaml',
    'roleMapping[0].when.login',
    'expected the name of a column',
  ],
  [
    'a mapping to no role',
    mapping(`${job}, roles: [], when: { job: [Fitter] }`),
    'access.yaml',
    'roleMapping[0].roles',
    'at least one entry',
  ],
  [
    'a mapping that makes an administrator',
    mapping(`${job}, roles: [engineer, admin], when: { job: [Fitter] }`),
    'access.yaml',
    'roleMapping[0].roles[1]',
    'comes from no feed',
  ],
  [
    'a feed of a supplier that is none',
    feeds('id: list, text: x, owner: x, supplier: nobody'),
    'access.yaml',
    'peopleFeeds[0].supplier',
    'unknown supplier `nobody`',
  ],
  [
    'a feed that may close everybody and more',
    feeds('id: hr, text: HR, owner: HR, mostLeaversPercent: 101'),
    'access.yaml',
    'peopleFeeds[0].mostLeaversPercent',
    '100',
  ],
  [
    'a feed with a name of its own kind',
    feeds('id: HR 1, text: HR, owner: HR'),
    'access.yaml',
    'peopleFeeds[0].id',
    '`HR 1`',
  ],
]

describe('what access.yaml says of people', () => {
  it.each(spoilt)('reports %s', (_what, spoil, file, path, part) => expectProblem(spoil, file, path, part))

  it('is nothing where it says nothing', () => {
    const { access } = smallBundle()
    expect([access.separation, access.roleMapping, access.peopleFeeds]).toEqual([[], [], []])
  })

  it('is told of in words when it changes', () => {
    const after = smallBundle({
      'access.yaml': (text) =>
        `${text}\nseparation: [{ ${apart}, roles: [auditor, admin] }]\nroleMapping: [{ ${job}, roles: [engineer], when: { job: [Fitter] } }]\n`,
    })
    const words = describeDiff(diffBundles(smallBundle(), after))
    const lines = words.flatMap(({ title, lines: of }) => of.map((line) => `${title}: ${line}`)).join('\n')
    expect(lines).toMatch(/takes? access away: separation of duties, apart added/)
    expect(lines).toMatch(/gives? access: roles by attributes, fitter added/)
  })
})

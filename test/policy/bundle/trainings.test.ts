// Trainings of access.yaml and expectations of suppliers.yaml: what has to be attested before anybody comes.

import { describe, expect, it } from 'vitest'
import { smallBundle } from './small-bundle.ts'
import { expectProblem, replace, type Spoilt } from './spoilt.ts'

const training = (given: string) => replace('access.yaml', 'maxRenewals: 3', `maxRenewals: 3\ntrainings: [${given}]`)
const expectation = (given: string) => replace('suppliers.yaml', 'suppliers:', `expectations: [${given}]\nsuppliers:`)

const spoilt: readonly Spoilt[] = [
  [
    'a training without an end',
    training('{ id: induction, title: Induction }'),
    'access.yaml',
    'trainings[0].validDays',
    'missing: expected `validDays` here',
  ],
  [
    'a training that holds for ever',
    training('{ id: induction, title: Induction, validDays: 9999 }'),
    'access.yaml',
    'trainings[0].validDays',
    'from 1 to 1096, got the number `9999`',
  ],
  [
    'a training declared twice',
    training('{ id: a, title: A, validDays: 1 }, { id: a, title: B, validDays: 1 }'),
    'access.yaml',
    'trainings[1].id',
    'duplicate training `a`',
  ],
  [
    'a training for a zone nobody declared',
    training('{ id: a, title: A, validDays: 1, for: { zones: [north-contol] } }'),
    'access.yaml',
    'trainings[0].for.zones[0]',
    'unknown zone `north-contol`: did you mean `north-control`?',
  ],
  [
    'a training for a role there is not',
    training('{ id: a, title: A, validDays: 1, for: { roles: [vender] } }'),
    'access.yaml',
    'trainings[0].for.roles[0]',
    'got `vender`',
  ],
  [
    'a training for nobody',
    training('{ id: a, title: A, validDays: 1, for: { roles: [] } }'),
    'access.yaml',
    'trainings[0].for.roles',
    'at least one entry',
  ],
  [
    'an expectation that is looked at again in two years',
    expectation('{ id: a, text: A, validDays: 731 }'),
    'suppliers.yaml',
    'expectations[0].validDays',
    'from 1 to 366, got the number `731`',
  ],
  [
    'an expectation of a tier there is not',
    expectation('{ id: a, text: A, tiers: [extreme], validDays: 1 }'),
    'suppliers.yaml',
    'expectations[0].tiers[0]',
    'expected `low`, `medium` or `high`, got `extreme`',
  ],
  [
    'a supplier whose risk is a number',
    replace('suppliers.yaml', 'maxSessions: 4', 'riskTier: 3'),
    'suppliers.yaml',
    'suppliers[0].riskTier',
    'expected `low`, `medium` or `high`, got the number `3`',
  ],
]

describe('what has to be attested, in a bundle', () => {
  it.each(spoilt)('%s is refused, saying where and why', (_, change, file, path, reason) => {
    expectProblem(change, file, path, reason)
  })

  it('is nothing, and every supplier of medium risk, where the bundle is silent', () => {
    const { access, expectations, suppliers } = smallBundle()
    expect(access.trainings).toEqual([])
    expect(expectations).toEqual([])
    expect([...suppliers.values()].map(({ riskTier }) => riskTier)).toEqual(['medium', 'medium'])
  })

  it('is read as it is written, an expectation without tiers being for all of them', () => {
    const { expectations, access } = smallBundle({
      'suppliers.yaml': (text) =>
        text.replace('suppliers:', 'expectations: [{ id: a, text: A., validDays: 30 }]\nsuppliers:'),
      'access.yaml': (text) =>
        `${text}trainings: [{ id: b, title: B, validDays: 9, for: { population: plant, labels: [drives] } }]\n`,
    })
    expect(expectations).toEqual([{ id: 'a', text: 'A.', tiers: ['low', 'medium', 'high'], validDays: 30 }])
    expect(access.trainings).toEqual([
      { id: 'b', title: 'B', for: { population: 'plant', labels: ['drives'] }, validDays: 9 },
    ])
  })
})

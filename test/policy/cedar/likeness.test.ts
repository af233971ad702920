// Questions that no policy can tell apart get one answer, and it is the one each would have got by itself.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Bundle } from '../../../policy/bundle/bundle.ts'
import { ask as askEngine, policyJson, type CedarAnswer } from '../../../policy/cedar/engine.ts'
import { likenessOf, sightOf, type Sight } from '../../../policy/cedar/likeness.ts'
import { questionOf, type Question } from '../../../policy/cedar/question.ts'
import type { AssetId } from '../../../policy/ids.ts'
import { quietWorld, type AccessAsk, type Asset, type Person } from '../../../policy/model.ts'
import { situationOf } from '../../../policy/situation.ts'
import { anyCase, monday } from '../arbitraries.ts'
import { named, plantWith } from '../scenario.ts'

const somebody = named('plant-engineer')

/** Rules that look at people and places in every way a rule can: written down, compared, by what they belong to. */
const curious = `
@id("named-person") @text("T.") forbid (principal == Person::"${somebody.id}", action, resource) when { context.windowMinutes > 100 };
@id("named-asset") @text("T.") forbid (principal, action == Action::"request", resource == Asset::"hist-1");
@id("own") @text("T.") forbid (principal, action == Action::"approve", resource) when { principal == context.user.person };
@id("colleague") @text("T.") forbid (principal, action == Action::"extend", resource)
  when { principal has supplier && context.user.person in principal.supplier };
@id("supplier") @text("T.") forbid (principal in Supplier::"acme-drives", action, resource)
  when { principal has supplier && resource.labels.containsAny(principal.supplier.labels) && resource has line };
@id("plants") @text("T.") forbid (principal, action, resource)
  when { principal.plants == [Plant::"south"] || !(resource in principal.plants) };
@id("owned") @text("T.") forbid (principal, action == Action::"connect", resource) when { resource.owner like "*control*" };
`

const plant = plantWith(curious)
const sight = sightOf([...plant.policies.values()].map(({ source }) => policyJson(source)))
if (sight === null) throw new Error('expected policies that can be read')

const outcome = (answer: CedarAnswer): unknown =>
  answer.kind === 'failed' ? answer : { ...answer, determining: answer.determining.toSorted() }

const ask: AccessAsk = {
  asset: 'ews-1' as AssetId,
  protocol: 'ssh',
  operationClass: 'operate',
  window: { from: monday, until: monday + 3_600_000 },
  schedule: { kind: 'whole' },
  tier: 'standard',
  criteria: [],
  purpose: 'look',
  ticket: '',
  rollback: '',
  files: [],
}

function questionFor(person: Person, change: Partial<Asset> = {}, bundle: Bundle = plant): Question {
  const declared = bundle.assets.get(ask.asset)
  if (declared === undefined) throw new Error('expected the asset')
  const facts = { now: monday, person, mfa: ['totp'], source: null, ticket: 'none', world: quietWorld } as const
  return questionOf(situationOf({ action: 'request', ask }, { ...declared, ...change }, bundle, facts), bundle)
}

const personLike = (id: string, login: string): Person => ({
  ...somebody,
  id: id as Person['id'],
  login: login as Person['login'],
})
const isAlike = (a: Question, b: Question, seen: Sight = sight): boolean =>
  JSON.stringify(likenessOf(a, seen)) === JSON.stringify(likenessOf(b, seen))

describe('the likeness of a question', () => {
  it('gets the answer of the question, whatever the policies look at', () => {
    let denied = 0
    fc.assert(
      fc.property(anyCase, ({ request, facts }) => {
        const asset = plant.assets.get(request.action === 'connect' ? request.asset : request.ask.asset)
        fc.pre(
          asset !== undefined && (request.action === 'connect' || request.ask.window.until > request.ask.window.from),
        )
        if (asset === undefined) return
        const question = questionOf(situationOf(request, asset, plant, facts), plant)
        const { policySet } = plant.cedar
        const answer = askEngine({ ...question, policySet })
        expect(outcome(askEngine({ ...likenessOf(question, sight), policySet }))).toEqual(outcome(answer))
        const of = plant.zones.get(asset.zone)?.plant
        if (of === undefined) throw new Error(`zone \`${asset.zone}\` is in no plant`)
        const place = { asset: asset.id, zone: asset.zone, plant: of }
        expect(outcome(plant.cedar.slices.ask(request.action, place, question))).toEqual(outcome(answer))
        if (answer.kind === 'answered' && !answer.allow) denied += 1
      }),
    )
    expect(denied).toBeGreaterThan(0)
  })

  it('is one for people who differ by nothing but their names', () => {
    const one = questionFor(personLike('per_00000000000000000000000091', 'first'))
    const other = questionFor(personLike('per_00000000000000000000000092', 'second'))
    expect(one).not.toEqual(other)
    expect(isAlike(one, other)).toBe(true)
  })

  it('is one for assets that differ by what no policy looks at', () => {
    const nosy: Sight = { ...sight, attributes: new Set([...sight.attributes].filter((name) => name !== 'owner')) }
    const [mine, theirs] = [questionFor(somebody, { owner: 'mechanics' }), questionFor(somebody, { owner: 'drives' })]
    expect(isAlike(mine, theirs, nosy)).toBe(true)
    expect(isAlike(mine, theirs)).toBe(false)
  })

  it('tells a person apart whom a policy names, and a role, a plant or a supplier more or less', () => {
    const plain = questionFor(personLike('per_00000000000000000000000091', 'first'))
    expect(isAlike(plain, questionFor(somebody))).toBe(false)
    const others: readonly Partial<Person>[] = [
      { roles: [...somebody.roles, 'auditor'] },
      { plants: [] },
      { supplier: 'acme-drives' as NonNullable<Person['supplier']> },
    ]
    for (const change of others)
      expect(isAlike(plain, questionFor({ ...personLike('per_00000000000000000000000091', 'first'), ...change }))).toBe(
        false,
      )
  })

  it('never takes an id that a policy writes down for a number of its own', () => {
    const sly: Sight = {
      ...sight,
      entities: new Set([...sight.entities, 'Person::"~0"', 'Person::"~1"', 'Plant::"~0"']),
    }
    const like = likenessOf(questionFor(personLike('per_00000000000000000000000091', 'first')), sly)
    const id = 'id' in like.principal ? like.principal.id : null
    expect(id).toMatch(/^~/)
    expect(sly.entities.has(`Person::${JSON.stringify(id)}`)).toBe(false)
  })
})

describe('sightOf', () => {
  it('is nothing where a policy cannot be read', () => {
    expect(sightOf([null])).toBeNull()
  })

  it('sees attributes that are looked at and asked for, one after the other too', () => {
    const seen = sightOf([
      policyJson(
        'permit (principal, action, resource) when { principal has supplier.labels && resource["line"] == "press" };',
      ),
    ])
    expect(seen && [...seen.attributes].toSorted()).toEqual(['labels', 'line', 'supplier'])
  })
})

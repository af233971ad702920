// What rules of handling.yaml come to for one recording: always the strictest of all that are about it.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AssetId, PlantId } from '../../policy/ids.ts'
import {
  handlingOf,
  handlingOfRecording,
  isRuleAbout,
  standardRetention,
  stricterHandling,
} from '../../policy/label-handling.ts'
import {
  exportHandlings,
  roles,
  type Handling,
  type HandlingRule,
  type HandlingRules,
  type Labelled,
} from '../../policy/model.ts'
import { smallBundle } from './bundle/small-bundle.ts'

const north = 'north' as PlantId
const of: Labelled = { plant: north, type: 'hmi', labels: ['drives', 'line-3'] }
const long = { id: 'long', text: 'Long', keepDays: 1000 }
const short = { id: 'short', text: 'Short', keepDays: 10 }
const withRules = (...rules: readonly Partial<HandlingRule>[]): { handling: HandlingRules } => ({
  handling: {
    classes: [standardRetention, long, short],
    default: standardRetention,
    rules: rules.map((rule, i) => ({ id: `rule-${i}`, text: 'A rule.', ...rule })),
  },
})

describe('handlingOf', () => {
  it('leaves everything as usual where no rule speaks', () => {
    expect(handlingOf(withRules({ labels: ['other'], export: 'refused' }), of)).toEqual({
      view: { roles: null, secondPerson: false },
      export: 'full',
      retention: standardRetention,
      maskPrompts: true,
      regions: null,
      rules: [],
    })
  })

  it('takes roles that every rule names, the strictest export and the longest class', () => {
    const handling = handlingOf(
      withRules(
        { view: { roles: ['auditor', 'approver'] }, retention: 'short' },
        { labels: ['drives'], view: { roles: ['approver', 'escort'] }, export: 'refused', retention: 'long' },
        { types: ['hmi'], plants: [north], view: { secondPerson: true }, export: 'without-keys' },
        { types: ['plc'], view: { roles: [] } },
      ),
      of,
    )
    expect(handling).toEqual({
      view: { roles: ['approver'], secondPerson: true },
      export: 'refused',
      retention: long,
      maskPrompts: true,
      regions: null,
      rules: ['rule-0', 'rule-1', 'rule-2'],
    })
  })

  it('keeps shorter than the default where the only class named is shorter', () => {
    expect(handlingOf(withRules({ retention: 'short' }), of).retention).toEqual(short)
  })

  it('lets nobody look where two rules have no role in common', () => {
    const bundle = withRules({ view: { roles: ['auditor'] } }, { view: { roles: ['escort'] } })
    expect(handlingOf(bundle, of).view.roles).toEqual([])
  })

  it('lets a copy stand only in regions that every rule about it names', () => {
    const regions = (...named: (readonly string[])[]) =>
      handlingOf(withRules({ export: 'full' }, ...named.map((each) => ({ regions: each }))), of).regions
    expect(regions()).toBeNull()
    expect(regions(['de-1', 'de-2'])).toEqual(['de-1', 'de-2'])
    expect(regions(['de-1', 'de-2'], ['us-1', 'de-2'])).toEqual(['de-2'])
    expect(regions(['de-1'], ['us-1'])).toEqual([])
  })

  it('unmasks prompts only where every rule that speaks of it says so', () => {
    const masks = (...said: (boolean | undefined)[]) =>
      handlingOf(
        withRules(
          ...said.map((maskPrompts) => ({
            export: 'full' as const,
            ...(maskPrompts !== undefined && { maskPrompts }),
          })),
        ),
        of,
      ).maskPrompts
    expect(masks(false)).toBe(false)
    expect(masks(false, undefined)).toBe(false)
    expect(masks(false, true)).toBe(true)
    expect(masks(undefined)).toBe(true)
  })
})

const anyWords = (words: readonly string[]) => fc.option(fc.subarray([...words], { minLength: 1 }), { nil: undefined })
const anyRule: fc.Arbitrary<Partial<HandlingRule>> = fc
  .record({
    labels: anyWords(['drives', 'line-3', 'other']),
    types: anyWords(['hmi', 'plc']),
    roles: fc.option(fc.subarray([...roles]), { nil: undefined }),
    secondPerson: fc.option(fc.boolean(), { nil: undefined }),
    export: fc.option(fc.constantFrom(...exportHandlings), { nil: undefined }),
    retention: fc.option(fc.constantFrom('standard', 'long', 'short'), { nil: undefined }),
    maskPrompts: fc.option(fc.boolean(), { nil: undefined }),
    regions: anyWords(['de-1', 'us-1']),
  })
  .map(({ roles: named, secondPerson, ...rest }) => {
    const view = { ...(named && { roles: named }), ...(secondPerson !== undefined && { secondPerson }) }
    const given = Object.entries({ ...rest, view }).filter(([, value]) => value !== undefined)
    return Object.fromEntries(given) as Partial<HandlingRule>
  })

const everywhere = ['de-1', 'us-1']
const mayAll = ({ view }: Handling) => view.roles ?? roles
/** Does the second let through nothing that the first does not? Roles that a rule names first widen: they are left out. */
function isStricter(one: Handling, other: Handling): boolean {
  return (
    mayAll(other).every((role) => mayAll(one).includes(role)) &&
    (other.view.secondPerson || !one.view.secondPerson) &&
    (other.regions ?? everywhere).every((region) => (one.regions ?? everywhere).includes(region)) &&
    exportHandlings.indexOf(other.export) >= exportHandlings.indexOf(one.export) &&
    (other.maskPrompts || !one.maskPrompts)
  )
}

describe('one rule more', () => {
  it('never lets through what the others refuse, but for unmasking where none had spoken', () => {
    fc.assert(
      fc.property(fc.array(anyRule, { maxLength: 6 }), anyRule, (before, added) => {
        const [one, other] = [handlingOf(withRules(...before), of), handlingOf(withRules(...before, added), of)]
        const firstToUnmask = added.maskPrompts === false && one.maskPrompts && !other.maskPrompts
        expect(isStricter(firstToUnmask ? { ...one, maskPrompts: false } : one, other)).toBe(true)
        if (!isRuleAbout({ id: 'x', text: 'x', ...added }, of)) expect(other).toEqual(one)
      }),
    )
  })
})

describe('the stricter of then and now', () => {
  it('is stricter than both, whichever comes first', () => {
    fc.assert(
      fc.property(fc.array(anyRule, { maxLength: 4 }), fc.array(anyRule, { maxLength: 4 }), (some, others) => {
        const [then, now] = [handlingOf(withRules(...some), of), handlingOf(withRules(...others), of)]
        const both = stricterHandling(then, now)
        const turned = stricterHandling(now, then)
        for (const each of [then, now]) {
          expect(isStricter(each, both)).toBe(true)
          expect(both.retention.keepDays).toBeGreaterThanOrEqual(each.retention.keepDays)
        }
        expect({
          ...turned,
          view: { ...turned.view, roles: turned.view.roles?.toSorted() },
          rules: turned.rules.toSorted(),
        }).toEqual({
          ...both,
          view: { ...both.view, roles: both.view.roles?.toSorted() },
          rules: both.rules.toSorted(),
        })
      }),
    )
  })

  const bundle = smallBundle()
  const recorded = { asset: 'ews-1' as AssetId, plant: north, assetType: 'engineering-workstation', labels: ['drives'] }

  it('holds for a recording whose asset lost its label', () => {
    const without = smallBundle({
      'assets.yaml': (text) => text.replace('labels: [drives, line-1]', 'labels: [line-1]'),
      // Nor does what it holds give it the label.
      'information.yaml': (text) => text.replace('labels: [drives]', 'labels: [line-1]'),
    })
    expect(handlingOfRecording(without, recorded).rules).toEqual(['drives-are-secret'])
    expect(handlingOfRecording(without, { ...recorded, labels: ['line-1'] }).rules).toEqual([])
  })

  it('holds for a recording whose asset got its label later', () => {
    expect(handlingOfRecording(bundle, { ...recorded, labels: [] }).rules).toEqual(['drives-are-secret'])
  })

  it('asks what is declared now of a recording that remembers nothing', () => {
    expect(handlingOfRecording(bundle, { ...recorded, assetType: null, labels: [] }).export).toBe('without-keys')
  })

  it('asks what is remembered of an asset that is declared no more', () => {
    const gone = { ...recorded, asset: 'ews-0' as AssetId }
    expect(handlingOfRecording(bundle, gone).view.secondPerson).toBe(true)
    expect(handlingOfRecording(bundle, { ...gone, assetType: null, labels: [] }).rules).toEqual([])
  })
})

// Agreements with customers: what they cover, for how long, and which rules of handling.yaml they speak in place of.

import { beforeAll, describe, expect, it } from 'vitest'

import {
  agreementFault,
  evidenceKindOf,
  handlingUnder,
  uncoveredBy,
  type Agreement,
  type AssetId,
  type Bundle,
  type HandlingRule,
  type PlantId,
} from '../../policy/index.ts'
import { bundleWith } from './demo-bundle.ts'

let bundle: Bundle
beforeAll(() => {
  bundle = bundleWith()
})

const agreement: Agreement = {
  id: 'a',
  customer: 'Customer',
  reference: 'QA-1',
  owner: 'Head of quality',
  from: '2026-01-01',
  until: '2026-12-31',
  labels: ['drives'],
  evidence: ['recordings'],
}
const at = Date.parse('2026-06-01T00:00:00Z')
const ews1 = { plant: 'north' as PlantId, asset: 'ews-1' as AssetId, labels: ['drives'], at }

describe('an agreement', () => {
  it('covers what has one of its labels, in scope, in its time', () => {
    expect(uncoveredBy(agreement, bundle, ews1)).toBeNull()
    expect(uncoveredBy(agreement, bundle, { ...ews1, labels: ['packaging'] })).toBe('not-agreed')
    expect(uncoveredBy(agreement, bundle, { ...ews1, at: Date.parse('2027-01-01T00:00:00Z') })).toBe('not-in-its-time')
    expect(uncoveredBy(agreement, bundle, { ...ews1, asset: 'gone-1' as AssetId })).toBe('not-in-scope')
  })

  it('covers by all lists that are given, and by the labels of today where none were kept', () => {
    const south = { ...agreement, plants: ['south' as PlantId] }
    expect(uncoveredBy(south, bundle, ews1)).toBe('not-agreed')
    expect(uncoveredBy(agreement, bundle, { ...ews1, labels: null })).toBeNull()
  })

  it('gives nothing out before its first day and after its last', () => {
    expect(agreementFault(agreement, at)).toBeNull()
    expect(agreementFault(agreement, Date.parse('2025-12-31T23:59:59Z'))).toContain('begins on 2026-01-01')
    expect(agreementFault(agreement, Date.parse('2027-01-01T00:00:00Z'))).toContain('ended on 2026-12-31')
  })

  it('speaks in place of rules about its own labels, and of no others', () => {
    const under = (...rules: readonly Partial<HandlingRule>[]) => {
      const all = rules.map((rule, n) => ({ id: `r${n}`, text: 't', export: 'refused' as const, ...rule }))
      const with_ = { ...bundle, handling: { ...bundle.handling, rules: all } }
      const recorded = { ...ews1, assetType: 'engineering-workstation', labels: ['drives', 'line-1'] }
      return handlingUnder(agreement, with_, recorded).export
    }
    expect(under({ labels: ['drives'] })).toBe('full')
    expect(under({ labels: ['drives', 'line-1'] })).toBe('refused')
    expect(under({ types: ['engineering-workstation'] })).toBe('refused')
    expect(under({ labels: ['drives'] }, { labels: ['line-1'], export: 'without-keys' })).toBe('without-keys')
  })
})

describe('kinds of evidence', () => {
  it('are told by the type of the entry; what is no kind goes out under no agreement', () => {
    expect(evidenceKindOf('session.recording_sealed')).toBe('recordings')
    expect(evidenceKindOf('session.started')).toBe('sessions')
    expect(evidenceKindOf('request.approved')).toBe('requests')
    expect(evidenceKindOf('policy.decision')).toBe('decisions')
    expect(evidenceKindOf('session.reviewed')).toBe('reviews')
    for (const type of ['policy.proposed', 'identity.created', 'session.replayed', 'evidence.exported', 'auth.failed'])
      expect(evidenceKindOf(type)).toBeNull()
  })
})

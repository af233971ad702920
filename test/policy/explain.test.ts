// A decision in words and as a document, the lists people see, and how far one could get.

import { describe, expect, it } from 'vitest'
import { explain, explainJson } from '../../policy/explain.ts'
import type { AssetId } from '../../policy/ids.ts'
import type { Decision } from '../../policy/model.ts'
import { assetsFor, blastRadius } from '../../policy/reach.ts'
import { exclusionsOf } from '../../policy/scope.ts'
import { person } from './people.ts'
import { plantWith } from './scenario.ts'

const cited = {
  bundle: '0123456789abcdef',
  scopeVersion: '2026-1',
  exceptions: [],
  acceptedRisks: [],
  watched: [],
  leansOn: [],
  unavailable: [],
}
const plant = plantWith()

function reachOf(asset: string): ReturnType<typeof blastRadius> {
  const declared = plant.assets.get(asset as AssetId)
  if (declared === undefined) throw new Error(`no asset \`${asset}\``)
  return blastRadius(declared, plant)
}

const permit: Decision = {
  kind: 'permit',
  reasons: [
    { rule: 'grant-may-be-used', text: 'Who holds a grant may connect.', controls: ['GW-ACC-02', 'GW-LOG-02'] },
  ],
  obligations: [{ kind: 'record' }, { kind: 'mfa' }, { kind: 'escort', graceMinutes: 5 }],
  ...cited,
  exceptions: ['EX-01'],
  scope: { kind: 'in', rule: 'north', reason: 'phase 1' },
}
const deny: Decision = {
  kind: 'deny',
  reasons: [
    {
      rule: 'own-request',
      text: 'nobody decides on their own request: another approver has to',
      controls: ['GW-ACC-03'],
    },
    { rule: 'plain', text: 'closed', controls: [] },
  ],
  remedies: [{ kind: 'approver', text: 'another approver has to' }],
  ...cited,
  scope: { kind: 'undetermined' },
}

describe('explain', () => {
  it('says what a rule that does not hold yet would have done, and from which day it will', () => {
    const watched = [
      { rule: 'later', text: 'Engineering is asked for a day before.', would: 'refuse', from: '2026-12-01' },
      { rule: 'two-yeses', text: 'two approvers say yes', would: 'oblige', from: '2026-12-02' },
      { rule: 'odd', text: 'Odd.', would: 'fail', from: '2026-12-03' },
    ] as const
    expect(explain({ ...permit, watched })).toEqual(
      expect.arrayContaining([
        'From 2026-12-01 on a rule will refuse this: Engineering is asked for a day before. (rule later, only watched until then)',
        'From 2026-12-02 on a rule will oblige whoever uses this: two approvers say yes. (rule two-yeses, only watched until then)',
        'From 2026-12-03 on a rule will refuse this, because it cannot be evaluated: Odd. (rule odd, only watched until then)',
      ]),
    )
    expect(explainJson({ ...permit, watched })).toMatchObject({ answer: 'permit', watched })
  })

  it('says what is permitted, why, what it obliges to, and what is reached', () => {
    expect(explain(permit, { reach: reachOf('ews-1') })).toEqual([
      'Permitted.',
      'Who holds a grant may connect. (rule grant-may-be-used, for GW-ACC-02, GW-LOG-02)',
      'The session is recorded.',
      'A second factor is needed to use it.',
      'Somebody of the plant watches all the time: gone for 5 minutes, the session ends.',
      'Exceptions in force for it: EX-01.',
      'From it 13 other assets can be touched in 2 zones, up to 2 hops away, 5 of high criticality and 3 with a safety function.',
      'In scope by rule north of scope version 2026-1.',
      'Decided under policy bundle 0123456789ab.',
    ])
  })

  it('says what is denied, every reason, and what the rules would permit', () => {
    const ways = [[{ kind: 'ticket', text: 'it names a ticket that is open' } as const]]
    expect(explain(deny, { ways })).toEqual([
      'Denied.',
      'Nobody decides on their own request: another approver has to. (rule own-request, for GW-ACC-03)',
      'Closed. (rule plain)',
      'The rules would permit it if it names a ticket that is open.',
      'Scope version 2026-1 does not say whether it is in or out.',
      'Decided under policy bundle 0123456789ab.',
    ])
  })

  it('gives programs the same as a document', () => {
    expect(explainJson(permit, { reach: reachOf('ews-1') })).toMatchObject({
      format: 'sallyport.decision.v1',
      answer: 'permit',
      obligations: [{ kind: 'record', text: 'The session is recorded.' }, { kind: 'mfa' }, { graceMinutes: 5 }],
      needed: [],
      exceptions: ['EX-01'],
      reach: { assets: 13, hops: 2 },
    })
    expect(explainJson(deny)).toMatchObject({
      answer: 'deny',
      obligations: [],
      needed: [{ kind: 'approver' }],
      ways: [],
      reach: null,
    })
  })
})

describe('blastRadius', () => {
  it('counts the own zone as one hop, and each conduit on the way as one more', () => {
    const { zones, named } = reachOf('ews-1')
    expect(zones.map(({ zone, hops, assets, through }) => [zone, hops, assets, through])).toEqual([
      ['north-operations', 1, 4, null],
      ['north-control', 2, 9, 'north-operations-to-control'],
    ])
    expect(named).not.toContain('ews-1')
    expect(named).toHaveLength(13)
  })

  it('follows a conduit against its direction only where it is good both ways', () => {
    // The field reports upward; nothing leads down to it from process control.
    expect(reachOf('valve-1').zones.map(({ zone }) => zone)).toEqual(['north-field', 'north-control'])
    expect(reachOf('hmi-3').zones.map(({ zone }) => zone)).toEqual(['north-control'])
    expect(reachOf('lathe-1').zones.map(({ zone }) => zone)).toContain('north-lab')
  })
})

describe('the lists people see', () => {
  it('hold for a supplier only what is in scope, of its plants and labels, and a safety system only if opted in', () => {
    const names = assetsFor(person('supplier-engineer'), plant).map(({ id }) => id)
    expect(names).toContain('sis-2')
    for (const other of ['ews-2', 'sis-1', 'cam-9', 'south-ews-1']) expect(names).not.toContain(other)
    expect(names).toEqual(names.toSorted())
    expect(assetsFor(person('south-engineer'), plant)).toEqual([])
  })

  it('name what is not covered', () => {
    expect(exclusionsOf(plant)).toEqual([
      'Plant South: run by another company until the takeover is complete, and covered by its own certificate',
    ])
  })
})

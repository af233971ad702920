// Walkdowns: how long one holds, which days count, and the list somebody brings back from one.

import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { decidedUntil } from '../../policy/boundaries-in-time.ts'
import { confirmationOf, confirmedUntil, faultOfWalkdown, sayConfirmation } from '../../policy/confirmation.ts'
import type { AssetId, PersonId, ZoneId } from '../../policy/ids.ts'
import { quietWorld, type Asset, type Confirmation } from '../../policy/model.ts'
import { remediesFor } from '../../policy/remedies.ts'
import { parseWalkdown } from '../../policy/walkdown-table.ts'
import { monday } from './arbitraries.ts'
import { named, plantWith } from './scenario.ts'

const plant = plantWith()
const day = 24 * 3_600_000

function assetCalled(id: string): Asset {
  const asset = plant.assets.get(id as AssetId)
  if (asset === undefined) throw new Error(`no asset \`${id}\``)
  return asset
}

const station = assetCalled('ews-1')
const seen = (seenOn: string, zone: ZoneId = station.zone): ReadonlyMap<AssetId, Confirmation> =>
  new Map([[station.id, { asset: station.id, zone, seenOn, by: 'per_1' as PersonId, at: monday }]])

describe('a walkdown', () => {
  it('says in words what it says', () => {
    const say = (confirmations: ReadonlyMap<AssetId, Confirmation>): string =>
      sayConfirmation(confirmationOf(station, plant, confirmations, monday))
    expect(say(seen('2026-02-27'))).toBe('confirmed at a walkdown on 2026-02-27')
    expect(say(seen('2025-11-03'))).toBe('last confirmed on 2025-11-03, which is too long ago')
    expect(say(seen('2026-02-27', 'north-dmz' as ZoneId))).toContain('in zone north-dmz, and declared in another')
    expect(say(new Map())).toBe('never confirmed at a walkdown')
  })

  it('is fresh before the instant it names and at no other', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 0, max: 400 * day }), (back, later) => {
        const seenOn = new Date(monday - back * day).toISOString().slice(0, 10)
        const now = monday - back * day + later
        const isFresh = confirmationOf(station, plant, seen(seenOn), now).kind === 'fresh'
        expect(isFresh).toBe(now < confirmedUntil(station, seenOn, plant))
      }),
    )
  })

  it.each([
    ['2026-03-03', 'expected a day that has come, got `2026-03-03`: today is 2026-03-02 there'],
    ['2025-12-01', 'seen on 2025-12-01: expected a day within the last 90 days'],
    ['2.3.2026', 'expected the day of the walkdown as `2026-03-31`, got `2.3.2026`'],
    ['2026-02-30', 'expected the day of the walkdown as `2026-03-31`, got `2026-02-30`'],
  ])('of %s confirms nothing', (seenOn, fault) => {
    expect(faultOfWalkdown(station, seenOn, plant, monday)).toBe(`asset \`ews-1\`: ${fault}`)
  })

  it('of today and of the last day that counts confirms', () => {
    for (const seenOn of ['2026-03-02', '2025-12-02'])
      expect(faultOfWalkdown(station, seenOn, plant, monday)).toBeNull()
  })

  it('ends a decision that may rest on it', () => {
    const facts = { now: monday, person: named('plant-engineer'), mfa: [], source: null, ticket: 'none' } as const
    const request = { action: 'connect', asset: station.id, protocol: 'ssh', grant: null } as const
    const world = { ...quietWorld, confirmations: seen('2025-12-02') }
    expect(decidedUntil(request, plant, { ...facts, world })).toBe(Date.parse('2026-03-02T23:00:00Z'))
  })

  it('is what would have to happen where a rule refuses what nobody has seen', () => {
    const strict = plantWith(
      '@id("seen") @text("Seen, or not touched.") @control("GW-ACC-01") forbid (principal, action, resource) when { !resource.confirmed };',
    )
    const ask = {
      asset: station.id,
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
    } as const
    const facts = { now: monday, person: named('plant-engineer'), mfa: ['totp'], source: null, ticket: 'none' } as const
    const ways = remediesFor({ action: 'request', ask }, strict, { ...facts, world: quietWorld })
    expect(ways[0]?.map(({ kind }) => kind)).toEqual(['confirmation'])
  })
})

describe('the list of a walkdown', () => {
  it('is read with its days and notes, whatever stands beside them', () => {
    const text = '\ufeffasset;seenOn;note;room\news-1;2026-03-02;"label; as declared";4.1\nhist-1;;;\n'
    expect(parseWalkdown(text)).toEqual({
      kind: 'ok',
      rows: [{ asset: 'ews-1', seenOn: '2026-03-02', note: 'label; as declared' }, { asset: 'hist-1' }],
      undated: 3,
    })
  })

  it('says whether every row has a day, where days are given at all', () => {
    expect(parseWalkdown('asset\news-1\n')).toMatchObject({ kind: 'ok', undated: null })
    expect(parseWalkdown('asset,seen on\news-1,2026-03-02\n')).toMatchObject({ kind: 'ok', undated: null })
    expect(parseWalkdown('asset,seenOn\news-1,2026-03-02\nhist-1,\n')).toMatchObject({ kind: 'ok', undated: 3 })
  })

  it.each([
    ['a column `asset` before one `id`', 'id,asset\n77,ews-1\n'],
    ['commas, whatever a quoted title holds', 'asset,"room; floor"\news-1,4.1\n'],
    ['a last line without an end, and the ends of any system', 'asset,room\r\news-1,4.1'],
  ])('takes %s', (_what, text) => {
    expect(parseWalkdown(text)).toMatchObject({ kind: 'ok', rows: [{ asset: 'ews-1' }] })
  })

  it.each([
    ['room,note\n1,x\n', 'expected a first row with a column `asset`'],
    ['asset\n', 'expected at least one asset, got none'],
    ['asset,note\news-1,a\n,b\n', 'row 3: expected the id of an asset, got nothing'],
    ['asset\n"ews-1\n', 'not valid csv: line'],
  ])('is refused whole where it is none: %j', (text, reason) => {
    const read = parseWalkdown(text)
    expect(read.kind === 'malformed' ? read.reason : '').toContain(reason)
  })
})

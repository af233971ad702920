// What keys may vouch for after one was handed over to another, retired, or stolen (FORMAT.md section 5.5).

import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import {
  judgeByLedger,
  parseTrust,
  sealFault,
  sealKeys,
  signCheckpoint,
  type Signer,
  type Trust,
  trustText,
  trustTextFrom,
  trustTextOf,
  verifyExport,
} from '../../recorder/index.ts'
import { makeExport, makeFolder, origin, signerOf } from './sample.ts'

const [old, fresh, foreign] = [signerOf(1), signerOf(2), signerOf(3)]

const trustOf = (text: string): Trust => {
  const parsed = parseTrust(JSON.parse(text))
  if (parsed.kind === 'malformed') throw new Error(parsed.problems.join('; '))
  return parsed.trust
}

/** `fresh` came with entry `from`; `old` was retired with so many entries, or signs along. */
const changed = (from: number, until: number | null): Trust =>
  trustOf(
    trustTextOf([
      {
        origin,
        keys: [
          { vkey: old.vkey, from: 0, until },
          { vkey: fresh.vkey, from, until: null },
        ],
        end: null,
      },
    ]),
  )

const root = Buffer.alloc(32, 9)
const checkpoint = (size: number, ...by: readonly Signer[]): Buffer =>
  signCheckpoint({ origin, size, root, extensions: [] }, by)
const judged = (trust: Trust, size: number, ...by: readonly Signer[]): string =>
  judgeByLedger(checkpoint(size, ...by), trust.ledger).kind

describe('a trust file of the second version', () => {
  it('is written as the first version where no key was ever changed', () => {
    const keys = [{ vkey: old.vkey, from: 0, until: null }]
    expect(trustTextOf([{ origin, keys, end: null }])).toBe(trustText(origin, [old.vkey]))
  })

  it('gives the same text again when it was read', () => {
    const number = fc.nat({ max: 2 ** 40 })
    const period = fc.tuple(number, fc.option(fc.integer({ min: 1, max: 2 ** 40 }), { nil: null }))
    fc.assert(
      fc.property(period, number, fc.option(number, { nil: null }), ([from, after], later, ended) => {
        const keys = [
          { vkey: old.vkey, from, until: after === null ? null : from + after },
          { vkey: fresh.vkey, from: later, until: null },
        ]
        const before = { origin: `${origin}/0`, keys: [{ vkey: foreign.vkey, from: 0, until: null }] }
        const text = trustTextOf([
          ...(ended === null ? [] : [{ ...before, end: { size: ended, root } }]),
          { origin, keys, end: null },
        ])
        expect(trustTextFrom(trustOf(text))).toBe(text)
      }),
    )
  })

  const key = { key: old.vkey, from: 0, until: null }
  const ledger = { origin, keys: [key], end: null }
  const file = { format: 'sallyport-trust/v2', ledgers: [ledger] }
  it.each([
    ['no ledger', { ...file, ledgers: [] }, 'at least one'],
    ['a key too many', { ...file, origin }, 'format and ledgers'],
    ['a ledger that is none', { ...file, ledgers: [1] }, 'ledgers[0]: expected an object'],
    ['a key without its time', { ...file, ledgers: [{ ...ledger, keys: [old.vkey] }] }, 'key, from and until'],
    [
      'a key that ended before it began',
      { ...file, ledgers: [{ ...ledger, keys: [{ ...key, from: 7, until: 7 }] }] },
      'until',
    ],
    ['no key in use', { ...file, ledgers: [{ ...ledger, keys: [{ ...key, until: 7 }] }] }, 'one that is in use'],
    ['a key twice', { ...file, ledgers: [{ ...ledger, keys: [key, { ...key, until: 9 }] }] }, 'stands twice'],
    [
      'an end of the present ledger',
      { ...file, ledgers: [{ ...ledger, end: { size: 1, root: '' } }] },
      'expected null',
    ],
    [
      'a ledger twice',
      { ...file, ledgers: [{ ...ledger, end: { size: 1, root: root.toString('base64') } }, ledger] },
      'twice',
    ],
    ['a former ledger without end', { ...file, ledgers: [{ ...ledger, origin: 'a.example/0' }, ledger] }, 'ended with'],
  ])('is refused with %s', (_, value, problem) => {
    const parsed = parseTrust(value)
    expect(parsed.kind === 'malformed' ? parsed.problems.join('; ') : 'read').toContain(problem)
  })
})

describe('a checkpoint after a change of keys', () => {
  it('counts by the new key, and by both while the old one signs along', () => {
    expect(judged(changed(10, null), 11, fresh, old)).toBe('trusted')
    expect(judged(changed(10, null), 11, fresh)).toBe('trusted')
    expect(judged(changed(10, null), 11, old)).toBe('trusted')
    expect(judged(changed(10, 20), 30, fresh)).toBe('trusted')
  })

  it('counts for nothing by a retired key alone, however old it claims to be', () => {
    fc.assert(fc.property(fc.nat({ max: 100 }), (size) => judged(changed(10, 20), size, old) === 'untrusted'))
    const verdict = judgeByLedger(checkpoint(5, old), changed(10, 20).ledger)
    expect(verdict).toMatchObject({ reason: expect.stringContaining('take a new export') })
  })

  it('is refused where a retired key stands under something newer than its end, also beside a good one', () => {
    expect(judged(changed(10, 20), 20, fresh, old)).toBe('trusted')
    expect(judged(changed(10, 20), 21, fresh, old)).toBe('untrusted')
  })

  it('is refused where the new key speaks of a time before it came', () => {
    expect(judged(changed(10, null), 10, fresh)).toBe('untrusted')
  })

  it('of a ledger that ended is the one it ended with, and no other', () => {
    const keys = [{ vkey: old.vkey, from: 0, until: null }]
    const present = { origin: `${origin}/2`, keys: [{ vkey: fresh.vkey, from: 0, until: null }], end: null }
    const [former] = trustOf(trustTextOf([{ origin, keys, end: { size: 8, root } }, present])).ledgers
    if (former === undefined) throw new Error('the trust file names no former ledger')
    expect(judgeByLedger(checkpoint(8, old), former).kind).toBe('trusted')
    expect(judgeByLedger(checkpoint(9, old), former).kind).toBe('untrusted')
    expect(judgeByLedger(checkpoint(8, foreign), former).kind).toBe('untrusted')
  })
})

describe('an export after a change of keys', () => {
  const faults = async (dir: string, trust: Trust): Promise<string[]> =>
    (await verifyExport(dir, trust)).findings
      .filter(({ holds }) => !holds)
      .map(({ where, what }) => `${where}: ${what}`)

  // In these, `old` made the seal, and the ledger of 5 names it in entry 4.
  it('holds with seals of the old key that the ledger named in its time', async () => {
    const { dir } = await makeExport(makeFolder(), { by: fresh })
    expect(await faults(dir, changed(4, 5))).toEqual([])
    expect(await faults(dir, changed(4, null))).toEqual([])
  })

  it('does not hold with a seal of the old key that the ledger named after its end', async () => {
    const { dir } = await makeExport(makeFolder(), { by: fresh })
    expect(await faults(dir, changed(3, 4))).toEqual([
      expect.stringMatching(/\/seal: signed by .*retired .* entry 4 names it/),
    ])
  })

  it('does not hold when whoever stole the old key made it, and did hold before the key was retired', async () => {
    const { dir } = await makeExport(makeFolder(), { by: old })
    const found = await faults(dir, changed(4, 5))
    expect(found).toContainEqual(expect.stringContaining('MANIFEST: signature by'))
    expect(found).toContainEqual(expect.stringContaining('ledger/checkpoint: signed only by'))
    expect(await faults(dir, trustOf(trustText(origin, [old.vkey])))).toEqual([])
  })

  it('does not take a retired key for a seal where no entry is at hand', () => {
    expect(sealFault(sealKeys([changed(4, 5).ledger]), [old.vkey], null)).toContain('no ledger says')
    expect(sealFault(sealKeys([changed(4, 5).ledger]), [fresh.vkey], null)).toBeNull()
    expect(sealFault(sealKeys([changed(4, 5).ledger]), [foreign.vkey], 1)).toContain('no key of this ledger')
  })

  it('of a ledger that ended vouch for seals of its time, and for recordings found after the loss', () => {
    const { verifier } = changed(4, 5).ledger.keys.find((key) => key.until === null) ?? {}
    if (verifier === undefined) throw new Error('expected a key in use')
    const ended = { keys: [{ verifier, from: 0, until: null }], end: { size: 9, root: Buffer.alloc(32) } }
    const keys = sealKeys([ended])
    expect(sealFault(keys, [verifier.vkey], 8)).toBeNull()
    expect(sealFault(keys, [verifier.vkey], 9)).toContain('a ledger that ended with 9 entries')
    expect(sealFault(keys, [verifier.vkey], null)).toContain('a ledger that ended with 9 entries')
    expect(sealFault(keys, [verifier.vkey], 10, true)).toBeNull()
    const retired = sealKeys([{ ...ended, keys: [{ verifier, from: 0, until: 5 }] }])
    expect(sealFault(retired, [verifier.vkey], 10, true)).toContain('which was retired')
  })
})

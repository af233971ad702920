// What counts as a loss that may be declared, and what does not: on a real store, without a gateway.

import { generateKeyPairSync } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { checkContinuity, type Ledger } from '../../../gateway/evidence/continuity.ts'
import { readKeyHistory } from '../../../gateway/evidence/ledger-keys.ts'
import { declareLoss, lookForLoss, nextOrigin, type LossLook } from '../../../gateway/evidence/loss.ts'
import type { SigningKey } from '../../../gateway/evidence/signing-key.ts'
import type { Store } from '../../../gateway/store/store.ts'
import { parseVerifierKey, signCheckpoint, signerFrom } from '../../../recorder/index.ts'
import { expectWholeLedger } from '../../support/ledger-root.ts'
import { handClock, openBase } from '../../support/memory-store.ts'

const nothingGone = { erased: [], shown: [], deleted: [] }
const origin = 'plant.example/ledger'
const { privateKey } = generateKeyPairSync('ed25519')
const { privateKey: otherKey } = generateKeyPairSync('ed25519')

function keyNamed(name: string, key = privateKey): SigningKey {
  const signer = signerFrom(name, key)
  const verifier = parseVerifierKey(signer.vkey)
  if (verifier.kind === 'malformed') throw new Error(verifier.reason)
  return { signer, verifier: verifier.value }
}
const mine = keyNamed(origin)

let store: Store
let ledger: Ledger
beforeEach(async () => {
  store = (await openBase()).store
  ledger = { evidence: store.evidence, verifier: mine.verifier, origin }
  await write(12)
})
afterEach(() => store.close())

const write = (count: number): Promise<void> =>
  store.change(async (tx) => {
    for (let i = 0; i < count; i++) await tx.ledger.append('gateway.stopped', i, { reason: 'test' })
  })
const note = (size: number, { root = Buffer.alloc(32, 4) as Uint8Array, by = mine, name = origin } = {}): string =>
  signCheckpoint({ origin: name, size, root, extensions: [] }, [by.signer]).toString('utf8')
const look = (...notes: string[]): Promise<LossLook> =>
  lookForLoss(
    ledger,
    notes.map((each, i) => ({ where: `note ${i}`, note: each })),
    [],
  )
const problemsOf = (found: LossLook): string =>
  found.kind === 'problems' ? found.problems.map((problem) => problem.found).join('; ') : found.kind

describe('looking for a loss', () => {
  it('finds the newest checkpoint that is of more entries than there are', async () => {
    const root = await store.evidence.root(9)
    expect(await look(note(14), note(20), note(9, { root }))).toMatchObject({
      kind: 'lost',
      size: 12,
      lost: { size: 20, note: note(20), witness: null },
    })
  })

  it('takes the word of a witness that has seen more than any checkpoint at hand', async () => {
    const notes = [{ where: 'a', note: note(14) }]
    const ahead = [
      { name: 'one', size: 11 },
      { name: 'two', size: 31 },
    ]
    expect(await lookForLoss(ledger, notes, ahead)).toMatchObject({ lost: { size: 31, note: null, witness: 'two' } })
  })

  it('finds nothing where the ledger holds all that was signed', async () => {
    expect(await look()).toEqual({ kind: 'whole' })
    expect(await look(note(12, { root: await store.evidence.root(12) }))).toEqual({ kind: 'whole' })
  })

  it('refuses a ledger that was written on after the restore, and what others signed', async () => {
    expect(problemsOf(await look(note(20), note(12)))).toContain('restored and written on')
    expect(problemsOf(await look(note(20, { by: keyNamed(origin, otherKey) })))).toContain('no key of this ledger')
    expect(problemsOf(await look(note(20, { name: 'x.example/y' })))).toContain('is of ledger `x.example/y`')
    expect(problemsOf(await look('torn'))).not.toBe('whole')
  })
})

describe('a declared loss', () => {
  const declare = async (known: string, from = ledger, next = keyNamed(`${origin}/2`)) => {
    const found = await lookForLoss(from, [{ where: 'a', note: known }], [])
    if (found.kind !== 'lost') throw new Error(problemsOf(found))
    const clock = handClock()
    return declareLoss({
      store,
      clock,
      ledger: from,
      look: found,
      next,
      found: [],
      rows: [],
      gone: nothingGone,
      reason: 'disk',
      reference: 'INC-1',
    })
  }

  it('is the first entry of the next ledger, which begins with all entries of the one before', async () => {
    const { index, checkpoint } = await declare(note(20))
    expect(index).toBe(12)
    expect(checkpoint.note.startsWith(`${origin}/2\n13\n`)).toBe(true)
    expect(await expectWholeLedger(store)).toBe(13)
    const history = await readKeyHistory(store.evidence, 'unused')
    expect(history).toMatchObject({ origin: `${origin}/2`, current: keyNamed(`${origin}/2`).signer.vkey })
    expect(history.former).toMatchObject([{ origin, had: 20, end: { size: 12 }, keys: [{ vkey: mine.signer.vkey }] }])
  })

  it('lets a start go by under the new name alone, and passes over copies that speak of what was declared', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sallyport-loss-'))
    try {
      await declare(note(20))
      const copy = join(folder, 'checkpoint')
      await writeFile(copy, note(20))
      const second = { ...ledger, origin: `${origin}/2`, verifier: keyNamed(`${origin}/2`).verifier }
      expect((await checkContinuity(second, [copy])).problems).toEqual([])
      expect((await checkContinuity(ledger, [copy])).problems).toMatchObject([{ field: 'evidence.origin' }])
      await writeFile(copy, note(25))
      expect((await checkContinuity(second, [copy])).problems[0]?.found).toContain('declared up to 20 entries')
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  it('may come again: the third ledger names both before it', async () => {
    await declare(note(20))
    const second = keyNamed(`${origin}/2`)
    const from = { ...ledger, origin: `${origin}/2`, verifier: second.verifier }
    const history = await readKeyHistory(store.evidence, '')
    expect(nextOrigin(history, from.origin)).toBe(`${origin}/3`)
    await declare(note(40, { by: second, name: from.origin }), from, keyNamed(`${origin}/3`))
    const { former, origin: name } = await readKeyHistory(store.evidence, '')
    expect(name).toBe(`${origin}/3`)
    expect(former.map((each) => [each.origin, each.end.size])).toEqual([
      [origin, 12],
      [`${origin}/2`, 13],
    ])
  })

  it('after a rotation that was lost keeps the key of that rotation, too', async () => {
    const rotated = keyNamed(origin, otherKey)
    const from = { ...ledger, verifier: rotated.verifier }
    await declare(note(20, { by: rotated }), from, keyNamed(`${origin}/2`, otherKey))
    const { former } = await readKeyHistory(store.evidence, '')
    expect(former[0]?.keys.map(({ vkey }) => vkey)).toContain(rotated.signer.vkey)
  })
})

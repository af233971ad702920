// Reading the whole ledger: everything else has its goes meanwhile, though the store answers at once.

import { afterAll, beforeAll, expect, it } from 'vitest'

import { mint } from '../../../gateway/clock.ts'
import type { Commitment } from '../../../policy/index.ts'
import { goesDuring } from '../../support/goes.ts'
import { openBase, type Base } from '../../support/memory-store.ts'

const count = 40
const values: Commitment[] = []
let base: Base

beforeAll(async () => {
  base = await openBase()
  const at = base.clock.now()
  const person = mint.person(at)
  await base.store.change(async (tx) => {
    for (let each = 0; each < count; each++) {
      const source = await tx.ledger.commit(`192.0.2.${each}`)
      values.push(source)
      await tx.ledger.append('input.refused', at, { person, route: 'GET /', code: 'not-found', source })
    }
  })
})
afterAll(() => base.store.close())

async function all<T>(rows: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const row of rows) found.push(row)
  return found
}

it('gives way between the events', async () => {
  const { goes, value } = await goesDuring(() => all(base.store.evidence.events(0, count)))
  expect(value.map(({ index }) => index)).toEqual(Array.from({ length: count }, (_, each) => each))
  expect(goes).toBeGreaterThanOrEqual(count)
})

it('gives way between the bytes of entries', async () => {
  const { goes, value } = await goesDuring(() => all(base.store.evidence.entries(count)))
  expect(value).toHaveLength(count)
  expect(goes).toBeGreaterThanOrEqual(count)
})

it('gives way between what commitments stand for', async () => {
  const { goes, value } = await goesDuring(() => all(base.store.evidence.disclosures()))
  expect(value.map(({ commitment }) => commitment)).toEqual(values.toSorted())
  expect(goes).toBeGreaterThanOrEqual(count)
})

it('gives way while it asks which of many values are kept', async () => {
  const many = Array.from({ length: 2_000 }, (_, each) => values[each] ?? `sha256:${each}`)
  const { goes, value } = await goesDuring(() => base.store.erasures.kept(many))
  expect(value.toSorted()).toEqual(values.toSorted())
  expect(goes).toBeGreaterThanOrEqual(4)
})

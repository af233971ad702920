// A page of what somebody may read, out of a list in which next to nothing is theirs.

import { expect, it } from 'vitest'

import { readablePage } from '../../../gateway/api/readable-page.ts'
import type { Page } from '../../../gateway/store/page.ts'
import { goesDuring } from '../../support/goes.ts'

interface Row {
  readonly id: string
  readonly isTheirs: boolean
}

const idOf = ({ id }: Row): string => id
const may = ({ isTheirs }: Row): boolean => isTheirs

/** Rows by number, and a list of them, newest first, that counts how often it is asked. */
function listOf(length: number, isTheirs: (at: number) => boolean) {
  const rows = Array.from({ length }, (_, at) => ({ id: String(at).padStart(6, '0'), isTheirs: isTheirs(at) }))
  const newest = rows.toReversed()
  const asked = { times: 0 }
  const list = async ({ limit, before }: Page): Promise<readonly Row[]> => {
    asked.times += 1
    const from = before === null ? 0 : newest.findIndex(({ id }) => id < before)
    return from === -1 ? [] : newest.slice(from, from + limit)
  }
  return { list, asked }
}

it('of one row asks for many at a time, and lets everything else go on, over 20,000 rows of others', async () => {
  const { list, asked } = listOf(20_000, () => false)
  const { goes, value } = await goesDuring(() => readablePage({ limit: 1, before: null }, list, idOf, may))
  expect(value).toEqual([])
  // The last answer is empty: 200 rows are as many as were asked for.
  expect(asked.times).toBe(101)
  expect(goes).toBeGreaterThanOrEqual(20_000)
})

it('ends with the first row that is theirs, and goes on behind it', async () => {
  const { list, asked } = listOf(1_000, (at) => at === 10 || at === 900)
  const page = (before: string | null) => readablePage({ limit: 1, before }, list, idOf, may)
  expect((await page(null)).map(idOf)).toEqual(['000900'])
  expect(asked.times).toBe(1)
  expect((await page('000900')).map(idOf)).toEqual(['000010'])
  expect((await page('000010')).map(idOf)).toEqual([])
})

it('is as long as it was asked for, and short only at the end', async () => {
  for (const limit of [1, 50, 199, 200]) {
    const { list } = listOf(1_000, (at) => at % 3 === 0)
    const found: string[] = []
    for (let before: string | null = null; ;) {
      const rows: readonly Row[] = await readablePage({ limit, before }, list, idOf, may)
      found.push(...rows.map(idOf))
      if (rows.length < limit) break
      before = rows.at(-1)?.id ?? null
    }
    const theirs = Array.from({ length: 1_000 }, (_, at) => at).filter((at) => at % 3 === 0)
    expect(found.map(Number)).toEqual(theirs.toReversed())
  }
})

it('is short where the list ends inside a reading', async () => {
  const { list, asked } = listOf(250, () => true)
  expect(await readablePage({ limit: 200, before: '000100' }, list, idOf, may)).toHaveLength(100)
  expect(asked.times).toBe(1)
})

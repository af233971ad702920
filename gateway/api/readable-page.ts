// A page of what somebody may read, out of a list that holds more than that.

import type { Page } from '../store/requests.ts'
import { openSharedTurns } from '../turns.ts'

/**
 * Rows that are read at a time, however few are asked for: somebody who may read none of them would have each one be a
 * query of its own.
 */
const readAtOnce = 200

/**
 * Rows that are not for the reader are passed over, and the next rows read in their place, so that a page is short only
 * at the end. There may be any number of them: everything else goes on meanwhile.
 */
export async function readablePage<T>(
  page: Page,
  list: (page: Page) => Promise<readonly T[]>,
  idOf: (row: T) => string,
  may: (row: T) => boolean | Promise<boolean>,
): Promise<readonly T[]> {
  const rows: T[] = []
  const limit = Math.max(page.limit, readAtOnce)
  const giveWay = openSharedTurns()
  for (let before = page.before; ;) {
    const read = await list({ limit, before })
    for (const row of read) {
      if (await may(row)) rows.push(row)
      if (rows.length === page.limit) return rows
      await giveWay()
    }
    const last = read.at(-1)
    if (read.length < limit || !last) return rows
    before = idOf(last)
  }
}

// A page of what somebody may read, out of a list that holds more than that.

import type { Page } from '../store/requests.ts'

/**
 * Rows that are not for the reader are passed over, and the next rows read in their place, so that a page is short only
 * at the end.
 */
export async function readablePage<T>(
  page: Page,
  list: (page: Page) => Promise<readonly T[]>,
  idOf: (row: T) => string,
  may: (row: T) => boolean | Promise<boolean>,
): Promise<readonly T[]> {
  const rows: T[] = []
  for (let before = page.before; ;) {
    const read = await list({ limit: page.limit, before })
    for (const row of read) if (rows.length < page.limit && (await may(row))) rows.push(row)
    const last = read.at(-1)
    if (rows.length >= page.limit || read.length < page.limit || !last) return rows
    before = idOf(last)
  }
}

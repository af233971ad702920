// The process that answers searches. It reads the index only, and shows a passage only after whoever asked has been asked
// whether they may see its session. See worker.ts.

import { serveParent } from './child-side.ts'
import { find, type Found } from './find.ts'
import { IndexFile } from './index-file.ts'
import type { Query } from './query.ts'

export interface Wanted {
  readonly query: Query
  readonly before: number | null
  readonly limit: number
}

let file = ''
let key: Uint8Array = new Uint8Array()
let open: IndexFile | null = null

serveParent(async (kind, payload, ask): Promise<unknown> => {
  switch (kind) {
    case 'open':
      ;({ file, key } = payload as { file: string; key: Uint8Array })
      return null
    case 'find': {
      const { query, before, limit } = payload as Wanted
      open ??= IndexFile.openToRead(file, key)
      const nothing: Found = { hits: [], next: null }
      return open === null ? nothing : find(open, query, { before, limit }, ask)
    }
    default:
      throw new Error(`unknown request \`${kind}\``)
  }
})

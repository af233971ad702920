// The CSV of a walkdown: one asset a line. The first row names the columns: `asset`, and where they are there `seenOn`
// (or `seen_on`) and `note`. Other columns are let go: walkdown lists have many.

import { CsvError, parse } from 'csv-parse/sync'

/** One asset that was seen. What is empty is left out. */
export interface WalkdownRow {
  readonly asset: string
  readonly seenOn?: string
  readonly note?: string
}

export type ParsedWalkdown =
  | {
      readonly kind: 'ok'
      readonly rows: readonly WalkdownRow[]
      /** The first row without a day where others may have one: it may be of what nobody has seen. Null: there is none. */
      readonly undated: number | null
    }
  | { readonly kind: 'malformed'; readonly reason: string }

const mostRows = 100_000

/** Reads it whole; every row has to name an asset. Whether it is declared, and the day one that counts, is judged later. */
export function parseWalkdown(text: string): ParsedWalkdown {
  const malformed = (reason: string): ParsedWalkdown => ({ kind: 'malformed', reason })
  let rows: string[][]
  try {
    rows = parse(text, {
      bom: true,
      // What is quoted in the first row is the name of a column.
      delimiter: /^.*/
        .exec(text)?.[0]
        .replaceAll(/"[^"]*"/g, '')
        .includes(';')
        ? ';'
        : ',',
      skip_empty_lines: true,
      relax_column_count: true,
      trim: true,
    })
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    const line: unknown = error.lines
    return malformed(`not valid csv${typeof line === 'number' ? `: line ${line}` : ''}`)
  }
  const [header = [], ...body] = rows
  const titles = header.map((name) => name.toLowerCase())
  const column = (...names: readonly string[]): number =>
    names.map((name) => titles.indexOf(name)).find((at) => at >= 0) ?? -1
  const [asset, seenOn, note] = [column('asset', 'id'), column('seenon', 'seen_on', 'seen on'), column('note')]
  if (asset < 0) return malformed('expected a first row with a column `asset`')
  if (body.length === 0) return malformed('expected at least one asset, got none')
  if (body.length > mostRows) return malformed(`expected at most ${mostRows} assets, got ${body.length}`)
  const empty = body.findIndex((cells) => (cells[asset] ?? '') === '')
  if (empty >= 0) return malformed(`row ${empty + 2}: expected the id of an asset, got nothing`)
  const undated = seenOn < 0 ? -1 : body.findIndex((cells) => (cells[seenOn] ?? '') === '')
  const read = body.map((cells) => {
    const [day, text] = [cells[seenOn] ?? '', cells[note] ?? '']
    return { asset: cells[asset] ?? '', ...(day !== '' && { seenOn: day }), ...(text !== '' && { note: text }) }
  })
  return { kind: 'ok', rows: read, undated: undated < 0 ? null : undated + 2 }
}

// assets.csv (RFC 4180) read row by row: each row becomes the place of an asset as assets.yaml would have it, so that
// one parser judges both. What the columns mean is said by the mapping.

import { CsvError, parse } from 'csv-parse/sync'
import { quote } from '../ids.ts'
import type { Asset } from '../model.ts'
import { parseAsset } from './assets.ts'
import { file, placeOf } from './csv-row.ts'
import type { MappedField, Mapping } from './mapping.ts'
import { suggestion, type Spot } from './problem.ts'
import type { Reading } from './reading.ts'

/** With so many wrong rows the table is another one than the mapping is about; nobody reads what follows. */
const mostWrongRows = 1000
class TooManyWrongRows extends Error {}

/** The assets of the table, or null after reporting why there are none. */
export function parseTable(text: string, mapping: Mapping, reading: Reading): readonly Asset[] | null {
  const { problems } = reading
  const assets: Asset[] = []
  let header: Header | null = null
  let wrongRows = 0
  const countWrong = (): void => {
    wrongRows += 1
    if (wrongRows >= mostWrongRows) throw new TooManyWrongRows()
  }
  const onRow = (cells: readonly string[], line: number): void => {
    if (header === null) {
      header = readHeader(cells, mapping, reading)
    } else if (cells.length !== header.width) {
      const why = 'a separator too few or too many, or a cell that needs quotes'
      problems.report({ file, path: '', line }, `expected ${header.width} cells, got ${cells.length}: ${why}`)
      countWrong()
    } else if (header.isComplete) {
      const place = placeOf({ cells, line, columns: header.columns, mapping }, reading)
      // Of the place only the line is kept: a hundred thousand rows of cells would fill the memory.
      const asset = parseAsset(place, reading, { file, path: '', line })
      if (asset === null) countWrong()
      else assets.push(asset)
    }
  }
  const isRead = readRows(text, mapping, onRow, reading)
  // Assigned in the callback, which the compiler does not follow.
  const first = header as Header | null
  if (isRead && first === null) {
    problems.report({ file, path: '', line: 1 }, 'expected a row with the names of the columns, got an empty file')
  }
  if (isRead && first?.isComplete) return wrongRows === 0 ? assets : null
  reading.references.unread('asset')
  return null
}

function readRows(
  text: string,
  mapping: Mapping,
  onRow: (cells: readonly string[], line: number) => void,
  { problems }: Reading,
): boolean {
  try {
    parse(text, {
      bom: true,
      delimiter: mapping.separator,
      // Rows of another length are reported with their line, all of them.
      relax_column_count: true,
      skip_empty_lines: true,
      on_record: (cells: readonly string[], { lines }) => {
        onRow(cells, lines)
        return null
      },
    })
    return true
  } catch (error) {
    if (error instanceof TooManyWrongRows) {
      const reason = `${mostWrongRows} rows are wrong: the rest was not read`
      problems.report({ file, path: '', line: null }, reason)
      return false
    }
    if (!(error instanceof CsvError)) throw error
    const line: unknown = error.lines
    problems.report(
      { file, path: '', line: typeof line === 'number' ? line : null },
      `not valid csv: ${faults[error.code] ?? 'the row could not be read'}`,
    )
    return false
  }
}

/** In our words: the parser's quote the cell, which may hold a key pasted by mistake. */
const faults: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'a quote is opened and never closed',
  CSV_INVALID_CLOSING_QUOTE: 'expected a separator after a closing quote: write a quote inside a cell twice',
  INVALID_OPENING_QUOTE:
    'a quote inside a cell that has none around it: put quotes around, and write the one inside twice',
  CSV_MAX_RECORD_SIZE: 'the row is too long',
}

interface Header {
  readonly width: number
  /** Where the column of each field stands. */
  readonly columns: ReadonlyMap<MappedField, number>
  /** Every column that the mapping names is there. */
  readonly isComplete: boolean
}

function readHeader(cells: readonly string[], mapping: Mapping, { problems }: Reading): Header {
  const names = cells.map((cell) => cell.trim())
  const at: Spot = { file, path: '', line: 1 }
  const used = new Set(mapping.ignore)
  const columns = new Map<MappedField, number>()
  let isComplete = true
  for (const [field, source] of mapping.fields) {
    if (source.kind === 'constant') continue
    used.add(source.column)
    const index = names.indexOf(source.column)
    if (index >= 0) {
      columns.set(field, index)
      continue
    }
    const hint = suggestion(source.column, names) || ': name a column of its first row'
    problems.report(source.at, `no column ${quote(source.column)} in ${file} for \`${field}\`${hint}`)
    isComplete = false
  }
  for (const [i, name] of names.entries()) {
    if (names.indexOf(name) !== i) {
      problems.report(at, `column ${quote(name)} is there twice: give each column a name of its own`)
    } else if (!used.has(name)) {
      problems.report(
        at,
        `column ${quote(name)} is in no field of assets.mapping.yaml: map it, or list it under \`ignore\``,
      )
    }
  }
  return { width: cells.length, columns, isComplete }
}

// A CSV of flows or addresses, read row by row: which columns hold addresses, and the addresses in them. Never more than a
// row of it is in memory.

import type { Readable } from 'node:stream'
import { CsvError, parse } from 'csv-parse'
import { plainIp } from '../../policy/index.ts'
import { Failure } from './failure.ts'

/** What tools that show the network call their columns. */
const usual = [
  'address',
  'ip',
  'ip address',
  'src',
  'dst',
  'sa',
  'da',
  'srcaddr',
  'dstaddr',
  'src_ip',
  'dst_ip',
  'srcip',
  'dstip',
  'source',
  'destination',
  'source ip',
  'destination ip',
  'src ip addr',
  'dst ip addr',
]

export interface SeenColumns {
  readonly column?: readonly string[]
  readonly separator?: string
}

/**
 * The addresses in the order of the file, each as often as it stands there.
 * @param onSkipped told of cells that hold none, an empty one excepted.
 * @throws Failure where no column holds addresses, or it is no CSV.
 */
export async function* addressesIn(
  file: Readable,
  { column, separator }: SeenColumns,
  onSkipped: (count: number) => void,
): AsyncGenerator<string> {
  const parser = file.pipe(
    parse({
      bom: true,
      delimiter: separator ?? [',', ';', '\t'],
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
      max_record_size: 1024 * 1024,
    }),
  )
  // What happens to the file reaches who reads the rows.
  file.on('error', (error) => parser.destroy(error))
  let columns: readonly number[] | null = null
  try {
    for await (const row of parser as AsyncIterable<readonly string[]>) {
      if (columns === null) {
        columns = columnsOf(row, column)
        continue
      }
      for (const at of columns) {
        const cell = row[at] ?? ''
        const address = plainIp(cell)
        if (address !== null) yield address
        else if (cell !== '') onSkipped(1)
      }
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    const line: unknown = error.lines
    throw new Failure(`not valid csv${typeof line === 'number' ? `: line ${line}` : ''}`, { cause: error })
  }
  if (columns === null) throw new Failure('expected a first row with the names of the columns, got an empty file')
}

function columnsOf(header: readonly string[], wanted: readonly string[] | undefined): readonly number[] {
  const titles = header.map((title) => title.toLowerCase())
  const missing = (wanted ?? []).filter((name) => !titles.includes(name.toLowerCase()))
  if (missing.length > 0)
    throw new Failure(
      `no column ${missing.map((name) => `\`${name}\``).join(', ')}: its columns are ${header.join(', ')}`,
    )
  const names = wanted?.map((name) => name.toLowerCase()) ?? usual
  const found = titles.flatMap((title, at) => (names.includes(title) ? [at] : []))
  if (found.length === 0)
    throw new Failure(
      `no column is known to hold addresses: name it with --column: its columns are ${header.join(', ')}`,
    )
  return found
}

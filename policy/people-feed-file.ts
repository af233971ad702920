// The file of a feed of people: CSV (RFC 4180) with a row of column names, or JSON. Both say which state they tell of and
// how many people they are meant to hold, so that half a file is never taken for a plant that people have left.
//
//   CSV    id,login,name,email,status,plants,department,job      required: id, login, name
//          1042,anna,Anna Berg,,active,north|south,Maintenance,Technician
//          #end,1,2026-11-21T04:00:00Z                           rows before it, and the state they tell of
//   JSON   { "format": "sallyport-people-feed/v1", "asOf": "2026-11-21T04:00:00Z", "count": 1,
//            "people": [{ "id": "1042", "login": "anna", "name": "Anna Berg", "plants": ["north"],
//                         "attributes": { "department": "Maintenance" } }] }

import { CsvError, parse } from 'csv-parse/sync'
import { attributeName } from './bundle/separation.ts'
import type { Instant } from './model.ts'
import type { FeedRow, RowProblem } from './people-feed.ts'

export interface FeedFile {
  readonly asOf: Instant
  readonly rows: readonly FeedRow[]
  /** Rows that could not be read; their people stay as they are. */
  readonly problems: readonly RowProblem[]
}

export type ParsedFeed =
  | { readonly kind: 'ok'; readonly file: FeedFile }
  | {
      readonly kind: 'refused'
      readonly code: 'malformed' | 'truncated' | 'empty'
      readonly reasons: readonly string[]
    }

/** What the caller knows of a CSV that has no last row `#end`. */
export interface SaidOfFile {
  readonly asOf?: Instant
  readonly count?: number
}

export const feedFormat = 'sallyport-people-feed/v1'
const mostRows = 50_000
const mostColumns = 100
const mostPlants = 100
const longestCell = 500
const longestId = 200
/** What no eye sees, or what turns the order of letters round: two that look alike would be two people. */
const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}]/u
const mostReasons = 20

interface RawFeed {
  readonly asOf: Instant | null
  readonly count: number | null
  readonly people: readonly RawRow[]
}

interface RawRow {
  readonly line: number
  readonly cells: ReadonlyMap<string, string>
  readonly plants: readonly string[]
}

class Malformed extends Error {}

/** Reads it whole. Never throws; every row that is wrong is said at once. */
export function parseFeed(text: string, said: SaidOfFile = {}): ParsedFeed {
  const refused = (code: 'malformed' | 'truncated' | 'empty', ...reasons: string[]): ParsedFeed => ({
    kind: 'refused',
    code,
    reasons: reasons.slice(0, mostReasons),
  })
  if (text.trim() === '') return refused('empty', 'the file is empty')
  // Misread letters would be other attributes, and cost people their roles.
  if (/[\uFFFD\0]/.test(text)) return refused('malformed', 'not UTF-8: have it written as UTF-8')
  let raw: RawFeed
  try {
    raw = /^\s*\{/.test(text) ? readJson(text) : readCsv(text)
  } catch (error) {
    if (error instanceof Malformed) return refused('malformed', error.message)
    if (error instanceof CsvError) return refused('malformed', `not CSV: ${error.message}`)
    throw error
  }
  const { people } = raw
  const count = raw.count ?? said.count ?? null
  const asOf = raw.asOf ?? said.asOf ?? null
  if (count === null || asOf === null)
    return refused('truncated', 'no last row `#end,ROWS,TIME`: the file may have been cut off; say what it holds')
  if (count !== people.length)
    return refused('truncated', `expected ${count} people, as the file says of itself, got ${people.length}`)
  if (people.length === 0) return refused('empty', 'nobody is in it')
  if (people.length > mostRows) return refused('malformed', `expected at most ${mostRows} people, got ${people.length}`)
  const wrong = faultsOfIds(people)
  if (wrong.length > 0) return refused('malformed', ...wrong)
  const read = people.map(readRow)
  return {
    kind: 'ok',
    file: {
      asOf,
      rows: read.flatMap((one) => ('row' in one ? [one.row] : [])),
      problems: read.flatMap((one) => ('problem' in one ? [one.problem] : [])),
    },
  }
}

/** Without its id nobody can say whether a row is about somebody who would else be taken for gone. */
function faultsOfIds(people: readonly RawRow[]): string[] {
  const lines = new Map<string, number>()
  const faults: string[] = []
  for (const { line, cells } of people) {
    const id = cells.get('id') ?? ''
    const first = lines.get(id)
    if (id === '') faults.push(`line ${line}: the id is missing`)
    else if (id.length > longestId) faults.push(`line ${line}: expected an id of at most ${longestId} characters`)
    else if (unseen.test(id)) faults.push(`line ${line}: the id has a character that nobody sees`)
    else if (first !== undefined) faults.push(`line ${line}: id \`${id}\` stands in line ${first} too`)
    else lines.set(id, line)
  }
  return faults
}

function readRow({ line, cells, plants }: RawRow): { readonly row: FeedRow } | { readonly problem: RowProblem } {
  const id = cells.get('id') ?? ''
  const of = (name: string): string => cells.get(name) ?? ''
  const status = of('status').toLowerCase()
  const long = [...cells].find(([, value]) => value.length > longestCell)
  const problem =
    long !== undefined
      ? `column \`${long[0]}\`: expected at most ${longestCell} characters`
      : plants.length > mostPlants || plants.some((plant) => plant.length > longestCell)
        ? `expected at most ${mostPlants} plants by their ids`
        : status !== 'left' && [of('login'), of('name')].some((value) => unseen.test(value))
          ? 'login or name has a character that nobody sees'
          : status !== '' && status !== 'active' && status !== 'left'
            ? `status \`${status}\`: expected active or left`
            : of('login') === '' && status !== 'left'
              ? 'the login is missing'
              : null
  if (problem !== null) return { problem: { line, id, text: problem } }
  const own = ['id', 'login', 'name', 'email', 'status', 'plants']
  return {
    row: {
      line,
      id,
      login: of('login'),
      name: of('name'),
      email: of('email') === '' ? null : of('email'),
      hasLeft: status === 'left',
      plants,
      attributes: new Map([...cells].filter(([name, value]) => !own.includes(name) && value !== '')),
    },
  }
}

function readCsv(text: string): RawFeed {
  const rows: { readonly record: readonly string[]; readonly line: number }[] = []
  parse(text, {
    bom: true,
    delimiter: (/^.*/.exec(text)?.[0] ?? '').replaceAll(/"[^"]*"/g, '').includes(';') ? ';' : ',',
    skip_empty_lines: true,
    relax_column_count: true,
    trim: true,
    on_record: (record: readonly string[], { lines: line }) => {
      rows.push({ record, line })
      return null
    },
  })
  const [header, ...rest] = rows
  const names = (header?.record ?? []).map((name) => name.toLowerCase())
  if (names.length > mostColumns)
    throw new Malformed(`line 1: expected at most ${mostColumns} columns, got ${names.length}`)
  for (const needed of ['id', 'login', 'name'])
    if (!names.includes(needed)) throw new Malformed(`line 1: the column \`${needed}\` is missing`)
  const twice = names.find((name, at) => names.indexOf(name) !== at)
  if (twice !== undefined) throw new Malformed(`line 1: the column \`${twice}\` is there twice`)
  const last = rest.at(-1)
  const hasEnd = last?.record[0] === '#end'
  const people = (hasEnd ? rest.slice(0, -1) : rest).map(({ record, line }) => {
    if (record.length !== names.length)
      throw new Malformed(`line ${line}: expected ${names.length} cells, got ${record.length}`)
    const cells = new Map(names.map((name, at) => [name, (record[at] ?? '').normalize('NFC')]))
    return { line: line, cells, plants: (cells.get('plants') ?? '').split(/[|,;\s]+/).filter((word) => word !== '') }
  })
  if (!hasEnd || last === undefined) return { asOf: null, count: null, people }
  const [, count = '', asOf = ''] = last.record
  if (!/^[0-9]{1,6}$/.test(count)) throw new Malformed(`line ${last.line}: expected the number of rows after \`#end\``)
  return { asOf: instantOf(asOf), count: Number(count), people }
}

function readJson(text: string): RawFeed {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new Malformed('not JSON', { cause: error })
  }
  if (!isRecord(value) || value['format'] !== feedFormat)
    throw new Malformed(`expected \`format\` to be \`${feedFormat}\``)
  const { asOf, count, people } = value
  if (!Array.isArray(people)) throw new Malformed('expected a list `people`')
  if (typeof count !== 'number' || !Number.isInteger(count))
    throw new Malformed('expected `count`, how many people it holds')
  return {
    asOf: instantOf(asOf),
    count,
    people: people.map((one: unknown, at) => {
      if (!isRecord(one)) throw new Malformed(`people ${at + 1}: expected a person`)
      const { attributes, plants, ...own } = one
      const named = { ...(isRecord(attributes) ? attributes : {}), ...own }
      const cells = new Map<string, string>()
      for (const [name, cell] of Object.entries(named)) {
        if (typeof cell !== 'string' || (!attributeName.test(name) && !(name in own)))
          throw new Malformed(`people ${at + 1}: \`${name.slice(0, 60)}\`: expected a text`)
        cells.set(name, cell.trim().normalize('NFC'))
      }
      const isList = plants === undefined || (Array.isArray(plants) && plants.every((each) => typeof each === 'string'))
      if (!isList) throw new Malformed(`people ${at + 1}: \`plants\`: expected a list of texts`)
      return { line: at + 1, cells, plants: (plants as readonly string[] | undefined) ?? [] }
    }),
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function instantOf(value: unknown): Instant {
  const isForm =
    typeof value === 'string' && /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})$/.test(value)
  const at = isForm ? Date.parse(value) : Number.NaN
  if (Number.isNaN(at)) throw new Malformed('expected the state it tells of as an instant, `2026-11-21T04:00:00Z`')
  return at
}

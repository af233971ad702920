// Answers one query from the index: candidates by codes, newest session first, each judged on its text.

import { prefixFor, type BlindKeys } from './blind.ts'
import { leastPassage, type IndexFile, type StoredPassage } from './index-file.ts'
import { matchText, snippetOf, type Piece } from './match.ts'
import { timeAt } from './passages.ts'
import { fields, sides, type Query, type Side, type Term } from './query.ts'

export interface FoundHit {
  readonly session: string
  readonly channel: number
  readonly side: Side
  /** Since the channel was opened, ms. */
  readonly atMs: number
  readonly snippet: readonly Piece[]
}

export interface Found {
  readonly hits: readonly FoundHit[]
  /** Where the next page begins; null at the end. */
  readonly next: number | null
}

/** Candidates that are looked at for one page: what is left comes with the next. */
const mostCandidates = 5_000

/**
 * One page of hits.
 * @param before numbers of passages stay below it; null begins with the newest.
 * @param may is asked once a session whether its passages may be shown.
 */
export async function find(
  index: IndexFile,
  query: Query,
  page: { readonly before: number | null; readonly limit: number },
  may: (session: string) => Promise<boolean>,
): Promise<Found> {
  const asked = new Map<string, boolean>()
  const isShown = async (session: string): Promise<boolean> => {
    const known = asked.get(session) ?? (await may(session))
    asked.set(session, known)
    return known
  }
  const { sql, values } = candidatesOf(index.keys, query, page.before)
  const hits: FoundHit[] = []
  let candidates = 0
  let last = page.before
  // Read whole before anything is waited for: an open cursor would keep the log of the file from being written back.
  for (const row of index.db.prepare(sql).all(...values, mostCandidates)) {
    const id = Number(row['id'])
    candidates++
    last = id
    const session = index.sessionOf(id)
    if (session === null || !(await isShown(session))) continue
    const passage = index.passage(id)
    const hit = passage === null ? null : judge(query, passage)
    if (hit === null) continue
    hits.push(hit)
    if (hits.length === page.limit) return { hits, next: id }
  }
  return { hits, next: candidates === mostCandidates ? last : null }
}

function judge(query: Query, passage: StoredPassage): FoundHit | null {
  const { session, channel, side, text, marks } = passage
  const spans = matchText(query, text)
  if (spans === null) return null
  return { session, channel, side, atMs: timeAt(marks, spans[0]?.start ?? 0), snippet: snippetOf(text, spans) }
}

/** The statement that finds what may answer, newest first; the last value is how many. */
function candidatesOf(
  keys: BlindKeys,
  { all, sides: from, fields: values, after, before: until }: Query,
  before: number | null,
): { readonly sql: string; readonly values: (string | number)[] } {
  const found: (string | number)[] = []
  const conditions: string[] = []
  const words = all.map((term) => phraseOf(keys, term)).filter((phrase) => phrase !== '')
  const begins = all.flatMap((term) => {
    const last = term.isPrefix ? prefixFor(term.tokens.at(-1) ?? '') : null
    return last === null ? [] : [`"${keys.prefix(last)}"`]
  })
  // The table of whole words leads where there is one, since it is the more selective.
  const [leading, inner] = words.length > 0 ? ['words', begins] : begins.length > 0 ? ['prefixes', []] : ['passage', []]
  const id = leading === 'passage' ? 'id' : 'rowid'
  if (leading !== 'passage') {
    conditions.push(`${leading} match ?`)
    found.push((words.length > 0 ? words : begins).join(' AND '))
  }
  if (inner.length > 0) {
    conditions.push('rowid in (select rowid from prefixes where prefixes match ?)')
    found.push(inner.join(' AND '))
  }
  const below = Math.min(
    before ?? Number.MAX_SAFE_INTEGER,
    until === null ? Number.MAX_SAFE_INTEGER : leastPassage(until),
  )
  conditions.push(`${id} < ?`, `${id} >= ?`)
  found.push(below, after === null ? 0 : leastPassage(after))
  for (const name of fields) {
    const wanted = values[name]
    if (wanted === undefined) continue
    const each = wanted.map(() => `instr(${name}, ?) > 0`).join(' or ')
    conditions.push(`${id} / 65536 in (select id from recording where ${each})`)
    found.push(...wanted.map((value) => ` ${keys.field(name, value)} `))
  }
  // Who and where alone: each session once, by what is known about it.
  const sideOf = leading === 'passage' && from === null ? (['about'] as const) : from
  if (sideOf !== null) {
    const numbers = sideOf.map((side) => sides.indexOf(side)).join(', ')
    conditions.push(
      leading === 'passage'
        ? `side in (${numbers})`
        : `(select side from passage where id = ${leading}.rowid) in (${numbers})`,
    )
  }
  const sql = `select ${id} as id from ${leading} where ${conditions.join(' and ')} order by ${id} desc limit ?`
  return { sql, values: found }
}

/** A term as a phrase of codes: its words, the last left out where it may go on. */
function phraseOf(keys: BlindKeys, { tokens, isPrefix }: Term): string {
  const codes = (isPrefix ? tokens.slice(0, -1) : tokens).map((token) => keys.word(token))
  return codes.length === 0 ? '' : `"${codes.join(' ')}"`
}

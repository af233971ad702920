// The file of the index: what tables it has, and who finds what in it. A file of its own beside the store (SQLite, FTS5):
// it holds nothing that could not be made again from the recordings. Reading recordings is index-process.ts's.
//
//   recording  one row a session: how far it is indexed, and the codes of who and where it was
//   channel    how far a channel was read, with the state of its readers (encrypted)
//   passage    the texts (encrypted)
//   words      codes of the words of a passage with their positions (FTS5, contentless)
//   prefixes   codes of the beginnings of its words (FTS5, contentless, without positions)
//
// Rows are numbered so that the newest come first without sorting, and a session and a span of time are a range:
// passage = recording * 2^16 + n, recording = minute of its start * 2^11 + n.

import { rmSync } from 'node:fs'
import { DatabaseSync, type SQLOutputValue, type StatementSync } from 'node:sqlite'
import { makePrivateFile } from '../store/private-file.ts'
import { BlindKeys } from './blind.ts'
import { fields, sides, type Field } from './query.ts'
import type { Mark } from './line.ts'
import type { Passage } from './passages.ts'
import { tokensOf } from './tokens.ts'

const schemaVersion = 1
const perMinute = 2 ** 11
const perRecording = 2 ** 16
/** Of one recording not more is indexed, in characters: a target that prints noise for days fills no disk here. */
const maxText = 128 << 20
/** Starts without any progress after which a recording is left alone until the index is built anew. */
const mostTries = 3

const schema = `
  create table meta (name text primary key, value text not null) without rowid;
  create table recording (
    id integer primary key,
    session text not null unique,
    state text not null,
    tries integer not null default 0,
    passages integer not null default 0,
    characters integer not null default 0,
    cut integer not null default 0,
    problem text,
    ${fields.map((field) => `${field} text not null`).join(', ')}
  );
  create index recording_state on recording (state);
  create table channel (
    recording integer not null,
    channel integer not null,
    bytes integer not null,
    state blob not null,
    primary key (recording, channel)
  ) without rowid;
  create table passage (
    id integer primary key,
    channel integer not null,
    side integer not null,
    sealed blob not null
  );
  create virtual table words using fts5 (codes, content='', contentless_delete=1, tokenize='ascii');
  create virtual table prefixes using fts5 (codes, content='', contentless_delete=1, tokenize='ascii', detail=none);
`

const recordingStates = ['partial', 'whole', 'failed'] as const
export type RecordingState = (typeof recordingStates)[number]

/** What is known of a session besides what crossed. */
export interface SessionFacts {
  readonly session: string
  readonly startedAt: number
  /** Folded. */
  readonly fields: Readonly<Record<Field, readonly string[]>>
}

export interface Counts {
  /** Recordings that are in the index. */
  readonly recordings: number
  /** Of these the ones that are still being indexed, living ones among them. */
  readonly partial: number
  /** Recordings that could not be indexed, or not to their end. */
  readonly failed: number
  /** Recordings of which only the beginning is indexed, because there is too much text in them. */
  readonly cut: number
  readonly passages: number
  /** Of the file, in bytes. */
  readonly bytes: number
}

export interface StoredPassage {
  readonly id: number
  readonly session: string
  readonly channel: number
  readonly side: Passage['side']
  readonly text: string
  readonly marks: readonly Mark[]
}

interface RecordingRow {
  readonly id: number
  readonly session: string
  readonly state: RecordingState
  readonly tries: number
  readonly passages: number
  readonly characters: number
  readonly cut: number
}

function recordingRow(row: Readonly<Record<string, SQLOutputValue>>): RecordingRow {
  const state = recordingStates.find((name) => name === row['state'])
  if (state === undefined) throw new Error(`search index: \`${String(row['state'])}\` is no state of a recording`)
  return {
    id: Number(row['id']),
    session: String(row['session']),
    state,
    tries: Number(row['tries']),
    passages: Number(row['passages']),
    characters: Number(row['characters']),
    cut: Number(row['cut']),
  }
}

/** Nothing opens what is no bytes. */
const bytesIn = (value: SQLOutputValue | undefined): Uint8Array =>
  value instanceof Uint8Array ? value : new Uint8Array()

function prepare(db: DatabaseSync): void {
  // Large pages: a passage is a kilobyte or two, and of small pages much would stay empty.
  db.exec(
    'pragma busy_timeout = 10000; pragma page_size = 16384; pragma journal_mode = wal; pragma synchronous = normal',
  )
  // What is forgotten is overwritten, not only left out.
  db.exec('pragma secure_delete = on; pragma cache_size = -16000')
}

/** Is the error that of a file that is no database any more (SQLITE_CORRUPT, SQLITE_NOTADB)? */
export function isDamaged(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && [11, 26].includes(Number(error.errcode) & 0xff)
}

/** Is it that of a database whose tables are not those of an index (SQLITE_ERROR)? */
function isOther(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && Number(error.errcode) === 1
}

export class IndexFile {
  readonly db: DatabaseSync
  readonly keys: BlindKeys

  readonly #statements = new Map<string, StatementSync>()

  private constructor(db: DatabaseSync, keys: BlindKeys) {
    this.db = db
    this.keys = keys
  }

  /** Prepared once and kept: the texts of statements are few. */
  #sql(text: string): StatementSync {
    const known = this.#statements.get(text)
    if (known !== undefined) return known
    const prepared = this.db.prepare(text)
    this.#statements.set(text, prepared)
    return prepared
  }

  /**
   * Opens the file for writing, or makes it. One that is damaged, of another version or under another key is made anew:
   * `remade` says so.
   */
  static openOrMake(file: string, key: Uint8Array): { readonly index: IndexFile; readonly remade: boolean } {
    const keys = new BlindKeys(key)
    const found = IndexFile.#open(file, keys)
    if (found.kind === 'ok') return { index: found.index, remade: false }
    const fresh = found.kind === 'new' ? found.db : IndexFile.#clear(file)
    fresh.exec('begin immediate')
    fresh.exec(schema)
    // Terms are gathered in memory up to the end of a transaction: each time they are written they are merged later.
    for (const table of ['words', 'prefixes'])
      fresh.exec(`insert into ${table} (${table}, rank) values ('hashsize', ${32 << 20}), ('pgsz', 16000)`)
    fresh.prepare('insert into meta values (?, ?)').run('check', checkOf(keys))
    fresh.exec('commit')
    return { index: new IndexFile(fresh, keys), remade: found.kind === 'other' }
  }

  /** Opens it for reading; null where there is none to read. */
  static openToRead(file: string, key: Uint8Array): IndexFile | null {
    const keys = new BlindKeys(key)
    const found = IndexFile.#open(file, keys)
    if (found.kind === 'new') found.db.close()
    return found.kind === 'ok' ? found.index : null
  }

  static #open(
    file: string,
    keys: BlindKeys,
  ):
    | { readonly kind: 'ok'; readonly index: IndexFile }
    | { readonly kind: 'new'; readonly db: DatabaseSync }
    | { readonly kind: 'other' } {
    makePrivateFile(file)
    const db = new DatabaseSync(file)
    try {
      prepare(db)
      if (db.prepare('select 1 from sqlite_master').get() === undefined) return { kind: 'new', db }
      const row = db.prepare("select value from meta where name = 'check'").get()
      if (row?.['value'] === checkOf(keys)) return { kind: 'ok', index: new IndexFile(db, keys) }
    } catch (error) {
      if (!isDamaged(error) && !isOther(error)) throw error
    }
    db.close()
    return { kind: 'other' }
  }

  static #clear(file: string): DatabaseSync {
    removeIndex(file)
    makePrivateFile(file)
    const db = new DatabaseSync(file)
    prepare(db)
    return db
  }

  close(): void {
    this.db.close()
  }

  /** The recording's row, made where there is none; null where it failed too often without any progress. */
  begin({ session, startedAt, fields: values }: SessionFacts): RecordingRow | null {
    const coded = fields.map((name) => values[name].map((value) => ` ${this.keys.field(name, value)} `).join(''))
    if (this.#row(session) === null) {
      const first = Math.floor(startedAt / 60_000) * perMinute
      const last = this.#sql('select max(id) as id from recording where id >= ? and id < ?').get(
        first,
        first + perMinute,
      )?.['id']
      const id = typeof last === 'number' ? last + 1 : first
      // More than two thousand sessions in a minute go over into the next one.
      this.#sql(
        `insert into recording (id, session, state, ${fields.join(', ')}) values (?, ?, 'partial', ${fields.map(() => '?').join(', ')})`,
      ).run(this.#free(id), session, ...coded)
    }
    this.#sql('update recording set tries = tries + 1 where session = ?').run(session)
    const row = this.#row(session)
    if (row === null || row.tries <= mostTries) return row
    this.fail(session, 'gave no progress however often it was tried')
    return null
  }

  #free(id: number): number {
    const taken = this.#sql('select 1 from recording where id = ?')
    let free = id
    while (taken.get(free) !== undefined) free++
    return free
  }

  #row(session: string): RecordingRow | null {
    const row = this.#sql('select * from recording where session = ?').get(session)
    return row === undefined ? null : recordingRow(row)
  }

  /** How far a channel was read: bytes of its file, and what its readers need to go on; null before the first time. */
  channel({ id, session }: RecordingRow, channel: number): { readonly bytes: number; readonly state: unknown } | null {
    const row = this.#sql('select bytes, state from channel where recording = ? and channel = ?').get(id, channel)
    if (row === undefined) return null
    const opened = this.keys.open(session, `channel/${channel}`, bytesIn(row['state']))
    return opened === null ? null : { bytes: Number(row['bytes']), state: opened }
  }

  /** Bytes of each channel that were read. */
  readBytes(session: string): ReadonlyMap<number, number> {
    const rows = this.#sql(
      'select channel, bytes from channel where recording = (select id from recording where session = ?)',
    ).all(session)
    return new Map(rows.map(({ channel, bytes }) => [Number(channel), Number(bytes)]))
  }

  /**
   * Adds passages of a channel and says how far it was read, at once or not at all. False when the recording has no room
   * for all of them: nothing more is to be added.
   */
  add(
    row: RecordingRow,
    channel: number,
    passages: readonly Passage[],
    read: { bytes: number; state: unknown } | null,
  ): boolean {
    const { id, session } = row
    let fits = true
    this.db.exec('begin immediate')
    try {
      const now = this.#row(session) ?? row
      let { passages: count, characters } = now
      for (const { side, text, marks } of passages) {
        if (count >= perRecording || characters >= maxText) {
          fits = false
          break
        }
        const passage = id * perRecording + count
        this.#index(passage, text)
        const sealed = this.keys.seal(session, `passage/${passage}`, { text, marks })
        this.#sql('insert into passage (id, channel, side, sealed) values (?, ?, ?, ?)').run(
          passage,
          channel,
          sides.indexOf(side),
          sealed,
        )
        count++
        characters += text.length
      }
      if (read !== null)
        this.#sql('insert or replace into channel (recording, channel, bytes, state) values (?, ?, ?, ?)').run(
          id,
          channel,
          read.bytes,
          this.keys.seal(session, `channel/${channel}`, read.state),
        )
      this.#sql('update recording set passages = ?, characters = ?, cut = max(cut, ?), tries = 0 where id = ?').run(
        count,
        characters,
        fits ? 0 : 1,
        id,
      )
      this.db.exec('commit')
    } catch (error) {
      this.db.exec('rollback')
      throw error
    }
    return fits
  }

  #index(passage: number, text: string): void {
    const codes: string[] = []
    const begins = new Set<string>()
    for (const { text: word } of tokensOf(text)) {
      codes.push(this.keys.word(word))
      for (const code of this.keys.prefixesOf(word)) begins.add(code)
    }
    this.#sql('insert into words (rowid, codes) values (?, ?)').run(passage, codes.join(' '))
    this.#sql('insert into prefixes (rowid, codes) values (?, ?)').run(passage, [...begins].join(' '))
  }

  /** @param problem what could not be read of it; null where all was. */
  finish(session: string, state: 'partial' | 'whole', problem: string | null): void {
    this.#sql('update recording set state = ?, problem = ?, tries = 0 where session = ?').run(state, problem, session)
    // What the readers of a whole recording kept is of no use any more.
    if (state === 'whole')
      this.#sql('delete from channel where recording = (select id from recording where session = ?)').run(session)
  }

  fail(session: string, problem: string): void {
    this.#sql("update recording set state = 'failed', problem = ? where session = ?").run(problem, session)
  }

  state(session: string): RecordingState | null {
    return this.#row(session)?.state ?? null
  }

  /** Takes a session out of the index, and its texts out of the file. */
  forget(session: string): void {
    const row = this.#row(session)
    if (row === null) return
    const range = [row.id * perRecording, (row.id + 1) * perRecording] as const
    this.db.exec('begin immediate')
    try {
      for (const table of ['words', 'prefixes'])
        this.#sql(`delete from ${table} where rowid in (select id from passage where id >= ? and id < ?)`).run(...range)
      this.#sql('delete from passage where id >= ? and id < ?').run(...range)
      this.#sql('delete from channel where recording = ?').run(row.id)
      this.#sql('delete from recording where id = ?').run(row.id)
      this.db.exec('commit')
    } catch (error) {
      this.db.exec('rollback')
      throw error
    }
    // Until the log is written back, it still holds the texts.
    this.db.exec('pragma wal_checkpoint(truncate)')
  }

  counts(): Counts {
    const count = (where: string): number =>
      Number(this.#sql(`select count(*) as n from recording where ${where}`).get()?.['n'])
    const size = (name: string): number => Number(this.#sql(`pragma ${name}`).get()?.[name])
    return {
      recordings: count('true'),
      partial: count("state = 'partial'"),
      failed: count("state = 'failed' or problem is not null"),
      cut: count('cut = 1'),
      passages: Number(this.#sql('select coalesce(sum(passages), 0) as n from recording').get()?.['n']),
      bytes: size('page_count') * size('page_size'),
    }
  }

  /** A passage with its text; null when it was forgotten meanwhile, or is not what was written. */
  passage(id: number): StoredPassage | null {
    const row = this.#sql(
      `select p.channel, p.side, p.sealed, r.session from passage p join recording r on r.id = p.id / ${perRecording} where p.id = ?`,
    ).get(id)
    if (row === undefined) return null
    const session = String(row['session'])
    const sealed = bytesIn(row['sealed'])
    const opened = this.keys.open(session, `passage/${id}`, sealed) as Pick<Passage, 'text' | 'marks'> | null
    if (opened === null) return null
    return { id, session, channel: Number(row['channel']), side: sides[Number(row['side'])] ?? 'about', ...opened }
  }

  sessionOf(passage: number): string | null {
    const row = this.#sql('select session from recording where id = ?').get(Math.floor(passage / perRecording))
    return row === undefined ? null : String(row['session'])
  }
}

/** The least number a passage of a session that began then may have. */
export const leastPassage = (startedAt: number): number => Math.floor(startedAt / 60_000) * perMinute * perRecording

const checkOf = (keys: BlindKeys): string => `${schemaVersion} ${keys.field('', 'check')}`

/** Removes the file and what SQLite keeps beside it. */
export function removeIndex(file: string): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${file}${suffix}`, { force: true })
}

// Reads one recording into the index, from where it was left: its channels frame by frame, put together to lines and
// passages. Memory stays flat however long it is. Which recordings, and when, is upkeep.ts's.

import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { RecorderError, readFramesFrom, type JsonValue, type PlacedFrame } from '../../recorder/index.ts'
import type { IndexFile, SessionFacts } from './index-file.ts'
import type { Line } from './line.ts'
import { type Passage, Passages } from './passages.ts'
import { ShownLines, type ShownState } from './shown-lines.ts'
import { TypedLines, type TypedState } from './typed-lines.ts'

/** A recording to be read. */
export interface Job extends SessionFacts {
  /** The recording's folder. */
  readonly dir: string
  readonly key: Uint8Array
  /** Who, what and why, in words. */
  readonly about: string
  /** Nothing is added to it any more. */
  readonly isSealed: boolean
}

export type Indexed =
  | { readonly kind: 'indexed'; readonly problem: string | null }
  /** It failed too often before, and is left alone. */
  | { readonly kind: 'left-alone' }

/** After so much of a stream, in bytes, what was read is written down. */
const batchBytes = 16 << 20
const streamName = /^([0-9]{4})\.stream$/

/** What a channel's readers keep between two readings. */
interface ChannelState {
  readonly position: { readonly index: number; readonly offset: number }
  /** Nanoseconds of the monotonic clock at its opening. */
  readonly openedAt: string
  readonly isTerminal: boolean
  readonly out: ShownState
  readonly err: ShownState
  readonly in: ShownState
  readonly typed: TypedState
}

/** @param progress called after each part that was written down. */
export async function indexRecording(index: IndexFile, job: Job, progress: () => void): Promise<Indexed> {
  const row = index.begin(job)
  if (row === null) return { kind: 'left-alone' }
  const problems: string[] = []
  if (row.passages === 0) index.add(row, 0, [{ side: 'about', text: job.about, marks: [[0, 0]] }], null)
  for (const [channel, size] of streamsOf(job.dir)) {
    const kept = index.channel(row, channel)
    if (kept !== null && kept.bytes === size && !job.isSealed) continue
    const reading = new ChannelReading(kept === null ? null : (kept.state as ChannelState))
    const write = (): boolean => {
      const { passages, read } = reading.take()
      const fits = index.add(row, channel, passages, read)
      progress()
      return fits
    }
    try {
      let written = reading.bytes
      let fits = true
      for await (const frame of readFramesFrom(job.dir, job.key, channel, reading.position)) {
        reading.push(frame)
        if (reading.bytes - written < batchBytes) continue
        written = reading.bytes
        fits = write()
        if (!fits) break
      }
      if (job.isSealed) reading.end()
      if (fits) write()
      else break
    } catch (error) {
      if (!(error instanceof RecorderError)) throw error
      // What stands before the fault is kept, and the other channels are read all the same.
      problems.push(error.message)
      reading.end()
      write()
    }
  }
  const problem = problems.length === 0 ? null : problems.slice(0, 5).join('; ')
  index.finish(job.session, job.isSealed ? 'whole' : 'partial', problem)
  return { kind: 'indexed', problem }
}

/** The streams of a recording with their sizes, by channel. */
export function streamsOf(dir: string): ReadonlyMap<number, number> {
  const found = new Map<number, number>()
  for (const name of readdirSync(dir).sort()) {
    const [, digits] = streamName.exec(name) ?? []
    if (digits !== undefined) found.set(Number(digits), statSync(join(dir, name)).size)
  }
  return found
}

class ChannelReading {
  #passages: Passage[] = []
  #position: { readonly index: number; readonly offset: number } | null
  #openedAt = 0n
  #isTerminal = false
  #lastAt = 0
  readonly #shown = new Passages('shown', (passage) => this.#passages.push(passage))
  readonly #typedText = new Passages('typed', (passage) => this.#passages.push(passage))
  readonly #commands = new Passages('command', (passage) => this.#passages.push(passage))
  readonly #files = new Passages('file', (passage) => this.#passages.push(passage))
  readonly #out = new ShownLines((line) => this.#shown.add(line))
  readonly #err = new ShownLines((line) => this.#shown.add(line))
  readonly #in = new ShownLines((line) => this.#typedText.add(line))
  readonly #typed = new TypedLines((line) => this.#typedText.add(line))

  constructor(kept: ChannelState | null) {
    this.#position = kept?.position ?? null
    if (kept === null) return
    this.#openedAt = BigInt(kept.openedAt)
    this.#isTerminal = kept.isTerminal
    this.#out.restore(kept.out)
    this.#err.restore(kept.err)
    this.#in.restore(kept.in)
    this.#typed.restore(kept.typed)
  }

  /** Where the next frame begins; null before the first. */
  get position(): { readonly index: number; readonly offset: number } | null {
    return this.#position
  }

  get bytes(): number {
    return this.#position?.offset ?? 0
  }

  push(frame: PlacedFrame): void {
    if (frame.kind === 'open') this.#openedAt = frame.monotonic
    this.#position = { index: frame.index + 1, offset: frame.end }
    const at = Number((frame.monotonic - this.#openedAt) / 1_000_000n)
    this.#lastAt = at
    switch (frame.kind) {
      case 'open': {
        const { cols, rows, command } = frame.meta
        this.#isTerminal = cols !== undefined && rows !== undefined
        if (command !== undefined) this.#commands.add(lineOf(command, at))
        this.#name(frame.meta, at)
        return
      }
      case 'data':
        if (frame.direction === 'out') this.#out.push(frame.bytes, at)
        else if (frame.direction === 'err') this.#err.push(frame.bytes, at)
        else if (this.#isTerminal) this.#typed.push(frame.bytes, at)
        else this.#in.push(frame.bytes, at)
        return
      case 'notice':
        this.#shown.add(lineOf(frame.text, at))
        return
      case 'event':
        return this.#name(frame.event, at)
      // Nothing to read in them.
      case 'resize':
      case 'signal':
      case 'exit':
      case 'close':
      case 'masked':
      case 'unknown':
    }
  }

  /** Nothing more comes. */
  end(): void {
    this.#out.end(this.#lastAt)
    this.#err.end(this.#lastAt)
    this.#in.end(this.#lastAt)
    this.#typed.end()
  }

  /** What was read since the last time, and how far. */
  take(): { readonly passages: readonly Passage[]; readonly read: { bytes: number; state: ChannelState } | null } {
    for (const passages of [this.#commands, this.#files, this.#typedText, this.#shown]) passages.flush()
    const passages = this.#passages
    this.#passages = []
    if (this.#position === null) return { passages, read: null }
    const state: ChannelState = {
      position: this.#position,
      openedAt: String(this.#openedAt),
      isTerminal: this.#isTerminal,
      out: this.#out.save(),
      err: this.#err.save(),
      in: this.#in.save(),
      typed: this.#typed.save(),
    }
    return { passages, read: { bytes: this.#position.offset, state } }
  }

  /** Names of files that crossed, as the opening of a channel or an event on it tells them. */
  #name(told: Readonly<Record<string, JsonValue>>, at: number): void {
    for (const key of ['path', 'name', 'from', 'to', 'target']) {
      const value = told[key]
      if (typeof value === 'string' && value !== '') this.#files.add(lineOf(value, at))
    }
  }
}

/** Text that came at once; far longer ones are cut. */
const lineOf = (text: string, at: number): Line => ({ text: text.slice(0, 16_384), marks: [[0, at]] })

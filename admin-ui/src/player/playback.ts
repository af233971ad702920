// What is shown when: the clock of a replay, its speed, its pauses, and the slices of the recording it reads ahead. It knows
// no terminal and no page; it draws on a screen it is given and is moved on by whoever has a clock. Times are seconds since
// the channel was opened. Memory does not grow with the recording: what was shown is gone, and little is read ahead.

import type { CastEvent, CastSize } from './cast-events.ts'

export interface Screen {
  /** Empty, and of this size. */
  reset(size: CastSize): void
  resize(size: CastSize): void
  write(text: string): void
}

export interface Slice {
  readonly size: CastSize | null
  readonly events: readonly CastEvent[]
}

/** Reads `from` (the screen as it is then comes first) until `until`, where null is the end. */
export type ReadSlice = (from: number, until: number | null, signal: AbortSignal) => Promise<Slice>

export interface PlaybackState {
  readonly at: number
  readonly isPlaying: boolean
  /** It waits for what is to be shown next. */
  readonly isLoading: boolean
  /** Why it can go no further. */
  readonly failure: unknown
}

/** Each slice begins with an empty screen, and with what draws it as it was. */
type Step = (CastEvent | ({ readonly kind: 'empty'; readonly at: number } & CastSize)) & { readonly redraws: boolean }

/** Seconds of the recording read in one go; more, and ever more up to a limit, where nothing happens in them. */
const sliceSeconds = 300
const longestSliceSeconds = 4 * 3_600
/** When less than so many seconds are left of what was read, more is read. */
const readAheadSeconds = 60
/** A pause is not shown for longer, where pauses are shortened. */
export const shortPause = 2

export class Playback {
  readonly #screen: Screen
  readonly #read: ReadSlice
  readonly #onChange: () => void
  #duration = 0
  #speed = 1
  #shortens = true
  #isPlaying = false
  #at = 0
  /** What was read and not shown, in order, and until when it was read. */
  #events: Step[] = []
  #shown = 0
  #readUntil = 0
  #stride = sliceSeconds
  /** Seconds of the present pause that were shown. */
  #quiet = 0
  #reading: AbortController | null = null
  #failure: unknown = null

  /** @param onChange told when something of its state may have changed but by time alone. */
  constructor(screen: Screen, read: ReadSlice, onChange: () => void) {
    this.#screen = screen
    this.#read = read
    this.#onChange = onChange
  }

  get state(): PlaybackState {
    return {
      at: this.#at,
      isPlaying: this.#isPlaying,
      isLoading: this.#reading !== null && this.#next() === null,
      failure: this.#failure,
    }
  }

  /** Seconds there are to play: of a living recording they become more. */
  set duration(duration: number) {
    this.#duration = duration
  }

  set speed(speed: number) {
    this.#speed = speed
  }

  set shortensPauses(shortens: boolean) {
    this.#shortens = shortens
  }

  play(): void {
    if (this.#isPlaying) return
    this.#isPlaying = true
    // At its end it begins again, as every player does.
    if (this.#at >= this.#duration) void this.seek(0)
    else this.#onChange()
  }

  pause(): void {
    this.#isPlaying = false
    this.#onChange()
  }

  /** Shows the screen as it was at `at`, and goes on from there as before. */
  async seek(at: number): Promise<void> {
    this.#reading?.abort()
    this.#at = Math.min(Math.max(0, at), this.#duration)
    this.#events = []
    this.#shown = 0
    this.#readUntil = this.#at
    this.#failure = null
    this.#quiet = 0
    this.#stride = sliceSeconds
    await this.#readOn(true)
  }

  /** Moves on by so many seconds of the watcher's time. */
  advance(seconds: number): void {
    if (!this.#isPlaying || this.#failure !== null) return
    let left = seconds * this.#speed
    while (left > 0) {
      const next = this.#next()
      const until = Math.max(this.#at, next?.at ?? this.#readUntil)
      // Of a pause so much is shown in all, over however many slices it goes.
      const longest = this.#shortens ? Math.max(0, shortPause - this.#quiet) : Infinity
      this.#at = Math.max(this.#at, until - longest)
      const step = Math.min(left, until - this.#at)
      this.#at += step
      this.#quiet += step
      left -= step
      if (this.#at < until) break
      if (next !== null) this.#showNext()
      else if (this.#readUntil < this.#duration) break
      else return this.pause()
    }
    if (this.#readUntil - this.#at < readAheadSeconds) void this.#readOn(false)
  }

  close(): void {
    this.#reading?.abort()
    this.#isPlaying = false
  }

  #next(): Step | null {
    return this.#events[this.#shown] ?? null
  }

  #showNext(): void {
    const event = this.#next()
    if (event === null) return
    this.#shown++
    if (!event.redraws) this.#quiet = 0
    if (event.kind === 'output') this.#screen.write(event.text)
    if (event.kind === 'resize') this.#screen.resize(event)
    if (event.kind === 'empty') this.#screen.reset(event)
    // What was shown is let go now and then, not one by one.
    if (this.#shown < 4096) return
    this.#events.splice(0, this.#shown)
    this.#shown = 0
  }

  /** Reads the next slice; the first one after a seek begins with the screen as it is there. */
  async #readOn(isFirst: boolean): Promise<void> {
    if (!isFirst && (this.#reading !== null || this.#readUntil >= this.#duration)) return
    const reading = (this.#reading = new AbortController())
    const from = this.#readUntil
    const until = from + this.#stride >= this.#duration ? null : from + this.#stride
    try {
      const { size, events } = await this.#read(from, until, reading.signal)
      if (reading.signal.aborted) return
      this.#readUntil = until ?? this.#duration
      if (size !== null) this.#events.push({ kind: 'empty', at: from, redraws: true, ...size })
      for (const event of events) this.#events.push({ ...event, redraws: event.at <= from })
      const isQuiet = events.every(({ at }) => at <= from)
      this.#stride = isQuiet ? Math.min(2 * this.#stride, longestSliceSeconds) : sliceSeconds
      if (isFirst) this.#draw()
    } catch (failure) {
      if (reading.signal.aborted) return
      this.#failure = failure
      this.#isPlaying = false
    } finally {
      if (this.#reading === reading) this.#reading = null
    }
    this.#onChange()
  }

  /** What has happened by now, at once. */
  #draw(): void {
    for (let next = this.#next(); next !== null && next.at <= this.#at; next = this.#next()) this.#showNext()
  }
}

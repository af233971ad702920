// What of a channel is seen, frame by frame: output made safe, what was typed, sizes, notices, the end. Casts, transcripts
// and the screens of the replay index are all made of this, so that they agree (FORMAT.md section 6).

import type { ChannelMeta, ExitStatus, Frame } from './frame.ts'
import { TerminalFilter } from './terminal-safe.ts'
import { isTrackState, TextTrack, type TrackState } from './text-track.ts'

interface Happening {
  /** Whole microseconds since the channel was opened. */
  readonly at: number
}

export type ScreenEvent = Happening &
  (
    | { readonly kind: 'output'; readonly text: string }
    /** `text` made safe; `keys` as they were pressed, control characters and all: never to be shown as they are. */
    | { readonly kind: 'typed'; readonly text: string; readonly keys: string }
    | { readonly kind: 'resize'; readonly cols: number; readonly rows: number }
    /** `text` as it is drawn, `label` on one line. */
    | { readonly kind: 'notice'; readonly text: string; readonly label: string }
    | { readonly kind: 'masked'; readonly count: number }
    | { readonly kind: 'signal'; readonly label: string }
    | { readonly kind: 'exit'; readonly status: ExitStatus }
  )

export interface Tracks {
  readonly out: TrackState
  readonly err: TrackState
  readonly in: TrackState
}

/** Whether these are the states of the three tracks; for reading them back. */
export function isTracks(value: unknown): value is Tracks {
  if (typeof value !== 'object' || value === null) return false
  if (!('out' in value) || !('err' in value) || !('in' in value)) return false
  return isTrackState(value.out) && isTrackState(value.err) && isTrackState(value.in)
}

/** What a channel's opening says about its screen. */
export interface ScreenOpening {
  readonly meta: Pick<ChannelMeta, 'cols' | 'rows'>
  /** Of the opening frame, ns. */
  readonly monotonic: bigint
}

/** The size a channel's terminal begins with: 80 by 24 where it has none. */
export function openingSize({ cols, rows }: Pick<ChannelMeta, 'cols' | 'rows'>): { cols: number; rows: number } {
  return cols === undefined || rows === undefined ? { cols: 80, rows: 24 } : { cols: cells(cols), rows: cells(rows) }
}

export class ScreenEvents {
  readonly #opened: bigint
  readonly #out: TextTrack
  readonly #err: TextTrack
  readonly #in: TextTrack
  #at = 0

  /** @param tracks where the reading of an earlier part had come to; null at the beginning. */
  constructor({ meta, monotonic }: ScreenOpening, tracks: Tracks | null = null) {
    const isTerminal = meta.cols !== undefined && meta.rows !== undefined
    this.#opened = monotonic
    this.#out = new TextTrack(!isTerminal, tracks?.out ?? null)
    this.#err = new TextTrack(!isTerminal, tracks?.err ?? null)
    this.#in = new TextTrack(false, tracks?.in ?? null)
  }

  /** Where the tracks stand after the last frame. */
  get tracks(): Tracks {
    return { out: this.#out.state, err: this.#err.state, in: this.#in.state }
  }

  /** Microseconds from the opening to a frame. */
  timeOf(frame: Pick<Frame, 'monotonic'>): number {
    return Number((frame.monotonic - this.#opened) / 1000n)
  }

  /** What there is to see of a frame: nothing of most kinds, and of text that is not decided yet. */
  next(frame: Frame): ScreenEvent | null {
    const at = (this.#at = this.timeOf(frame))
    switch (frame.kind) {
      case 'data': {
        if (frame.direction === 'in') {
          const keys = this.#in.decode(frame.bytes)
          return keys === '' ? null : { at, kind: 'typed', text: this.#in.show(keys), keys }
        }
        const text = (frame.direction === 'out' ? this.#out : this.#err).push(frame.bytes)
        return text === '' ? null : { at, kind: 'output', text }
      }
      case 'resize':
        return { at, kind: 'resize', cols: cells(frame.cols), rows: cells(frame.rows) }
      case 'exit':
        return { at, kind: 'exit', status: frame.status }
      case 'notice':
        // A filter of its own: a notice must not end up inside a sequence that the target left unfinished.
        return { at, kind: 'notice', text: new TerminalFilter().push(frame.text), label: oneLine(frame.text) }
      case 'masked':
        return { at, kind: 'masked', count: frame.count }
      case 'signal':
        return { at, kind: 'signal', label: oneLine(frame.name) }
      case 'open':
      case 'event':
      case 'close':
      case 'unknown':
        return null
    }
  }

  /** What the decoders still hold after the last frame. */
  end(): ScreenEvent | null {
    const text = this.#out.end() + this.#err.end()
    return text === '' ? null : { at: this.#at, kind: 'output', text }
  }
}

export function exitLabel(status: ExitStatus): string {
  return 'code' in status ? `exit ${status.code}` : `exit signal ${oneLine(status.signal)}`
}

/** Every run of white space and control characters as one space. */
export function oneLine(text: string): string {
  return text.replace(/[\s\p{Cc}]+/gu, ' ').trim()
}

/** A window size that a player can lay out: the client may have named any number. */
function cells(count: number): number {
  return Math.min(Math.max(count, 1), 1000)
}

// One direction of a channel on its way to a screen: bytes to text across frames, line ends, made safe (FORMAT.md section 6).
// Where it stands can be told and taken up again, so that reading may begin in the middle of a recording.

import { type FilterState, isFilterState, TerminalFilter } from './terminal-safe.ts'

/** Where a track stands between two frames. */
export interface TrackState {
  /** Bytes, at most three, of a character that is not whole yet; hex. */
  readonly pending: string
  readonly lastWasReturn: boolean
  readonly filter: FilterState
}

/** Whether this is the state of a track; for reading one back. */
export function isTrackState(value: unknown): value is TrackState {
  if (typeof value !== 'object' || value === null) return false
  if (!('pending' in value) || !('lastWasReturn' in value) || !('filter' in value)) return false
  const { pending, lastWasReturn, filter } = value
  return (
    typeof pending === 'string' &&
    /^(?:[0-9a-f]{2}){0,3}$/.test(pending) &&
    typeof lastWasReturn === 'boolean' &&
    isFilterState(filter)
  )
}

export class TextTrack {
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  readonly #filter: TerminalFilter
  /** Without a terminal nobody turned LF into CR LF on the way; a player needs it. */
  readonly #addReturns: boolean
  /** The last bytes, at most three. */
  #tail = Buffer.alloc(0)
  #lastWasReturn: boolean

  constructor(addReturns: boolean, from: TrackState | null = null) {
    this.#addReturns = addReturns
    this.#lastWasReturn = from?.lastWasReturn ?? false
    this.#filter = new TerminalFilter(from?.filter ?? null)
    if (from === null) return
    this.#tail = Buffer.from(from.pending, 'hex')
    this.#decoder.decode(this.#tail, { stream: true })
  }

  get state(): TrackState {
    return { pending: pendingOf(this.#tail), lastWasReturn: this.#lastWasReturn, filter: this.#filter.state }
  }

  push(bytes: Uint8Array): string {
    return this.show(this.decode(bytes))
  }

  /** The text of bytes, as far as characters are whole: not made safe. */
  decode(bytes: Uint8Array): string {
    const end = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).subarray(-3)
    // Copied: the frame's memory is used again for the next one.
    this.#tail = end.length === 3 ? Buffer.from(end) : Buffer.concat([this.#tail, end]).subarray(-3)
    return this.#decoder.decode(bytes, { stream: true })
  }

  /** What is left when nothing follows: U+FFFD for a character that never became whole. */
  end(): string {
    this.#tail = Buffer.alloc(0)
    return this.show(this.#decoder.decode())
  }

  /** What may be shown of decoded text. */
  show(text: string): string {
    if (!this.#addReturns || text === '') return this.#filter.push(text)
    const withReturns = text.replace(/\r?\n/g, (match, at: number) =>
      match === '\n' && at === 0 && this.#lastWasReturn ? '\n' : '\r\n',
    )
    this.#lastWasReturn = text.endsWith('\r')
    return this.#filter.push(withReturns)
  }
}

/** The longest end of these bytes that is the beginning of a character: what a decoder holds back. */
function pendingOf(tail: Buffer): string {
  for (let length = tail.length; length > 0; length--) {
    const end = tail.subarray(tail.length - length)
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
    if (decoder.decode(end, { stream: true }) === '') return end.toString('hex')
  }
  return ''
}

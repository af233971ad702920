// Writing to a client's channel, standard output and standard error in the order they came, with back-pressure.
//
// ssh2 (1.17, lib/Channel.js) keeps what did not fit the peer's window in `_chunk` and `_chunkErr` and never clears them:
// when one of the two streams waits for the window after the other has waited before, the old chunk is sent again.
// So only one of them has writes under way at a time, and what ssh2 left behind is cleared when the turn changes.
// A write to a closed channel never calls back: nothing here waits for a write without watching for the close.
// When the client closes, ssh2 ends its standard error at once, also where nobody has read far enough to be told of the close:
// a write to it then is an error of that stream, which would end the process if nobody took it.

import type { ServerChannel } from 'ssh2'

interface LeftBehind {
  _chunk: unknown
  _chunkcb: unknown
  _chunkErr: unknown
  _chunkcbErr: unknown
}

type Stream = 'out' | 'err'

const high = 1024 * 1024
const low = 256 * 1024
/** What is said may wait for the client up to here. */
const mostSaid = 16 * 1024

interface Waiting {
  readonly stream: Stream
  readonly bytes: Uint8Array
  readonly urgent: boolean
  /** Called when they have left. */
  readonly onLeft?: (() => void) | undefined
}

export class ChannelOutput {
  readonly #channel: ServerChannel
  readonly #onRoom: () => void
  #queue: Waiting[] = []
  #isHeld = false
  #turn: Stream = 'out'
  #underWay = 0
  #held = 0
  #full = false
  #said = 0
  #isSaidFull = false
  #closed = false
  #idle: (() => void)[] = []

  /** @param onRoom called when there is room again, after `isFull` or after there was none left to say anything. */
  constructor(channel: ServerChannel, onRoom: () => void) {
    this.#channel = channel
    this.#onRoom = onRoom
    channel.once('close', () => this.abandon())
    channel.stderr.on('error', () => this.abandon())
  }

  /** Enough is waiting: the source is to stop until `onRoom`. */
  get isFull(): boolean {
    return this.#full
  }

  /** False while too much of what was said has not left yet: what makes us say more is to wait until `onRoom`. */
  get hasRoomToSay(): boolean {
    return !this.#isSaidFull
  }

  /** The peer is gone: nothing waits any longer. */
  abandon(): void {
    this.#closed = true
    this.#queue = []
    this.#settle()
  }

  /** From now on what is written waits, until `release`. Only what is said goes through. */
  hold(): void {
    this.#isHeld = true
  }

  release(): void {
    this.#isHeld = false
    this.#pump()
  }

  /** What waits is never shown. */
  dropHeld(): void {
    for (const { bytes, urgent } of this.#queue) {
      this.#held -= bytes.length
      if (urgent) this.#said -= bytes.length
    }
    this.#queue = []
    this.#isHeld = false
    this.#settle()
  }

  /** A word of the gateway: before everything that waits. */
  say(stream: Stream, bytes: Uint8Array): void {
    if (this.#closed) return
    this.#held += bytes.length
    this.#said += bytes.length
    if (this.#said > mostSaid) this.#isSaidFull = true
    const after = this.#queue.findIndex(({ urgent }) => !urgent)
    this.#queue.splice(after < 0 ? this.#queue.length : after, 0, { stream, bytes, urgent: true })
    this.#pump()
  }

  /**
   * False: enough is waiting; stop the source until `onRoom`.
   * @param onLeft called when nobody looks at the bytes any more, unless the channel closes before.
   */
  write(stream: Stream, bytes: Uint8Array, onLeft?: () => void): boolean {
    if (this.#closed) return true
    this.#held += bytes.length
    this.#queue.push({ stream, bytes, urgent: false, onLeft })
    this.#pump()
    if (this.#held > high) this.#full = true
    return !this.#full
  }

  /** Resolves when everything is on its way to the peer, or the channel is closed. */
  drained(): Promise<void> {
    return new Promise((resolve) => {
      this.#idle.push(resolve)
      this.#settle()
    })
  }

  #pump(): void {
    for (;;) {
      const next = this.#queue[0]
      if (!next || (this.#isHeld && !next.urgent) || (this.#underWay > 0 && next.stream !== this.#turn)) return
      if (this.#underWay === 0 && next.stream !== this.#turn) this.#takeTurn(next.stream)
      this.#queue.shift()
      this.#underWay++
      const target = next.stream === 'out' ? this.#channel : this.#channel.stderr
      const { length } = next.bytes
      target.write(next.bytes, (error) => {
        this.#underWay--
        this.#held -= length
        if (next.urgent) this.#said -= length
        if (!error) next.onLeft?.()
        this.#pump()
        const [hasRoom, hasSaid] = [this.#full && this.#held < low, this.#isSaidFull && this.#said === 0]
        if (hasRoom) this.#full = false
        if (hasSaid) this.#isSaidFull = false
        if (hasRoom || hasSaid) this.#onRoom()
        this.#settle()
      })
    }
  }

  #takeTurn(stream: Stream): void {
    const left = this.#channel as unknown as LeftBehind
    left._chunk = undefined
    left._chunkcb = undefined
    left._chunkErr = undefined
    left._chunkcbErr = undefined
    this.#turn = stream
  }

  #settle(): void {
    if (!this.#closed && (this.#underWay > 0 || this.#queue.length > 0)) return
    for (const resolve of this.#idle.splice(0)) resolve()
  }
}

// A channel on which what is written in one turn of the event loop leaves in packets that are full. ssh2 (1.17,
// lib/Channel.js) sends each write by itself: a packet of SFTP with 32 KiB of a file in it, which is a little longer than
// what a peer takes at once, would leave as a long packet and a tiny one, and each costs the same four calls and a place in
// the peer's queue.

import type { ClientChannel, ServerChannel } from 'ssh2'

type Done = (error?: Error | null) => void

/** Of ssh2's channel, what sends and what it goes by. */
interface Inside {
  readonly outgoing: { readonly id: number; readonly packetSize: number; readonly state: string; window: number }
  readonly _client: { readonly _protocol: { channelData(id: number, bytes: Buffer): void } }
  _write(bytes: Buffer, encoding: string, done: Done): void
  _writev?: (chunks: readonly { readonly chunk: Buffer }[], done: Done) => void
  write: (...args: readonly unknown[]) => boolean
}

/**
 * Where pieces are put together. One for all, since ssh2 copies what it sends before it returns; as large as what OpenSSH
 * takes in one packet of a channel.
 */
const bench = Buffer.alloc(32 << 10)

/** The pieces in order, cut and joined into runs. */
class Pieces {
  readonly #pieces: readonly Buffer[]
  #index = 0
  #offset = 0
  left: number

  constructor(pieces: readonly Buffer[]) {
    this.#pieces = pieces
    this.left = pieces.reduce((sum, { length }) => sum + length, 0)
  }

  /** The next bytes; valid until the next call. */
  take(length: number): Buffer {
    const first = this.#pieces[this.#index]
    if (first && first.length - this.#offset >= length) {
      const run = first.subarray(this.#offset, this.#offset + length)
      this.#pass(length)
      return run
    }
    for (let had = 0; had < length;) {
      const piece = this.#pieces[this.#index]
      if (!piece) throw new Error(`expected ${length} bytes, got ${had}`)
      const part = piece.subarray(this.#offset, this.#offset + length - had)
      part.copy(bench, had)
      had += part.length
      this.#pass(part.length)
    }
    return bench.subarray(0, length)
  }

  /** All that is left, to be kept. */
  rest(): Buffer {
    const [first, ...others] = this.#pieces.slice(this.#index)
    if (!first) return Buffer.alloc(0)
    const begun = first.subarray(this.#offset)
    return others.length === 0 ? begun : Buffer.concat([begun, ...others])
  }

  #pass(length: number): void {
    this.left -= length
    this.#offset += length
    if (this.#offset < (this.#pieces[this.#index]?.length ?? 0)) return
    this.#index++
    this.#offset = 0
  }
}

/**
 * Changes how this channel writes. What is written is sent when the turn ends, in the order it was written; standard error,
 * an end and a close are not held back, so whoever sends one waits for what was written before, as always.
 */
export function fillPackets(channel: ServerChannel | ClientChannel): void {
  const inside = channel as unknown as Inside
  inside._writev = (chunks, done) => {
    const { outgoing, _client: client } = inside
    const pieces = new Pieces(chunks.map(({ chunk }) => chunk))
    const size = Math.min(outgoing.packetSize, bench.length)
    while (pieces.left > 0 && outgoing.state === 'open') {
      const length = Math.min(size, pieces.left)
      if (outgoing.window < length) break
      client._protocol.channelData(outgoing.id, pieces.take(length))
      outgoing.window -= length
    }
    if (pieces.left === 0) done()
    // What has to wait for the peer's window, which ssh2 knows how to.
    else inside._write(pieces.rest(), 'buffer', done)
  }

  let gathering = false
  const write = inside.write.bind(channel)
  inside.write = (...args) => {
    if (!gathering) {
      gathering = true
      channel.cork()
      process.nextTick(() => {
        gathering = false
        channel.uncork()
      })
    }
    return write(...args)
  }
}

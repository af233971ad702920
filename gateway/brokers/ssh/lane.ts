// One direction of a tunnel: reads, has recorded, forwards, in order, and no faster than the other side takes it.

import type { Duplex, Readable } from 'node:stream'
import type { Flow } from '../broker.ts'
import { Gathering } from './gathering.ts'

/** Recorded and not yet on its way: from here on nothing more is read. */
const high = 256 * 1024

/**
 * Has pieces recorded; `written` is called when they may be forwarded, which may be later, or never.
 * Gives false where they could not be.
 */
export type RecordPieces = (pieces: readonly Uint8Array[], written: () => void) => boolean

export class Lane {
  readonly #source: Readable
  readonly #sink: Duplex
  readonly #record: RecordPieces
  readonly #onDone: () => void
  readonly #onTaken: () => void
  readonly #gathering: Gathering<'in'>
  // Owned by what arrives and by #pump: what was read, in order, and how far it has come.
  #queue: Uint8Array[] = []
  #waiting = 0
  #beingRecorded = 0
  /** Bytes the sink has been given and has not taken yet. */
  #underWay = 0
  #hasEnded = false
  #isDone = false
  #isStopped = false
  #mayPass = true
  #isHeld = false

  /**
   * @param onDone called once, when the source has ended and all of it is on its way: the sink is to end.
   * @param onTaken called whenever the sink has taken what it was given.
   */
  constructor(
    source: Readable,
    sink: Duplex,
    record: RecordPieces,
    onDone: () => void,
    onTaken: () => void = () => undefined,
  ) {
    this.#source = source
    this.#sink = sink
    this.#record = record
    this.#onDone = onDone
    this.#onTaken = onTaken
    this.#gathering = new Gathering((_stream, pieces) => this.#take(pieces))
    source.on('data', (bytes: Buffer) => {
      if (this.#isStopped || this.#hasEnded) return
      this.#waiting += bytes.length
      this.#gathering.add('in', bytes)
      this.#steer()
    })
    source.once('end', () => this.sourceEnded())
  }

  /** Has everything arrived, and left? */
  get isDone(): boolean {
    return this.#isDone
  }

  /** Does something wait that has arrived and was not given to the sink? */
  get holdsBack(): boolean {
    return this.#waiting > this.#underWay || this.#source.readableLength > 0
  }

  /** Has what has arrived recorded. */
  flush(): void {
    this.#gathering.flush()
  }

  /** Nothing more comes. */
  sourceEnded(): void {
    if (this.#hasEnded) return
    this.flush()
    this.#hasEnded = true
    this.#pump()
  }

  /** The sink takes no more: what arrives goes nowhere, and is read so that its end comes through. */
  stop(): void {
    if (this.#isStopped) return
    this.flush()
    this.#isStopped = true
    this.#queue = []
    this.#waiting = 0
    this.#source.resume()
  }

  /** What arrived before is recorded before; what is stopped waits where it is. */
  flow({ input, held }: Pick<Flow, 'input' | 'held'>): void {
    this.flush()
    this.#mayPass = input
    this.#isHeld = held
    this.#pump()
    this.#steer()
  }

  #take(pieces: readonly Uint8Array[]): void {
    if (this.#isStopped) return
    this.#beingRecorded++
    const isTaken = this.#record(pieces, () => {
      this.#beingRecorded--
      if (this.#isStopped) return
      this.#queue.push(...pieces)
      this.#pump()
    })
    if (!isTaken) this.stop()
  }

  /**
   * One go after the other: while input is stopped, at most the one that has left already may still arrive.
   * A write to a closed channel never calls back; then `stop` comes.
   */
  #pump(): void {
    if (this.#underWay > 0 || this.#isStopped || this.#isHeld || !this.#mayPass) return
    const pieces = this.#queue
    if (pieces.length === 0) {
      if (!this.#hasEnded || this.#isDone || this.#beingRecorded > 0) return
      this.#isDone = true
      this.#onDone()
      return
    }
    this.#queue = []
    const length = pieces.reduce((sum, piece) => sum + piece.length, 0)
    this.#underWay = length
    this.#sink.cork()
    for (const [i, piece] of pieces.entries())
      if (i < pieces.length - 1) this.#sink.write(piece)
      else this.#sink.write(piece, () => this.#left(length))
    this.#sink.uncork()
  }

  #left(length: number): void {
    this.#underWay = 0
    this.#waiting -= length
    this.#onTaken()
    this.#pump()
    this.#steer()
  }

  #steer(): void {
    if (this.#isStopped || (this.#waiting < high && this.#mayPass && !this.#isHeld)) this.#source.resume()
    else this.#source.pause()
  }
}

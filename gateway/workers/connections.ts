// The connections one worker was handed: where each comes from, who has logged in on it, and what was signed for it. Kept
// by the core, so that a worker can speak for nobody but who has shown here that they are somebody.

import type { Socket } from 'node:net'
import type { CompleteLogin, FirstProof } from '../identity/authenticate.ts'
import type { Arrival } from '../brokers/ssh/ssh-service.ts'
import type { Visitor } from '../brokers/broker.ts'

/** First factors one connection may have shown and not gone on with: a dialogue has one. */
const mostProofs = 16
/** How long the worker may still speak of a connection that is closed: of a login nobody finished. */
const afterwardsMs = 30_000

export class ServedConnection {
  readonly arrival: Arrival
  readonly #socket: Socket | null
  readonly #proofs = new Map<number, FirstProof>()
  /** Those that a code followed. */
  readonly #followed = new Set<number>()
  #lastProof = 0
  #visitor: Visitor | null = null
  #isTurnedAway = false
  #sessionId: Buffer | null = null

  /** @param socket what is handed to the worker, or waits for that. */
  constructor(arrival: Arrival, socket: Socket | null = null) {
    this.arrival = arrival
    this.#socket = socket
  }

  /** Sockets are handed on one after the other: one whose turn did not come would stay open for ever. */
  lose(): void {
    this.#socket?.destroy()
    this.arrival.left()
  }

  get source(): string {
    return this.arrival.source
  }

  /** Shown and not gone on with. */
  get openProofs(): readonly FirstProof[] {
    return this.#visitor === null
      ? [...this.#proofs].flatMap(([n, proof]) => (this.#followed.has(n) ? [] : [proof]))
      : []
  }

  /** A code followed it, right or wrong: it is not abandoned any more. */
  goOn(number: number): FirstProof {
    const proof = this.proof(number)
    this.#followed.add(number)
    return proof
  }

  /** The number by which the worker speaks of it. */
  keepProof(proof: FirstProof): number {
    if (this.#proofs.size >= mostProofs) throw new Error('login: too many first factors on one connection')
    this.#proofs.set(++this.#lastProof, proof)
    return this.#lastProof
  }

  proof(number: number): FirstProof {
    const proof = this.#proofs.get(number)
    if (proof === undefined) throw new Error(`login: there is no first factor ${number}`)
    return proof
  }

  dropProof(number: number): void {
    this.#proofs.delete(number)
  }

  complete(login: CompleteLogin): void {
    this.#proofs.clear()
    this.#visitor ??= { ...login, source: this.source }
  }

  /** Told once, whoever says it first: the worker that cut it, or the core that has it cut. */
  turnedAway(why: string): void {
    if (this.#isTurnedAway || this.isComplete) return
    this.#isTurnedAway = true
    this.arrival.turnedAway(why)
  }

  get isComplete(): boolean {
    return this.#visitor !== null
  }

  /** @throws where nobody has logged in on it. */
  visitor(jump: boolean): Visitor {
    if (this.#visitor === null) throw new Error('nobody has logged in on this connection')
    return jump ? { ...this.#visitor, through: 'jump' } : this.#visitor
  }

  /** A host key signs this exchange hash for it: the first is the session identifier (RFC 4253 section 7.2). */
  exchanged(hash: Uint8Array): void {
    this.#sessionId ??= Buffer.from(hash)
  }

  /** Is this what a client signs to log in on this very connection (RFC 4252 section 7)? */
  isSignedHere(data: Uint8Array): boolean {
    const id = this.#sessionId
    if (id === null || data.length < 4 + id.length) return false
    const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength)
    return bytes.readUInt32BE(0) === id.length && bytes.subarray(4, 4 + id.length).equals(id)
  }
}

export class ServedConnections {
  readonly #all = new Map<number, ServedConnection>()
  readonly #open = new Set<number>()

  /** Those whose sockets are open. */
  get size(): number {
    return this.#open.size
  }

  add(number: number, arrival: Arrival, socket: Socket | null = null): void {
    this.#all.set(number, new ServedConnection(arrival, socket))
    this.#open.add(number)
  }

  /** @throws where the worker was handed no such connection. */
  get(number: number): ServedConnection {
    const found = this.#all.get(number)
    if (found === undefined) throw new Error(`there is no connection ${number}`)
    return found
  }

  /** Who is on it; null where it is closed. @throws where it never was, or nobody has logged in on it. */
  visiting(number: number, jump: boolean): Visitor | null {
    const one = this.get(number)
    return this.#open.has(number) ? one.visitor(jump) : null
  }

  /** Null where it is closed, or never was. */
  open(number: number): ServedConnection | null {
    return this.#open.has(number) ? (this.#all.get(number) ?? null) : null
  }

  left(number: number): void {
    const found = this.open(number)
    if (found === null) return
    this.#open.delete(number)
    found.arrival.left()
    setTimeout(() => this.#all.delete(number), afterwardsMs).unref()
  }

  /** The worker is gone, and every socket with it. Gives those that were open. */
  end(): readonly ServedConnection[] {
    const open = [...this.#open].flatMap((number) => this.#all.get(number) ?? [])
    this.#open.clear()
    this.#all.clear()
    for (const one of open) one.lose()
    return open
  }
}

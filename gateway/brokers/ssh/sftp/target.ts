// The target's side of an SFTP channel: what is asked of it, under ids that nobody else uses, and its answers, each given
// to who asked. An answer that fits no request ends the channel.

import { SftpFault, withId } from '../../../guards/sftp/fields.ts'
import { misfit, readReply, type Expected, type SftpReply } from '../../../guards/sftp/replies.ts'
import { writeRequest, type TargetRequest } from '../../../guards/sftp/requests.ts'

/** An answer, and the packet it came in. */
export interface Answer {
  readonly reply: SftpReply
  readonly frame: Buffer
}

type Without<T> = T extends { readonly id: number } ? Omit<T, 'id'> : never
/** A request the gateway makes by itself. */
export type Question = Without<TargetRequest>

interface Asked {
  readonly expected: Expected
  /** The id under which the client asked, where that is another. */
  readonly clientId: number | null
  settle(answer: Answer): void
  fail(error: TargetGone): void
}

/** The target answers no more: nothing that was asked of it is known to have happened. */
export class TargetGone extends Error {}

/** The gateway's own ids begin here: programs count from 0. */
const firstOwn = 0xc000_0000

/** What is put in the record of a packet that carries content which is recorded elsewhere. */
export interface Carried {
  readonly of: string
}

/** Sends a packet to the target. `own`: it is no packet of the client as it stands. */
export type SendToTarget = (frame: Buffer, own: boolean, carried: Carried | null) => void

export class SftpTarget {
  readonly #send: SendToTarget
  readonly #asked = new Map<number, Asked>()
  #next = firstOwn
  #isGone = false
  #onlyTidies = false

  constructor(send: SendToTarget) {
    this.#send = send
  }

  /** Requests without an answer. */
  get underWay(): number {
    return this.#asked.size
  }

  /** From now on only `askLast` asks. */
  onlyTidy(): void {
    this.#onlyTidies = true
  }

  /** Asks for the gateway itself what ends something it began: also while nothing else is asked any more. @throws TargetGone */
  askLast(question: Question, expected: Expected): Promise<Answer> {
    return this.#ask(
      this.#ownId(),
      null,
      expected,
      (id) => this.#send(writeRequest({ ...question, id } as TargetRequest), true, null),
      true,
    )
  }

  /** Asks for the gateway itself. @throws TargetGone */
  ask(question: Question, expected: Expected, carried: Carried | null = null): Promise<Answer> {
    return this.#ask(this.#ownId(), null, expected, (id) =>
      this.#send(writeRequest({ ...question, id } as TargetRequest), true, carried),
    )
  }

  /**
   * Passes a client's packet on as it stands, but for its id where that is taken. The answer has the client's id.
   * @throws TargetGone
   */
  pass(frame: Buffer, clientId: number, expected: Expected): Promise<Answer> {
    if (!this.#asked.has(clientId)) return this.#ask(clientId, null, expected, () => this.#send(frame, false, null))
    return this.#ask(this.#ownId(), clientId, expected, (id) => this.#send(withId(frame, id), true, null))
  }

  /** As `pass`, for a request that was changed: it goes to the path that was judged. */
  passChanged(request: Extract<TargetRequest, { readonly id: number }>, expected: Expected): Promise<Answer> {
    const id = this.#asked.has(request.id) ? this.#ownId() : request.id
    const clientId = id === request.id ? null : request.id
    return this.#ask(id, clientId, expected, () => this.#send(writeRequest({ ...request, id }), true, null))
  }

  /** Takes a packet of the target. @throws SftpFault where it is no answer to anything. */
  take(frame: Buffer): void {
    const reply = readReply(frame)
    const asked = this.#asked.get(reply.id)
    if (!asked) throw new SftpFault('an answer to nothing that was asked')
    const text = misfit(reply, asked.expected)
    if (text !== null) throw new SftpFault(text)
    this.#asked.delete(reply.id)
    const { clientId } = asked
    asked.settle(
      clientId === null ? { reply, frame } : { reply: { ...reply, id: clientId }, frame: withId(frame, clientId) },
    )
  }

  /** It says no more: whoever waits is told. */
  gone(): void {
    this.#isGone = true
    const waiting = [...this.#asked.values()]
    this.#asked.clear()
    for (const { fail } of waiting) fail(new TargetGone('the target closed the file service'))
  }

  #ask(
    id: number,
    clientId: number | null,
    expected: Expected,
    send: (id: number) => void,
    isLast = false,
  ): Promise<Answer> {
    if (this.#onlyTidies && !isLast) return Promise.reject(new TargetGone('the channel was closed'))
    if (this.#isGone) return Promise.reject(new TargetGone('the target closed the file service'))
    return new Promise((settle, fail) => {
      this.#asked.set(id, { expected, clientId, settle, fail })
      send(id)
    })
  }

  #ownId(): number {
    do this.#next = this.#next >= 0xffff_ffff ? firstOwn : this.#next + 1
    while (this.#asked.has(this.#next))
    return this.#next
  }
}

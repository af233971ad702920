// How many messages a connection may make the gateway work on. Before login: a handful, of a size that a login needs, and
// few that ask for nothing. Later: new keys only as often as bytes have crossed or time has passed, and no questions from
// a peer that does not take the answers to those before.

import type { Client, Connection } from 'ssh2'
import { watchPayloads } from './payload-watch.ts'

const idle: readonly number[] = [2, 3, 4]
const kexInit = 20
/** Requests and openings, each of which is answered. */
const asking: readonly number[] = [80, 90, 98]

/**
 * May a client send this before it has logged in? The transport's own, a login's request and its answers, and numbers that
 * are nobody's. Not what a server alone says (RFC 4250 section 4.1.2), such as that the login is done, nor what comes
 * after a login, on which RFC 4252 section 6 has a server disconnect.
 */
const isForStrangers = (type: number): boolean =>
  type <= 5 || type === 7 || (type >= 20 && type <= 50) || type === 61 || type >= 128

export interface MessageRules {
  /** Messages of one connection before its login, in all. */
  readonly beforeLogin: number
  /** Of these: IGNORE, UNIMPLEMENTED, DEBUG, which ask for nothing. */
  readonly idleBeforeLogin: number
  /** Bytes of a message before login: RFC 4253 section 6.1 asks for that many. */
  readonly sizeBeforeLogin: number
  /** Key exchanges before login: the first, and some more. */
  readonly exchangesBeforeLogin: number
  /** New keys at once, and after how many bytes or ms one more. */
  readonly rekeys: { readonly burst: number; readonly bytes: number; readonly ms: number }
  /** Questions whose answers may wait for a peer while it goes on asking: each costs memory, however short it is. */
  readonly unread: number
}

export const messageRules: MessageRules = {
  beforeLogin: 400,
  idleBeforeLogin: 64,
  sizeBeforeLogin: 35_000,
  exchangesBeforeLogin: 4,
  rekeys: { burst: 32, bytes: 128 << 10, ms: 1_000 },
  unread: 16_384,
}

/**
 * Questions whose answers still wait here. Known by the bytes before them: data that a slow reader has not taken yet also
 * waits, as much of it as its windows allow, and is no reason to take its questions amiss.
 */
class Unanswered {
  /** For each, the bytes that had been written when it came, in order. Those before `#first` have left. */
  #askedAt: number[] = []
  #first = 0

  /** One more, after `written` bytes of which `left` have left. Gives how many wait. */
  ask(written: number, left: number): number {
    while (this.#first < this.#askedAt.length && (this.#askedAt[this.#first] ?? 0) <= left) this.#first++
    if (this.#first > 1024 || this.#first === this.#askedAt.length) {
      this.#askedAt = this.#askedAt.slice(this.#first)
      this.#first = 0
    }
    this.#askedAt.push(written)
    return this.#askedAt.length - this.#first
  }
}

/** Counts the messages of one connection. `judge` gives what is wrong with one, or null. */
export function countMessages(rules: MessageRules, now: () => number) {
  let [messages, idleOnes, exchanges] = [0, 0, 0]
  const questions = new Unanswered()
  let places = rules.rekeys.burst
  let since = { bytes: 0, at: now() }

  function judgeRekey(bytes: number): string | null {
    const { burst, bytes: perBytes, ms } = rules.rekeys
    const at = now()
    const earned = Math.max((bytes - since.bytes) / perBytes, (at - since.at) / ms)
    places = Math.min(burst, places + earned)
    since = { bytes, at }
    if (places < 1) return 'it asks for new keys again and again'
    places--
    return null
  }

  function judgeStranger(type: number, size: number): string | null {
    if (size > rules.sizeBeforeLogin) return 'it sends large messages before it has logged in'
    if (++messages > rules.beforeLogin) return 'it sends message after message and does not log in'
    if (idle.includes(type) && ++idleOnes > rules.idleBeforeLogin) return 'it sends what asks for nothing'
    if (type === kexInit && ++exchanges > rules.exchangesBeforeLogin)
      return 'it asks for new keys before it has logged in'
    if (!isForStrangers(type)) return 'it sends what nobody may before a login'
    return null
  }

  return {
    judge(type: number, size: number, isStranger: boolean, carried: Carried): string | null {
      if (isStranger) return judgeStranger(type, size)
      if (type === kexInit) return judgeRekey(carried.bytesRead + carried.bytesWritten)
      if (!asking.includes(type)) return null
      const waiting = questions.ask(carried.bytesWritten, carried.bytesWritten - carried.writableLength)
      return waiting > rules.unread ? 'it asks and does not take the answers' : null
    },
  }
}

/**
 * What has crossed that which carries a connection, what waits for the peer with it, and what waits, in bytes. Looked at
 * with each message: a socket's own `bytesWritten` goes through all that waits, so that a peer who reads nothing and asks
 * on would stop the gateway.
 */
export interface Carried {
  readonly bytesRead: number
  readonly bytesWritten: number
  readonly writableLength: number
}

/**
 * Holds a connection to the rules. What comes after the message that was too much is not looked at.
 * @param isStranger has it not logged in yet?
 * @param onExcess called once, with what is wrong.
 */
export function limitMessages(
  connection: Client | Connection,
  carrier: Carried,
  isStranger: () => boolean,
  onExcess: (why: string) => void,
  rules = messageRules,
): void {
  const count = countMessages(rules, () => performance.now())
  let isOver = false
  watchPayloads(connection, (payload) => {
    if (isOver) return null
    const why = count.judge(payload[0] ?? 0, payload.length, isStranger(), carrier)
    if (why === null) return payload
    isOver = true
    onExcess(why)
    return null
  })
}

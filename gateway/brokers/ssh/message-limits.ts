// How many messages a connection may make the gateway work on. Before login: a handful, of a size that a login needs, and
// few that ask for nothing. Later: new keys only as often as bytes have crossed or time has passed, and no questions from
// a peer that does not take the answers to those before.

import type { Socket } from 'node:net'
import type { Connection } from 'ssh2'
import { watchPayloads } from './payload-watch.ts'

const idle: readonly number[] = [2, 3, 4]
const kexInit = 20
/** Requests and openings, each of which is answered. */
const asking: readonly number[] = [80, 90, 98]

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
  /** Bytes of answers that may wait for a peer while it goes on asking. */
  readonly unread: number
}

export const messageRules: MessageRules = {
  beforeLogin: 400,
  idleBeforeLogin: 64,
  sizeBeforeLogin: 35_000,
  exchangesBeforeLogin: 4,
  rekeys: { burst: 32, bytes: 128 << 10, ms: 1_000 },
  unread: 8 << 20,
}

/** Counts the messages of one connection. `judge` gives what is wrong with one, or null. */
export function countMessages(rules: MessageRules, now: () => number) {
  let [messages, idleOnes, exchanges] = [0, 0, 0]
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
    return null
  }

  return {
    /** @param bytes that have crossed in both directions, in all; @param unread bytes that wait for the peer. */
    judge(type: number, size: number, isStranger: boolean, bytes: number, unread: number): string | null {
      if (isStranger) return judgeStranger(type, size)
      if (type === kexInit) return judgeRekey(bytes)
      return asking.includes(type) && unread > rules.unread ? 'it asks and does not take the answers' : null
    },
  }
}

/**
 * Holds a connection to the rules. What comes after the message that was too much is not looked at.
 * @param isStranger has it not logged in yet?
 * @param onExcess called once, with what is wrong.
 */
export function limitMessages(
  connection: Connection,
  socket: Socket,
  isStranger: () => boolean,
  onExcess: (why: string) => void,
  rules = messageRules,
): void {
  const count = countMessages(rules, () => performance.now())
  let isOver = false
  watchPayloads(connection, (payload) => {
    if (isOver) return null
    const bytes = socket.bytesRead + socket.bytesWritten
    const why = count.judge(payload[0] ?? 0, payload.length, isStranger(), bytes, socket.writableLength)
    if (why === null) return payload
    isOver = true
    onExcess(why)
    return null
  })
}

// The guess a client may send with its KEXINIT (RFC 4253 section 7), as dropbear does: the first message of the exchange,
// before it is known which exchange it is. A right guess counts, a wrong one is passed over. ssh2 (1.17,
// lib/protocol/kex.js) passes over every one, and a client that guessed right waits for an answer that never comes.

import type { Connection } from 'ssh2'
import { parsed, WireReader } from '../../identity/certificates/wire.ts'
import { watchPayloads } from './payload-watch.ts'

const kexInit = 20
/** Its lists come after a type and a cookie of 16 bytes. */
const cookieEnd = 17

interface Inside {
  readonly _protocol?: {
    _skipNextInboundPacket?: boolean
    readonly _offer?: {
      readonly lists: {
        readonly kex: { readonly array: readonly string[] }
        readonly serverHostKey: { readonly array: readonly string[] }
      }
    }
  }
}

/** What one side would like best. A guess is right where both would like the same. */
interface Preferred {
  readonly kex: string | undefined
  readonly hostKey: string | undefined
}

/** What the sender of this KEXINIT would like best; null where it cannot be read: ssh2 ends the connection then. */
function preferredIn(payload: Buffer): Preferred | null {
  const read = parsed(() => {
    const reader = new WireReader(payload.subarray(cookieEnd))
    const [kex, hostKey] = [reader.text('key exchange methods'), reader.text('host key algorithms')]
    return { kex: kex.split(',')[0], hostKey: hostKey.split(',')[0] }
  })
  return read.kind === 'ok' ? read.value : null
}

/**
 * Makes right guesses count.
 * @throws when this ssh2 is not the version this was written for.
 */
export function takeRightGuesses(connection: Connection): void {
  const protocol = (connection as unknown as Inside)._protocol
  if (typeof protocol?._skipNextInboundPacket !== 'boolean' || !protocol._offer?.lists?.kex)
    throw new Error('ssh2 keeps what it passes over elsewhere than in 1.17')
  let theirs: Preferred | null = null
  watchPayloads(connection, (payload) => {
    if (payload[0] === kexInit) theirs = preferredIn(payload)
    return payload
  })
  let skips = protocol._skipNextInboundPacket
  Object.defineProperty(protocol, '_skipNextInboundPacket', {
    configurable: true,
    get: () => skips,
    // ssh2 sets it where a guess follows.
    set(follows: boolean) {
      const lists = protocol._offer?.lists
      const isRight =
        theirs !== null && theirs.kex === lists?.kex.array[0] && theirs.hostKey === lists?.serverHostKey.array[0]
      skips = follows && !isRight
    },
  })
}

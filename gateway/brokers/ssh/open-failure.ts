// Refusing a channel in words. ssh2 (1.17, lib/server.js, CHANNEL_OPEN) refuses with a reason code and an empty text; the
// text is what OpenSSH shows (RFC 4254 section 5.1), and the only place a tunnel has for it.

import type { Connection } from 'ssh2'

/** SSH_OPEN_ADMINISTRATIVELY_PROHIBITED and SSH_OPEN_CONNECT_FAILED: may not be, and could not be. */
export type OpenFailure = 'prohibited' | 'unreachable'

const codes = { prohibited: 1, unreachable: 2 } as const

/** Characters of a text; a client shows it in one line. */
const longest = 400

/** Ends what was asked for. `reject` is ssh2's own, of the channel that is refused. */
export type RefuseOpening = (reject: () => void, why: OpenFailure, text: string) => void

interface Inside {
  readonly _protocol?: { channelOpenFail?: (recipient: number, reason: number, text: string) => void }
}

/**
 * Gives what refuses channels of this connection in words.
 * @throws when this ssh2 refuses elsewhere; the connection must not be served then.
 */
export function speakRefusals(connection: Connection): RefuseOpening {
  const { _protocol: protocol } = connection as unknown as Inside
  if (typeof protocol?.channelOpenFail !== 'function') throw new Error('ssh2 refuses channels elsewhere than in 1.17')
  const fail = protocol.channelOpenFail.bind(protocol)
  // Owned by the call that is under way: `reject` sends in that very call.
  let words: { readonly code: number; readonly text: string } | null = null
  protocol.channelOpenFail = (recipient, reason, text) => fail(recipient, words?.code ?? reason, words?.text ?? text)
  return (reject, why, text) => {
    words = { code: codes[why], text: text.slice(0, longest) }
    try {
      reject()
    } finally {
      words = null
    }
  }
}

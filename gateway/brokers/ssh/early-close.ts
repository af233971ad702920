// A session channel that the client closes before it has started anything, after a refused subsystem for one: ssh2 (1.17,
// lib/server.js, CHANNEL_CLOSE) neither answers that close nor forgets the channel, and OpenSSH's shared connections wait
// for the answer for ever (RFC 4254 section 5.3 asks for one). This does both.

import type { Connection, Session } from 'ssh2'

interface Inside {
  readonly _protocol: { channelClose(recipient: number): void }
  readonly _chanMgr: { remove(channel: number): void }
}
interface SessionInside {
  readonly _channel: unknown
  readonly _chanInfo: { readonly incoming: { readonly id: number }; readonly outgoing: { readonly id: number } }
}

/** Answers the close of a channel on which neither a shell nor a command was accepted. */
export function answerEarlyClose(connection: Connection, session: Session): void {
  const { _protocol, _chanMgr } = connection as unknown as Inside
  const inside = session as unknown as SessionInside
  session.once('close', () => {
    // A channel that was accepted answers for itself.
    if (inside._channel !== undefined) return
    _chanMgr.remove(inside._chanInfo.incoming.id)
    _protocol.channelClose(inside._chanInfo.outgoing.id)
  })
}

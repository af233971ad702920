// The place where every message of a peer can be seen as it came, before ssh2 (1.17) does anything with it: also those of
// a key exchange, which have no handlers (message-handlers.ts). Nothing else stands there.

import type { Client, Connection } from 'ssh2'

type OnPayload = (payload: Buffer) => unknown
/** What ssh2 is to see instead, or null for nothing. */
export type Watch = (payload: Buffer) => Buffer | null

interface Inside {
  readonly _protocol?: {
    _onPayload?: OnPayload
    _onHeader?: (...args: unknown[]) => void
    readonly _decipher?: { _onPayload?: OnPayload }
  }
}

/**
 * Shows each message (RFC 4253 section 6, its payload) to `watch`. While keys are exchanged anew ssh2 sees the messages of
 * that exchange directly; its first, SSH_MSG_KEXINIT, comes by here.
 * @throws when this ssh2 hands messages on elsewhere; the connection must not be served then.
 */
export function watchPayloads(connection: Client | Connection, watch: Watch): void {
  const protocol = (connection as unknown as Inside)._protocol
  const later = protocol?._onPayload
  if (!protocol || !later) throw new Error('ssh2 hands messages on elsewhere than in 1.17')
  const before =
    (next: OnPayload): OnPayload =>
    (payload) => {
      if (payload.length === 0) return next(payload)
      const seen = watch(payload)
      return seen === null ? undefined : next(seen)
    }
  protocol._onPayload = before(later)
  // What is in place until the first keys are exchanged, which is made when the peer has named its version.
  function first(): void {
    const decipher = protocol?._decipher
    if (!decipher?._onPayload) throw new Error('ssh2 reads first messages elsewhere than in 1.17')
    decipher._onPayload = before(decipher._onPayload)
  }
  const { _onHeader: onHeader } = protocol
  if (protocol._decipher) return first()
  if (!onHeader) throw new Error('ssh2 reads the version of a peer elsewhere than in 1.17')
  protocol._onHeader = (...args) => {
    first()
    onHeader(...args)
  }
}

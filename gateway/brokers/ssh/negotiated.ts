// What two ends agreed on, in plain values.

import type { Client, NegotiatedAlgorithms } from 'ssh2'
import type { Negotiated } from '../broker.ts'

/** As ssh2 says it; `cs` is from the client to the server. */
export function negotiatedOf({ kex, serverHostKey, cs, sc }: NegotiatedAlgorithms): Negotiated {
  return {
    kex,
    hostKey: serverHostKey,
    toServer: { cipher: cs.cipher, mac: cs.mac === '' ? null : cs.mac },
    toClient: { cipher: sc.cipher, mac: sc.mac === '' ? null : sc.mac },
  }
}

/** What a target says it is (RFC 4253 section 4.2), once the handshake is over; empty where ssh2 does not say. */
export function softwareOf(client: Client): string {
  const { _remoteVer } = client as unknown as { readonly _remoteVer?: unknown }
  return typeof _remoteVer === 'string' ? _remoteVer.slice(0, 255) : ''
}

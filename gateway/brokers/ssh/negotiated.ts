// What two ends agreed on, in plain values.

import type { NegotiatedAlgorithms } from 'ssh2'
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

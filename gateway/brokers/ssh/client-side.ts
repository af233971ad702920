// What is put around ssh2 on every connection of a client, before its first message: what it is offered, what it is told,
// and the ways to log in that ssh2 does not know.

import type { Connection } from 'ssh2'
import { takeRightGuesses } from './exchange-guess.ts'
import { announceExtensions } from './extension-info.ts'
import { takeHostBoundKeys } from './host-bound.ts'
import { offerNoSha1 } from './offer.ts'
import { offerPostQuantum } from './post-quantum.ts'

/**
 * To be called in the very call that brings the connection.
 * @throws when this ssh2 is not the version all this was written for; the connection must not be served then.
 */
export function prepareForClient(connection: Connection): void {
  offerNoSha1(connection)
  offerPostQuantum(connection)
  // After what changes the offer and what shows ssh2 another list: it looks at what the client itself has sent.
  takeRightGuesses(connection)
  announceExtensions(connection)
  takeHostBoundKeys(connection)
}

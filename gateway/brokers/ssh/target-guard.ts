// What a target is held to once it is dialled: it is as hostile as a client, and on its side of the connection nothing is
// opened that the session may not open now.

import type { Client } from 'ssh2'
import type { BrokeredSession } from '../broker.ts'
import { limitMessages, type Carried } from './message-limits.ts'
import { holdOpenings } from './opening-bar.ts'
import { watchPacketSize } from './packet-size.ts'
import { holdToWindow } from './receive-window.ts'
import { takeOwn } from './scp/own-commands.ts'

/** @param overran told what it did; left out, that it sent more at a time than flow control allows. */
export function guardTarget(
  { client, carried }: { readonly client: Client; readonly carried: Carried },
  session: Pick<BrokeredSession, 'barsFiles' | 'barsOpening'>,
  overran: (what?: string) => void,
): void {
  holdToWindow(client, () => overran())
  watchPacketSize(client, () => overran('takes packets on a channel that nothing fits into'))
  limitMessages(
    client,
    carried,
    () => false,
    () => overran('asked for more than one peer may'),
  )
  const barOf = (command: string | null): string | null =>
    takeOwn(client, command) ? session.barsFiles() : session.barsOpening(command)
  holdOpenings(client, barOf, () => session.barsFiles())
}

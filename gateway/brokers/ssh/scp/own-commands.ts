// Commands that the gateway starts on a target by itself, told apart from those of a client: what bars a client's command
// is not what bars looking where a file would go, or a file program whose files are judged one by one.

import type { Client, ClientChannel } from 'ssh2'
import { BarredOpening } from '../opening-bar.ts'
import { watchExit, type ExitWatch } from '../relay.ts'

export type Started =
  | { readonly kind: 'started'; readonly channel: ClientChannel; readonly exit: ExitWatch }
  /** One clause. */
  | { readonly kind: 'failed'; readonly text: string }

/** Owned by startOwn and takeOwn: on their way to the target, not yet sent. */
const onTheWay = new WeakMap<Client, string[]>()

/** Is this the gateway's own? To be asked once, in the call that sends it. */
export function takeOwn(client: Client, command: string | null): boolean {
  const waiting = onTheWay.get(client)
  const at = command === null ? -1 : (waiting?.indexOf(command) ?? -1)
  if (at >= 0) waiting?.splice(at, 1)
  return at >= 0
}

/** Starts a command of the gateway's own on the target, without a terminal. */
export function startOwn(client: Client, command: string): Promise<Started> {
  const waiting = onTheWay.get(client) ?? []
  onTheWay.set(client, waiting)
  waiting.push(command)
  return new Promise((resolve) => {
    try {
      client.exec(command, (error: Error | undefined, channel: ClientChannel) => {
        if (!error) return resolve({ kind: 'started', channel, exit: watchExit(channel) })
        // Where the channel itself was refused nobody has taken it.
        if (!(error instanceof BarredOpening)) takeOwn(client, command)
        const text = error instanceof BarredOpening ? error.message : 'the target refused to open the channel'
        resolve({ kind: 'failed', text })
      })
    } catch {
      // ssh2 throws when the connection ended between our look and this call.
      takeOwn(client, command)
      resolve({ kind: 'failed', text: 'the target closed the connection' })
    }
  })
}

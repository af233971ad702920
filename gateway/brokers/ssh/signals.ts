// Signals to the target's program and the signal it ended by, under the names both sides gave them (RFC 4254 sections 6.9
// and 6.10). ssh2 (1.17) sends the thirteen names of the standard and throws for every other, `INFO@openssh.com` for one.

import type { ClientChannel, ServerChannel } from 'ssh2'
import { sendChannelRequest, wireString } from './channel-requests.ts'

/** How the target's program ended. */
export type ExitStatus = { readonly code: number } | { readonly signal: string; readonly coreDumped: boolean }

/** A name of the standard, or a private one with its domain (RFC 4250 section 4.6.1). */
const nameForm = /^[A-Z0-9]{1,16}(@[A-Za-z0-9.-]{1,47})?$/

export const isSignalName = (name: string): boolean => nameForm.test(name)

/**
 * As a target says it: a hostile one may say anything, so a name that is none becomes `UNKNOWN@sallyport`.
 * @param name with ssh2's `SIG` before it, or without.
 */
export function signalledBy(name: string, coreDumped: boolean): ExitStatus {
  const bare = name.replace(/^SIG/, '')
  return { signal: isSignalName(bare) ? bare : 'UNKNOWN@sallyport', coreDumped }
}

/** Sends a signal to the program on the channel. The name has to be one: see `isSignalName`. */
export function sendSignal(target: ClientChannel, name: string): void {
  sendChannelRequest(target, 'signal', wireString(name))
}

/**
 * Tells the client how its program ended. The target's own message, which no usual server sends, stays behind: it would be
 * text of the target that stands in no record.
 *
 *     string    signal name without SIG     RFC 4254 section 6.10
 *     boolean   core dumped
 *     string    error message: empty
 *     string    language tag: empty
 */
export function sendExit(client: ServerChannel, status: ExitStatus): void {
  if ('code' in status) {
    client.exit(status.code)
    return
  }
  const core = Buffer.of(status.coreDumped ? 1 : 0)
  const data = Buffer.concat([wireString(status.signal), core, wireString(''), wireString('')])
  sendChannelRequest(client, 'exit-signal', data)
}

// How a channel is closed from here when its user was told why: the words leave first, then the status, the end and the close.

import type { ServerChannel } from 'ssh2'
import type { ChannelOutput } from './channel-output.ts'

/**
 * Resolves when the client's side is closed, or `ended` is. A client closes its side when it has shown everything. OpenSSH
 * drops what it has not shown yet when the connection ends before that, and the user would never read why. Who cuts sees to
 * it that the socket closes in time, which ends this too.
 * @param patienceMs how long what waits for the client may still take to leave.
 */
export async function closeTold(
  client: ServerChannel,
  output: ChannelOutput,
  exitCode: number,
  patienceMs: number,
  ended: Promise<unknown>,
): Promise<void> {
  let late: NodeJS.Timeout | undefined
  const patience = new Promise<void>((resolve) => (late = setTimeout(resolve, patienceMs)))
  await Promise.race([output.drained(), patience])
  clearTimeout(late)
  const closed = new Promise<void>((resolve) => client.once('close', resolve))
  client.exit(exitCode)
  client.end()
  client.resume()
  await Promise.race([closed, ended])
}
